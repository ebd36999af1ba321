"""Databases for tests. The tables are made once a process; each test gets a copy of that file, which is much faster."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.sqlite import Sqlite, open_sqlite
from bot.store.sqlite_connection import Connect, connect_in_thread

_made: list[bytes] = []


async def open_fresh(path: Path, *, connect: Connect = connect_in_thread) -> Sqlite:
    """What `open_sqlite` opens where there is no file yet. How it makes one is tested in tests/store."""
    if not _made:
        _made.append(await _make())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(_made[0])
    return await open_sqlite(path, connect=connect)


async def _make() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.sqlite3"
        await (await open_sqlite(path)).close()
        return path.read_bytes()
