from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector
from tests.moderation.court import Court


@pytest_asyncio.fixture
async def court(tmp_path: Path) -> AsyncIterator[Court]:
    database = await open_fresh(tmp_path / "court.sqlite3", connect=InlineConnector())
    yield Court(database, tmp_path / "images")
    await database.close()
