"""Of a flood of blocked prompts the first have a card each, and the last of these counts the rest; each stays a case of its own."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
import pytest_asyncio

from bot.errors import NotAllowed
from bot.jobs import Delivery, Shown
from bot.moderation.case_log import GROWS_MS
from bot.moderation.cases import HOUR_MS, Act, CaseKind, Docketed, Source
from bot.moderation.troubles import Idle, NothingToDo
from bot.safety_fields import StrikeRule
from bot.store import case_groups, cases, jobs, personal
from bot.store.case_groups import NEWEST_MAX, OWN_CARDS_MAX
from cogs.moderation.case_poster import view_of
from tests.admin.support import NOON_MS
from tests.cogs.test_widgets import _bounds
from tests.limits.support import GUILD, PLACE, USER
from tests.moderation.court import CHILD, SEXUAL
from tests.moderation.test_case_log import FakePoster, PowerCut, log_of, log_to
from tests.moderation.test_case_log_side_by_side import running, until
from tests.moderation.test_case_text import ALL_ACTS, NASTY, PROMPTS, WRITER, words
from tests.moderation.test_case_text import case as written

pytestmark = pytest.mark.asyncio

LOG, OTHER_LOG = 70, 71


class Wall:
    """The log of a court's moderators, and what stands there but for the cards of `fill`."""

    def __init__(self, court):
        self.court, self.poster = court, FakePoster()
        self.log = log_of(court.db, court.clock, self.poster)
        self.filled = set()

    async def fill(self, block=None, **asked):
        """Have all cards of a member's own stand and be closed but for the last, which is the next one."""
        for _ in range(OWN_CARDS_MAX - 1):
            await (self.court.block(**asked) if block is None else block())
        await self.send()
        self.filled = {case.case_id for case in await self.court.all_cases()}
        async with self.court.db.transaction() as tx:
            for case_id in self.filled:
                await case_groups.close(tx, case_id)
        self.poster.calls.clear()

    async def send(self):
        """Bring it up to date, however long the log takes its time."""
        self.court.wait(GROWS_MS)
        await self.log.send()

    def restart(self):
        self.log = log_of(self.court.db, self.court.clock, self.poster)

    @property
    def cards(self):
        return [(case_id, words(card)) for _, case_id, card in self._stand]

    @property
    def places(self):
        """The channel of each card and whose it is, in the order in which they came."""
        return [(channel_id, case_id) for channel_id, case_id, _ in self._stand]

    @property
    def _stand(self):
        return [each for each in self.poster.cards.values() if each[1] not in self.filled]

    @property
    def calls(self):
        return [name for name, _ in self.poster.calls]

    async def behind(self):
        return len(await cases.behind(self.court.db, limit=500))


@pytest_asyncio.fixture
async def bare(court):
    await log_to(court.db, court.clock, LOG, guild_id=GUILD)
    return Wall(court)


@pytest_asyncio.fixture
async def wall(bare):
    """Where the next block that USER's server makes of a public prompt of theirs has the last card of its own."""
    await bare.fill()
    return bare


async def flood(court, count, *, prompt="a gory cat", **asked):
    found = []
    for number in range(count):
        court.wait(1000)
        found.append(await court.block(f"{prompt} {number + 1}", **asked))
    return found


# ---------------------------------------------------------------- a card each


async def test_the_first_five_blocks_have_a_card_each(court, bare):
    blocks = await flood(court, OWN_CARDS_MAX)
    await bare.send()
    assert OWN_CARDS_MAX == 5
    assert [case_id for case_id, _ in bare.cards] == [case.case_id for case in blocks]
    for number, (_, told) in enumerate(bare.cards, 1):
        assert "A prompt was blocked by this server's rules" in told
        assert f"cat {number}" in told


async def test_only_what_is_blocked_after_them_shares_the_newest_of_their_cards(court, bare):
    blocks = await flood(court, OWN_CARDS_MAX + 2)
    await bare.send()
    assert [case_id for case_id, _ in bare.cards] == [case.case_id for case in blocks[:OWN_CARDS_MAX]]
    *others, (_, told) = bare.cards
    assert "3 prompts of one member" in told
    assert all("A prompt was blocked" in other for _, other in others)


async def test_each_kind_of_block_has_its_own_first_cards(court, bare):
    asked = ({}, {"private": True}, {"user_id": USER + 1})
    for each in asked:
        await flood(court, OWN_CARDS_MAX, **each)
    for _ in range(OWN_CARDS_MAX):
        await court.fail(SEXUAL)
    for _ in range(5):
        await bare.send()
    assert len(bare.cards) == (len(asked) + 1) * OWN_CARDS_MAX


async def test_a_card_on_which_somebody_acted_is_one_of_the_five_and_the_next_open_one_is_joined(court, bare):
    blocks = await flood(court, OWN_CARDS_MAX)
    await court.act(Act.DISMISS, blocks[-1].case_id)
    await flood(court, 1)
    await bare.send()
    assert len(bare.cards) == OWN_CARDS_MAX
    assert ["2 prompts" in told for _, told in bare.cards] == [False, False, False, True, False]


async def test_once_somebody_acted_on_all_cards_the_next_block_has_one_of_its_own(court, bare):
    for block in await flood(court, OWN_CARDS_MAX):
        await court.act(Act.DISMISS, block.case_id)
    sixth, _ = await flood(court, 2)
    await bare.send()
    await bare.send()
    assert len(bare.cards) == OWN_CARDS_MAX + 1
    assert bare.cards[-1][0] == sixth.case_id
    assert "2 prompts" in bare.cards[-1][1]


async def test_an_hour_after_the_first_ones_blocks_have_a_card_each_again_whatever_shared_one_since(court, bare):
    await flood(court, OWN_CARDS_MAX)
    court.wait(HOUR_MS // 2)
    await flood(court, OWN_CARDS_MAX)
    court.wait(HOUR_MS // 2)
    await flood(court, OWN_CARDS_MAX)
    for _ in range(3):
        await bare.send()
    assert len(bare.cards) == 2 * OWN_CARDS_MAX
    assert [f"{OWN_CARDS_MAX + 1} prompts" in told for _, told in bare.cards].index(True) == OWN_CARDS_MAX - 1


# ---------------------------------------------------------------- one card for the rest


async def test_two_hundred_further_blocks_are_one_card_and_two_hundred_cases(court, wall):
    blocks = []
    for _ in range(20):
        blocks += await flood(court, 10)
        await wall.send()
    ((case_id, told),) = wall.cards
    assert case_id == blocks[0].case_id
    assert "200 prompts of one member were blocked by this server's rules" in told
    assert "After it, 199 more blocks of this member" in told
    assert f"{199 - NEWEST_MAX} in between are listed by `/moderation recent`" in told
    assert len(await court.all_cases(CaseKind.BLOCK)) == OWN_CARDS_MAX - 1 + 200
    assert await wall.behind() == 0
    assert wall.calls == ["post", *["edit"] * 19]


async def test_the_card_shows_the_first_prompt_and_the_newest_ones(court, wall):
    await flood(court, NEWEST_MAX + 3)
    await wall.send()
    ((_, told),) = wall.cards
    assert [number for number in range(1, NEWEST_MAX + 4) if f"cat {number}" in told] == [1, *range(4, NEWEST_MAX + 4)]
    assert told.index(f"cat {NEWEST_MAX + 3}") < told.index(f"cat {NEWEST_MAX + 2}")
    assert "2 in between" in told


async def test_one_block_alone_is_told_as_ever(court, wall):
    await court.block()
    await wall.send()
    ((_, told),) = wall.cards
    assert "A prompt was blocked by this server's rules" in told
    assert "more" not in told


async def test_every_block_is_in_the_lists_and_counts_as_a_strike(court, wall):
    blocks = OWN_CARDS_MAX + 2
    await court.set(strike_rule=StrikeRule(blocks=blocks + 1, within_hours=1, pause=Act.PAUSE_DAY))
    await flood(court, 3)
    history = await court.docket.history(GUILD, USER)
    assert (history.blocks, history.strikes, len(history.cases)) == (blocks, blocks, blocks)
    assert len({each.case_id for each in await court.docket.recent(GUILD, limit=99, offset=0)}) == blocks
    assert not await court.is_paused()
    await flood(court, 1)
    assert await court.is_paused()
    await wall.send()
    assert len(wall.cards) == 2, "the pause has a card of its own"


@pytest.mark.parametrize("other", [{"user_id": USER + 1}, {"private": True}])
async def test_a_block_of_another_member_or_in_private_has_a_card_of_its_own(court, wall, other):
    await wall.fill(**other)
    await flood(court, 2)
    await flood(court, 2, **other)
    await wall.send()
    assert ["2 prompts" in told for _, told in wall.cards] == [True, True]


async def test_of_private_prompts_the_card_tells_the_words_of_the_rule_alone(court, bare):
    await bare.fill(private=True)
    await flood(court, 3, prompt="a gory secret", private=True)
    await bare.send()
    ((_, told),) = bare.cards
    assert "secret" not in told
    assert told.count("||gory") == 3


async def test_a_providers_blocks_share_a_card_with_one_another_and_with_no_other_block(court, wall):
    await wall.fill(partial(court.fail, SEXUAL))
    await court.block()
    for _ in range(2):
        await court.fail(SEXUAL)
    await wall.send()
    (_, (_, told)) = wall.cards
    assert "2 prompts of one member were blocked by the image maker's safety filter" in told


async def test_what_protects_children_never_stands_among_others(court, bare):
    await bare.fill(partial(court.fail, SEXUAL))
    await court.fail(SEXUAL)
    await court.fail(CHILD)
    await court.fail(SEXUAL, CHILD)
    await bare.send()
    assert sorted("child" in told for _, told in bare.cards) == [False, True, True]


async def test_a_card_that_turns_out_to_be_about_children_is_left_by_those_that_joined_it(court, bare):
    await bare.fill(partial(court.fail, SEXUAL))
    first, second = await court.ask(count=2)
    await court.endings.failed(await court.run(first), f"Support codes: {SEXUAL}")
    for _ in range(2):
        await court.fail(SEXUAL)
    await bare.send()
    assert ["3 prompts" in told for _, told in bare.cards] == [True]
    await court.endings.failed(await court.run(second), f"Support codes: {CHILD}")
    await bare.send()
    grave, rest = (told for _, told in bare.cards)
    assert ("child" in grave, "prompts" in grave) == (True, False)
    assert ("child" in rest, "2 prompts" in rest) == (False, True)
    await court.fail(SEXUAL)
    await bare.send()
    assert "3 prompts" in bare.cards[1][1]


async def test_after_an_hour_there_is_a_new_card(court, wall):
    first = await court.block()
    court.wait(HOUR_MS - GROWS_MS - 1)
    # The cards before it are a little older, and still of this hour.
    await court.block()
    court.wait(GROWS_MS + 1)
    third = await court.block()
    await wall.send()
    assert [(case_id, "2 prompts" in told) for case_id, told in wall.cards] == [
        (first.case_id, True),
        (third.case_id, False),
    ]


@pytest.mark.parametrize("act", [Act.PAUSE_HOUR, Act.DELETE_ALL])
async def test_what_is_blocked_after_somebody_acted_has_a_new_card(court, wall, act):
    await court.draw()
    (first, _) = await flood(court, 2)
    await court.act(act, first.case_id)
    await court.unpause()
    third = await court.block()
    await wall.send()
    assert [case_id for case_id, _ in wall.cards] == [first.case_id, third.case_id]


# ---------------------------------------------------------------- pace


async def test_while_further_blocks_come_in_the_card_is_changed_every_few_seconds_at_the_most(court, wall):
    await court.block()
    await wall.log.send()
    for number in range(30):
        court.wait(GROWS_MS // 10)
        await court.block(f"a gory cat {number}")
        await wall.log.send()
    assert wall.calls == ["post", *["edit"] * 3]


async def test_what_becomes_of_the_requests_that_joined_changes_the_card_no_more_often(court, wall):
    await wall.fill(partial(court.fail, SEXUAL))
    requests = []
    for _ in range(20):
        court.wait(GROWS_MS // 10)
        requests.append(await court.fail(SEXUAL))
        async with court.db.transaction() as tx:
            await cases.request_changed(tx, requests[-1])
        await wall.log.send()
    assert wall.calls.count("edit") <= 3
    await wall.send()
    assert "20 prompts" in wall.cards[0][1]
    assert await wall.behind() == 0


async def test_what_a_moderator_does_is_told_at_once_also_while_further_blocks_wait(court, wall):
    (first, _) = await flood(court, 2)
    await wall.log.send()
    await court.block()
    await court.act(Act.PAUSE_HOUR, first.case_id)
    await wall.log.send()
    ((_, told),) = wall.cards
    assert "✔" in told
    assert "3 prompts" in told


async def test_the_last_block_of_a_flood_is_told_without_anything_else_happening(court, wall):
    await court.block()
    await wall.log.send()
    await court.block()
    async with running(wall.log):
        await until(lambda: court.clock.sleeps_s)
    assert court.clock.sleeps_s[0] <= GROWS_MS / 1000
    await wall.send()
    assert "2 prompts" in wall.cards[0][1]


async def test_what_joins_while_the_card_is_being_posted_is_told_after_it(court, wall):
    wall.poster.held[LOG] = asyncio.Event()
    await court.block()
    sending = asyncio.create_task(wall.log.send())
    async with asyncio.timeout(5):
        await until(lambda: wall.calls)
    await court.block()
    wall.poster.held[LOG].set()
    await sending
    assert await wall.behind() == 1
    await wall.send()
    assert "2 prompts" in wall.cards[0][1]


# ---------------------------------------------------------------- acts


async def test_an_appeal_brings_the_case_a_card_of_its_own_where_it_is_decided(court, wall):
    (_, second, _) = await flood(court, 3)
    await wall.send()
    await court.appeal(second.case_id)
    await wall.send()
    ((_, told), (appealed_id, appeal)) = wall.cards
    assert "2 prompts" in told
    assert "cat 2" not in told
    assert appealed_id == second.case_id
    assert "cat 2" in appeal
    assert "appeals, and waits for your decision" in appeal
    await court.act(Act.APPROVE, second.case_id)
    await wall.send()
    assert "✔" in wall.cards[1][1]
    assert "✔" not in wall.cards[0][1]


async def test_an_appeal_against_the_first_one_stands_on_the_card_and_nothing_joins_it_any_more(court, wall):
    (first, _) = await flood(court, 2)
    await court.appeal(first.case_id)
    await court.block()
    await wall.send()
    ((_, told), (_, other)) = wall.cards
    assert "2 prompts" in told
    assert "appeals" in told
    assert "A prompt was blocked" in other


async def test_deleting_and_blurring_act_on_the_images_of_all_that_the_card_tells_of(court, bare):
    await bare.fill(partial(court.fail, SEXUAL))
    requests = [await half_blocked(court, message_id=900 + number) for number in range(2)]
    (*_, lead, _) = await court.all_cases(CaseKind.BLOCK)
    assert (await court.docket.case(GUILD, lead.case_id)).subject.images == 2
    docketed = await court.act(Act.BLUR, lead.case_id)
    assert docketed.actions[-1].images == 2
    docketed = await court.act(Act.DELETE, lead.case_id)
    assert docketed.actions[-1].images == 2
    assert docketed.subject.removed
    assert court.retouched == [*requests, *requests]
    for act in (Act.BLUR, Act.DELETE):
        with pytest.raises(NothingToDo) as caught:
            await court.act(act, lead.case_id)
        assert caught.value.reason is Idle.REMOVED


async def test_what_of_the_images_is_deleted_already_keeps_nobody_from_deleting_the_rest(court, bare):
    await bare.fill(partial(court.fail, SEXUAL))
    first, second = [await half_blocked(court, message_id=900 + number) for number in range(2)]
    (*_, lead, _) = await court.all_cases(CaseKind.BLOCK)
    await court.docket.withdraw(GUILD, first, user_id=USER)
    court.retouched.clear()
    docketed = await court.act(Act.DELETE, lead.case_id)
    assert (docketed.actions[-1].images, court.retouched) == (1, [second])


async def half_blocked(court, *, message_id):
    """A request of whose two images one is made and shown, and one blocked; its id."""
    made, blocked = await court.ask(count=2)
    made = await court.run(made)
    async with court.db.transaction() as tx:
        await jobs.move(tx, made, jobs.State.DONE, at_ms=court.clock.ms, result_url="https://x/1.png")
    await court.endings.failed(await court.run(blocked), f"Support codes: {SEXUAL}")
    async with court.db.transaction() as tx:
        shown = Delivery(shown=Shown.DELIVERED, message_id=message_id, message_channel_id=PLACE)
        await jobs.save_delivery(tx, made.interaction_id, shown)
        await tx.execute("UPDATE jobs SET counted = TRUE")
    return made.interaction_id


async def test_whoever_has_their_data_deleted_is_forgotten_on_the_card_too(court, wall):
    await flood(court, 3)
    await wall.send()
    async with court.db.transaction() as tx:
        await personal.forget(tx, USER, now_ms=court.clock.ms)
    await wall.send()
    ((_, told),) = wall.cards
    assert "cat" not in told
    assert "gory" not in told
    assert "3 prompts" in told


# ---------------------------------------------------------------- crashes and lost cards


@pytest.mark.parametrize("cut", [("post", "before"), ("post", "after"), ("edit", "before"), ("edit", "after")])
async def test_a_power_cut_leaves_one_card_that_tells_of_every_block(court, wall, cut):
    for failing in (cut, None):
        wall.poster.cut = failing
        await court.block()
        with suppress(PowerCut):
            await wall.send()
        wall.restart()
    ((_, told),) = wall.cards
    assert "2 prompts" in told
    wall.poster.cut = cut
    await court.block()
    with suppress(PowerCut):
        await wall.send()
    wall.poster.cut = None
    wall.restart()
    await wall.send()
    ((_, told),) = wall.cards
    assert "3 prompts" in told
    assert await wall.behind() == 0


async def test_blocks_that_join_a_card_that_somebody_deleted_come_up_on_a_new_one(court, wall):
    await flood(court, 2)
    await wall.send()
    wall.poster.cards.clear()
    third, _ = await flood(court, 2)
    await wall.send()
    await wall.send()
    ((case_id, told),) = wall.cards
    assert case_id == third.case_id
    assert "2 prompts" in told
    await flood(court, 1)
    await wall.send()
    assert "3 prompts" in wall.cards[0][1]


async def test_blocks_that_join_a_card_in_a_channel_that_is_gone_come_up_where_the_log_is_now(court, wall):
    await flood(court, 2)
    await wall.send()
    wall.poster.refusals[LOG] = NotAllowed("deleted")
    await log_to(court.db, court.clock, OTHER_LOG, guild_id=GUILD)
    (third,) = await flood(court, 1)
    await wall.send()
    await wall.send()
    assert [place for place, _ in wall.places] == [LOG, OTHER_LOG]
    assert wall.places[1][1] == third.case_id


async def test_blocks_after_the_log_moved_come_up_where_it_is_now(court, wall):
    first, _ = await flood(court, 2)
    await wall.send()
    await log_to(court.db, court.clock, OTHER_LOG, guild_id=GUILD)
    third, _ = await flood(court, 2)
    await wall.send()
    await wall.send()
    assert wall.places == [
        (LOG, first.case_id),
        (OTHER_LOG, third.case_id),
    ]
    assert ["2 prompts" in told for _, told in wall.cards] == [True, True]
    await court.act(Act.PAUSE_HOUR, first.case_id)
    await wall.send()
    assert "✔" in wall.cards[0][1], "what is done about the first is told where its card is"


async def test_blocks_while_there_was_no_log_are_not_told_once_there_is_one(court, wall):
    await log_to(court.db, court.clock, None, guild_id=GUILD)
    await flood(court, 2)
    await wall.send()
    assert await wall.behind() == 0
    await log_to(court.db, court.clock, LOG, guild_id=GUILD)
    await wall.send()
    assert wall.cards == []
    await flood(court, 1)
    await wall.send()
    assert len(wall.cards) == 1


@pytest.mark.parametrize("of_a_card", [False, True], ids=["in one go", "one by one"])
async def test_a_prompt_that_discord_does_not_take_keeps_no_other_from_being_told(court, wall, of_a_card):
    wall.poster.refused = "evil.example"
    for prompt in ("gory first", "gory fine", "gory evil.example", "gory good", "gory evil.example too", "gory last"):
        await flood(court, 1, prompt=prompt)
        if of_a_card:
            await wall.send()
    for _ in range(6):
        await wall.send()
    assert await wall.behind() == 0
    told = " ".join(card for _, card in wall.cards)
    assert [word in told for word in ("first", "fine", "good", "last")] == [True] * 4
    assert "evil" not in told
    await flood(court, 200, prompt="gory later")
    await wall.send()
    assert "later 200" in wall.cards[-1][1], "they share a card again"


async def test_a_first_case_that_is_purged_leaves_the_others_as_they_are(court, wall):
    (first, second) = await flood(court, 2)
    async with court.db.transaction() as tx:
        await tx.execute("DELETE FROM cases WHERE case_id = $1", first.case_id)
    await court.appeal(second.case_id)
    await wall.send()
    ((case_id, told),) = wall.cards
    assert case_id == second.case_id
    assert "appeals" in told


# ---------------------------------------------------------------- the limits of one message


@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize("prompt", PROMPTS)
async def test_the_largest_card_of_many_blocks_fits_with_room_to_spare(prompt, source):
    longest = PROMPTS[prompt][:2000]
    lead = written(CaseKind.BLOCK, source, prompt=longest)
    details = {name: longest if name in {"words", "detail"} else value for name, value in lead.details.items()}
    lead = replace(lead, details=details)
    docketed = Docketed(case=lead, actions=ALL_ACTS, joined=(lead,) * NEWEST_MAX, joined_count=10**6)
    shown = WRITER.card(docketed, locale="de", now_ms=NOON_MS)
    characters, size_bytes, _ = _bounds(view_of(shown, id=NOON_MS, of_request=False))
    assert characters == len("".join((shown.title, *shown.lines, shown.small))) + len("-# ")
    assert characters < 4_000
    assert size_bytes < 10_000


async def test_nothing_that_somebody_wrote_pings_or_formats_in_the_list_of_blocks():
    bad = written(CaseKind.BLOCK, Source.SERVER, prompt=NASTY, details={"words": NASTY, "rule": "words"})
    shown = WRITER.card(Docketed(case=bad, joined=(bad,), joined_count=1), locale="en", now_ms=NOON_MS)
    (listed,) = [line for line in shown.lines if "1 more" in line]
    assert "@everyone" not in listed
    assert "**b**" not in listed
    assert "<@1>" not in listed
