from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.sqlite import Sqlite, open_sqlite
from bot.store.sqlite_connection import connect_in_thread
from tests.inline_sqlite import InlineConnector


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "imagen.sqlite3"


@pytest.fixture
def connector() -> InlineConnector:
    return InlineConnector()


@pytest_asyncio.fixture
async def db(path: Path, connector: InlineConnector) -> AsyncIterator[Sqlite]:
    """The store on connections that run inline."""
    database = await open_sqlite(path, connect=connector)
    yield database
    await database.close()


@pytest_asyncio.fixture(params=["inline", "in a thread"])
async def either(request: pytest.FixtureRequest, path: Path, connector: InlineConnector) -> AsyncIterator[Sqlite]:
    """The store on both kinds of connections, one after the other."""
    connect = connector if request.param == "inline" else connect_in_thread
    database = await open_sqlite(path, connect=connect)
    yield database
    await database.close()
