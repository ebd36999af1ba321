"""By which prompts appeals are known: the same one is appealed for once, in however many cases it was blocked."""

from bot.store.database import Reader


async def texts_of(reader: Reader, case_id: int) -> str | None:
    """The SHA-256 of the texts that were blocked; None where they are forgotten, and no approval could let them pass."""
    rows = await reader.fetch("SELECT texts_sha256 FROM cases WHERE case_id = $1", case_id)
    return rows[0]["texts_sha256"] if rows else None


async def refused(reader: Reader, *, guild_id: int, user_id: int, texts_sha256: str) -> bool:
    """Whether this member appealed for exactly these texts in this server, and it was declined or nobody has decided."""
    rows = await reader.fetch(
        """SELECT 1 AS found FROM cases WHERE guild_id = $1 AND user_id = $2 AND texts_sha256 = $3
            AND appealed_ms IS NOT NULL AND (appeal_approved IS NULL OR NOT appeal_approved)""",
        guild_id,
        user_id,
        texts_sha256,
    )
    return bool(rows)
