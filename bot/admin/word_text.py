"""What moderators read about word rules, in their language. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.automod import AutoMod, NotApplied, Standing
from bot.fields import BadValue
from bot.markdown import clipped
from bot.text import Texts
from bot.word_lines import Entry, Unusable, Verdict

ON_PAGE = 20
# Of rules that cannot be used, so many are named.
NAMED_MAX = 10
PATTERN_CHARACTERS_MAX = 80

VERDICTS = {
    Verdict.BLOCK: "words.verdict.block",
    Verdict.FLAG: "words.verdict.flag",
    Verdict.SPOILER: "words.verdict.spoiler",
    Verdict.ALLOW: "words.verdict.allow",
}
MEANINGS = {
    Verdict.BLOCK: "words.verdict.block.help",
    Verdict.FLAG: "words.verdict.flag.help",
    Verdict.SPOILER: "words.verdict.spoiler.help",
    Verdict.ALLOW: "words.verdict.allow.help",
}
STANDINGS = {
    Standing.NOT_PERMITTED: "words.automod.not_permitted",
    Standing.NOT_ANSWERED: "words.automod.not_answered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordText:
    """Words in one language."""

    texts: Texts
    locale: str

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def page(self, entries: Sequence[Entry], automod: AutoMod, page: int) -> list[str]:
        """One page of the book, counted from 0; the first also tells of AutoMod."""
        shown = entries[page * ON_PAGE : (page + 1) * ON_PAGE]
        head = self("words.list.head", count=len(entries)) if entries else self("words.list.none")
        return [
            head,
            "\n".join(self._entry(each) for each in shown),
            *([] if page else ["\n".join(self.automod(automod))]),
        ]

    def automod(self, automod: AutoMod) -> list[str]:
        """What counts of the server's own AutoMod, and what does not, and why."""
        lines = [self("words.automod.head")]
        if automod.standing in STANDINGS:
            lines.append(self(STANDINGS[automod.standing]))
        if automod.applied:
            lines.append(self("words.automod.read", count=len(automod.applied)))
        elif automod.standing is Standing.READ:
            lines.append(self("words.automod.none"))
        if automod.presets:
            lines.append(self("words.automod.presets", rules=", ".join(map(_shown, automod.presets[:NAMED_MAX]))))
        if automod.not_applied:
            lines.append(self("words.automod.not_applied"))
            lines += self._named([self._not_applied(each) for each in automod.not_applied])
        return lines

    def added(self, count: int, verdict: Verdict, unusable: Sequence[Unusable]) -> str:
        """What came of a form."""
        first = self("words.added", count=count, verdict=self(VERDICTS[verdict]))
        return "\n".join([first, *self._unusable(unusable)])

    def imported(self, count: int, *, before: int, unusable: Sequence[Unusable]) -> str:
        """What came of a file."""
        return "\n".join([self("words.imported", count=count, before=before), *self._unusable(unusable)])

    def nothing_usable(self, unusable: Sequence[Unusable]) -> str:
        """Why nothing of a form or file is a rule."""
        return "\n".join([self("words.nothing"), *self._unusable(unusable)])

    def _unusable(self, unusable: Sequence[Unusable]) -> list[str]:
        if not unusable:
            return []
        lines = [
            self("words.unusable.line", pattern=_shown(each.pattern), reason=self._reason(each.error))
            for each in unusable
        ]
        return [self("words.unusable", count=len(unusable)), *self._named(lines)]

    def _named(self, lines: Iterable[str]) -> list[str]:
        named = list(lines)
        more = len(named) - NAMED_MAX
        return named[:NAMED_MAX] + ([self("words.more", count=more)] if more > 0 else [])

    def _not_applied(self, each: NotApplied) -> str:
        reason = self._reason(each.error)
        return self("words.automod.line", rule=_shown(each.rule), pattern=_shown(each.pattern), reason=reason)

    def _reason(self, error: BadValue) -> str:
        values = {name: _shown(each) if isinstance(each, str) else each for name, each in error.values.items()}
        return self(f"words.reason.{error.reason}", **values)

    def _entry(self, entry: Entry) -> str:
        return self("words.entry", verdict=self(VERDICTS[entry.verdict]), pattern=_shown(entry.pattern))


def pages_of(entries: Sequence[Entry]) -> int:
    """How many pages the book has, at least one."""
    return max(1, -(-len(entries) // ON_PAGE))


def _shown(words: str) -> str:
    return clipped(words, characters_max=PATTERN_CHARACTERS_MAX, bytes_max=3 * PATTERN_CHARACTERS_MAX)
