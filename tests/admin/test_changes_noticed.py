"""Whoever tells servers of changes hears of each one when it is written down, and has not to look for it."""

import pytest

from bot.admin.rulebook import Rulebook
from bot.admin.wordbook import WordBook
from bot.catalog import Catalog
from bot.settings import ENABLED
from bot.store import notices
from bot.word_lines import Entry, Verdict
from tests.admin.test_notices import NoAutoMod

pytestmark = pytest.mark.asyncio

GUILD, ADMIN = 7, 99
RULE = Entry("slur", Verdict.BLOCK)
CHANGES = {
    "a setting": lambda book, _: book.change(GUILD, ENABLED, lambda _: False, user_id=ADMIN),
    "a file of settings": lambda book, _: book.replace(GUILD, [(ENABLED, False)], user_id=ADMIN),
    "a default": lambda book, _: book.reset(GUILD, ENABLED, user_id=ADMIN),
    "words": lambda _, words: words.add(GUILD, [RULE], user_id=ADMIN),
    "fewer words": lambda _, words: words.remove(GUILD, ["gore"], user_id=ADMIN),
    "a file of words": lambda _, words: words.replace(GUILD, [RULE], user_id=ADMIN),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_change_that_servers_are_told_of_is_noticed_once_it_is_committed(db, clock, change):
    heard = []
    told = {"noticed": lambda: heard.append("heard")}
    # What there is to change was written by others.
    if change is CHANGES["a default"]:
        await Rulebook(db=db, defaults={}, clock=clock).change(GUILD, ENABLED, lambda _: False, user_id=ADMIN)
    await WordBook(db=db, catalog=Catalog(), server_rules=NoAutoMod(), clock=clock).add(
        GUILD, [Entry("gore", Verdict.FLAG)], user_id=ADMIN
    )
    before = len(await notices.open_ones(db, limit=9))
    book = Rulebook(db=db, defaults={}, clock=clock, **told)
    words = WordBook(db=db, catalog=Catalog(), server_rules=NoAutoMod(), clock=clock, **told)
    await change(book, words)
    assert heard == ["heard"]
    assert len(await notices.open_ones(db, limit=9)) == before + 1
