"""The buttons below a case or an image: only those that can do something, in the usual order. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.markdown import message_url
from bot.moderation.case_card import CaseButton, Style
from bot.moderation.cases import Act, Case, CaseKind, Docketed, Source, Subject

# What cogs/moderation/case_ids.py calls what is pressed besides an Act.
CONFIRM_ALL, HISTORY, EVIDENCE = "confirm_all", "history", "evidence"

Say = Callable[..., str]
Rows = tuple[tuple[CaseButton, ...], ...]

_LABELS: Mapping[str, str] = {
    Act.BLUR: "case.do.blur",
    Act.PAUSE_HOUR: "case.do.pause_hour",
    Act.PAUSE_DAY: "case.do.pause_day",
    Act.PAUSE: "case.do.pause",
    Act.LIFT: "case.do.lift",
    CONFIRM_ALL: "case.do.delete_all",
    HISTORY: "case.do.history",
    EVIDENCE: "case.do.evidence",
    Act.DISMISS: "case.do.dismiss",
    Act.APPROVE: "case.do.approve",
    Act.DECLINE: "case.do.decline",
}
_STYLES: Mapping[str, Style] = {Act.DELETE: "danger", CONFIRM_ALL: "danger", Act.APPROVE: "success"}
# What somebody is to look at, and may find to be nothing.
TO_LOOK_AT = frozenset({CaseKind.FLAG, CaseKind.REPORT})


def case_rows(say: Say, docketed: Docketed, *, now_ms: int) -> Rows:
    """Those of a case."""
    case, subject = docketed.case, docketed.subject
    member = [CONFIRM_ALL, HISTORY]
    if subject.evidence:
        member.append(EVIDENCE)
    if waits_for_a_look(docketed):
        member.append(Act.DISMISS)
    decision = [Act.APPROVE, Act.DECLINE] if waits_for_a_decision(case) else []
    return _rows(say, [_at_once(_of_card(docketed), now_ms=now_ms), member, decision], subject, guild_id=case.guild_id)


def review_rows(say: Say, subject: Subject, *, guild_id: int, now_ms: int) -> Rows:
    """Those of an image."""
    return _rows(say, [_at_once(subject, now_ms=now_ms), [CONFIRM_ALL, HISTORY]], subject, guild_id=guild_id)


def waits_for_a_look(docketed: Docketed) -> bool:
    """Whether nobody has done anything yet about what somebody is to look at."""
    return docketed.case.kind in TO_LOOK_AT and not docketed.actions


def waits_for_a_decision(case: Case) -> bool:
    """Whether there is an appeal that moderators may decide and have not."""
    return case.source is not Source.PROVIDER and case.appeal is not None and case.appeal.approved is None


def paused(subject: Subject, *, now_ms: int) -> bool:
    """Whether the member is paused now."""
    return subject.paused_until_ms is None or subject.paused_until_ms > now_ms


def _of_card(docketed: Docketed) -> Subject:
    """The subject with a pause only where this case brought one: no other card is told anew when a pause changes."""
    own = docketed.case.kind is CaseKind.PAUSE or any(action.act.pauses for action in docketed.actions)
    return docketed.subject if own else replace(docketed.subject, paused_until_ms=0)


def _at_once(subject: Subject, *, now_ms: int) -> Iterable[str]:
    """What can be done with the images, and about who made them; what Discord refused can be tried again."""
    if (subject.images or subject.pending) and not subject.lost:
        if not subject.removed or subject.unreached:
            yield Act.DELETE
        if not subject.removed and not subject.forgotten and (not subject.blurred or subject.unreached):
            yield Act.BLUR
    if not paused(subject, now_ms=now_ms):
        yield from (Act.PAUSE_HOUR, Act.PAUSE_DAY, Act.PAUSE)
        return
    if subject.paused_until_ms is not None:
        yield Act.PAUSE
    yield Act.LIFT


def _rows(say: Say, rows: Iterable[Iterable[str]], subject: Subject, *, guild_id: int) -> Rows:
    """Each row as buttons; the way to the message ends the second one."""
    at_once, member, *rest = ([_button(say, does, subject) for does in row] for row in rows)
    # Where the bot could not take it away, somebody may by hand.
    if subject.message is not None and (subject.unreached or not subject.removed):
        channel_id, message_id = subject.message
        member.append(CaseButton(label=say("case.do.open"), link=message_url(guild_id, channel_id, message_id)))
    return tuple(tuple(row) for row in (at_once, member, *rest) if row)


def _button(say: Say, does: str, subject: Subject) -> CaseButton:
    images = subject.images + subject.pending
    label = say("case.do.delete", count=images) if does == Act.DELETE else say(_LABELS[does])
    return CaseButton(label=label, does=str(does), style=_STYLES.get(does, "secondary"))
