from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.sqlite import Sqlite, open_sqlite
from bot.store.sqlite_connection import Connect, connect_in_thread
from tests.databases import open_fresh
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
    database = await open_fresh(path, connect=connector)
    yield database
    await database.close()


@pytest.fixture(params=["inline", "in a thread"])
def connect(request: pytest.FixtureRequest, connector: InlineConnector) -> Connect:
    """Both kinds of connections, one after the other."""
    return connector if request.param == "inline" else connect_in_thread


@pytest_asyncio.fixture
async def either(path: Path, connect: Connect) -> AsyncIterator[Sqlite]:
    """The store on both kinds of connections."""
    database = await open_fresh(path, connect=connect)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def made(path: Path, connect: Connect) -> AsyncIterator[Sqlite]:
    """The store on both kinds of connections, in a file that it made itself."""
    database = await open_sqlite(path, connect=connect)
    yield database
    await database.close()
