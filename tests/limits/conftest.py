from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.store.audit import audit
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector
from tests.limits.bench import Bench


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A desk whose books must balance when the test has ended."""
    db = await open_fresh(tmp_path / "imagen.sqlite3", connect=InlineConnector())
    try:
        yield Bench(db)
        assert await audit(db) == []
    finally:
        await db.close()
