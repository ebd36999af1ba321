"""Where an act in a server can be held on its way, so that the power is cut while it stands exactly there."""

from collections.abc import Callable

from tests.e2e.gates import Discord, DiscordCall, Gates, Stop


class CourtGates(Gates):
    """Holds calls by the name of the server that they are about."""

    async def _at_discord(self, call: DiscordCall, step: Discord) -> None:
        name = self._server_of(call)
        if name is not None:
            await self._pass(name, call, step)

    def _server_of(self, call: DiscordCall) -> str | None:
        world, params = self._there.discord.world, call.params
        record = self._there.discord.core.interactions.with_token(
            params.get("interaction_token") or params.get("webhook_token") or ""
        )
        if record is not None:
            return world.guilds[record.guild_id].name if record.guild_id else None
        channel = world.channel(int(params.get("channel_id", 0)))
        if channel is None:
            return None
        if channel.recipient_id is not None:
            # Each member is in one of these servers only, and is called as it is.
            return world.users[channel.recipient_id].username
        return world.guilds[channel.guild_id].name if channel.guild_id else None


def around(name: str, matches: Callable[[DiscordCall], bool], *, nth: int = 1) -> list[Stop]:
    """A call that never arrives, one whose answer does not, and one of which only the bot's own note is missing."""
    return [
        Stop(f"{name}, lost", Discord.RECEIVED, matches, nth=nth, lost=True),
        Stop(f"{name}, acted", Discord.ACTED, matches, nth=nth),
        Stop(f"{name}, answered", Discord.RECEIVED, matches, nth=nth, answered=True),
    ]
