"""Who looks through a window, and where to."""

from dataclasses import dataclass
from typing import TypedDict


class Place(TypedDict):
    """Who acts where, as the local Discord's own methods take it."""

    guild_id: int | None
    channel_id: int
    user_id: int


@dataclass(slots=True)
class Viewpoint:
    """Nobody and nowhere (0) until the window first looks.

    All windows share `dismissed`, the private messages that were put away, and `read_direct`, the last direct message
    that each person has read, by the person's id.
    """

    dismissed: set[int]
    read_direct: dict[int, int]
    user_id: int = 0
    guild_id: int | None = None
    channel_id: int = 0

    def move(self, *, user_id: int, guild_id: int | None, channel_id: int) -> None:
        self.user_id, self.guild_id, self.channel_id = user_id, guild_id, channel_id

    def place(self) -> Place:
        return {"guild_id": self.guild_id, "channel_id": self.channel_id, "user_id": self.user_id}
