"""Bring a database from whatever schema it has to the newest one, one migration a transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.errors import SchemaTooNew, StoreError
from bot.store.database import Database, Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema. `sqlite` are the statements that only SQLite reads; they come after the plain ones."""

    plain: tuple[str, ...]
    sqlite: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        return self.plain + self.sqlite

    @property
    def checksum(self) -> str:
        """A fingerprint of the statements; blanks and line ends do not count."""
        return _checksum(self.statements)


@cache
def _checksum(statements: tuple[str, ...]) -> str:
    words = ";".join(" ".join(statement.split()) for statement in statements)
    return hashlib.sha256(words.encode()).hexdigest()


async def migrate(database: Database, migrations: Sequence[Migration]) -> None:
    """Apply what the database has not seen yet; the first migration is number 1.

    Raises SchemaTooNew if it has seen one that is not in the list, and StoreError if one was edited after it was
    applied here.
    """
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, checksum TEXT NOT NULL)")
        applied = await _applied(tx)
        _check(applied, migrations)
    for number in range(len(applied) + 1, len(migrations) + 1):
        async with database.transaction() as tx:
            if number not in await _applied(tx):  # another process may have been quicker
                await _apply(tx, number, migrations[number - 1])


async def check_schema(reader: Reader, migrations: Sequence[Migration]) -> None:
    """Raise SchemaTooNew, or StoreError, where this is not exactly the schema of the database."""
    try:
        applied = await _applied(reader)
    except StoreError as error:
        raise StoreError(f"{error}; is this a database of the bot?") from error
    _check(applied, migrations)
    if len(applied) < len(migrations):
        raise StoreError(
            f"this database has schema {len(applied)}, and this version of the bot needs schema {len(migrations)}; "
            "start the bot once, which brings it up to date"
        )


async def _applied(reader: Reader) -> dict[int, str]:
    rows = await reader.fetch("SELECT number, checksum FROM migrations ORDER BY number")
    return {row["number"]: row["checksum"] for row in rows}


def _check(applied: dict[int, str], migrations: Sequence[Migration]) -> None:
    newest = max(applied, default=0)
    if newest > len(migrations):
        raise SchemaTooNew(
            f"this database has schema {newest}, and this version of the bot knows schemas up to {len(migrations)}; "
            "run the newer version, or restore a backup from before the upgrade"
        )
    for number, migration in enumerate(migrations[:newest], start=1):
        if applied.get(number) != migration.checksum:
            raise StoreError(
                f"migration {number} is not the one that made this database: it was edited after it was applied; "
                "bring back its old text, and append what is new as another migration"
            )


async def _apply(tx: Transaction, number: int, migration: Migration) -> None:
    for statement in migration.statements:
        await tx.execute(statement)
    await tx.execute("INSERT INTO migrations (number, checksum) VALUES ($1, $2)", number, migration.checksum)
