"""What was spent, and the jobs that Segmind's own books are compared with."""

from dataclasses import dataclass

from bot.jobs import Job
from bot.store.database import Reader
from bot.store.rows import job_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """A server, and what its finished images cost. `left_ms` is when the bot left it, None while it is there."""

    guild_id: int
    name: str
    left_ms: int | None
    spent_microcredits: int


async def by_guild(reader: Reader, *, since_ms: int) -> list[Spender]:
    """Every server and what it spent on what was asked for since then; who spent most comes first."""
    rows = await reader.fetch(
        """SELECT guild_id, name, left_ms, COALESCE((
            SELECT SUM(CASE WHEN cost_microcredits < 0 THEN 0 ELSE COALESCE(cost_microcredits, price_microcredits) END)
            FROM requests JOIN jobs USING (interaction_id)
            WHERE requests.guild_id = guilds.guild_id AND created_ms >= $1 AND state = 'done'), 0) AS spent
        FROM guilds ORDER BY spent DESC, name, guild_id""",
        since_ms,
    )
    return [
        Spender(
            guild_id=row["guild_id"],
            name=row["name"],
            left_ms=row["left_ms"],
            spent_microcredits=int(row["spent"]),
        )
        for row in rows
    ]


async def slugs(reader: Reader) -> set[str]:
    """Segmind's name of every model that was ever asked for an image."""
    return {row["slug"] for row in await reader.fetch("SELECT DISTINCT slug FROM jobs")}


async def first_ms(reader: Reader) -> int | None:
    """When the first request came; None where none did."""
    found: int | None = (await reader.fetch("SELECT MIN(created_ms) AS first FROM requests"))[0]["first"]
    return found


async def jobs_since(reader: Reader, *, slug: str, since_ms: int) -> list[Job]:
    """Every job for this model that had not ended before that instant."""
    rows = await reader.fetch(
        """SELECT * FROM jobs WHERE slug = $1 AND (finished_ms IS NULL OR finished_ms >= $2)
        ORDER BY interaction_id, number""",
        slug,
        since_ms,
    )
    return [job_of(row) for row in rows]
