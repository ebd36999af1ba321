"""A member's history on the real engine: what is found, by whom, and what is gone once it is forgotten."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.asking.presets import OF_MEMBER_MAX, Kind, Preset
from bot.finding.history import DISCORD_EPOCH_MS, HistoryQuery, Seen, first_id, words_of
from bot.jobs import Delivery, Outcome, State
from bot.store import defaults, favourites, history, jobs, personal, presets, sqlite, sqlite_prompts
from bot.store.history import Cursor
from bot.store.migrations import migrate
from bot.store.rows import delivery_row, insert_into, job_row, request_row
from bot.store.schema import MIGRATIONS
from bot.store.sqlite_prompts import SqlitePrompts
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector
from tests.store.support import JOB, REQUEST

pytestmark = pytest.mark.asyncio

SEEN = Seen(guild_id=7, places=frozenset({8}))
INDEX = SqlitePrompts()
MEMBER, OTHER = 9, 10


async def write(db, number, prompt="a cabin", *, state=State.DONE, images=1, job=None, **changes):
    """A request as it stands at its end, with so many images."""
    asked = replace(REQUEST, interaction_id=number, values={"prompt": prompt}, **{"private": False} | changes)
    ended = replace(
        JOB, interaction_id=number, state=state, submitting_ms=1, finished_ms=2, sha256=f"s{number}", **job or {}
    )
    async with db.transaction() as tx:
        await jobs.insert(tx, asked, [replace(ended, number=each) for each in range(images)])


async def ids(db, typed="", *, user_id=MEMBER, limit=100, at=None, **query):
    asked = HistoryQuery(words=words_of(typed), **query)
    page = await history.page(db, INDEX, user_id=user_id, query=asked, at=at, limit=limit)
    assert await history.count(db, INDEX, user_id=user_id, query=asked) >= len(page.rows)
    return [row.request.interaction_id for row in page.rows]


def index_is_empty(path):
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE VIRTUAL TABLE temp.seen USING fts5vocab('main', 'prompts', 'instance')")
        return raw.execute("SELECT COUNT(*) FROM temp.seen").fetchone() == (0,)


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ("A lighthouse at dusk", "LIGHTHOUSE"),
        ("A lighthouse at dusk", "dusk light"),
        ("a lighthouse", "lighthou"),
        ("crème brûlée", "creme brulee"),
        ("creme brulee", "crème"),
        ("cafe\u0301 au lait", "café"),
        ("屋根の上の猫と犬", "猫"),
        ("屋根の上の猫と犬", "屋根 猫と犬"),
        ("雪山上的日本城堡", "日本"),
        ("แมวนอนหลับบนหลังคา", "นอนหลับ"),
        ("ແມວດຳ", "ດຳ"),
        ("고양이가 지붕에서 잔다", "고양이 지붕"),
        ("кошка на крыше", "КОШКА"),
        ("छत पर बिल्ली", "बिल्"),
        ("a 4K shot, f/1.8", "4k f/1.8"),
        ("it's a cat!", "it's cat!"),
        ("tête-à-tête", "tete-a-tete"),
        ("CAT猫EARS", "猫ears"),
        ("𠮷野家 at night", "𠮷野"),
        ("a red fox 🦊", "fox 🦊"),
    ],
)
async def test_a_prompt_is_found_by_its_words_in_any_script(db, prompt, typed):
    await write(db, 1, prompt)
    await write(db, 2, "something else entirely")
    assert await ids(db, typed) == [1]


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ("a lighthouse", "house"),
        ("a cat", "c"),
        ("日光 本", "日本"),
        ("หลิบ", "หลับ"),
        ("fox", "fox owl"),
        ("a red fox", "🦊"),
        ("a red fox", "--"),
    ],
)
async def test_a_prompt_without_the_words_is_not_found(db, prompt, typed):
    await write(db, 1, prompt)
    assert await ids(db, typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        '"fox',
        "fox*",
        "fox OR owl",
        "NEAR(fox owl)",
        "NOT owl",
        "whose:u10",
        "words:fox",
        "^fox",
        "{a b}:x",
        "a + b",
        "(",
        "-owl",
        "\\",
        "%_",
        "' --",
    ],
)
async def test_nothing_typed_is_syntax(db, typed):
    await write(db, 1, typed)
    await write(db, 2, "fox owl", user_id=OTHER)
    assert await ids(db, typed) == ([1] if any(sign.isalnum() for sign in typed) else [])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prompts=st.lists(st.text(min_size=1), max_size=4),
    typed=st.text(max_size=20),
)
async def test_whatever_people_write_and_type_is_taken_and_leaves_nothing_behind(tmp_path_factory, prompts, typed):
    path = tmp_path_factory.mktemp("any") / "db.sqlite3"
    db = await open_fresh(path, connect=InlineConnector())
    try:
        for number, prompt in enumerate(prompts, start=1):
            await write(db, number, prompt)
        words = tuple(typed.split())
        if words:
            query = HistoryQuery(words=words)
            await history.page(db, INDEX, user_id=MEMBER, query=query, limit=5)
        async with db.transaction() as tx:
            await personal.forget(tx, MEMBER, now_ms=5)
        assert index_is_empty(path)
    finally:
        await db.close()


# ---------------------------------------------------------------- whose, and which


async def test_nobody_finds_what_is_somebody_elses(db):
    await write(db, 1, "fox")
    await write(db, 2, "fox", user_id=OTHER)
    assert await ids(db, "fox") == await ids(db) == [1]
    assert await ids(db, "fox", user_id=99) == await ids(db, user_id=99) == []
    assert await ids(db, "u10") == []


async def test_the_index_itself_tells_persons_and_servers_apart(db):
    await write(db, 1, "fox")
    await write(db, 2, "fox", user_id=OTHER)
    await write(db, 3, "fox", guild_id=70)
    for user_id, guild_id, wanted in (
        (MEMBER, None, {1, 3}),
        (MEMBER, 70, {3}),
        (OTHER, None, {2}),
        (OTHER, 70, set()),
    ):
        sql = f"SELECT interaction_id FROM {INDEX.found('$1')} AS found"
        found = await db.fetch(sql, INDEX.term([user_id], guild_id, ("fox",)))
        assert {row["interaction_id"] for row in found} == wanted


async def test_a_request_without_an_image_is_no_part_of_it(db):
    await write(db, 1, state=State.FAILED, job={"outcome": Outcome.BLOCKED})
    await write(db, 2, job={"outcome": Outcome.BAD_PICTURE})
    await write(db, 3)
    assert await ids(db) == await ids(db, "cabin") == [3]


async def test_only_the_images_that_came_are_shown_with_a_request(db):
    await write(db, 1, images=3)
    async with db.transaction() as tx:
        await tx.execute("UPDATE jobs SET outcome = 'bad_picture' WHERE number = 1")
    page = await history.page(db, INDEX, user_id=MEMBER, query=HistoryQuery(), limit=5)
    assert [image.number for image in page.rows[0].images] == [0, 2]


async def test_a_history_is_of_one_server_or_of_all(db):
    await write(db, 1, "fox")
    await write(db, 2, "fox", guild_id=70)
    assert await ids(db, "fox", guild_id=70) == await ids(db, guild_id=70) == [2]
    assert await ids(db, "fox") == await ids(db) == [2, 1]


async def test_a_model_a_date_and_favourites_narrow_it_down_with_words_and_without(db):
    day_ms = DISCORD_EPOCH_MS + 86_400_000
    for number, (model, at_ms) in enumerate(
        [("imagen-4", day_ms - 1), ("imagen-4", day_ms), ("imagen-3", day_ms), ("imagen-4", day_ms + 1000)]
    ):
        await write(db, first_id(at_ms) + number, "fox", model=model)
    early, first, second, late = sorted(
        [first_id(day_ms - 1), first_id(day_ms) + 1, first_id(day_ms) + 2, first_id(day_ms + 1000) + 3]
    )
    async with db.transaction() as tx:
        await favourites.add(tx, MEMBER, second, 0, at_ms=1)
    for typed in ("", "fox"):
        assert await ids(db, typed, since_ms=day_ms, before_ms=day_ms + 1000) == [second, first]
        assert await ids(db, typed, before_ms=day_ms) == [early]
        assert await ids(db, typed, model="imagen-4") == [late, first, early]
        assert await ids(db, typed, favourites=True) == [second]
        assert await ids(db, typed, favourites=True, model="imagen-4") == []


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("typed", ["", "fox"])
async def test_pages_lead_through_everything_and_back(db, typed):
    for number in range(1, 12):
        await write(db, number, "fox" if number != 6 else "owl")
    wanted = [number for number in range(11, 0, -1) if not typed or number != 6]
    query, seen, pages, at = HistoryQuery(words=words_of(typed)), [], [], None
    while True:
        page = await history.page(db, INDEX, user_id=MEMBER, query=query, at=at, limit=3)
        pages.append(page)
        seen += [row.request.interaction_id for row in page.rows]
        if page.older is None:
            break
        at = page.older
    assert seen == wanted
    assert pages[0].newer is None
    for page, one_before in zip(reversed(pages), list(reversed(pages))[1:], strict=False):
        back = await history.page(db, INDEX, user_id=MEMBER, query=query, at=page.newer, limit=3)
        assert back == replace(one_before, newer=back.newer)
        assert (back.newer is None) == (one_before.newer is None)


async def test_what_is_made_meanwhile_moves_no_page(db):
    for number in range(1, 5):
        await write(db, number)
    first = await history.page(db, INDEX, user_id=MEMBER, query=HistoryQuery(), limit=2)
    await write(db, 5)
    assert await ids(db, at=first.older) == [2, 1]
    assert await ids(db, at=Cursor(4, newer=True)) == [5]


async def test_an_empty_history_has_no_pages_beside_it(db):
    page = await history.page(db, INDEX, user_id=MEMBER, query=HistoryQuery(), limit=2)
    assert (page.rows, page.older, page.newer) == ((), None, None)


async def test_counting_ends_where_nobody_would_turn_pages_any_more(db, monkeypatch):
    for number in range(1, 6):
        await write(db, number, "fox")
    assert await history.count(db, INDEX, user_id=MEMBER, query=HistoryQuery(words=("fox",))) == 5
    monkeypatch.setattr(history, "COUNT_MAX", 3)
    assert await history.count(db, INDEX, user_id=MEMBER, query=HistoryQuery()) == 3


async def test_the_latest_are_suggested(db):
    for number in range(1, 31):
        await write(db, number, "fox" if number % 2 else "owl")
    found = await history.suggestions(db, INDEX, user_id=MEMBER, query=HistoryQuery())
    assert [request.interaction_id for request in found] == list(range(30, 5, -1))
    found = await history.suggestions(db, INDEX, user_id=MEMBER, query=HistoryQuery(words=("ow",)))
    assert {request.prompt for request in found} == {"owl"}


# ---------------------------------------------------------------- one request


@pytest.mark.parametrize(
    ("viewer_id", "guild_id", "private", "seen"),
    [
        (MEMBER, 7, True, True),
        (MEMBER, 70, True, True),
        (MEMBER, None, True, True),
        (OTHER, 7, False, True),
        (OTHER, 7, True, False),
        (OTHER, 70, False, False),
        (OTHER, None, False, False),
    ],
)
async def test_a_request_is_shown_to_its_owner_and_a_public_one_to_others_in_its_server(
    db, viewer_id, guild_id, private, seen
):
    await write(db, 1, private=private)
    made = await history.visible(db, 1, viewer_id=viewer_id, guild_id=guild_id)
    assert (made is not None) == seen


async def test_what_was_made_in_no_server_is_nobody_elses(db):
    await write(db, 1, guild_id=0)
    assert await history.visible(db, 1, viewer_id=OTHER, guild_id=0) is None


async def test_what_is_not_there_or_has_no_image_is_not_shown(db):
    await write(db, 1, state=State.FAILED, job={"outcome": Outcome.BLOCKED})
    for number in (1, 2):
        assert await history.visible(db, number, viewer_id=MEMBER, guild_id=7) is None


# ---------------------------------------------------------------- favourites


async def test_ones_own_image_can_be_a_favourite_until_it_is_none(db):
    await write(db, 1, images=2)
    async with db.transaction() as tx:
        assert await favourites.add(tx, MEMBER, 1, 1, at_ms=5)
        assert await favourites.add(tx, MEMBER, 1, 1, at_ms=6)
    page = await history.page(db, INDEX, user_id=MEMBER, query=HistoryQuery(favourites=True), limit=5)
    assert page.rows[0].favourites == {1}
    async with db.transaction() as tx:
        assert await favourites.remove(tx, MEMBER, 1, 1)
        assert not await favourites.remove(tx, MEMBER, 1, 1)
    assert await ids(db, favourites=True) == []


async def test_what_is_private_and_somebody_elses_or_no_image_is_no_favourite(db):
    await write(db, 1, private=True)
    await write(db, 2, state=State.FAILED, job={"outcome": Outcome.BLOCKED})
    async with db.transaction() as tx:
        for user_id, interaction_id, number in ((OTHER, 1, 0), (MEMBER, 1, 1), (MEMBER, 2, 0), (MEMBER, 3, 0)):
            assert not await favourites.add(tx, user_id, interaction_id, number, at_ms=5)


async def liked_by_other(db, *, typed="", seen=SEEN, **query):
    """The favourites of OTHER, who made none of them but request 2."""
    asked = HistoryQuery(words=words_of(typed), favourites=True, seen=seen, **query)
    found = await history.page(db, INDEX, user_id=OTHER, query=asked, limit=50)
    assert await history.count(db, INDEX, user_id=OTHER, query=asked) == len(found.rows)
    assert [made.own for made in found.rows] == [made.request.user_id == OTHER for made in found.rows]
    return [made.request.interaction_id for made in found.rows]


async def like_as_other(db, *numbers):
    async with db.transaction() as tx:
        for number in numbers:
            assert await favourites.add(tx, OTHER, number, 0, at_ms=number)


async def test_what_others_made_for_all_to_see_is_among_ones_favourites_and_nowhere_else(db):
    await write(db, 1, "red fox")
    await write(db, 2, "red owl", user_id=OTHER)
    await write(db, 3, "red cat")
    await like_as_other(db, 1, 2)
    assert await liked_by_other(db) == [2, 1]
    assert await liked_by_other(db, typed="red") == [2, 1]
    assert await liked_by_other(db, typed="fox") == [1]
    assert await liked_by_other(db, model="imagen-3") == []
    assert await liked_by_other(db, seen=None) == [2]
    assert await ids(db, user_id=OTHER) == await ids(db, "red", user_id=OTHER) == [2]
    assert await ids(db, favourites=True) == []


@pytest.mark.parametrize(
    "change",
    [
        "private = TRUE",
        "spoiler = TRUE",
        "removed = 'owner'",
        "hide_words = TRUE",
        "guild_id = 70",
        "place_id = 80",
        f"options = '{personal.ERASED}'",
        f"user_id = {personal.NOBODY_ID}",
    ],
)
async def test_what_others_see_no_more_is_in_nobodys_favourites(db, change):
    await write(db, 1, "fox")
    await write(db, 2, "fox", user_id=OTHER)
    await like_as_other(db, 1, 2)
    async with db.transaction() as tx:
        await tx.execute(f"UPDATE requests SET {change} WHERE interaction_id = 1")
    for typed in ("", "fox"):
        assert await liked_by_other(db, typed=typed) == [2]


async def test_an_image_that_is_not_kept_any_more_is_in_nobodys_favourites(db):
    await write(db, 1)
    await like_as_other(db, 1)
    async with db.transaction() as tx:
        await tx.execute("UPDATE jobs SET sha256 = NULL, attachment_id = NULL, result_url = NULL, outcome = 'removed'")
    assert await liked_by_other(db) == []


async def test_where_somebody_sees_no_channel_they_have_their_own_favourites(db):
    await write(db, 1)
    await write(db, 2, user_id=OTHER)
    await like_as_other(db, 1, 2)
    assert await liked_by_other(db, seen=Seen(guild_id=7, places=frozenset())) == [2]


# ---------------------------------------------------------------- forgetting


async def test_a_prompt_that_is_blanked_is_not_found_any_more_and_its_image_still_is(db, path):
    await write(db, 1, "fox")
    async with db.transaction() as tx:
        await tx.execute("UPDATE requests SET shown = 'delivered'")
        await tx.execute("UPDATE jobs SET counted = TRUE")
        assert await personal.blank_texts(tx, before_ms=10**15, limit=5) == 1
    assert await ids(db, "fox") == []
    assert await ids(db) == [1]
    assert index_is_empty(path)


async def test_a_person_who_is_forgotten_is_found_by_nobody(db, path):
    await write(db, 1, "fox")
    async with db.transaction() as tx:
        await personal.forget(tx, MEMBER, now_ms=5)
    for user_id in (MEMBER, personal.NOBODY_ID):
        assert await ids(db, "fox", user_id=user_id) == await ids(db, user_id=user_id) == []
    assert await history.visible(db, 1, viewer_id=OTHER, guild_id=7) is None
    assert index_is_empty(path)


async def test_a_request_that_is_deleted_leaves_the_index(db, path):
    await write(db, 1, "fox 猫")
    async with db.transaction() as tx:
        await favourites.add(tx, MEMBER, 1, 0, at_ms=1)
        await tx.execute("DELETE FROM jobs")
        await tx.execute("DELETE FROM requests")
        assert await tx.fetch("SELECT 1 FROM favourites") == []
    assert index_is_empty(path)


async def test_a_transaction_that_is_undone_leaves_nothing_in_the_index(db, path):
    async def accept_and_fail():
        async with db.transaction() as tx:
            await jobs.insert(tx, REQUEST, [JOB])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await accept_and_fail()
    assert index_is_empty(path)


async def test_moving_a_card_does_not_touch_the_index(db, connector):
    await write(db, 1, "fox")
    begun = connector.writer.raw.total_changes
    async with db.transaction() as tx:
        await tx.execute("UPDATE requests SET shown = 'delivered', message_id = 5")
    assert connector.writer.raw.total_changes - begun == 1


async def test_words_that_left_the_index_leave_the_file_as_well(db, path):
    for number in range(1, 40):
        await write(db, number, f"zebrafish{number} common words")
    async with db.transaction() as tx:
        await personal.forget(tx, MEMBER, now_ms=5)
    assert blocks_say(path, b"zebra")
    for _ in range(1_000):
        async with db.transaction() as tx:
            if not await sqlite_prompts.forget_words(tx):
                break
    else:
        pytest.fail("there is no end to it")
    assert not blocks_say(path, b"zebra")
    await write(db, 99, "a fox")
    assert await ids(db, "fox") == [99]


def blocks_say(path, text):
    with closing(sqlite3.connect(path)) as raw:
        return any(text in block for (block,) in raw.execute("SELECT block FROM prompts_data"))


async def write_as_before(db, number, prompt):
    """A request in the columns that there are."""
    asked = replace(REQUEST, interaction_id=number, values={"prompt": prompt}, private=False)
    there = {row["name"] for row in await db.fetch("SELECT name FROM pragma_table_info('requests')")}
    row = {name: value for name, value in (request_row(asked) | delivery_row(Delivery())).items() if name in there}
    image = job_row(replace(JOB, interaction_id=number, state=State.DONE, finished_ms=2, sha256=f"s{number}"))
    async with db.transaction() as tx:
        await tx.execute(insert_into("requests", row), *row.values())
        await tx.execute(insert_into("jobs", image), *image.values())


async def test_a_database_from_before_finds_the_prompts_that_it_had(path, connector, monkeypatch):
    (step,) = [each for each in MIGRATIONS if any("prompts USING fts5" in statement for statement in each.statements)]
    earlier = MIGRATIONS[: MIGRATIONS.index(step)]
    monkeypatch.setattr(sqlite, "MIGRATIONS", earlier)
    db = await sqlite.open_sqlite(path, connect=connector)
    for number, prompt in enumerate(["fox", "猫と犬", ""], start=1):
        await write_as_before(db, number, prompt)
    await migrate(db, MIGRATIONS)
    assert await ids(db, "fox") == [1]
    assert await ids(db, "猫") == [2]
    await db.close()


# ---------------------------------------------------------------- presets and defaults


def preset(name="Noir", *, kind=Kind.GUILD, owner_id=7, **changes):
    whole = {"prompt": "film grain", "values": {"aspect_ratio": "16:9"}, "user_id": 9, "changed_ms": 5}
    return Preset(kind=kind, owner_id=owner_id, name=name, **whole | changes)


async def test_a_preset_is_kept_under_its_name_however_that_is_capitalised(db):
    async with db.transaction() as tx:
        assert await presets.put(tx, preset())
        assert await presets.put(tx, preset("NOIR", prompt="other"))
    assert await presets.load(db, Kind.GUILD, 7) == [preset("NOIR", prompt="other")]
    assert await presets.find(db, Kind.GUILD, 7, "noir") == preset("NOIR", prompt="other")
    async with db.transaction() as tx:
        assert await presets.drop(tx, Kind.GUILD, 7, "nOIR")
        assert not await presets.drop(tx, Kind.GUILD, 7, "noir")


async def test_presets_of_servers_and_members_with_the_same_id_are_two(db):
    async with db.transaction() as tx:
        await presets.put(tx, preset())
    assert await presets.load(db, Kind.USER, 7) == []
    assert await presets.find(db, Kind.GUILD, 8, "noir") is None


@pytest.mark.parametrize("kind", list(Kind))
async def test_there_is_a_number_of_presets_at_which_only_changes_are_taken(db, kind):
    async with db.transaction() as tx:
        for number in range(kind.most):
            assert await presets.put(tx, preset(f"p{number}", kind=kind))
        assert not await presets.put(tx, preset("one more", kind=kind))
        assert await presets.put(tx, preset("P3", kind=kind, prompt="changed"))
        assert await presets.put(tx, preset("one more", kind=kind, owner_id=8))
    assert len(await presets.load(db, kind, 7)) == kind.most
    assert OF_MEMBER_MAX == Kind.USER.most == 25


async def test_a_members_default_is_theirs_until_it_is_dropped(db):
    async with db.transaction() as tx:
        await defaults.put(tx, MEMBER, "negative_prompt", "blurry")
        await defaults.put(tx, MEMBER, "negative_prompt", "")
        await defaults.put(tx, OTHER, "aspect_ratio", "1:1")
    assert await defaults.load(db, MEMBER) == {"negative_prompt": ""}
    async with db.transaction() as tx:
        assert await defaults.drop(tx, MEMBER, "negative_prompt")
        assert not await defaults.drop(tx, MEMBER, "negative_prompt")
    assert await defaults.load(db, MEMBER) == {}
