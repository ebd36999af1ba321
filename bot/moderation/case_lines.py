"""What a case's card says below its title, line by line. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.cards.writer import CARD_BYTES_MAX, CARD_CHARACTERS_MAX, TEXT_OVERHEAD_BYTES
from bot.catalog import Catalog
from bot.jobs import Outcome
from bot.markdown import BREAK, clipped, quoted
from bot.moderation.case_rows import Say, paused, waits_for_a_decision, waits_for_a_look
from bot.moderation.cases import PAUSE_MS, RULE_ID, Act, Action, Appeal, Case, CaseKind, Docketed, Source, Subject

# Of what stands on a card beside the prompt: together they leave room for a prompt of 2,000 characters.
REASON_CHARACTERS_MAX = 500
DETAIL_CHARACTERS_MAX = 300
WORDS_CHARACTERS_MAX = 300
# The same of each of those that joined it.
JOINED_CHARACTERS_MAX, JOINED_WORDS_CHARACTERS_MAX = 150, 60
# The latest; how many there were before is counted.
ACTIONS_MAX = 8
_BYTES_OF_ONE = 3
_MS_PER_S = 1000
# NOBODY_ID of bot/store/personal.py: whoever had their data deleted.
_NOBODY_ID = 0

_BY_PROVIDER: Mapping[str, str] = {
    Outcome.BLOCKED_WORDS: "case.provider.words",
    Outcome.BLOCKED_PICTURE: "case.provider.picture",
    Outcome.BLOCKED: "case.provider.any",
}
_DONE: Mapping[Act, str] = {
    Act.DELETE: "case.did.delete",
    Act.DELETE_ALL: "case.did.delete_all",
    Act.BLUR: "case.did.blur",
    Act.PAUSE_HOUR: "case.did.pause_hour",
    Act.PAUSE_DAY: "case.did.pause_day",
    Act.PAUSE_WEEK: "case.did.pause_week",
    Act.PAUSE: "case.did.pause",
    Act.LIFT: "case.did.lift",
    Act.APPROVE: "case.did.approve",
    Act.DECLINE: "case.did.decline",
    Act.DISMISS: "case.did.dismiss",
}


_ASKED: Mapping[Act, str] = {Act.DELETE: "case.asked.delete", Act.DELETE_ALL: "case.asked.delete_all"}


def member_of(say: Say, user_id: int) -> str:
    """A member, as somebody where their data was deleted since."""
    return say("case.somebody") if user_id == _NOBODY_ID else f"<@{user_id}>"


def at(instant_ms: int, style: str = "R") -> str:
    """An instant as Discord shows it in the reader's own time: R is "5 minutes ago", f the whole date."""
    return f"<t:{instant_ms // _MS_PER_S}:{style}>"


def line_of(words: str, *, characters_max: int) -> str:
    """Somebody's words in one harmless line."""
    line = " ".join(words.split())
    return clipped(line, characters_max=characters_max, bytes_max=_BYTES_OF_ONE * characters_max)


def hidden(words: str) -> str:
    """The (already harmless) words behind a spoiler; a bar that they end with would be taken for a part of its end."""
    return f"||{words}{BREAK}||"


def prompt_block(prompt: str, *, beside: Iterable[str]) -> str:
    """The prompt behind a spoiler, as much of it as the texts beside it leave room for."""
    frame = quoted(hidden(""))
    texts = (frame, *beside)
    return quoted(
        hidden(
            clipped(
                prompt,
                characters_max=CARD_CHARACTERS_MAX - sum(map(len, texts)),
                bytes_max=CARD_BYTES_MAX - sum(len(text.encode()) + TEXT_OVERHEAD_BYTES for text in texts),
            )
        )
    )


def reasoned(line: str, reason: str | None) -> str:
    """A line, and below it why, in somebody's own words."""
    said = clipped(reason or "", characters_max=REASON_CHARACTERS_MAX, bytes_max=_BYTES_OF_ONE * REASON_CHARACTERS_MAX)
    return f"{line}\n{quoted(said)}" if said else line


def state_lines(say: Say, subject: Subject, *, removal_told: bool) -> Iterable[str]:
    """What has become of the images, as far as nothing else on the card tells it."""
    if subject.removed and not removal_told:
        yield say("case.state.removed")
    if subject.unreached:
        yield say("case.state.unreached")
    if subject.evidence:
        yield say("case.state.evidence")


def pause_lines(say: Say, subject: Subject, *, now_ms: int) -> Iterable[str]:
    """The member's pause now: for what is read now, and not for a card that stays as other cases go on."""
    if paused(subject, now_ms=now_ms):
        until_ms = subject.paused_until_ms
        yield say("case.state.paused") if until_ms is None else say("case.state.paused_until", until=at(until_ms, "f"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLines:
    """Writes the lines of a case in one language; `say` puts values into its words."""

    say: Say
    catalog: Catalog

    def who(self, case: Case) -> str:
        """The member, the time, and where what the member asked for was asked."""
        where = "case.who" if case.kind is CaseKind.PAUSE or case.channel_id is None else "case.who.in"
        return self.say(
            where, member=member_of(self.say, case.user_id), channel=f"<#{case.channel_id}>", when=at(case.at_ms)
        )

    def below(self, docketed: Docketed, *, now_ms: int) -> Iterable[str]:
        """All that stands below the prompt."""
        case, acts = docketed.case, {action.act for action in docketed.actions}
        yield from self._why(case)
        yield from self._joined(docketed)
        if case.appeal is not None:
            yield self._appeal(case, case.appeal)
        yield from self._actions(docketed)
        yield from state_lines(
            self.say,
            docketed.subject,
            removal_told=case.kind is CaseKind.DELETION or not acts.isdisjoint({Act.DELETE, Act.DELETE_ALL}),
        )
        if _replaced(docketed, now_ms=now_ms):
            yield self.say("case.state.replaced")
        if waits_for_a_look(docketed):
            yield self.say("case.open")

    def no_prompt(self, case: Case) -> str:
        """Why there is no prompt to be seen; empty where none belongs there."""
        if case.private:
            return self.say("case.prompt.private")
        return "" if case.kind in {CaseKind.PAUSE, CaseKind.DELETION} else self.say("case.prompt.forgotten")

    # ------------------------------------------------------------ why there is a case

    def _why(self, case: Case) -> Iterable[str]:
        match case.kind:
            case CaseKind.BLOCK if case.source is Source.PROVIDER:
                yield from self._provider(case)
            case CaseKind.BLOCK:
                message_id = "case.why.automod" if case.details.get("rule") == "automod" else "case.why.words"
                yield from self._words(message_id, case)
            case CaseKind.FLAG:
                yield from self._words("case.why.flag", case)
            case CaseKind.REPORT:
                yield reasoned(self.say("case.why.report", who=self._name(case.by_id)), case.details.get("reason"))
            case CaseKind.REVIEW:
                yield self.say("case.why.review", who=self._name(case.by_id))
            case CaseKind.PAUSE:
                yield from self._pause(case)
            case CaseKind.DELETION:
                yield self.say("case.why.deletion", count=case.details.get("images", 1))
            case _:
                assert_never(case.kind)

    def _words(self, message_id: str, case: Case) -> Iterable[str]:
        """The words that were found; they are forgotten before the case is."""
        found = line_of(case.details.get("words") or "", characters_max=WORDS_CHARACTERS_MAX)
        if found:
            yield self.say(message_id, words=hidden(found))

    def _provider(self, case: Case) -> Iterable[str]:
        details = case.details
        model = self.catalog.get(details.get("model") or "")
        yield self.say(
            _BY_PROVIDER.get(details.get("outcome") or "", "case.provider.any"),
            category=self.say(f"category.{details.get('category') or 'other'}"),
            model=model.label if model else line_of(details.get("model") or "?", characters_max=60),
        )
        detail = line_of(details.get("detail") or "", characters_max=DETAIL_CHARACTERS_MAX)
        if detail:
            yield self.say("case.provider.detail", detail=detail)

    def _pause(self, case: Case) -> Iterable[str]:
        until_ms, who = case.details.get("until_ms"), self._name(case.by_id)
        line = (
            self.say("case.why.paused", who=who)
            if until_ms is None
            else self.say("case.why.paused_until", who=who, until=at(until_ms, "f"))
        )
        if case.by_id == RULE_ID:
            line = f"{line} {self.say('case.why.blocks', count=case.details.get('blocks') or 0)}"
        yield reasoned(line, case.details.get("reason"))

    def _joined(self, docketed: Docketed) -> Iterable[str]:
        """What was blocked after it and has no card of its own, in one text."""
        if docketed.joined:
            earlier = docketed.joined_count - len(docketed.joined)
            more = [self.say("case.joined.earlier", count=earlier)] if earlier else []
            head = self.say("case.joined", count=docketed.joined_count)
            yield "\n".join([head, *map(self._one_joined, docketed.joined), *more])

    def _one_joined(self, case: Case) -> str:
        """When, what and why, as far as it is known."""
        prompt = line_of(case.prompt or "", characters_max=JOINED_CHARACTERS_MAX)
        if case.source is Source.PROVIDER:
            why = self.say(f"category.{case.details.get('category') or 'other'}")
        else:
            found = line_of(case.details.get("words") or "", characters_max=JOINED_WORDS_CHARACTERS_MAX)
            why = hidden(found) if found else ""
        told = (at(case.at_ms), hidden(prompt) if prompt else "", why)
        return f"-# {' · '.join(each for each in told if each)}"

    # ------------------------------------------------------------ what came of it

    def _appeal(self, case: Case, appeal: Appeal) -> str:
        message_id = "case.appeal.open" if waits_for_a_decision(case) else "case.appeal"
        return reasoned(
            self.say(message_id, who=member_of(self.say, case.user_id), when=at(appeal.at_ms)), appeal.reason
        )

    def _actions(self, docketed: Docketed) -> Iterable[str]:
        """All of them in one text."""
        actions, unreached = docketed.actions, docketed.subject.unreached
        if not actions:
            return
        earlier = len(actions) - ACTIONS_MAX
        before = [self.say("case.did.earlier", count=earlier)] if earlier > 0 else []
        yield "\n".join([*before, *(self._action(each, unreached=unreached) for each in actions[-ACTIONS_MAX:])])

    def _action(self, action: Action, *, unreached: bool) -> str:
        """What was done; of images that people may see still, that they were to be deleted."""
        if unreached and action.act in _ASKED:
            return self.say(_ASKED[action.act], who=self._name(action.user_id), when=at(action.at_ms))
        done = self.say(_DONE[action.act], count=action.images or 1)
        return self.say("case.did", done=done, who=self._name(action.user_id), when=at(action.at_ms))

    def _name(self, user_id: int | None) -> str:
        """Who did it: a person, the server's strike rule, or somebody who had their data deleted since."""
        if user_id is None:
            return self.say("case.somebody")
        return self.say("case.rule") if user_id == RULE_ID else f"<@{user_id}>"


def _replaced(docketed: Docketed, *, now_ms: int) -> bool:
    """Whether the pause that this card tells of ended because the member has another one."""
    case, until_ms = docketed.case, docketed.subject.paused_until_ms
    own_ms: int | None = case.details.get("until_ms") if case.kind is CaseKind.PAUSE else 0
    for action in docketed.actions:
        if action.act.pauses:
            own_ms = action.at_ms + PAUSE_MS[action.act] if action.act in PAUSE_MS else None
        elif action.act is Act.LIFT:
            own_ms = 0
    runs_still = own_ms is None or own_ms > now_ms
    return runs_still and paused(docketed.subject, now_ms=now_ms) and own_ms != until_ms
