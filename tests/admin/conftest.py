from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.sqlite import Sqlite
from tests.admin.support import HandClock
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector


@pytest_asyncio.fixture
async def db(tmp_path: Path) -> AsyncIterator[Sqlite]:
    database = await open_fresh(tmp_path / "imagen.sqlite3", connect=InlineConnector())
    yield database
    await database.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
