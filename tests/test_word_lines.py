"""Word rules as they are typed, and as files hold them."""

import pytest

from bot.word_lines import Entry, Verdict, made, matcher_of, read_file, read_lines, sort_out, write_file
from bot.words.rules import Effect, PatternRule, WordRule

BOOK = [Entry("bad word", Verdict.BLOCK), Entry("blood*", Verdict.SPOILER), Entry("blood orange", Verdict.ALLOW)]


def test_a_line_is_a_rule_and_is_taken_once_however_it_is_typed():
    assert read_lines("Bad  Word\r\n\n  bad word \nBLOOD*") == ["bad word", "blood*"]


def test_what_cannot_be_a_rule_is_named_and_takes_no_other_with_it():
    good, bad = sort_out(["fine", "*", "in*side", "x" * 300], Verdict.BLOCK)
    assert good == [Entry("fine", Verdict.BLOCK)]
    reasons = [(each.pattern, each.error.reason) for each in bad]
    assert reasons == [("*", "bad_rule.empty"), ("in*side", "bad_rule.wildcard"), ("x" * 300, "bad_rule.length")]


def test_an_allowed_phrase_has_to_be_one_too():
    good, bad = sort_out(["fine", "in*side"], Verdict.ALLOW)
    assert [each.pattern for each in good] == ["fine"]
    assert [each.pattern for each in bad] == ["in*side"]


def test_a_file_brings_back_what_was_written():
    assert read_file(write_file(BOOK)) == (BOOK, [])


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Flag Two Words", Entry("two words", Verdict.FLAG)),
        ("\ufeffallow scunthorpe", Entry("scunthorpe", Verdict.ALLOW)),
        ("no verdict before it", Entry("no verdict before it", Verdict.BLOCK)),
        ("# a remark\n\nblock", Entry("block", Verdict.BLOCK)),
        ("block twice\nspoiler twice", Entry("twice", Verdict.SPOILER)),
    ],
)
def test_a_file_may_be_written_by_hand(text, entry):
    assert read_file(text) == ([entry], [])


def test_a_file_names_the_lines_that_are_no_rules():
    good, bad = read_file("block fine\nflag in*side")
    assert [each.pattern for each in good] == ["fine"]
    assert [each.pattern for each in bad] == ["in*side"]


def test_each_verdict_does_what_it_says():
    matcher = matcher_of(BOOK)
    assert [(hit.rule.pattern, hit.rule.effect) for hit in matcher.find("a BAD word")] == [("bad word", Effect.BLOCK)]
    assert [hit.rule.effect for hit in matcher.find("bloody hands")] == [Effect.SPOILER]
    assert matcher.find("a blood orange") == ()


def test_one_bad_pattern_takes_nothing_else_with_it():
    patterns = [PatternRule("(", Effect.BLOCK), PatternRule("b[o0]{2}", Effect.BLOCK)]
    words = [WordRule("fine", Effect.BLOCK), WordRule("in*side", Effect.BLOCK)]
    matcher, bad = made(words, patterns, ["fine art", "x*y"])
    assert [each.pattern for each in bad] == ["in*side", "x*y", "("]
    assert [hit.rule.pattern for hit in matcher.find("fine b00")] == ["fine", "b[o0]{2}"]
    assert matcher.find("fine art") == ()


def test_patterns_that_are_too_large_together_leave_out_the_last():
    patterns = [PatternRule(f"{letter}{{490}}", Effect.BLOCK) for letter in "abcdefgh"]
    matcher, bad = made([], patterns, [])
    assert [each.error.reason for each in bad] == ["bad_rule.too_many"] * len(bad)
    assert 0 < len(bad) < len(patterns)
    assert matcher.find("a" * 490)
