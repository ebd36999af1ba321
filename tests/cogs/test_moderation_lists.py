"""The lists of moderators in words: all that matters is there, nothing that people wrote does any harm, and all of it fits."""

from dataclasses import replace

import pytest

from bot.catalog import Catalog
from bot.jobs import Outcome
from bot.moderation.cases import RULE_ID, Act, Case, CaseKind, Pause, Source
from bot.moderation.list_text import INCIDENTS_ON_PAGE, PAUSES_ON_PAGE, ListText
from bot.moderation.reading import History, Incident
from bot.moderation.troubles import Idle, NoAppeal
from bot.safety_fields import StrikeRule
from bot.sandbox.discord.components import check
from cogs.moderation.bench import IDLE, NO_APPEAL
from cogs.moderation.view import Listed, Page, page_view
from cogs.widgets import sheet
from tests.cogs.stage import TEXTS

NOW_MS = 1_800_000_000_000
SAY = ListText(texts=TEXTS, catalog=Catalog(), locale="en", now_ms=NOW_MS)
# The longest that people and Segmind write, in letters of three bytes and in signs that Discord reads.
LONGEST = ["日" * 2_000, "*" * 2_000, "||" * 1_000, "<@1>\n" * 400]


def pause(user_id=5, **known):
    known = {"guild_id": 1, "until_ms": None, "by_id": 7, "reason": "", "at_ms": NOW_MS, **known}
    return Pause(user_id=user_id, **known)


def incident(**known):
    plain = {
        "at_ms": NOW_MS,
        "user_id": 5,
        "channel_id": 3,
        "case_id": None,
        "source": None,
        "words": "",
        "outcome": None,
        "category": None,
        "detail": "",
        "model": "imagen-4",
        "prompt": "a garden",
        "private": False,
    }
    return Incident(**(plain | known))


def case(kind=CaseKind.REPORT, **known):
    plain = {"user_id": 5, "by_id": 7, "channel_id": 3, "interaction_id": 2, "private": False, "prompt": None}
    return Case(case_id=1, guild_id=1, kind=kind, details={}, at_ms=NOW_MS, **(plain | known))


def history(**known):
    plain = {"images": 3, "blocks": 2, "reports": 1, "removals": 4, "strikes": 0, "strike_rule": None}
    return History(user_id=5, **(plain | {"pause": None, "cases": ()} | known))


def whole(paragraphs):
    return "\n".join(paragraphs)


# ---------------------------------------------------------------- who is paused


def test_a_pause_says_until_when_by_whom_and_why():
    said = whole(SAY.paused([pause(until_ms=NOW_MS + 1_000, reason="too\nmany")], total=1))
    assert "<@5>: until <t:1800000001:f> · by <@7> <t:1800000000:R>\n-# too many" in said


def test_a_pause_by_the_strike_rule_names_nobody():
    said = whole(SAY.paused([pause(by_id=RULE_ID)], total=1))
    assert "by the strike rule" in said
    assert "<@0>" not in said


def test_all_who_are_paused_are_counted_also_those_on_other_pages():
    assert "**30 members" in whole(SAY.paused([pause()], total=30))


# ---------------------------------------------------------------- what went wrong


def test_a_block_by_the_server_shows_the_words_behind_a_spoiler():
    said = whole(SAY.recent([incident(source=Source.SERVER, words="gore")]))
    assert "||gore\u200b||" in said
    assert "||a garden\u200b||" in said
    assert "<@5> <#3>" in said


def test_a_block_by_the_provider_tells_its_category_and_its_own_reason():
    shown = incident(source=Source.PROVIDER, outcome=Outcome.BLOCKED, category="violence", detail="code 1_2")
    said = whole(SAY.recent([shown]))
    assert "Imagen 4 (violence)" in said
    assert "“code 1\\_2”" in said


@pytest.mark.parametrize("outcome", Outcome)
def test_whatever_failed_has_its_reason(outcome):
    said = whole(SAY.recent([incident(outcome=outcome, detail="the queue is full")]))
    assert "⚠️" in said
    assert "{" not in said


def test_a_private_prompt_is_not_there_and_neither_is_a_forgotten_one():
    private, forgotten = (
        whole(SAY.recent([incident(prompt=None, private=private, source=Source.SERVER)])) for private in (True, False)
    )
    assert TEXTS("en", "moderation.prompt.private") in private
    assert TEXTS("en", "moderation.prompt.forgotten") in forgotten


# ---------------------------------------------------------------- a member


def test_a_history_counts_tells_the_pause_and_lists_the_cases():
    rule = StrikeRule(blocks=3, within_hours=24, pause=Act.PAUSE_DAY)
    cases = (case(CaseKind.BLOCK, source=Source.PROVIDER), case(CaseKind.BLOCK, source=Source.SERVER), case())
    said = whole(SAY.history(history(strikes=2, strike_rule=rule, pause=pause(reason="enough"), cases=cases)))
    assert "3 images were made.\n2 prompts were blocked.\n1 report came in" in said
    assert "2 blocks count now; 3 within 24 hours lead to a pause." in said
    assert "enough" in said
    assert [TEXTS("en", f"moderation.case.{name}") in said for name in ("block", "block.provider", "report")] == [
        True
    ] * 3


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_of_case_has_a_name(kind):
    assert SAY.history(history(cases=(case(kind),)))[-1].endswith(TEXTS("en", f"moderation.case.{kind.value}"))


# ---------------------------------------------------------------- all of it fits


def texts_in(view):
    return "\n".join(item.content for item in view.walk_children() if hasattr(item, "content"))


@pytest.mark.parametrize("words", LONGEST)
def test_the_fullest_pages_fit_into_a_message_uncut(words):
    pauses = [pause(10**18 + number, reason=words, until_ms=NOW_MS, by_id=10**18) for number in range(PAUSES_ON_PAGE)]
    values = {"user_id": 10**18, "channel_id": 10**18, "source": Source.PROVIDER, "outcome": Outcome.BLOCKED}
    incidents = [incident(prompt=words, detail=words, category="child", **values) for _ in range(INCIDENTS_ON_PAGE)]
    for listed, paragraphs in ((Listed.PAUSED, SAY.paused(pauses, total=99)), (Listed.RECENT, SAY.recent(incidents))):
        view = page_view(SAY, paragraphs, Page(listed, 4), more=True)
        check(view.to_components(), is_v2=True)
        assert all(paragraph in texts_in(view) for paragraph in paragraphs)


def test_the_fullest_history_fits_into_a_message():
    rule = StrikeRule(blocks=20, within_hours=168, pause=Act.PAUSE)
    known = {"strikes": 19, "strike_rule": rule, "pause": pause(reason="日" * 300), "cases": (case(),) * 10}
    check(sheet(SAY.history(history(**known))).to_components(), is_v2=True)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("more", [False, True])
def test_buttons_lead_to_the_pages_beside_this_one(number, more):
    view = page_view(SAY, ["x"], Page(Listed.RECENT, number), more=more)
    open_ids = [
        item.custom_id for item in view.walk_children() if getattr(item, "custom_id", None) and not item.disabled
    ]
    before, after = [Page(Listed.RECENT, number - 1)] * (number > 0), [Page(Listed.RECENT, number + 1)] * more
    assert open_ids == [page.custom_id() for page in (*before, *after)]


# ---------------------------------------------------------------- troubles


def test_every_reason_why_nothing_is_done_has_its_words():
    assert set(IDLE) == set(Idle)
    assert set(NO_APPEAL) == set(NoAppeal)


def test_a_member_whose_data_was_deleted_is_somebody():
    said = whole(SAY.recent([incident(user_id=0, source=Source.SERVER)]))
    assert "<@0>" not in said
    assert "> a member <#3>" in said
    assert "<@0>" not in whole(SAY.paused([replace(pause(reason=""), user_id=0)], total=1))


def test_a_block_without_a_reason_says_so_in_a_sentence():
    said = whole(SAY.recent([incident(source=Source.PROVIDER, outcome=Outcome.BLOCKED, detail="")]))
    assert "the image maker's safety filter" in said
    assert "No reason was given." in said


@pytest.mark.parametrize(
    ("strikes", "said"), [(1, "1 block counts now; 3 within 24 hours"), (4, "4 blocks count now; 3 within 24 hours")]
)
def test_strikes_read_well_also_beyond_the_rule(strikes, said):
    rule = StrikeRule(blocks=3, within_hours=24, pause=Act.PAUSE_DAY)
    assert f"{said} lead to a pause." in whole(SAY.history(history(strikes=strikes, strike_rule=rule)))
