"""How members stand, extra credits, and the book of servers, on the real database."""

import asyncio
from dataclasses import replace

import pytest

from bot.admin.allowances import Allowances
from bot.admin.extra import SHOWN_CHANGES, Extra, subject
from bot.admin.servers import NEWS_MS, WELCOME_WITHIN_MS, Servers
from bot.catalog import Catalog
from bot.errors import Busy, NotAllowed
from bot.jobs import Outcome, State
from bot.limits import Asker, Source, extra_owner
from bot.periods import Per
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS, Allowance
from bot.settings import DENIED_CHANNELS, ENABLED, INSTALLATION, MEMBER_ALLOWANCE, ROLE_ALLOWANCES, STOPPED
from bot.store import audit, bars, guilds, ledger
from bot.store.bars import Bar, BarKind
from bot.store.ledger import InsufficientCredits
from bot.store.settings import changes
from bot.tracker.availability import Availability
from tests.admin.support import NOON_MS, booked, rulebook
from tests.store.support import REQUEST, grant

pytestmark = pytest.mark.asyncio

CREDIT = 1_000_000
GUILD, MEMBER, ADMIN = 7, REQUEST.user_id, 50
ASKER = Asker(guild_id=GUILD, place_id=8, user_id=MEMBER, role_ids=())


async def standing(db, clock, asker=ASKER, *, availability=None):
    return await Allowances(
        db=db,
        rulebook=rulebook(db, clock),
        catalog=Catalog(),
        availability=availability or Availability(clock),
        clock=clock,
    ).of(asker)


async def configure(db, clock, setting, value, *, guild_id=GUILD):
    await rulebook(db, clock).change(guild_id, setting, lambda _: value, user_id=ADMIN)


async def bar(db, kind, barred_id):
    async with db.transaction() as tx:
        await bars.bar(tx, Bar(kind=kind, id=barred_id, reason="spam", user_id=1, at_ms=0))


# ---------------------------------------------------------------- how members stand


async def test_the_balances_of_all_limits_and_the_jobs_under_way_are_found(db, clock):
    await configure(db, clock, MEMBER_ALLOWANCE, Allowance(CREDIT, Per.DAY))
    await give(db, clock, 2 * CREDIT)
    await booked(db, 1, State.RUNNING, at_ms=NOON_MS, request_id="r1")
    await booked(db, 2, State.DONE, at_ms=NOON_MS, request_id="r2")
    await grant(db, owner="guild:70")
    await booked(db, 3, State.RUNNING, at_ms=NOON_MS, request_id="r3", guild_id=70)
    found = await standing(db, clock)
    assert found.refusal is None
    assert [job.interaction_id for job in found.underway] == [1]
    by_source = {limit.source: usage for limit, usage in found.usages.items()}
    assert by_source[Source.EXTRA].granted == 2 * CREDIT
    assert by_source[Source.BUDGET].used == 80_000
    assert found.claims[0][0].source is Source.MEMBER


async def test_somebody_elses_jobs_are_nobody_elses_business(db, clock):
    await booked(db, 1, State.RUNNING, at_ms=NOON_MS)
    assert (await standing(db, clock, replace(ASKER, user_id=MEMBER + 1))).underway == ()


@pytest.mark.parametrize(
    ("kind", "barred_id", "message_id"), [(BarKind.USER, MEMBER, "barred"), (BarKind.GUILD, GUILD, "server_barred")]
)
async def test_who_is_barred_is_told_so_with_the_reason(db, clock, kind, barred_id, message_id):
    await bar(db, kind, barred_id)
    refusal = (await standing(db, clock)).refusal
    assert (refusal.message_id, refusal.values["reason"]) == (message_id, "spam")


@pytest.mark.parametrize(
    ("changed", "message_id"),
    [
        ((GUILD, ENABLED, False), "bot_off"),
        ((GUILD, DENIED_CHANNELS, (8,)), "channel_denied"),
        ((INSTALLATION, STOPPED, True), "stopped_by_operator"),
    ],
)
async def test_where_nobody_may_ask_the_reason_is_the_one_of_a_request(db, clock, changed, message_id):
    guild_id, setting, value = changed
    await configure(db, clock, setting, value, guild_id=guild_id)
    assert (await standing(db, clock)).refusal.message_id == message_id


async def test_the_models_that_are_out_of_service_are_found_by_their_keys(db, clock):
    availability = Availability(clock)
    assert (await standing(db, clock, availability=availability)).out == frozenset()
    availability.take_out("imagen", Outcome.MODEL_RETIRED)
    found = await standing(db, clock, availability=availability)
    assert (found.out, found.refusal) == ({"imagen-3"}, None)


async def test_where_nothing_is_made_at_all_nobody_may_ask_until_it_is_made_again(db, clock):
    availability = Availability(clock)
    availability.stop(Outcome.OUT_OF_CREDITS)
    found = await standing(db, clock, availability=availability)
    assert found.refusal.message_id == "out.out_of_credits"
    assert found.out == {model.key for model in Catalog().models}
    availability.resume()
    assert (await standing(db, clock, availability=availability)).refusal is None


async def test_what_the_server_itself_decided_goes_before_what_is_out_of_service(db, clock):
    availability = Availability(clock)
    availability.stop(Outcome.OUT_OF_CREDITS)
    await configure(db, clock, ENABLED, value=False)
    assert (await standing(db, clock, availability=availability)).refusal.message_id == "bot_off"


# ---------------------------------------------------------------- extra credits


async def give(db, clock, amount, *, member=MEMBER, interaction_id=900, reason="a prize"):
    extra = Extra(db=db, rulebook=rulebook(db, clock), clock=clock)
    return await extra.change(
        guild_id=GUILD,
        member_id=member,
        amount_microcredits=amount,
        reason=reason,
        user_id=ADMIN,
        interaction_id=interaction_id,
    )


async def purse(db, clock, *, role_ids=()):
    extra = Extra(db=db, rulebook=rulebook(db, clock), clock=clock)
    return await extra.purse(guild_id=GUILD, member_id=MEMBER, role_ids=role_ids)


async def test_what_is_given_and_taken_is_in_the_ledger_and_written_down_with_who_and_why(db, clock):
    assert await give(db, clock, 3 * CREDIT) == 3 * CREDIT
    assert await give(db, clock, -CREDIT, interaction_id=901, reason="a mistake") == 2 * CREDIT
    written = [(each.old, each.new, each.reason, each.user_id) for each in await changes(db, GUILD, limit=9)]
    assert written == [(3 * CREDIT, 2 * CREDIT, "a mistake", ADMIN), (0, 3 * CREDIT, "a prize", ADMIN)]
    assert {each.subject for each in await changes(db, GUILD, limit=9)} == {f"extra:{MEMBER}"}
    usage = await ledger.usage(db, owner=extra_owner(GUILD, MEMBER), period="ever")
    assert usage.granted == 2 * CREDIT
    assert await audit.audit(db) == []


async def test_the_same_interaction_gives_once_however_often_it_comes(db, clock):
    left = await asyncio.gather(*(give(db, clock, CREDIT) for _ in range(3)))
    assert left == [CREDIT] * 3
    assert len(await changes(db, GUILD, limit=9)) == 1


async def test_never_more_is_taken_than_is_left(db, clock):
    await give(db, clock, CREDIT)
    with pytest.raises(InsufficientCredits) as caught:
        await give(db, clock, -CREDIT - 1, interaction_id=901)
    assert caught.value.left_microcredits == CREDIT
    assert (await purse(db, clock)).left_microcredits == CREDIT
    assert len(await changes(db, GUILD, limit=9)) == 1


async def test_who_never_had_any_has_none_to_take(db, clock):
    with pytest.raises(InsufficientCredits):
        await give(db, clock, -1)
    assert await db.fetch("SELECT * FROM accounts") == []


async def test_a_purse_shows_the_latest_changes_first_and_of_this_member_only(db, clock):
    for number in range(SHOWN_CHANGES + 2):
        await give(db, clock, CREDIT, interaction_id=900 + number, reason=f"no. {number}")
    await give(db, clock, CREDIT, interaction_id=990, member=MEMBER + 1)
    found = await purse(db, clock)
    assert found.left_microcredits == (SHOWN_CHANGES + 2) * CREDIT
    assert [each.reason for each in found.latest] == [f"no. {number}" for number in (6, 5, 4, 3, 2)]
    assert {each.subject for each in found.latest} == {subject(MEMBER)}


async def test_extra_credits_are_needed_only_where_an_allowance_limits(db, clock):
    assert not (await purse(db, clock)).needed
    await configure(db, clock, ROLE_ALLOWANCES, {5: Allowance(CREDIT, Per.DAY)})
    assert not (await purse(db, clock)).needed
    assert (await purse(db, clock, role_ids=(5,))).needed
    await configure(db, clock, MEMBER_ALLOWANCE, Allowance(AMOUNT_MAX_MICROCREDITS, Per.DAY))
    assert not (await purse(db, clock, role_ids=(5,))).needed


# ---------------------------------------------------------------- servers


class FakeGreeter:
    """Posts each nonce once, as Discord does; `refusal` is raised instead, after the post where `too_late`."""

    def __init__(self):
        self.cards = {}
        self.calls = 0
        self.refusal = None
        self.too_late = False
        self.has_channel = True

    async def greet(self, guild_id, *, nonce):
        self.calls += 1
        await asyncio.sleep(0)
        if self.refusal is not None and not self.too_late:
            raise self.refusal
        if not self.has_channel:
            return False
        self.cards.setdefault(nonce, guild_id)
        if self.refusal is not None:
            raise self.refusal
        return True


@pytest.fixture
def greeter():
    return FakeGreeter()


def servers(db, greeter, clock):
    """As they are after a start: nothing of an older one's memory is left."""
    return Servers(db=db, greeter=greeter, clock=clock)


async def arrive(db, greeter, clock, *, guild_id=GUILD, name="Aquarium", joined_ms=None):
    await servers(db, greeter, clock).arrived(guild_id, name, joined_ms=joined_ms)


async def test_a_server_is_welcomed_once_and_again_when_the_bot_comes_back(db, greeter, clock):
    for _ in range(3):
        await arrive(db, greeter, clock)
    assert (list(greeter.cards.values()), greeter.calls) == ([GUILD], 1)
    clock.ms += 10_000
    await servers(db, greeter, clock).left(GUILD)
    await arrive(db, greeter, clock)
    assert list(greeter.cards.values()) == [GUILD, GUILD]


async def test_who_arrives_twice_at_once_is_welcomed_once(db, greeter, clock):
    book = servers(db, greeter, clock)
    await asyncio.gather(*(book.arrived(GUILD, "Aquarium", joined_ms=None) for _ in range(4)))
    assert greeter.calls == 1


async def test_after_a_crash_between_the_card_and_the_book_the_card_is_the_same_one(db, greeter, clock):
    greeter.refusal, greeter.too_late = Busy("nobody knows"), True
    await arrive(db, greeter, clock)
    greeter.refusal = None
    clock.ms += WELCOME_WITHIN_MS
    await arrive(db, greeter, clock)
    assert len(greeter.cards) == 1
    assert (await guilds.known(db, GUILD)).welcomed_ms == clock.ms


async def test_a_card_that_may_be_there_is_not_posted_again_once_discord_may_have_forgotten_it(db, greeter, clock):
    greeter.refusal, greeter.too_late = Busy("nobody knows"), True
    await arrive(db, greeter, clock)
    greeter.refusal = None
    greeter.cards.clear()
    clock.ms += WELCOME_WITHIN_MS + 1
    await arrive(db, greeter, clock)
    assert greeter.cards == {}


@pytest.mark.parametrize("refusal", [Busy("503"), NotAllowed("50013"), None], ids=repr)
async def test_a_server_that_cannot_be_welcomed_is_in_the_book_nevertheless(db, greeter, clock, refusal):
    greeter.refusal, greeter.has_channel = refusal, False
    await arrive(db, greeter, clock)
    known = await guilds.known(db, GUILD)
    assert (known.name, known.welcomed_ms) == ("Aquarium", None)


async def test_who_has_had_the_bot_for_long_needs_no_first_card(db, greeter, clock):
    await arrive(db, greeter, clock, joined_ms=clock.ms - NEWS_MS - 1)
    await arrive(db, greeter, clock, guild_id=70, joined_ms=clock.ms - NEWS_MS)
    assert list(greeter.cards.values()) == [70]


async def test_a_nonce_is_within_discords_25_characters(db, greeter, clock):
    await arrive(db, greeter, clock, guild_id=2**63 - 1)
    (nonce,) = greeter.cards
    assert len(nonce) <= 25


async def test_names_are_kept_up_to_date(db, greeter, clock):
    await arrive(db, greeter, clock)
    await servers(db, greeter, clock).renamed(GUILD, "Ocean")
    assert await guilds.names(db, [GUILD]) == {GUILD: "Ocean"}


async def test_servers_that_were_left_while_the_bot_was_down_are_found(db, greeter, clock):
    for guild_id in (7, 70, 700):
        await arrive(db, greeter, clock, guild_id=guild_id)
    await servers(db, greeter, clock).only_in([70, 5])
    assert await guilds.present(db) == {70}
    assert (await guilds.known(db, 7)).left_ms == clock.ms
