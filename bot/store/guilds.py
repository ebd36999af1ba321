"""The servers that the bot is in or was in."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.store.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A server as it was last seen. `joined_ms` is when the bot first saw that it is there (again)."""

    name: str
    joined_ms: int
    left_ms: int | None
    welcomed_ms: int | None


async def known(reader: Reader, guild_id: int) -> Known | None:
    """What is known of a server; None where the bot never was."""
    rows = await reader.fetch("SELECT name, joined_ms, left_ms, welcomed_ms FROM guilds WHERE guild_id = $1", guild_id)
    return Known(**rows[0]) if rows else None


async def present(reader: Reader) -> set[int]:
    """The servers that the bot is in, as far as it has seen."""
    return {row["guild_id"] for row in await reader.fetch("SELECT guild_id FROM guilds WHERE left_ms IS NULL")}


async def seen(tx: Transaction, *, guild_id: int, name: str, at_ms: int) -> bool:
    """The bot is in this server, which has this name now; True where it is new or came back: it may be welcomed."""
    rows = await tx.fetch("SELECT name, left_ms FROM guilds WHERE guild_id = $1", guild_id)
    if rows and rows[0]["left_ms"] is None:
        if rows[0]["name"] != name:
            await tx.execute("UPDATE guilds SET name = $2 WHERE guild_id = $1", guild_id, name)
        return False
    await tx.execute(
        """INSERT INTO guilds (guild_id, name, joined_ms) VALUES ($1, $2, $3) ON CONFLICT (guild_id) DO UPDATE
        SET name = excluded.name, joined_ms = excluded.joined_ms, left_ms = NULL, welcomed_ms = NULL""",
        guild_id,
        name,
        at_ms,
    )
    return True


async def left(tx: Transaction, *, guild_id: int, at_ms: int) -> None:
    """The bot is no longer in this server."""
    await tx.execute("UPDATE guilds SET left_ms = $2 WHERE guild_id = $1 AND left_ms IS NULL", guild_id, at_ms)


async def welcomed(tx: Transaction, *, guild_id: int, at_ms: int) -> bool:
    """Write down that the server is welcomed; False where it was before, or is not known."""
    touched = await tx.execute(
        "UPDATE guilds SET welcomed_ms = $2 WHERE guild_id = $1 AND welcomed_ms IS NULL", guild_id, at_ms
    )
    return touched == 1


async def names(reader: Reader, guild_ids: Iterable[int]) -> dict[int, str]:
    """The names of these servers, as far as the bot was ever in them."""
    wanted = tuple(guild_ids)
    places = ", ".join(f"${position}" for position in range(1, len(wanted) + 1))
    sql = f"SELECT guild_id, name FROM guilds WHERE guild_id IN ({places})"  # noqa: S608 - places only
    return {row["guild_id"]: row["name"] for row in await reader.fetch(sql, *wanted)}


async def matching(reader: Reader, words: str, *, limit: int) -> dict[int, str]:
    """Servers whose name holds these words or whose id begins with them, by name; those that were left come last."""
    folded = words.strip().casefold()
    # SQL folds the letters of other alphabets in no way that all engines share.
    rows = await reader.fetch("SELECT guild_id, name FROM guilds ORDER BY left_ms IS NOT NULL, name, guild_id")
    found = {
        row["guild_id"]: row["name"]
        for row in rows
        if folded in row["name"].casefold() or str(row["guild_id"]).startswith(folded)
    }
    return dict(list(found.items())[:limit])
