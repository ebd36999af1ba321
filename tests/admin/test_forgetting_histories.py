"""What histories need is forgotten with the rest: words leave the search's file, copies leave the record."""

import pytest

from bot.admin import privacy_record
from bot.store import copies
from bot.store.copies import Copy
from tests.admin.privacy_support import MIA, RETENTION, Home
from tests.admin.support import DAY_MS, NOON_MS

pytestmark = pytest.mark.asyncio

# A word that stands nowhere else, as the index has it.
RARE = "quixotically"


@pytest.fixture
def home(db, clock, tmp_path):
    return Home(db, clock, tmp_path / "images")


async def index_file(home):
    """Everything that the search's own tables hold, as bytes."""
    rows = await home.db.fetch("SELECT block FROM prompts_data")
    return b"".join(bytes(row["block"]) for row in rows)


async def test_the_words_of_old_prompts_leave_the_file_of_the_search_too(home):
    await home.asked(1, prompt=f"a {RARE} red fox", at_ms=NOON_MS - RETENTION.prompts_days * DAY_MS - 1)
    await home.asked(2, prompt="two herons")
    assert RARE.encode() in await index_file(home)
    await home.purge.sweep()
    told = await index_file(home)
    assert RARE.encode() not in told
    assert b"heron" in told


async def test_where_ones_images_were_shown_again_is_in_the_record_until_one_is_forgotten(home, db):
    await home.asked(1)
    async with db.transaction() as tx:
        await copies.add(tx, Copy(message_id=50, channel_id=8, guild_id=7, interaction_id=1))
    told = await privacy_record.record(db, MIA, now_ms=NOON_MS, about="")
    assert told["shown_again"] == [{"interaction_id": "1", "guild_id": "7", "channel_id": "8", "message_id": "50"}]
    await home.privacy.forget(MIA)
    assert await copies.of_request(db, 1) == []
