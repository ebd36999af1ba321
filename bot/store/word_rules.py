"""The word rules of servers. Whoever changes some takes the next revision, so that what was made of others is known for old.

A pattern stands once in a server's book, with one verdict.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from bot.store.database import Reader, Transaction
from bot.word_lines import Entry, Verdict

# SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
AT_ONCE_MAX = 1_000


T = TypeVar("T")


async def revision(reader: Reader, guild_id: int) -> int:
    """The number of the last change; 0 where there was none."""
    rows = await reader.fetch("SELECT revision FROM word_books WHERE guild_id = $1", guild_id)
    return int(rows[0]["revision"]) if rows else 0


async def bump(tx: Transaction, guild_id: int) -> int:
    """Take the next revision. Before any other change of the book, so that of two at once one waits for the other."""
    rows = await tx.fetch(
        """INSERT INTO word_books (guild_id, revision) VALUES ($1, 1)
        ON CONFLICT (guild_id) DO UPDATE SET revision = word_books.revision + 1 RETURNING revision""",
        guild_id,
    )
    return int(rows[0]["revision"])


async def load(reader: Reader, guild_id: int) -> list[Entry]:
    """The whole book, by verdict and pattern."""
    rows = await reader.fetch(
        "SELECT pattern, verdict FROM word_rules WHERE guild_id = $1 ORDER BY verdict, pattern", guild_id
    )
    return [Entry(row["pattern"], Verdict(row["verdict"])) for row in rows]


async def count(reader: Reader, guild_id: int) -> int:
    """How many entries the book has."""
    rows = await reader.fetch("SELECT COUNT(*) AS entries FROM word_rules WHERE guild_id = $1", guild_id)
    return int(rows[0]["entries"])


async def put(tx: Transaction, guild_id: int, entries: Sequence[Entry]) -> int:
    """Write entries, each pattern once; returns how many of them the book did not have just so."""
    touched = 0
    for part in _parts(entries):
        rows = ", ".join(f"($1, ${2 * at + 2}, ${2 * at + 3})" for at in range(len(part)))
        touched += await tx.execute(
            f"""INSERT INTO word_rules (guild_id, pattern, verdict) VALUES {rows}
            ON CONFLICT (guild_id, pattern) DO UPDATE SET verdict = excluded.verdict
            WHERE word_rules.verdict <> excluded.verdict""",  # noqa: S608 - places only
            guild_id,
            *(value for entry in part for value in (entry.pattern, entry.verdict.value)),
        )
    return touched


async def drop(tx: Transaction, guild_id: int, patterns: Sequence[str]) -> int:
    """Take entries out; returns how many there were."""
    touched = 0
    for part in _parts(patterns):
        places = ", ".join(f"${at + 2}" for at in range(len(part)))
        sql = f"DELETE FROM word_rules WHERE guild_id = $1 AND pattern IN ({places})"  # noqa: S608 - places only
        touched += await tx.execute(sql, guild_id, *part)
    return touched


async def clear(tx: Transaction, guild_id: int) -> int:
    """Take everything out; returns how much there was."""
    return await tx.execute("DELETE FROM word_rules WHERE guild_id = $1", guild_id)


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + AT_ONCE_MAX] for start in range(0, len(values), AT_ONCE_MAX))
