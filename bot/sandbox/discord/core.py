"""Everything the local Discord consists of, put together; and the acts that several routes share."""

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.sandbox.discord import permissions
from bot.sandbox.discord.attachments import AttachmentStore
from bot.sandbox.discord.calls import Call, Observer
from bot.sandbox.discord.command_rights import CommandRights
from bot.sandbox.discord.command_store import CommandStore
from bot.sandbox.discord.compose import Composer, Place
from bot.sandbox.discord.faults import FaultPlan
from bot.sandbox.discord.gateway import Gateway, Intent
from bot.sandbox.discord.interactions import Interactions
from bot.sandbox.discord.mentions import pings
from bot.sandbox.discord.message_payloads import MessagePayloads
from bot.sandbox.discord.messages import Body, Message, MessageStore, Revision
from bot.sandbox.discord.rate_limits import Limiter, RateLimits
from bot.sandbox.discord.snowflakes import Snowflakes
from bot.sandbox.discord.watch import Event, Happened, Hub
from bot.sandbox.discord.world import MIB, Channel, ChannelType, Guild, World


class Core:
    """The parts, without the network."""

    def __init__(self, clock: Clock, world: World, limits: RateLimits) -> None:
        self.clock = clock
        self.world = world
        self.snowflakes = Snowflakes(clock)
        self.attachments = AttachmentStore(clock, self.snowflakes)
        self.composer = Composer(self.attachments)
        self.messages = MessageStore()
        self.rendered = MessagePayloads(world, self.attachments, self.messages)
        self.interactions = Interactions()
        self.commands = CommandStore(world, self.snowflakes)
        self.command_rights = CommandRights(world.application.id)
        self.gateway = Gateway(world)
        self.limiter = Limiter(clock, limits)
        self.faults = FaultPlan()
        self.hub = Hub()
        self.calls: list[Call] = []
        self.observers: list[Observer] = []

    def bot_permissions(self, channel: Channel) -> int:
        """Return what the bot may do in a channel; nothing where it is not a member."""
        guild = self.world.guild_of(channel)
        if guild is None:
            return permissions.DIRECT_MESSAGE if channel.type is ChannelType.DM else 0
        own = guild.members.get(self.world.application.bot_id)
        if own is None:
            return 0
        return permissions.permissions_in(guild, own, channel, now_ms=self.clock.now_ms())

    def place(self, channel: Channel, *, size_limit_bytes: int | None = None) -> Place:
        """Return what holds for a message in a channel."""
        guild = self.world.guild_of(channel)
        limit = guild.attachment_size_limit_bytes if guild else 10 * MIB
        return Place(
            channel_id=channel.id,
            size_limit_bytes=size_limit_bytes or limit,
            blocked_words=tuple(guild.blocked_words) if guild else (),
        )

    def add_message(self, message: Message, body: Body, allowed_mentions: Mapping[str, Any]) -> None:
        """Put a new message into the world and tell everyone."""
        self._revise(message, body, allowed_mentions)
        self.messages.add(message)
        if message.ephemeral_to is None and (channel := self.world.channel(message.channel_id)):
            channel.last_message_id = message.id
        self._tell(message, Happened.MESSAGE_CREATED, "MESSAGE_CREATE")

    def revise_message(self, message: Message, body: Body, allowed_mentions: Mapping[str, Any]) -> None:
        """Let a message say something else; the edit that ends a deferral does not mark it as edited."""
        if not message.body.is_loading:
            message.edited_ms = self.clock.now_ms()
        self._revise(message, body, allowed_mentions)
        self._tell(message, Happened.MESSAGE_UPDATED, "MESSAGE_UPDATE")

    def _revise(self, message: Message, body: Body, allowed_mentions: Mapping[str, Any]) -> None:
        channel = self.world.channel(message.channel_id)
        guild = self.world.guilds.get(message.guild_id or 0)
        author = self.bot_permissions(channel) if channel else 0
        heard = pings(body.text, allowed_mentions, guild=guild, author_permissions=author)
        message.revisions.append(Revision(self.clock.now_ms(), body, heard))

    def delete_message(self, message: Message) -> None:
        message.deleted_ms = self.clock.now_ms()
        data = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if message.guild_id is not None:
            data["guild_id"] = str(message.guild_id)
        self._publish(message, Happened.MESSAGE_DELETED)
        if self._is_heard(message):
            self.gateway.dispatch("MESSAGE_DELETE", data, guild_id=message.guild_id, intent=_intent(message))

    def leave_guild(self, guild: Guild) -> None:
        """End the bot's membership, with its own role and with all that was set for its commands there."""
        self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id, intent=Intent.GUILDS)
        member = guild.members.pop(self.world.application.bot_id)
        for role_id in [each for each in member.role_ids if guild.roles[each].managed]:
            del guild.roles[role_id]
        self.command_rights.forget(guild.id)

    def _tell(self, message: Message, happened: Happened, event: str) -> None:
        self._publish(message, happened)
        intent = _intent(message)
        if self._is_heard(message) and any(each.intents & intent for each in self.gateway.sessions):
            data = self.rendered.event(message)
            self.gateway.dispatch(event, data, guild_id=message.guild_id, intent=intent)

    def _is_heard(self, message: Message) -> bool:
        """Whether the bot is told of a message at all: not of private ones, nor of people's direct messages."""
        return message.ephemeral_to is None and message.channel_id not in self.world.groups

    def _publish(self, message: Message, happened: Happened) -> None:
        self.hub.publish(
            Event(
                happened=happened,
                at_ms=self.clock.now_ms(),
                channel_id=message.channel_id,
                subject=message,
                only_for=message.ephemeral_to,
            )
        )
        # Whoever waits for news of the interaction that this message answered hears of it, whoever changed it.
        if record := self.interactions.get(message.interaction_id or 0):
            record.changed()


def _intent(message: Message) -> Intent:
    return Intent.DIRECT_MESSAGES if message.guild_id is None else Intent.GUILD_MESSAGES
