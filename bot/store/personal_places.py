"""Forgetting a person's own place outside of servers, whose id is theirs: its figures are those of nobody in particular."""

from bot.outside import FORGOTTEN, home_of
from bot.store.database import Transaction

_SUMS = {
    "usage_days": (("day", "topic", "key"), ("images", "blocked", "failed", "cancelled", "spent_microcredits")),
    "usage_times": (("day", "leg", "bucket"), ("jobs",)),
}


async def forget(tx: Transaction, user_id: int) -> None:
    """Doing it again changes nothing. Cases and pauses of the place are kept as those of servers are."""
    home_id = home_of(user_id)
    for table, (keys, sums) in _SUMS.items():
        added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
        columns = ", ".join((*keys, *sums))
        await tx.execute(
            f"""INSERT INTO {table} (guild_id, {columns}) SELECT {FORGOTTEN}, {columns} FROM {table} WHERE guild_id = $1
            ON CONFLICT (guild_id, {", ".join(keys)}) DO UPDATE SET {added}""",  # noqa: S608 - words of ours
            home_id,
        )
        await tx.execute(f"DELETE FROM {table} WHERE guild_id = $1", home_id)  # noqa: S608 - words of ours
    await tx.execute("DELETE FROM usage_days WHERE guild_id = $1 AND topic = 'channel'", FORGOTTEN)
    # The channel of direct messages is one person's, and its language is theirs.
    await tx.execute(
        """UPDATE requests SET guild_id = $2, channel_id = 0, place_id = 0, locale = 'en-US', guild_locale = 'en-US'
        WHERE guild_id = $1""",
        home_id,
        FORGOTTEN,
    )
