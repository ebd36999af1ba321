"""Doing something to the bot as anybody, also what Discord's own clients would not do, and what comes of it."""

import asyncio
from typing import assert_never

from bot.sandbox.discord.command_options import OptionReader
from bot.sandbox.discord.interactions import InteractionType
from bot.sandbox.discord.messages import Body, Message, MessageFlag
from bot.sandbox.discord.people import actor
from tests.permissions.outcomes import Outcome, outcome_of, seen_in
from tests.permissions.uses import NAMES, Command, Menu, Press, Send, Use, Who
from tests.permissions.world import ABROAD, HOME

# Far more than anything takes anywhere: nobody is to be left without an answer, and no test waits for that.
ANSWER_S = 60.0

_TEXT, _ROW, _BUTTON = 10, 1, 2


class Hands:
    """Everybody's, in the two servers."""

    def __init__(self, local):
        self.local = local
        self.home, self.abroad = (local.world.guild_named(name) for name in (HOME, ABROAD))
        self.seen: set[str] = set()  # the custom ids of all that the bot put up

    # ------------------------------------------------------------ who and where

    def id_of(self, who):
        return self.local.world.user_named(NAMES.get(who, who)).id

    def guild_of(self, who):
        return {Who.STRANGER: self.abroad, Who.ALONE: None}.get(who, self.home)

    def place(self, channel="general", guild=None):
        return (guild or self.home).channel_named(channel).id

    def role(self, name):
        return next(each.id for each in self.home.roles.values() if each.name == name)

    # ------------------------------------------------------------ doing

    async def use(self, use: Use, who, *, guild=None) -> Outcome:
        """Somebody does it, in their server's #general or in `guild`'s; whatever Discord would have hidden reaches the bot."""
        guild = guild or self.guild_of(who)
        place = None if guild is None else guild.channel_named("general").id
        me = actor(self.local.core, guild_id=guild and guild.id, channel_id=place, user_id=self.id_of(who))
        match use:
            case Command():
                record = self._command(use, me)
            case Menu():
                record = self._menu(use, me)
            case Press():
                record = self._press(use, me)
            case Send():
                record = self._submit(use, me)
            case _:
                assert_never(use)
        outcome = await outcome_of(record, wait_s=ANSWER_S)
        self.seen |= seen_in(record)
        return outcome

    async def complete(self, name, options, focused, who, *, guild=None):
        """What is suggested to somebody who types; forged as all else."""
        guild = guild or self.guild_of(who)
        place = None if guild is None else guild.channel_named("general").id
        me = actor(self.local.core, guild_id=guild and guild.id, channel_id=place, user_id=self.id_of(who))
        command, resolved = self.registered(name), self.local._resolved(me)
        reader = OptionReader(resolved, self.local.core.attachments, me.channel.id)
        read = reader.read(command.get("options") or [], options, focused=focused)
        data = self._data(command) | {"options": read}
        record = self.local._send(me, InteractionType.AUTOCOMPLETE, data)
        async with asyncio.timeout(ANSWER_S):
            return (await record.until(lambda each: each.choices is not None)).choices

    def registered(self, name, kind=1):
        """A command as Discord has it, of all servers or of Aquarium alone."""
        scopes = (*self.local.core.commands.all(None), *self.local.core.commands.all(self.home.id))
        return next(each for each in scopes if each["name"] == name and each["type"] == kind)

    def _data(self, command):
        own = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        return {"id": command["id"], "name": command["name"], "type": command["type"], **own}

    def _command(self, use, me):
        command, resolved = self.registered(use.name), self.local._resolved(me)
        reader = OptionReader(resolved, self.local.core.attachments, me.channel.id)
        read = reader.read(command.get("options") or [], use.options)
        data = self._data(command) | {"options": read, "resolved": resolved.data}
        return self.local._send(me, InteractionType.APPLICATION_COMMAND, data)

    def _menu(self, use, me):
        channel, message_id = self.card_of(use.request_id)
        message = self.local.core.messages.get(message_id)
        shown = self.local.core.rendered.message(message) | {"channel_id": str(channel)}
        data = self._data(self.registered(use.name, kind=3))
        data |= {"target_id": shown["id"], "resolved": {"messages": {shown["id"]: shown}}}
        return self.local._send(me, InteractionType.APPLICATION_COMMAND, data)

    def _press(self, use, me):
        data = {
            "custom_id": use.custom_id,
            "component_type": 2 if use.values is None else 3,
            "id": 2,
        }
        if use.values is not None:
            data["values"] = list(use.values)
        source = self.message("what is pressed", me, buttons=[use.custom_id, *use.beside])
        return self.local._send(me, InteractionType.MESSAGE_COMPONENT, data, source=source)

    def _submit(self, use, me):
        filled = []
        for number, (name, value) in enumerate(use.fields.items(), start=1):
            given = {"value": value} if isinstance(value, str) else {"values": list(value)}
            kind = 4 if isinstance(value, str) else 3
            inner = {"type": kind, "id": 2 * number + 1, "custom_id": name, **given}
            filled.append({"type": 18, "id": 2 * number, "component": inner})
        data = {"custom_id": use.custom_id, "components": filled, "resolved": use.resolved or {}}
        return self.local._send(me, InteractionType.MODAL_SUBMIT, data)

    def message(self, words, me, *, buttons=()):
        """A message of the bot's, for all to see, that was there before the bot was."""
        rows = [
            {"type": _ROW, "id": 10 + number, "components": [self._button(each, 100 + number)]}
            for number, each in enumerate(buttons)
            if each
        ]
        body = Body(
            components=({"type": _TEXT, "id": 9, "content": words}, *rows), flags=int(MessageFlag.IS_COMPONENTS_V2)
        )
        core = self.local.core
        message = Message(
            id=core.snowflakes.next(),
            channel_id=me.channel.id,
            guild_id=me.guild and me.guild.id,
            author_id=core.world.application.bot_id,
            created_ms=core.clock.now_ms(),
        )
        core.add_message(message, body, {"parse": []})
        return message

    @staticmethod
    def _button(custom_id, number):
        return {"type": _BUTTON, "id": number, "style": 2, "label": "press", "custom_id": custom_id}
