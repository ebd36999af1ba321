"""What administrators read about extra credits, in their language. Pure."""

from dataclasses import dataclass
from typing import Any

from bot.admin.extra import Purse
from bot.markdown import clipped, plain
from bot.money import MICROCREDITS_PER_CREDIT, credits_text
from bot.store.settings import Change
from bot.text import Texts
from bot.wording import with_amounts

REASON_CHARACTERS_MAX = 200
_MS_PER_S = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraText:
    """Words in one language. A `member` is a mention."""

    texts: Texts
    locale: str

    def changed(
        self, member: str, amount_microcredits: int, *, left_microcredits: int, reason: str, needed: bool
    ) -> str:
        """What was given, or taken where the amount is below zero."""
        given = amount_microcredits > 0
        amount = abs(amount_microcredits)
        first = self(
            "credits.given" if given else "credits.taken",
            count=_plural(amount),
            member=member,
            amount=self._credits(amount),
            left=self._credits(left_microcredits),
        )
        told = [first, self("credits.reason", reason=_shown(reason))]
        return "\n".join([*told, self._use(needed=needed)] if given else told)

    def shown(self, member: str, purse: Purse) -> str:
        left = purse.left_microcredits
        return "\n".join(
            (
                self("credits.shown", count=_plural(left), member=member, left=self._credits(left)),
                self._use(needed=purse.needed),
                *(map(self._change, purse.latest) if purse.latest else (self("credits.no_changes"),)),
            )
        )

    def _use(self, *, needed: bool) -> str:
        return self("credits.counts_after" if needed else "credits.not_needed")

    def _change(self, change: Change) -> str:
        amount = (change.new or 0) - (change.old or 0)
        return self(
            "credits.change",
            at_s=change.at_ms // _MS_PER_S,
            who=f"<@{change.user_id}>",
            change=f"{'+' if amount > 0 else ''}{self._credits(amount)}",
            left=self._credits(change.new or 0),
            reason=_shown(change.reason or ""),
        )

    def _credits(self, microcredits: int) -> str:
        return credits_text(microcredits, self.texts.spoken(self.locale))

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **with_amounts(self.texts, self.locale, values))


def _shown(reason: str) -> str:
    """What somebody typed, in one line that formats nothing and calls nobody."""
    line = plain(reason, characters_max=REASON_CHARACTERS_MAX)
    return clipped(line, characters_max=2 * REASON_CHARACTERS_MAX, bytes_max=6 * REASON_CHARACTERS_MAX)


def _plural(microcredits: int) -> int:
    """What a word for credits agrees with; parts of a credit are spoken of as several are."""
    return 1 if microcredits == MICROCREDITS_PER_CREDIT else 2
