"""What moderators read of cases and images: everything that they need, harmless, inside the limits of one message."""

import re
from dataclasses import replace
from itertools import chain, product
from random import Random

import pytest

from bot.cards.writer import ref_of
from bot.catalog import IMAGEN_4, Catalog
from bot.intake import decide
from bot.jobs import Outcome, Request
from bot.levels import Level
from bot.markdown import BREAK
from bot.moderation.case_card import ROW_BUTTONS_MAX
from bot.moderation.case_lines import ACTIONS_MAX
from bot.moderation.case_text import CASES_MAX, CaseWriter
from bot.moderation.cases import RULE_ID, Act, Action, Appeal, Case, CaseKind, Docketed, Source, Subject
from bot.moderation.reading import Reviewed
from bot.safety import Category
from bot.text import Texts
from cogs.moderation.case_ids import Press
from cogs.moderation.case_poster import view_of
from tests.cogs.test_widgets import _bounds

CATALOG = Catalog()
WRITER = CaseWriter(texts=Texts(), catalog=CATALOG)
NOW_MS = 1_795_176_000_000
HOUR_MS = 3_600_000
MIA, MONA, RITA = 3, 44, 55
REQUEST_ID = 1_234_567_890_123_456_789

DETAILS = {
    (CaseKind.BLOCK, Source.SERVER): {"words": "gore, blood", "rule": "words"},
    (CaseKind.BLOCK, Source.PROVIDER): {
        "outcome": "blocked_words",
        "category": "violence",
        "detail": "Image generation failed: code 62263041",
        "model": "imagen-4",
    },
    (CaseKind.FLAG, None): {"words": "sword"},
    (CaseKind.REPORT, None): {"reason": "not *nice*"},
    (CaseKind.REVIEW, None): {},
    (CaseKind.PAUSE, None): {"until_ms": NOW_MS + HOUR_MS, "reason": "too many swords"},
    (CaseKind.DELETION, None): {"images": 2},
}
KINDS = list(DETAILS)
PAUSE = (CaseKind.PAUSE, None)
BUSY = Subject(message=(2, 99), images=4, paused_until_ms=0, evidence=True)


def case(kind=CaseKind.REPORT, source=None, **changes):
    known = {
        "case_id": NOW_MS,
        "guild_id": 1,
        "user_id": MIA,
        "by_id": RITA,
        "channel_id": 2,
        "interaction_id": REQUEST_ID,
        "private": False,
        "prompt": None if kind is CaseKind.PAUSE else "a knight with a sword",
        "details": DETAILS[kind, source],
        "at_ms": NOW_MS - HOUR_MS,
    }
    return Case(kind=kind, source=source, **{**known, **changes})


def card(about=None, actions=(), subject=None):
    docketed = Docketed(case=about or case(), actions=actions, subject=subject or Subject())
    return WRITER.card(docketed, locale="en", now_ms=NOW_MS)


def words(shown):
    return "\n".join((shown.title, *shown.lines, shown.small))


def does(shown):
    return [[button.does or "link" for button in row] for row in shown.rows]


def offered(shown):
    return list(chain.from_iterable(does(shown)))


def acted(act, *, images=0, by=MONA):
    return Action(act=act, user_id=by, at_ms=NOW_MS - 60_000, images=images)


# ---------------------------------------------------------------- why there is a case


@pytest.mark.parametrize(("kind", "source"), KINDS)
def test_every_kind_of_case_tells_whom_it_is_about_where_and_when(kind, source):
    shown = card(case(kind, source))
    who = f"<@{MIA}>" if kind is CaseKind.PAUSE else f"By <@{MIA}> in <#2>"
    assert shown.lines[0] == f"{who} · <t:{(NOW_MS - HOUR_MS) // 1000}:R>"
    assert shown.title.startswith("**")
    assert shown.small == f"Case {ref_of(NOW_MS)} · ref {ref_of(REQUEST_ID)}"
    assert "{" not in words(shown)
    assert "None" not in words(shown)


def test_no_two_kinds_have_the_same_title():
    titles = {card(case(kind, source)).title for kind, source in KINDS} | {card(case(*PAUSE, by_id=RULE_ID)).title}
    assert len(titles) == len(KINDS) + 1


@pytest.mark.parametrize(
    ("kind", "source", "details", "said"),
    [
        (CaseKind.BLOCK, Source.SERVER, None, f"does not allow: ||gore, blood{BREAK}||"),
        (CaseKind.BLOCK, Source.SERVER, {"words": "gore", "rule": "automod"}, "this server's AutoMod does not allow"),
        (CaseKind.BLOCK, Source.PROVIDER, None, "The words were not accepted (violence; Imagen 4)."),
        (CaseKind.BLOCK, Source.PROVIDER, None, "Nobody in this server can overrule that."),
        (CaseKind.BLOCK, Source.PROVIDER, None, "“Image generation failed\\: code 62263041”"),
        (CaseKind.FLAG, None, None, f"wants to know of: ||sword{BREAK}||\nThe image is made nevertheless."),
        (CaseKind.REPORT, None, None, f"<@{RITA}> reported it.\n>>> not \\*nice\\*"),
        (CaseKind.REVIEW, None, None, f"<@{RITA}> chose “Moderate image”"),
        (
            CaseKind.PAUSE,
            None,
            None,
            f"Paused by <@{RITA}> until <t:{(NOW_MS + HOUR_MS) // 1000}:f>.\n>>> too many swords",
        ),
        (CaseKind.PAUSE, None, {"until_ms": None, "reason": ""}, f"Paused by <@{RITA}> until somebody lifts it."),
        (CaseKind.DELETION, None, None, "these 2 images"),
    ],
)
def test_a_case_says_why_it_is_there(kind, source, details, said):
    about = case(kind, source)
    assert said in words(card(replace(about, details=details) if details else about))


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED_WORDS, Outcome.BLOCKED_PICTURE, Outcome.BLOCKED])
@pytest.mark.parametrize("category", [*Category, None])
def test_every_way_in_which_the_provider_blocks_has_words(outcome, category):
    details = {"outcome": outcome.value, "category": category, "detail": None, "model": "gone"}
    shown = words(card(case(CaseKind.BLOCK, Source.PROVIDER, details=details)))
    assert "gone" in shown
    assert "What came back" not in shown


def test_a_pause_by_the_strike_rule_says_so_and_for_how_many_blocks():
    details = {"until_ms": None, "reason": "", "blocks": 3}
    shown = words(card(case(*PAUSE, by_id=RULE_ID, details=details)))
    assert "Paused by the strike rule until somebody lifts it. There were 3 blocked prompts" in shown
    assert "<@0>" not in shown


# ---------------------------------------------------------------- the prompt


def test_a_prompt_is_quoted_and_hidden_until_somebody_wants_to_see_it():
    assert card().lines[1] == f">>> ||a knight with a sword{BREAK}||"


@pytest.mark.parametrize("end", ["||", "|", "\\", "`", "||\n"])
def test_no_prompt_gets_out_of_its_spoiler(end):
    (_, prompt, *_) = card(case(prompt=f"||a|| knight {end}")).lines
    assert re.search(r"^>>> \|\|((?!\|\|)[\s\S])*\|\|$", prompt), prompt
    # Discord looks for the first two bars, whether or not something stands before them.
    assert re.match(r"\|\|([\s\S]+?)\|\|", prompt.removeprefix(">>> "))[0] == prompt.removeprefix(">>> ")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[0] not in {CaseKind.PAUSE, CaseKind.DELETION}])
def test_a_prompt_that_is_private_or_forgotten_is_missed_by_nobody(kind):
    assert "in private, so its prompt is not shown" in words(card(case(*kind, private=True, prompt=None)))
    assert "not kept any more" in words(card(case(*kind, prompt=None)))


@pytest.mark.parametrize("kind", [CaseKind.PAUSE, CaseKind.DELETION])
def test_what_has_no_prompt_says_nothing_of_one(kind):
    assert "prompt" not in words(card(case(kind, prompt=None)))


NASTY = (
    "@everyone <@1> <@&2> <#3> https://evil.example discord.gg/x ||x|| **b** [l](https://x.example) ```c\n# h\n> q\n"
)


def test_whatever_people_or_segmind_wrote_pings_nobody_and_formats_nothing():
    bad = NASTY
    appeal = Appeal(reason=bad, at_ms=NOW_MS)
    for kind, source in KINDS:
        details = {
            name: bad if name in {"words", "reason", "detail"} else value
            for name, value in DETAILS[kind, source].items()
        }
        shown = words(card(case(kind, source, prompt=bad, details=details, appeal=appeal)))
        rest = shown.replace(f"<@{MIA}>", "").replace(f"<@{RITA}>", "").replace("<#2>", "")
        assert not re.search(r"<[@#][!&]?\d", rest)
        assert "@everyone" not in rest
        assert not re.search(r"\w\\?://", rest)
        assert "**b**" not in rest
        assert "```" not in rest


# ---------------------------------------------------------------- the limits of one message

PROMPTS = {
    "words": "a knight " * 222,
    "japanese": "雪の中の騎士と長い剣。" * 181,
    "mountains": "🏔" * 2000,
    "bars": "||" * 1000,
    "stars": "*" * 2000,
    "mentions": "@everyone <@1>" * 142,
    "lines": "\n" * 2000,
    "links": "https://x " * 200,
}
ALL_ACTS = tuple(Action(act=act, user_id=RITA * 10**16, at_ms=NOW_MS, images=4) for act in Act) * 3


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize(("kind", "source"), KINDS)
def test_the_largest_card_fits_with_room_to_spare(kind, source, prompt):
    longest = PROMPTS[prompt][:2000]
    details = {
        name: longest if name in {"words", "reason", "detail"} else value
        for name, value in DETAILS[kind, source].items()
    }
    about = case(
        kind, source, prompt=longest, details=details, appeal=Appeal(reason=longest, at_ms=NOW_MS), guild_id=10**19
    )
    subject = replace(BUSY, message=(10**19, 10**19), unreached=True, paused_until_ms=NOW_MS + 1)
    for actions in ((), ALL_ACTS):
        shown = card(about, actions, subject)
        characters, size_bytes, components = _bounds(view_of(shown, id=NOW_MS, of_request=False))
        # Nothing had to be cut for the message as a whole.
        assert characters == len("".join((shown.title, *shown.lines, shown.small))) + len("-# ")
        assert characters < 4_000
        assert size_bytes < 10_000
        assert components <= 40
        assert all(0 < len(row) <= ROW_BUTTONS_MAX for row in shown.rows)
        assert all(len(button.label) <= 80 for row in shown.rows for button in row)


@pytest.mark.parametrize("prompt", ["words", "japanese"])
def test_the_longest_prompt_there_is_stands_on_a_card_whole(prompt):
    longest = PROMPTS[prompt][:2000].strip()
    (_, shown, *_) = card(case(prompt=longest, details={"reason": "x" * 2_000}), ALL_ACTS).lines
    assert "…" not in shown
    assert longest[-9:] in shown


# ---------------------------------------------------------------- what was done


@pytest.mark.parametrize("act", Act)
def test_every_action_stands_on_the_card_with_who_did_it_and_when(act):
    shown = card(actions=(acted(act, images=2),))
    (line,) = [line for line in shown.lines if line.startswith("✔")]
    assert line.endswith(f" — <@{MONA}>, <t:{(NOW_MS - 60_000) // 1000}:R>")
    assert len(line) < 120


def test_no_two_actions_read_the_same():
    assert len({card(actions=(acted(act),)).lines[-1] for act in Act}) == len(Act)


@pytest.mark.parametrize(
    ("act", "images", "said"),
    [
        (Act.DELETE, 1, "Deleted the image"),
        (Act.DELETE, 0, "Deleted the image"),
        (Act.DELETE, 3, "Deleted the 3 images"),
        (Act.DELETE_ALL, 12, "Deleted all of this member's images: 12 images"),
        (Act.BLUR, 2, "Blurred the 2 images"),
    ],
)
def test_an_action_counts_its_images(act, images, said):
    assert f"✔ {said} — " in words(card(actions=(acted(act, images=images),)))


def test_actions_stand_in_their_order_and_of_many_the_earlier_ones_are_counted():
    many = tuple(replace(acted(Act.LIFT), at_ms=NOW_MS + number * 1000) for number in range(ACTIONS_MAX + 2))
    (block,) = [line for line in card(actions=many).lines if "✔" in line]
    first, *rest = block.split("\n")
    assert first == "2 earlier actions are not listed."
    assert [line.rsplit(" ", 1)[1] for line in rest] == [f"<t:{each.at_ms // 1000}:R>" for each in many[2:]]


# ---------------------------------------------------------------- appeals


def appealed(approved=None):
    return case(CaseKind.BLOCK, Source.SERVER, appeal=Appeal(reason="a *toy*", at_ms=NOW_MS, approved=approved))


def test_an_appeal_stands_on_the_card_with_its_reason_and_waits_for_a_decision():
    shown = card(appealed())
    assert f"**<@{MIA}> appeals, and waits for your decision** · <t:{NOW_MS // 1000}:R>\n>>> a \\*toy\\*" in shown.lines
    assert does(shown)[-1] == ["approve", "decline"]
    assert shown.accent == "waiting"


@pytest.mark.parametrize(("approved", "act"), [(True, Act.APPROVE), (False, Act.DECLINE)])
def test_an_appeal_that_was_decided_can_be_decided_no_more(approved, act):
    shown = card(appealed(approved=approved), (acted(act),))
    assert not {"approve", "decline"} & set(offered(shown))
    assert f"**<@{MIA}> appealed**" in words(shown)
    assert shown.accent == "failed"


def test_a_block_of_the_provider_offers_no_decision():
    about = case(CaseKind.BLOCK, Source.PROVIDER, appeal=Appeal(reason="x", at_ms=NOW_MS))
    assert not {"approve", "decline"} & set(offered(card(about)))


# ---------------------------------------------------------------- what is now, and what can be done


def test_a_fresh_report_offers_everything_in_the_usual_order():
    assert does(card(subject=replace(BUSY, images=1))) == [
        ["delete", "blur", "pause_hour", "pause_day", "pause"],
        ["confirm_all", "history", "evidence", "dismiss", "link"],
    ]


def test_every_button_does_what_the_rim_knows_and_none_twice():
    known = {*map(str, Act), *map(str, Press), "link"}
    subjects = [
        Subject(images=images, removed=removed, paused_until_ms=until_ms, evidence=True, message=(2, 9))
        for images, removed, until_ms in product((0, 1), (False, True), (0, NOW_MS + 1, None))
    ]
    for about in (appealed(), *(case(*kind) for kind in KINDS)):
        for subject in subjects:
            found = offered(card(about, subject=subject))
            assert set(found) <= known
            assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("subject", "missing"),
    [
        (Subject(), {"delete", "blur", "link", "evidence"}),
        (Subject(images=1, removed=True, message=(2, 9)), {"delete", "blur", "link"}),
        (Subject(images=1, blurred=True), {"blur"}),
        (Subject(images=1, paused_until_ms=NOW_MS + 1), {"pause_hour", "pause_day"}),
        (Subject(images=1, paused_until_ms=None), {"pause_hour", "pause_day", "pause"}),
        (Subject(images=1, paused_until_ms=NOW_MS), {"lift"}),
    ],
)
def test_only_buttons_that_can_do_something_are_there(subject, missing):
    everything = {"delete", "blur", "pause_hour", "pause_day", "pause", "lift", "link", "evidence"}
    there = set(offered(card(case(*PAUSE), subject=subject)))
    assert everything - there >= missing
    assert ("lift" in there) is ("pause_hour" not in there)
    assert ("pause" in there) is ("pause" not in missing)


def test_what_was_looked_at_need_not_be_looked_at_again():
    assert "dismiss" in offered(card())
    assert "Nobody has acted on it yet." in words(card())
    done = card(actions=(acted(Act.DISMISS),))
    assert "dismiss" not in offered(done)
    assert "Nobody has acted" not in words(done)
    assert (card().accent, done.accent) == ("waiting", "done")


def test_the_way_to_the_message_is_an_address_of_discords():
    (link,) = [button.link for row in card(subject=BUSY).rows for button in row if button.link]
    assert link == "https://discord.com/channels/1/2/99"


def test_an_image_that_discord_does_not_let_go_is_told_with_what_to_do_and_with_the_way_there():
    subject = Subject(message=(2, 99), images=1, removed=True, unreached=True)
    shown = card(actions=(acted(Act.DELETE, images=1),), subject=subject)
    assert "may still be seen there" in words(shown)
    assert "delete it by hand" in words(shown)
    assert "link" in offered(shown)
    assert f"Deleting was asked for by <@{MONA}>, " in words(shown)
    all_of_them = card(actions=(acted(Act.DELETE_ALL, images=3),), subject=subject)
    assert f"Deleting all of this member's images was asked for by <@{MONA}>, " in words(all_of_them)
    for each in (shown, all_of_them):
        assert "✔" not in words(each)


def test_what_became_of_an_image_elsewhere_is_told_and_nothing_twice():
    gone = replace(BUSY, removed=True)
    told = words(card(subject=gone))
    assert "deleted meanwhile" in told
    assert "copy is kept" in told
    assert "deleted meanwhile" not in words(card(actions=(acted(Act.DELETE, images=1),), subject=gone))
    assert "deleted meanwhile" not in words(card(case(CaseKind.DELETION), subject=gone))


# A card is told anew when its own case changes: what is so for now, by another case, it would go on saying for ever.


@pytest.mark.parametrize("until_ms", [NOW_MS + HOUR_MS, None])
@pytest.mark.parametrize(("kind", "source"), KINDS)
def test_no_card_in_the_log_tells_of_a_pause_that_another_case_brought(kind, source, until_ms):
    about = case(kind, source, details=DETAILS[kind, source])
    others, free = (card(about, subject=Subject(images=1, paused_until_ms=each)) for each in (until_ms, 0))
    assert "is paused" not in words(others)
    if kind is not CaseKind.PAUSE:
        assert words(others) == words(free)
        assert does(others) == does(free)
        assert "lift" not in offered(others)


REPLACED = "Another pause took the place of this one."


def test_a_pause_that_was_replaced_says_so():
    mine = case(*PAUSE)
    until_ms = DETAILS[PAUSE]["until_ms"]
    assert REPLACED not in words(card(mine, subject=Subject(paused_until_ms=until_ms)))
    assert REPLACED not in words(card(mine, subject=Subject(paused_until_ms=0)))
    for other_ms in (None, until_ms + HOUR_MS, until_ms - 1):
        assert REPLACED in words(card(mine, subject=Subject(paused_until_ms=other_ms)))
    lasting = case(*PAUSE, details={"until_ms": None, "reason": ""})
    assert REPLACED in words(card(lasting, subject=Subject(paused_until_ms=until_ms)))
    assert REPLACED not in words(card(lasting, subject=Subject(paused_until_ms=None)))


def test_a_pause_that_was_over_or_lifted_was_not_replaced():
    over = case(*PAUSE, details={"until_ms": NOW_MS, "reason": ""})
    assert REPLACED not in words(card(over, subject=Subject(paused_until_ms=None)))
    lifted = card(case(*PAUSE), (acted(Act.LIFT),), Subject(paused_until_ms=None))
    assert REPLACED not in words(lifted)


def test_a_pause_given_on_a_card_is_that_cards_own():
    mine = acted(Act.PAUSE_DAY)
    its_ms = mine.at_ms + 24 * HOUR_MS
    for about in (case(), case(*PAUSE)):
        assert REPLACED not in words(card(about, (mine,), Subject(paused_until_ms=its_ms)))
        assert REPLACED in words(card(about, (mine,), Subject(paused_until_ms=None)))
        assert "lift" in offered(card(about, (mine,), Subject(paused_until_ms=its_ms)))


def test_a_member_whose_data_was_deleted_is_somebody():
    about = case(user_id=0, appeal=Appeal(reason="x", at_ms=NOW_MS))
    assert "<@0>" not in words(card(about))
    assert card(about).lines[0].startswith("By a member in <#2>")
    assert "<@0>" not in words(card(case(*PAUSE, user_id=0)))


def test_a_case_without_a_channel_or_a_request_tells_neither():
    shown = card(case(channel_id=None, interaction_id=None))
    assert shown.lines[0] == f"<@{MIA}> · <t:{(NOW_MS - HOUR_MS) // 1000}:R>"
    assert shown.small == f"Case {ref_of(NOW_MS)}"


# ---------------------------------------------------------------- an image under review


def reviewed(*, looks=BUSY, cases=(), **values):
    request = Request(
        interaction_id=REQUEST_ID,
        guild_id=1,
        channel_id=2,
        place_id=2,
        user_id=MIA,
        locale="de",
        guild_locale="en-US",
        command="imagen",
        model=IMAGEN_4.key,
        values={"prompt": "a knight", **values},
        private=False,
        spoiler=False,
        created_ms=NOW_MS - HOUR_MS,
        reply=None,
        filesize_limit_bytes=1,
    )
    jobs = decide(
        request, catalog=CATALOG, ceiling="BLOCK_ONLY_HIGH", level=Level.STANDARD, out={}, rng=Random(0), now_ms=0
    )
    return Reviewed(request=request, jobs=tuple(jobs), looks=looks, cases=tuple(cases), pause=None, private=False)


def review(**changes):
    return WRITER.review(reviewed(**changes), locale="en", now_ms=NOW_MS)


def test_a_moderator_sees_the_prompt_the_parameters_and_the_member_of_an_image():
    shown = review(aspect_ratio="16:9", negative_prompt="swords")
    assert shown.lines[:2] == (f"By <@{MIA}> in <#2> · <t:{(NOW_MS - HOUR_MS) // 1000}:R>", f">>> ||a knight{BREAK}||")
    assert shown.small.startswith("Imagen 4 · 16:9 · ")
    assert "swords" in shown.small
    assert f"ref {ref_of(REQUEST_ID)}" in shown.small


def test_an_image_under_review_offers_what_can_be_done_with_it_and_nothing_that_belongs_to_a_case():
    assert does(review()) == [
        ["delete", "blur", "pause_hour", "pause_day", "pause"],
        ["confirm_all", "history", "link"],
    ]


def test_the_cases_about_an_image_are_listed_the_newest_first_and_not_without_end():
    cases = [case(case_id=number, at_ms=number * 1000) for number in range(1, CASES_MAX + 4)]
    (listed,) = [line for line in review(cases=cases).lines if "Cases about it" in line]
    assert [line.rsplit(" ", 1)[1] for line in listed.split("\n")[1:]] == [
        "<t:8:R>",
        "<t:7:R>",
        "<t:6:R>",
        "<t:5:R>",
        "<t:4:R>",
    ]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_largest_review_fits(prompt):
    longest = f"a{PROMPTS[prompt]}"[:2000]
    cases = [case(case_id=number) for number in range(1, 40)]
    looks = replace(BUSY, unreached=True, removed=True, paused_until_ms=None)
    shown = review(prompt=longest, negative_prompt=longest, cases=cases, looks=looks)
    characters, size_bytes, components = _bounds(view_of(shown, id=REQUEST_ID, of_request=True))
    assert characters == len("".join((shown.title, *shown.lines, shown.small))) + len("-# ")
    assert characters < 4_000
    assert size_bytes < 10_000
    assert components <= 40
