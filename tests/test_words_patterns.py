import pytest

from bot.words.matcher import compile_rules
from bot.words.patterns import UNROLLED_MAX, unrolled
from bot.words.rules import PATTERN_CHARACTERS_MAX, PATTERNS_MAX, BadRule, Effect, PatternRule


def found(text: str, *patterns: str, allow: tuple[str, ...] = ()) -> list[str]:
    rules = [PatternRule(pattern, Effect.BLOCK) for pattern in patterns]
    return [text[hit.start : hit.end] for hit in compile_rules([], rules, allow).find(text)]


def reason(*patterns: str) -> str:
    with pytest.raises(BadRule) as refused:
        found("", *patterns)
    assert refused.value.name == patterns[-1]
    return refused.value.reason


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        (r"(?i)sk[uv]ll", "a green SKVLL here", ["SKVLL"]),
        (r"\bнет\b", "да или нет, вот", ["нет"]),  # Unicode's words, as Rust has them
        (r"[a-z&&[^x]]{3}", "xxx abc", ["abc"]),  # an intersection, which RE2 would read as something else
        (r"\d{4}-\d{4}", "call 1234-5678 now", ["1234-5678"]),
        (r"^fox$", "fox", ["fox"]),
        (r"^fox$", "a fox", []),
        (r"skull", "ａ ｓｋ\u200bｕｌｌ", ["ｓｋ\u200bｕｌｌ"]),
    ],
)
def test_a_pattern_is_read_as_rust_reads_it(pattern, text, hit):
    assert found(text, pattern) == hit


def test_what_rust_refuses_is_refused_and_named():
    assert reason("fox", r"\bfoo(?=bar)") == "bad_rule.pattern"
    assert reason("fox", r"(") == "bad_rule.pattern"
    assert reason("a*") == reason("^$") == "bad_rule.matches_all"
    assert reason("") == "bad_rule.empty"
    assert reason("a" * (PATTERN_CHARACTERS_MAX + 1)) == "bad_rule.length"
    assert reason(*["fox"] * (PATTERNS_MAX + 1)) == "bad_rule.too_many"


def test_a_pattern_that_would_be_slow_is_refused():
    assert reason(r"(?:.{1,100}){50}Q") == "bad_rule.repeats"


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("abc", 3),
        (r"a{5}", 5),
        (r"(ab){3}c", 7),
        (r"((a{2}){2}){2}", 8),
        (r"\p{Greek}{2,4}", 4),
        (r"[a-z\]]{3}", 3),
        (r"a{3,}", 3),
    ],
)
def test_the_size_of_a_pattern_is_what_it_unrolls_to(pattern, size):
    assert unrolled(pattern) == size < UNROLLED_MAX


def test_catastrophic_patterns_take_linear_time():
    assert found("a" * 1999 + "!", r"(a+)+$") == []


def test_an_allowed_phrase_covers_a_pattern_too():
    assert found("skull island", r"sk.ll", allow=("skull island",)) == []
