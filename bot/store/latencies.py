"""How long each model's jobs took, as the running sums that pacing learns from."""

from bot.latency import Sums
from bot.store.database import Reader, Transaction


async def load_all(reader: Reader) -> dict[str, Sums]:
    """Return the sums of every model that was ever used, by slug."""
    rows = await reader.fetch("SELECT slug, jobs, sum_ln, sum_ln_squared, refused FROM latencies")
    return {row["slug"]: Sums(row["jobs"], row["sum_ln"], row["sum_ln_squared"], row["refused"]) for row in rows}


async def save(tx: Transaction, slug: str, sums: Sums) -> None:
    await tx.execute(
        """INSERT INTO latencies (slug, jobs, sum_ln, sum_ln_squared, refused) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (slug) DO UPDATE SET jobs = excluded.jobs, sum_ln = excluded.sum_ln,
        sum_ln_squared = excluded.sum_ln_squared, refused = excluded.refused""",
        slug,
        *sums,
    )
