"""Word rules as people write them, one a line, in a form or in a file; and what can be used of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.fields import BadValue
from bot.words.matcher import WordMatcher, compile_rules
from bot.words.rules import Effect, PatternRule, WordRule

# More than a hundred thousand words in one file are no rules of a server.
FILE_BYTES_MAX = 1_048_576


class Verdict(StrEnum):
    """What becomes of a prompt with such words. The value is what the database and files hold."""

    BLOCK = "block"
    FLAG = "flag"
    SPOILER = "spoiler"
    # Where these stand, no other rule counts.
    ALLOW = "allow"


EFFECTS = {Verdict.BLOCK: Effect.BLOCK, Verdict.FLAG: Effect.FLAG, Verdict.SPOILER: Effect.SPOILER}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a server's book."""

    pattern: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Unusable:
    """A word or pattern that cannot be a rule, and why."""

    pattern: str
    error: BadValue


def read_lines(text: str) -> list[str]:
    """The rules that were typed, each once: in small letters, with single spaces between words."""
    lines = (" ".join(line.split()).lower() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def sort_out(patterns: Iterable[str], verdict: Verdict) -> tuple[list[Entry], list[Unusable]]:
    """Those that can be rules, and those that cannot."""
    good: list[Entry] = []
    bad: list[Unusable] = []
    for pattern in patterns:
        entry = Entry(pattern, verdict)
        error = _why_not(*_rules([entry]))
        if error is None:
            good.append(entry)
        else:
            bad.append(Unusable(pattern, error))
    return good, bad


def write_file(entries: Iterable[Entry]) -> str:
    """A line for each: the verdict, a space, the words."""
    return "".join(f"{entry.verdict.value} {entry.pattern}\n" for entry in entries)


def read_file(text: str) -> tuple[list[Entry], list[Unusable]]:
    """What `write_file` wrote, or somebody by hand; a line without a verdict before it blocks.

    Of two lines with the same words the last one counts. Empty lines, and those that begin with #, say nothing.
    """
    found: dict[str, Verdict] = {}
    for line in read_lines(text.removeprefix("\ufeff")):
        first, _, rest = line.partition(" ")
        if first.startswith("#"):
            continue
        if rest and first in tuple(Verdict):
            found[rest] = Verdict(first)
        else:
            found[line] = Verdict.BLOCK
    sorted_out = [sort_out([pattern], verdict) for pattern, verdict in found.items()]
    return [entry for good, _ in sorted_out for entry in good], [each for _, bad in sorted_out for each in bad]


def matcher_of(entries: Sequence[Entry]) -> WordMatcher:
    """What finds the words of these entries. It takes long where they are many: use a thread."""
    return made(*_rules(entries))[0]


def made(
    words: Sequence[WordRule], patterns: Sequence[PatternRule], allow: Sequence[str]
) -> tuple[WordMatcher, list[Unusable]]:
    """A matcher of all that can be used of these, and what cannot: one bad rule takes no other with it."""
    try:
        return compile_rules(words, patterns, allow), []
    except BadValue:
        pass
    bad = [Unusable(each.pattern, error) for each in words if (error := _why_not([each], [], []))]
    bad += [Unusable(each, error) for each in allow if (error := _why_not([], [], [each]))]
    good: list[PatternRule] = []
    for each in patterns:
        # There is a limit to all of them together, too.
        error = _why_not([], [*good, each], [])
        if error is None:
            good.append(each)
        else:
            bad.append(Unusable(each.pattern, error))
    out = {each.pattern for each in bad}
    words = [each for each in words if each.pattern not in out]
    return compile_rules(words, good, [each for each in allow if each not in out]), bad


def _rules(entries: Sequence[Entry]) -> tuple[list[WordRule], list[PatternRule], list[str]]:
    words = [WordRule(each.pattern, EFFECTS[each.verdict]) for each in entries if each.verdict in EFFECTS]
    return words, [], [each.pattern for each in entries if each.verdict is Verdict.ALLOW]


def _why_not(words: Sequence[WordRule], patterns: Sequence[PatternRule], allow: Sequence[str]) -> BadValue | None:
    """Why these cannot be used; None where they can."""
    try:
        compile_rules(words, patterns, allow)
    except BadValue as error:
        return error
    return None
