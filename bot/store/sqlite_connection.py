"""One connection to a SQLite file, and its errors in the words of the house."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiosqlite

from bot.errors import StoreError, StoreFull, StoreLocked
from bot.store.database import Reader

BUSY_TIMEOUT_MS = 5_000  # how long SQLite itself waits for a lock that another process holds

_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # without it, INSERT OR REPLACE deletes rows past their DELETE triggers
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
_KINDS = {
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
}
_PRIMARY_CODE = 0xFF  # the part of an extended error code that names its kind

_T = TypeVar("_T")


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...


class Connection(Protocol):
    """What the engine uses of an aiosqlite connection.

    Calls run in the order in which they were made, also when the task that made one is cancelled.
    """

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, parameters: Mapping[str, Any], /) -> Awaitable[Cursor]: ...

    def execute_fetchall(self, sql: str, parameters: Mapping[str, Any], /) -> Awaitable[Iterable[sqlite3.Row]]: ...

    def close(self) -> Awaitable[None]: ...


Connect = Callable[[Path], Awaitable[Connection]]


async def connect_in_thread(path: Path) -> Connection:
    """Open a connection that works in a thread of its own, in autocommit mode."""
    return await _connect(str(path))


async def connect_to_read(path: Path) -> Connection:
    """The same, to a file that is there already and is not written to."""
    return await _connect(_read_only(path), uri=True)


def _read_only(path: Path) -> str:
    """The name by which SQLite neither makes the file nor writes to it."""
    if not path.is_file():
        raise StoreError(f"there is no database at {path}")
    return f"{path.absolute().as_uri()}?mode=ro"


async def _connect(name: str, *, uri: bool = False) -> Connection:
    logger = logging.getLogger("aiosqlite")
    if logger.level < logging.INFO:
        logger.setLevel(logging.INFO)  # at DEBUG it prints bound values: prompts and reply tokens
    opening = asyncio.ensure_future(aiosqlite.connect(name, isolation_level=None, uri=uri))
    try:
        connection = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()  # aiosqlite itself would forget what it has just opened
        raise
    connection.row_factory = sqlite3.Row
    return connection


def make_private(path: Path) -> None:
    """Make the file, and the folder it is in, for their owner only, unless they are there; raise StoreError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"cannot open {path}: {error.strerror}") from error


async def set_up_writer(connection: Connection) -> None:
    rows = await translated(connection.execute_fetchall("PRAGMA journal_mode = WAL", {}))
    if [row[0] for row in rows] != ["wal"]:
        raise StoreError("SQLite cannot keep a write-ahead log here; the database must be on a local disk")
    await _run(connection, _PRAGMAS)


async def set_up_reader(connection: Connection) -> None:
    await _run(connection, (*_PRAGMAS, "PRAGMA query_only = ON"))


async def damage(reader: Reader) -> list[str]:
    """What SQLite finds wrong with its files, one line each."""
    try:
        rows = await reader.fetch("PRAGMA quick_check")
    except StoreError as error:  # damage can be such that not even the check gets through
        return [str(error)]
    return [text for row in rows if (text := str(row["quick_check"])) != "ok"]


def bound(args: tuple[Any, ...]) -> dict[str, Any]:
    """`$1`, `$2`, … as this driver takes them."""
    return dict(zip(_places(len(args)), args, strict=True))


@cache
def _places(count: int) -> tuple[str, ...]:
    return tuple(str(position) for position in range(1, count + 1))


async def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        await translated(connection.execute(statement, {}))


async def translated(call: Awaitable[_T]) -> _T:
    """Await a call to a connection; its errors come out as StoreError and hold no bound value."""
    try:
        return await call
    except (sqlite3.Error, ValueError, OverflowError) as error:
        failure = _translate(error)
    raise failure  # out here it has no __context__: a UnicodeEncodeError would bring the whole text along


def _translate(error: Exception) -> StoreError:
    match error:
        case sqlite3.Error(sqlite_errorcode=int(code), sqlite_errorname=str(name)):
            return _KINDS.get(code & _PRIMARY_CODE, StoreError)(f"{name}: {error}")
        case UnicodeEncodeError() | OverflowError():
            return StoreError(f"a value cannot be stored: {type(error).__name__}")
        case _:
            return StoreError(str(error))
