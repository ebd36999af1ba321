"""What people do at their screens: use commands, press buttons, pick, fill in, look."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.discord.automod import AutoMod
from bot.sandbox.discord.calls import Call
from bot.sandbox.discord.command_access import why_hidden
from bot.sandbox.discord.command_names import CommandType
from bot.sandbox.discord.command_options import CommandRejected, OptionReader, Resolved
from bot.sandbox.discord.component_forms import ButtonStyle, Component
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.faults import FaultPlan
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.interactions import InteractionRecord, InteractionType
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.modal_values import picked, submitted
from bot.sandbox.discord.people import Actor, actor, new_interaction
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.discord.servers import Servers
from bot.sandbox.discord.watch import Event, Happened, Subscriber
from bot.sandbox.discord.world import World

Json = dict[str, Any]


class Driver(Servers, AutoMod):
    """People's side of the local Discord. Whatever Discord's client would not send raises CommandRejected."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        # Send the next so many interactions twice, as Discord's gateway may do.
        self.duplicate_next = 0

    @property
    def world(self) -> World:
        return self.core.world

    @property
    def calls(self) -> list[Call]:
        """Every REST call so far, oldest first."""
        return self.core.calls

    @property
    def interactions(self) -> list[InteractionRecord]:
        """Every interaction so far, oldest first."""
        return self.core.interactions.all

    @property
    def gateway(self) -> Gateway:
        return self.core.gateway

    @property
    def faults(self) -> FaultPlan:
        return self.core.faults

    @property
    def limits(self) -> RateLimits:
        return self.core.limiter.limits

    @property
    def invalid_requests(self) -> int:
        """How many 401, 403 and 429 the last ten minutes saw."""
        return self.core.limiter.invalid_requests

    # ------------------------------------------------------------ acting

    async def invoke(
        self,
        *,
        guild_id: int | None = None,
        channel_id: int | None = None,
        user_id: int,
        command: str,
        options: Mapping[str, Any] | None = None,
        forged: bool = False,
    ) -> InteractionRecord:
        """Use a slash command; options go by name, those of a sub-command in a mapping under its name.

        A forged one reaches the bot although Discord does not let this person use the command here.
        """
        who = actor(self.core, guild_id=guild_id, channel_id=channel_id, user_id=user_id)
        found = self._command(who, command, CommandType.CHAT_INPUT, forged=forged)
        resolved = self._resolved(who)
        reader = OptionReader(resolved, self.core.attachments, who.channel.id)
        read = reader.read(found.get("options") or [], options or {})
        data = _command_data(found, options=read, resolved=resolved)
        return self._send(who, InteractionType.APPLICATION_COMMAND, data)

    async def autocomplete(
        self,
        *,
        guild_id: int | None = None,
        channel_id: int | None = None,
        user_id: int,
        command: str,
        options: Mapping[str, Any],
        focused: str,
    ) -> InteractionRecord:
        """Type into an option that suggests; the suggestions come as `choices` of the record."""
        who = actor(self.core, guild_id=guild_id, channel_id=channel_id, user_id=user_id)
        found = self._command(who, command, CommandType.CHAT_INPUT)
        resolved = self._resolved(who)
        reader = OptionReader(resolved, self.core.attachments, who.channel.id)
        read = reader.read(found.get("options") or [], options, focused=focused)
        data = _command_data(found, options=read, resolved=resolved)
        return self._send(who, InteractionType.AUTOCOMPLETE, data)

    async def invoke_on_message(
        self, message: Message, *, user_id: int, command: str, forged: bool = False
    ) -> InteractionRecord:
        """Use a command of a message's context menu, where the message stands."""
        who = self._reader(message, user_id)
        found = self._command(who, command, CommandType.MESSAGE, forged=forged)
        shown = self.core.rendered.message(message)
        data = _command_data(found) | {"target_id": str(message.id), "resolved": {"messages": {shown["id"]: shown}}}
        return self._send(who, InteractionType.APPLICATION_COMMAND, data)

    async def invoke_on_user(
        self, *, guild_id: int, channel_id: int, user_id: int, command: str, target_id: int, forged: bool = False
    ) -> InteractionRecord:
        """Use a command of a person's context menu."""
        who = actor(self.core, guild_id=guild_id, channel_id=channel_id, user_id=user_id)
        found = self._command(who, command, CommandType.USER, forged=forged)
        resolved = self._resolved(who)
        resolved.user(target_id)
        data = _command_data(found, resolved=resolved) | {"target_id": str(target_id)}
        return self._send(who, InteractionType.APPLICATION_COMMAND, data)

    async def press(self, message: Message, custom_id: str, *, user_id: int) -> InteractionRecord:
        """Press a button of a message."""
        who, component = self._component(message, custom_id, user_id)
        if component["type"] != Component.BUTTON or component["style"] in (ButtonStyle.LINK, ButtonStyle.PREMIUM):
            raise CommandRejected(f"{custom_id!r} is not a button that can be pressed.")
        data = {"custom_id": custom_id, "component_type": int(Component.BUTTON), "id": component["id"]}
        return self._send(who, InteractionType.MESSAGE_COMPONENT, data, source=message)

    async def select(
        self, message: Message, custom_id: str, values: Sequence[str], *, user_id: int
    ) -> InteractionRecord:
        """Pick from a select of a message; users, roles and channels by id."""
        who, component = self._component(message, custom_id, user_id)
        if component["type"] == Component.BUTTON:
            raise CommandRejected(f"{custom_id!r} is a button.")
        resolved = self._resolved(who)
        chosen = picked(component, values, resolved)
        data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        data |= {"values": chosen} | ({"resolved": resolved.data} if resolved.data else {})
        return self._send(who, InteractionType.MESSAGE_COMPONENT, data, source=message)

    async def submit_modal(self, record: InteractionRecord, values: Mapping[str, Any]) -> InteractionRecord:
        """Fill in the modal that answered an interaction and send it; values go by custom_id."""
        if record.modal is None:
            raise CommandRejected("There is no modal.")
        source = record.source_message
        who = actor(
            self.core, guild_id=record.guild_id, channel_id=record.channel_id, user_id=record.user_id, on=source
        )
        resolved = self._resolved(who)
        filled = submitted(record.modal, values, resolved)
        data: Json = {"custom_id": record.modal["custom_id"], "components": filled}
        if resolved.data:
            data["resolved"] = resolved.data
        return self._send(who, InteractionType.MODAL_SUBMIT, data, source=record.source_message, opened_by=record)

    # ------------------------------------------------------------ looking

    def messages(self, channel_id: int, *, as_user: int | None = None) -> list[Message]:
        """Return what a person sees in a channel, oldest first; without a person, what everyone sees."""
        return [each for each in self.core.messages.in_channel(channel_id) if each.visible_to(as_user)]

    def message_payload(self, message: Message) -> Json:
        """Return a message as Discord's JSON."""
        return self.core.rendered.message(message)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Hear of everything live, until the returned function is called."""
        return self.core.hub.subscribe(callback)

    def delete(self, message: Message) -> None:
        """Delete a message, as a moderator would."""
        self.core.delete_message(message)

    # ------------------------------------------------------------ the common way

    def _send(
        self,
        who: Actor,
        kind: InteractionType,
        data: Json,
        *,
        source: Message | None = None,
        opened_by: InteractionRecord | None = None,
    ) -> InteractionRecord:
        record = new_interaction(self.core, who, kind=kind, data=data, source=source)
        record.opened_by = opened_by
        self.core.interactions.add(record)
        times = 1
        if self.duplicate_next > 0:
            self.duplicate_next -= 1
            times = 2
        for _ in range(times):
            if self.core.gateway.dispatch_interaction(record.payload, guild_id=record.guild_id):
                record.delivered_ms.append(self.core.clock.now_ms())
        happened = Event(
            happened=Happened.INTERACTION_CREATED,
            at_ms=record.created_ms,
            channel_id=record.channel_id,
            subject=record,
            only_for=record.user_id,
        )
        self.core.hub.publish(happened)
        return record

    def _resolved(self, who: Actor) -> Resolved:
        return Resolved(self.core.world, who.guild, self.core.attachments, self.core.clock.now_ms(), who.member)

    def _reader(self, message: Message, user_id: int) -> Actor:
        """Return a person where a message stands that they see."""
        who = actor(self.core, guild_id=message.guild_id, channel_id=message.channel_id, user_id=user_id, on=message)
        # In direct messages everybody acts in their own.
        if who.channel.id != message.channel_id or not message.visible_to(user_id):
            raise CommandRejected("This message is not there.")
        return who

    def _component(self, message: Message, custom_id: str, user_id: int) -> tuple[Actor, Json]:
        who = self._reader(message, user_id)
        component = message.body.component(custom_id)
        if component is None:
            raise CommandRejected(f"The message has no component {custom_id!r}.")
        if component.get("disabled"):
            raise CommandRejected(f"{custom_id!r} is disabled.")
        return who, component

    def _command(self, who: Actor, name: str, kind: CommandType, *, forged: bool = False) -> Json:
        """Return the registered command a person may use here under that name."""
        guild_id = who.guild.id if who.guild else None
        found = self.core.commands.find(guild_id=guild_id, name=name, kind=kind)
        if found is None:
            raise CommandRejected(f"There is no command /{name}.")
        hidden = None if forged else why_hidden(self.core, found, who)
        if hidden is not None:
            raise CommandRejected(hidden)
        return found


def _command_data(command: Json, *, options: list[Json] | None = None, resolved: Resolved | None = None) -> Json:
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if options:
        data["options"] = options
    if resolved is not None and resolved.data:
        data["resolved"] = resolved.data
    return data
