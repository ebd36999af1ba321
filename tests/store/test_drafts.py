"""Drafts: kept once, used once, forgotten; presets and defaults go the same way as their people and servers."""

from dataclasses import replace

import pytest

from bot.admin.privacy_record import record
from bot.asking.asks import Ask
from bot.asking.draft_book import DraftBook, DraftGone, OthersDraft, PressedTwice
from bot.asking.presets import Kind, Preset
from bot.errors import StoreError
from bot.store import defaults, drafts, favourites, jobs, personal, personal_choices, presets
from bot.store.drafts import Draft
from tests.store.support import JOB, REQUEST

pytestmark = pytest.mark.asyncio

MIA, JULES = 9, 11
ASK = Ask(
    command="imagen",
    models=("imagen-4", "imagen-3"),
    values={"prompt": "a {red|blue} bird \U0001f426", "count": 2},
    private=True,
    spoiler=False,
    parent_id=4,
    expand=True,
)
DRAFT = Draft(draft_id=1, user_id=MIA, guild_id=7, ask=ASK, created_ms=100)


class Clock:
    def now_ms(self):
        return 100


@pytest.fixture
def book(db):
    return DraftBook(db=db, clock=Clock())


async def add(db, *found):
    async with db.transaction() as tx:
        for draft in found:
            await drafts.add(tx, draft)


async def accept(db, interaction_id, *, user_id=MIA):
    """A request of this press was accepted."""
    async with db.transaction() as tx:
        request = replace(REQUEST, interaction_id=interaction_id, user_id=user_id)
        await jobs.insert(tx, request, [replace(JOB, interaction_id=interaction_id)])


async def left(db):
    return [row["draft_id"] for row in await db.fetch("SELECT draft_id FROM drafts ORDER BY draft_id")]


async def test_a_draft_is_read_as_it_was_written_and_the_first_of_an_interaction_counts(db):
    await add(db, DRAFT, replace(DRAFT, ask=replace(ASK, private=False), created_ms=200))
    assert await drafts.find(db, 1) == DRAFT
    assert await drafts.find(db, 2) is None


async def test_a_draft_asks_for_something_else_until_it_is_used(db, book):
    await add(db, DRAFT)
    await book.change(DRAFT, replace(ASK, models=("imagen-4",)))
    taken = await book.take(1, guild_id=7, user_id=MIA, press_id=50)
    assert taken.ask.models == ("imagen-4",)
    for act in (book.change(DRAFT, ASK), book.drop(DRAFT), book.find(1, guild_id=7, user_id=MIA)):
        with pytest.raises(DraftGone):
            await act
    assert await left(db) == [1]


async def test_of_two_presses_one_takes_it_and_once_used_it_is_gone(db, book):
    await add(db, DRAFT)
    await book.take(1, guild_id=7, user_id=MIA, press_id=50)
    with pytest.raises(DraftGone):
        await book.take(1, guild_id=7, user_id=MIA, press_id=51)
    with pytest.raises(PressedTwice):
        await book.take(1, guild_id=7, user_id=MIA, press_id=50)
    await accept(db, 50)
    await book.let_go(1)
    assert await left(db) == []
    with pytest.raises(DraftGone):
        await book.take(1, guild_id=7, user_id=MIA, press_id=52)


async def test_a_press_that_was_refused_gives_it_back(db, book):
    await add(db, DRAFT)
    await book.take(1, guild_id=7, user_id=MIA, press_id=50)
    await book.let_go(1)
    assert (await book.take(1, guild_id=7, user_id=MIA, press_id=51)).ask == ASK


@pytest.mark.parametrize("accepted", [True, False])
async def test_after_a_crash_it_can_be_pressed_again_only_where_nothing_was_accepted(db, book, accepted):
    await add(db, DRAFT)
    await book.take(1, guild_id=7, user_id=MIA, press_id=50)
    if accepted:
        await accept(db, 50)
    anew = DraftBook(db=db, clock=Clock())
    if accepted:
        with pytest.raises(DraftGone):
            await anew.take(1, guild_id=7, user_id=MIA, press_id=51)
    else:
        assert (await anew.take(1, guild_id=7, user_id=MIA, press_id=51)).ask == ASK


async def test_a_draft_is_its_own_persons_in_its_own_server(db, book):
    await add(db, DRAFT)
    with pytest.raises(OthersDraft):
        await book.take(1, guild_id=7, user_id=JULES, press_id=50)
    with pytest.raises(DraftGone):
        await book.take(1, guild_id=8, user_id=MIA, press_id=50)
    await book.drop(await book.find(1, guild_id=7, user_id=MIA))
    assert await left(db) == []


async def test_a_press_that_could_not_be_written_down_leaves_it_free(db):
    class Broken:
        fetch = db.fetch

        def transaction(self):
            raise StoreError("full")

    await add(db, DRAFT)
    book = DraftBook(db=Broken(), clock=Clock())
    with pytest.raises(StoreError):
        await book.take(1, guild_id=7, user_id=MIA, press_id=50)
    assert (await book.find(1, guild_id=7, user_id=MIA)) == DRAFT


async def test_old_drafts_are_deleted_a_few_at_a_time(db):
    await add(db, *(replace(DRAFT, draft_id=number, created_ms=number) for number in range(1, 6)))
    async with db.transaction() as tx:
        assert await drafts.delete_old(tx, before_ms=4, limit=2) == 2
        assert await drafts.delete_old(tx, before_ms=4, limit=2) == 1
    assert await left(db) == [4, 5]


# ---------------------------------------------------------------- people and servers


def preset(kind, owner_id, *, user_id=MIA, name="noir"):
    return Preset(
        kind=kind, owner_id=owner_id, name=name, prompt="grain", values={"steps": 5}, user_id=user_id, changed_ms=1
    )


async def furnished(db):
    """Mia and Jules keep the same, and Jules an image of his own, too; Mia set the preset of server 7."""
    await add(db, DRAFT, replace(DRAFT, draft_id=2, user_id=JULES, guild_id=8))
    await accept(db, 60)
    await accept(db, 61, user_id=JULES)
    async with db.transaction() as tx:
        for user_id in (MIA, JULES):
            await presets.put(tx, preset(Kind.USER, user_id, user_id=user_id))
            await defaults.put(tx, user_id, "aspect_ratio", "3:4")
        await presets.put(tx, preset(Kind.GUILD, 7))
        await presets.put(tx, preset(Kind.GUILD, 8, user_id=JULES))
        await tx.execute("INSERT INTO favourites (user_id, interaction_id, number, at_ms) VALUES ($1, 60, 0, 5)", MIA)
        await tx.execute("INSERT INTO favourites (user_id, interaction_id, number, at_ms) VALUES ($1, 60, 0, 5)", JULES)
        await tx.execute("INSERT INTO favourites (user_id, interaction_id, number, at_ms) VALUES ($1, 61, 0, 5)", JULES)


async def test_a_persons_file_has_what_they_keep_and_nothing_of_others(db):
    await furnished(db)
    kept = (await record(db, MIA, now_ms=200, about=""))["kept_by_this_person"]
    assert [(each["for"], each["guild_id"], each["options"]) for each in kept["presets"]] == [
        ("this person", None, {"steps": 5}),
        ("a server", "7", {"steps": 5}),
    ]
    assert kept["defaults"] == [{"name": "aspect_ratio", "value": "3:4"}]
    (draft,) = kept["drafts"]
    assert draft["ask"]["values"] == dict(ASK.values)
    assert [each["interaction_id"] for each in kept["favourites"]] == ["60"]


async def test_who_is_forgotten_leaves_nothing_but_the_servers_presets_without_a_name_and_is_nobodys_favourite(db):
    await furnished(db)
    async with db.transaction() as tx:
        await personal.forget(tx, MIA, now_ms=200)
    assert all(not rows for rows in (await personal_choices.choices_of(db, MIA)).values())
    found = await presets.find(db, Kind.GUILD, 7, "noir")
    assert (found.prompt, found.user_id) == ("grain", 0)
    theirs = await personal_choices.choices_of(db, JULES)
    assert {part: len(rows) for part, rows in theirs.items()} == {
        "presets": 2,
        "defaults": 1,
        "drafts": 1,
        "favourites": 1,
    }
    assert await favourites.of(db, JULES, [60, 61]) == {61: frozenset({0})}


async def test_a_server_that_is_forgotten_takes_its_presets_and_drafts_along(db):
    await furnished(db)
    async with db.transaction() as tx:
        await personal_choices.forget_server(tx, 7)
    assert await presets.load(db, Kind.GUILD, 7) == []
    assert len(await presets.load(db, Kind.GUILD, 8)) == len(await presets.load(db, Kind.USER, MIA)) == 1
    assert await left(db) == [2]
