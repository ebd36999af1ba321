"""The book of a server's word rules: written down with who did it, applied to requests, made ready once."""

import asyncio
from dataclasses import replace

import pytest

from bot.admin.wordbook import ENTRIES_MAX, SUBJECT, BookFull, WordBook
from bot.automod import AutoMod, Standing, read
from bot.catalog import Catalog
from bot.judgement import Judgement
from bot.store import word_rules
from bot.store.settings import changes
from bot.word_lines import Entry, Verdict
from tests.store.support import REQUEST
from tests.test_automod import rule

pytestmark = pytest.mark.asyncio

GUILD = REQUEST.guild_id
MONA = 55


class FakeAutoMod:
    """What Discord tells of a server's AutoMod."""

    def __init__(self):
        self.told = AutoMod(standing=Standing.NOT_PERMITTED)

    async def rules(self, guild_id):
        return self.told


@pytest.fixture
def server():
    return FakeAutoMod()


@pytest.fixture
def book(db, clock, server):
    return WordBook(db=db, catalog=Catalog(), server_rules=server, clock=clock)


def entries(verdict, *patterns):
    return [Entry(pattern, verdict) for pattern in patterns]


async def judge(book, db, prompt="a cat", **values):
    request = replace(REQUEST, values={"prompt": prompt, **values})
    return await book.judge(request, db)


def is_blocked(judgement):
    return judgement.refusal is not None


async def written(db):
    return [(each.new, each.user_id) for each in await changes(db, GUILD, limit=9, subject=SUBJECT)]


# ---------------------------------------------------------------- changing


async def test_rules_are_added_and_taken_out_and_who_did_it_is_written_down_without_the_words(book, db):
    assert await book.add(GUILD, entries(Verdict.BLOCK, "cat", "dog"), user_id=MONA) == 2
    assert await book.add(GUILD, entries(Verdict.FLAG, "cat", "cow"), user_id=MONA) == 2
    assert await book.remove(GUILD, ["dog", "nothing"], user_id=66) == 1
    assert await book.entries(GUILD) == entries(Verdict.FLAG, "cat", "cow")
    assert await written(db) == [({"removed": 1}, 66), ({"added": 2}, MONA), ({"added": 2}, MONA)]


async def test_what_changes_nothing_is_not_written_down(book, db):
    await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    assert await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA) == 0
    assert await book.remove(GUILD, ["dog"], user_id=MONA) == 0
    assert await written(db) == [({"added": 1}, MONA)]


async def test_a_book_is_replaced_as_a_whole(book, db):
    await book.add(GUILD, entries(Verdict.BLOCK, "cat", "dog"), user_id=MONA)
    await book.add(8, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    assert await book.replace(GUILD, entries(Verdict.SPOILER, "dog"), user_id=MONA) == 2
    assert await book.entries(GUILD) == entries(Verdict.SPOILER, "dog")
    assert await book.entries(8) == entries(Verdict.BLOCK, "cat")
    assert (await written(db))[0] == ({"removed": 2, "added": 1}, MONA)


async def test_thousands_of_rules_fit_and_one_too_many_changes_nothing(book, db):
    many = entries(Verdict.BLOCK, *(f"word{number}" for number in range(ENTRIES_MAX)))
    assert await book.add(GUILD, many, user_id=MONA) == ENTRIES_MAX
    with pytest.raises(BookFull):
        await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    with pytest.raises(BookFull):
        await book.replace(GUILD, [*many, Entry("cat", Verdict.BLOCK)], user_id=MONA)
    assert len(await book.entries(GUILD)) == ENTRIES_MAX
    assert len(await written(db)) == 1
    assert is_blocked(await judge(book, db, "a word77"))
    assert not is_blocked(await judge(book, db, "a cat"))
    assert await book.remove(GUILD, [each.pattern for each in many], user_id=MONA) == ENTRIES_MAX


# ---------------------------------------------------------------- the server's own rules


async def test_a_server_without_rules_allows_everything(book, db):
    assert await judge(book, db) == Judgement()


async def test_a_rule_counts_from_the_next_request_on_until_it_is_taken_out(book, db):
    assert not is_blocked(await judge(book, db))
    await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    assert is_blocked(await judge(book, db))
    await book.add(GUILD, entries(Verdict.FLAG, "cat"), user_id=MONA)
    assert await judge(book, db) == Judgement(hits=("cat",))
    await book.add(GUILD, entries(Verdict.SPOILER, "cat"), user_id=MONA)
    assert await judge(book, db) == Judgement(spoiler=True)
    await book.remove(GUILD, ["cat"], user_id=MONA)
    assert await judge(book, db) == Judgement()


async def test_the_negative_prompt_is_looked_at_too(book, db):
    await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    assert is_blocked(await judge(book, db, "a dog", negative_prompt="no cat"))


async def test_the_rules_of_one_server_are_no_other_ones(book, db):
    await book.add(8, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    assert not is_blocked(await judge(book, db))


async def test_allowed_words_are_allowed(book, db):
    await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    await book.add(GUILD, entries(Verdict.ALLOW, "cat flap"), user_id=MONA)
    assert not is_blocked(await judge(book, db, "a cat flap"))
    assert is_blocked(await judge(book, db, "a cat in a cat flap"))


class Watched:
    """The database, and how often a whole book was read from it."""

    def __init__(self, db):
        self._db = db
        self.read = 0

    def transaction(self):
        return self._db.transaction()

    async def fetch(self, sql, *args):
        self.read += "FROM word_rules" in sql
        return await self._db.fetch(sql, *args)


async def test_rules_are_made_ready_once_for_all_who_ask_and_again_only_after_a_change(db, clock, server):
    watched = Watched(db)
    book = WordBook(db=watched, catalog=Catalog(), server_rules=server, clock=clock)
    await book.add(GUILD, entries(Verdict.BLOCK, "cat", *(f"word{number}" for number in range(99))), user_id=MONA)
    judgements = await asyncio.gather(*(judge(book, db) for _ in range(20)))
    assert all(map(is_blocked, judgements))
    assert is_blocked(await judge(book, db))
    assert watched.read == 1
    await book.add(GUILD, entries(Verdict.BLOCK, "dog"), user_id=MONA)
    assert is_blocked(await judge(book, db, "a dog"))
    assert watched.read == 2


async def test_who_gives_up_waiting_does_not_take_it_from_the_others(book, db):
    await book.add(GUILD, entries(Verdict.BLOCK, "cat", *(f"word{number}" for number in range(99))), user_id=MONA)
    first, second = (asyncio.create_task(judge(book, db)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert is_blocked(await second)


async def test_a_rule_that_a_newer_matcher_does_not_take_takes_no_other_with_it(book, db):
    async with db.transaction() as tx:
        await word_rules.bump(tx, GUILD)
        await word_rules.put(tx, GUILD, entries(Verdict.BLOCK, "in*side", "cat"))
    assert is_blocked(await judge(book, db))


# ---------------------------------------------------------------- AutoMod


async def test_automods_rules_count_too_with_their_message_and_only_where_they_count(book, db, server):
    actions = [{"type": 1, "metadata": {"custom_message": "Be kind"}}]
    server.told = read([rule(keyword_filter=["cat"], actions=actions)])
    judgement = await judge(book, db)
    assert judgement.refusal.message_id == "words.automod"
    assert judgement.refusal.values == {"words": "cat", "message": "Be kind"}
    server.told = read([rule(keyword_filter=["cat"], roles=[REQUEST.role_ids[0]])])
    assert not is_blocked(await judge(book, db))
    server.told = read([rule(keyword_filter=["cat"], channels=[REQUEST.place_id])])
    assert not is_blocked(await judge(book, db))


async def test_a_rule_that_only_alerts_flags(book, db, server):
    server.told = read([rule(keyword_filter=["cat"], actions=[{"type": 2, "metadata": {"channel_id": "1"}}])])
    assert await judge(book, db) == Judgement(hits=("cat",))


async def test_where_automod_cannot_be_read_the_servers_own_rules_count(book, db):
    await book.add(GUILD, entries(Verdict.BLOCK, "cat"), user_id=MONA)
    assert is_blocked(await judge(book, db))
