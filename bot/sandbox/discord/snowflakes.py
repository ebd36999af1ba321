"""Ids and tokens in the shapes that Discord gives them."""

import base64
import hashlib

from bot.clock import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Gives out ids that carry their instant and never repeat."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, snowflake_at(self._clock.now_ms()))
        return self._last


def snowflake_at(at_ms: int) -> int:
    """Return the smallest id of that instant (milliseconds since 1970)."""
    return (at_ms - DISCORD_EPOCH_MS) << 22


def created_ms(snowflake: int) -> int:
    """Return the instant an id carries, in milliseconds since 1970."""
    return (snowflake >> 22) + DISCORD_EPOCH_MS


def shard_of(guild_id: int | None, shard_count: int) -> int:
    """Return the shard that hears of a guild; direct messages are always shard 0's."""
    return 0 if guild_id is None else (guild_id >> 22) % shard_count


def bot_token(user_id: int) -> str:
    """Return a token of the real shape base64(id).x.y, plainly not a secret."""
    first = base64.urlsafe_b64encode(str(user_id).encode()).decode().rstrip("=")
    return f"{first}.GLocal.local-discord-no-secret-000000000000000"


def interaction_token(interaction_id: int) -> str:
    """Return the token that answers one interaction."""
    digest = hashlib.sha256(f"interaction:{interaction_id}".encode()).hexdigest()
    return base64.urlsafe_b64encode(f"interaction:{interaction_id}:{digest}".encode()).decode().rstrip("=")
