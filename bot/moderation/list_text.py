"""The lists of `/moderation` in words: who is paused, what was blocked or failed lately, how a member behaved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.catalog import Catalog
from bot.jobs import Outcome
from bot.markdown import BREAK, clipped
from bot.moderation.case_lines import member_of
from bot.moderation.cases import RULE_ID, Case, CaseKind, Pause, Source
from bot.moderation.reading import History, Incident
from bot.text import Texts

# As many as one message holds, each with the longest prompt, words and reasons.
PAUSES_ON_PAGE, INCIDENTS_ON_PAGE = 10, 5
PROMPT_CHARACTERS_MAX, DETAIL_CHARACTERS_MAX, WORDS_CHARACTERS_MAX, REASON_CHARACTERS_MAX = 250, 150, 100, 150
_MS_PER_S = 1000
_BYTES_OF_ONE = 3

KINDS: Mapping[CaseKind, str] = {
    CaseKind.BLOCK: "moderation.case.block",
    CaseKind.FLAG: "moderation.case.flag",
    CaseKind.REPORT: "moderation.case.report",
    CaseKind.REVIEW: "moderation.case.review",
    CaseKind.PAUSE: "moderation.case.pause",
    CaseKind.DELETION: "moderation.case.deletion",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListText:
    """Words in one language, as of `now_ms`."""

    texts: Texts
    catalog: Catalog
    locale: str
    now_ms: int

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    # ------------------------------------------------------------ who is paused

    def paused(self, pauses: Sequence[Pause], *, total: int) -> list[str]:
        """One page of those who are paused now."""
        if not pauses:
            return [self("moderation.paused.none")]
        lines = "\n".join(self._pause(each) for each in pauses)
        return [self("moderation.paused", count=total), lines, self("moderation.paused.help")]

    def _pause(self, pause: Pause) -> str:
        who, by = member_of(self, pause.user_id), self._actor(pause.by_id)
        line = self("moderation.paused.line", member=who, until=self._until(pause), by=by, at=_at(pause.at_ms))
        reason = _shown(pause.reason, REASON_CHARACTERS_MAX)
        return f"{line}\n-# {reason}" if reason else line

    def _until(self, pause: Pause) -> str:
        if pause.until_ms is None:
            return self("moderation.until.lifted")
        return self("moderation.until", at=_at(pause.until_ms, style="f"))

    def _actor(self, user_id: int) -> str:
        return self("moderation.rule") if user_id == RULE_ID else f"<@{user_id}>"

    # ------------------------------------------------------------ what went wrong

    def recent(self, incidents: Sequence[Incident]) -> list[str]:
        """One page of blocks and failures, the newest first."""
        if not incidents:
            return [self("moderation.recent.none")]
        return [self("moderation.recent"), *map(self._incident, incidents)]

    def _incident(self, incident: Incident) -> str:
        place = "" if incident.channel_id is None else f" <#{incident.channel_id}>"
        head = f"{_at(incident.at_ms)} {member_of(self, incident.user_id)}{place}"
        return "\n".join([head, self._what(incident), self._prompt(incident)])

    def _what(self, incident: Incident) -> str:
        if incident.source is Source.SERVER:
            words = _hidden(incident.words, WORDS_CHARACTERS_MAX)
            return self("moderation.recent.server", words=words) if words else self("moderation.recent.server.any")
        outcome = incident.outcome or Outcome.PROVIDER_FAILED
        detail = _shown(incident.detail, DETAIL_CHARACTERS_MAX)
        model = self.catalog.get(incident.model or "")
        values = {
            "model": model.label if model else incident.model or "",
            "category": self(f"category.{incident.category or 'other'}"),
            "detail": self("outcome.reason_given" if detail else "outcome.no_reason", reason=detail),
        }
        if incident.source is Source.PROVIDER:
            return self("moderation.recent.provider", **values)
        told = self(f"outcome.{outcome.value}", successor="", **values)
        return self("moderation.recent.failed", told=told)

    def _prompt(self, incident: Incident) -> str:
        if incident.prompt is None:
            return self("moderation.prompt.private" if incident.private else "moderation.prompt.forgotten")
        return _hidden(incident.prompt, PROMPT_CHARACTERS_MAX)

    # ------------------------------------------------------------ a member

    def history(self, history: History) -> list[str]:
        """How a member has behaved in this server."""
        counts = [
            self("moderation.history.images", count=history.images),
            self("moderation.history.blocks", count=history.blocks),
            self("moderation.history.reports", count=history.reports),
            self("moderation.history.removals", count=history.removals),
        ]
        rule = history.strike_rule
        if rule is not None:
            strikes = self(
                "moderation.history.strikes", count=history.strikes, blocks=rule.blocks, hours=rule.within_hours
            )
            counts.append(strikes)
        said = [
            self("moderation.history", member=f"<@{history.user_id}>"),
            "\n".join(counts),
            self._paused_now(history),
        ]
        if history.cases:
            said.append("\n".join([self("moderation.history.cases"), *map(self._case, history.cases)]))
        return said

    def _paused_now(self, history: History) -> str:
        pause = history.pause
        return self("moderation.history.not_paused") if pause is None else self._pause(pause)

    def _case(self, case: Case) -> str:
        by_provider = case.kind is CaseKind.BLOCK and case.source is Source.PROVIDER
        message_id = "moderation.case.block.provider" if by_provider else KINDS[case.kind]
        return f"{_at(case.at_ms)} {self(message_id)}"


def _at(instant_ms: int, style: str = "R") -> str:
    """An instant as Discord shows it to each reader: how long ago, or with "f" when."""
    return f"<t:{instant_ms // _MS_PER_S}:{style}>"


def _shown(words: str, characters_max: int) -> str:
    """Somebody's words in one harmless line."""
    line = " ".join(words.split())
    return clipped(line, characters_max=characters_max, bytes_max=_BYTES_OF_ONE * characters_max)


def _hidden(words: str, characters_max: int) -> str:
    """The same behind a spoiler; empty where there are none. A bar at their end would be taken for a part of its end."""
    shown = _shown(words, characters_max)
    return f"||{shown}{BREAK}||" if shown else ""
