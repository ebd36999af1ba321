"""Cases and images in words and buttons, for moderators. Pure; what people or Segmind wrote is harmless in them."""

from collections.abc import Iterable, Mapping
from functools import partial

from bot.cards.small_print import SmallPrint
from bot.cards.writer import ref_of
from bot.catalog import Catalog
from bot.moderation.case_card import CaseCard
from bot.moderation.case_lines import CaseLines, at, member_of, pause_lines, prompt_block, state_lines
from bot.moderation.case_rows import Say, case_rows, review_rows, waits_for_a_decision, waits_for_a_look
from bot.moderation.cases import RULE_ID, Case, CaseKind, Docketed, Source
from bot.moderation.reading import Reviewed
from bot.text import Texts

# Of the cases about one image; the latest.
CASES_MAX = 5

_TITLES: Mapping[CaseKind, str] = {
    CaseKind.BLOCK: "case.title.block",
    CaseKind.FLAG: "case.title.flag",
    CaseKind.REPORT: "case.title.report",
    CaseKind.REVIEW: "case.title.review",
    CaseKind.PAUSE: "case.title.pause",
    CaseKind.DELETION: "case.title.deletion",
}


class CaseWriter:
    """Writes cards for moderators in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog
        self._small_print = SmallPrint(texts=texts, catalog=catalog)

    def card(self, docketed: Docketed, *, locale: str, now_ms: int) -> CaseCard:
        """The card of a case, as it must look in the log now."""
        say: Say = partial(self._texts, locale)
        case, lines = docketed.case, CaseLines(say=say, catalog=self._catalog)
        title, who, small = _headline(say, docketed), lines.who(case), _small(say, case)
        below = tuple(lines.below(docketed, now_ms=now_ms))
        prompt = lines.no_prompt(case)
        if case.prompt is not None:
            prompt = prompt_block(case.prompt, beside=(title, who, *below, small))
        return CaseCard(
            title=title,
            lines=tuple(line for line in (who, prompt, *below) if line),
            small=small,
            rows=case_rows(say, docketed, now_ms=now_ms),
            accent=_accent(docketed),
        )

    def review(self, reviewed: Reviewed, *, locale: str, now_ms: int) -> CaseCard:
        """An image that is not private, for one moderator who asked to see it; its buttons carry the id of the request."""
        say: Say = partial(self._texts, locale)
        title = say("case.title.image", count=len(reviewed.jobs))
        request, looks = reviewed.request, reviewed.looks
        who = say(
            "case.who.in",
            member=member_of(say, request.user_id),
            channel=f"<#{request.channel_id}>",
            when=at(request.created_ms),
        )
        state = (*state_lines(say, looks, removal_told=False), *pause_lines(say, looks, now_ms=now_ms))
        below = (*state, *_about(say, reviewed.cases))
        ref = ref_of(request.interaction_id)
        small = self._small_print.write(
            locale, reviewed.jobs, given=request.values, ref=ref, finished=False, shrunk=False, hide_words=False
        )
        prompt = prompt_block(request.prompt, beside=(title, who, *below, small))
        return CaseCard(
            title=title,
            lines=(who, prompt, *below),
            small=small,
            rows=review_rows(say, looks, guild_id=request.guild_id, now_ms=now_ms),
            accent="waiting",
        )


def _headline(say: Say, docketed: Docketed) -> str:
    """The title of a card: of one case, or of the blocks that share it."""
    if not docketed.joined_count:
        return _title(say, docketed.case)
    by_provider = docketed.case.source is Source.PROVIDER
    return say("case.title.blocks.provider" if by_provider else "case.title.blocks", count=docketed.joined_count + 1)


def _title(say: Say, case: Case) -> str:
    if case.source is Source.PROVIDER:
        return say("case.title.block.provider")
    if case.kind is CaseKind.PAUSE and case.by_id == RULE_ID:
        return say("case.title.pause.rule")
    return say(_TITLES[case.kind])


def _small(say: Say, case: Case) -> str:
    """The short names of the case and of its request, for people to quote."""
    short = ref_of(case.case_id)
    if case.interaction_id is None:
        return say("case.small", case=short)
    return say("case.small.ref", case=short, ref=ref_of(case.interaction_id))


def _accent(docketed: Docketed) -> str:
    if waits_for_a_look(docketed) or waits_for_a_decision(docketed.case):
        return "waiting"
    return "failed" if docketed.case.kind is CaseKind.BLOCK else "done"


def _about(say: Say, cases: Iterable[Case]) -> Iterable[str]:
    """The cases that there are about an image, in one text, the newest first."""
    latest = sorted(cases, key=lambda case: case.case_id, reverse=True)[:CASES_MAX]
    if latest:
        listed = (say("case.about.one", title=_title(say, case), when=at(case.at_ms)) for case in latest)
        yield "\n".join((say("case.about"), *listed))
