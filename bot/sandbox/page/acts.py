"""What a window asks for: each act is one thing that a person does at a screen."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.command_names import LOCALES
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.interactions import ANSWER_WITHIN_MS, InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.people import actor
from bot.sandbox.discord.server import LocalDiscord
from bot.sandbox.page import views
from bot.sandbox.page.commands import offered
from bot.sandbox.page.viewpoint import Viewpoint

Json = dict[str, Any]
Act = Callable[[Viewpoint, Json], Awaitable[Json]]

# A little longer than the bot has, so that an answer in the last moment counts.
_PATIENCE_S = ANSWER_WITHIN_MS / 1000 + 0.1


class Acts:
    """Acts on the local Discord. Each raises CommandRejected for what Discord's client would not send."""

    def __init__(self, discord: LocalDiscord) -> None:
        self._discord = discord
        self.by_name: dict[str, Act] = {
            "look": self._look,
            "invoke": self._invoke,
            "suggest": self._suggest,
            "message_command": self._message_command,
            "user_command": self._user_command,
            "press": self._press,
            "select": self._select,
            "submit": self._submit,
            "delete": self._delete,
            "locale": self._locale,
        }

    # ------------------------------------------------------------ looking

    async def _look(self, at: Viewpoint, asked: Json) -> Json:
        """Look at a place as somebody; a place without a server is the direct messages with the bot."""
        guild_id = asked.get("guild_id")
        who = actor(
            self._discord.core,
            guild_id=None if guild_id is None else int(guild_id),
            channel_id=int(asked.get("channel_id") or 0),
            user_id=int(asked["user_id"]),
        )
        # Whoever leaves their direct messages has read what came while they were there.
        self._unread_direct(at)
        at.move(user_id=who.user.id, guild_id=who.guild.id if who.guild else None, channel_id=who.channel.id)
        seen = self._discord.messages(who.channel.id, as_user=who.user.id)
        return {
            "channel_id": str(who.channel.id),
            "messages": [views.message(self._discord.core, each) for each in seen if each.id not in at.dismissed],
            "commands": offered(self._discord.core, who),
            "may_delete": views.may_delete(who),
            "unread_direct": self._unread_direct(at),
        }

    def _unread_direct(self, at: Viewpoint) -> list[str]:
        """The ids of the direct messages that somebody has not read; looking at them is reading them."""
        channel = self._discord.world.dm_with(at.user_id)
        if channel is None:
            return []
        ids = [each.id for each in self._discord.messages(channel.id, as_user=at.user_id)]
        if at.guild_id is None and ids:
            at.read_direct[at.user_id] = ids[-1]
        return [str(each) for each in ids if each > at.read_direct.get(at.user_id, 0)]

    # ------------------------------------------------------------ commands

    async def _invoke(self, at: Viewpoint, asked: Json) -> Json:
        options = nested(asked.get("path") or [], _with_files(asked.get("options") or {}))
        return await self._outcome(
            await self._discord.invoke(**at.place(), command=str(asked["command"]), options=options)
        )

    async def _suggest(self, at: Viewpoint, asked: Json) -> Json:
        """Type into an option; the suggestions come as `choices`."""
        record = await self._discord.autocomplete(
            **at.place(),
            command=str(asked["command"]),
            options=nested(asked.get("path") or [], asked.get("options") or {}),
            focused=str(asked["focused"]),
        )
        return await self._outcome(record)

    async def _message_command(self, at: Viewpoint, asked: Json) -> Json:
        message = self._message(asked)
        return await self._outcome(
            await self._discord.invoke_on_message(message, user_id=at.user_id, command=str(asked["command"]))
        )

    async def _user_command(self, at: Viewpoint, asked: Json) -> Json:
        if at.guild_id is None:
            raise CommandRejected("People have a menu in servers only.")
        record = await self._discord.invoke_on_user(
            guild_id=at.guild_id,
            channel_id=at.channel_id,
            user_id=at.user_id,
            command=str(asked["command"]),
            target_id=int(asked["target_id"]),
        )
        return await self._outcome(record)

    # ------------------------------------------------------------ messages and forms

    async def _press(self, at: Viewpoint, asked: Json) -> Json:
        message = self._message(asked)
        return await self._outcome(await self._discord.press(message, str(asked["custom_id"]), user_id=at.user_id))

    async def _select(self, at: Viewpoint, asked: Json) -> Json:
        message = self._message(asked)
        return await self._outcome(
            await self._discord.select(message, str(asked["custom_id"]), asked["values"], user_id=at.user_id)
        )

    async def _submit(self, _at: Viewpoint, asked: Json) -> Json:
        record = self._discord.core.interactions.get(int(asked["interaction_id"]))
        if record is None:
            raise CommandRejected("This form is gone.")
        values = {name: self._kept(record, value) for name, value in asked["values"].items()}
        return await self._outcome(await self._discord.submit_modal(record, values))

    async def _delete(self, at: Viewpoint, asked: Json) -> Json:
        core = self._discord.core
        who = actor(core, guild_id=at.guild_id, channel_id=at.channel_id, user_id=at.user_id)
        if not views.may_delete(who):
            raise CommandRejected("Only moderators delete messages of others.")
        self._discord.delete(self._message(asked))
        return {}

    async def _locale(self, at: Viewpoint, asked: Json) -> Json:
        """Let the person's client speak another language from now on."""
        if asked["locale"] not in LOCALES:
            raise CommandRejected(f"Discord has no language {asked['locale']}.")
        self._discord.world.users[at.user_id].locale = asked["locale"]
        return {}

    # ------------------------------------------------------------ the common way

    def _message(self, asked: Json) -> Message:
        message = self._discord.core.messages.get(int(asked["message_id"]))
        if message is None:
            raise CommandRejected("This message is not there.")
        return message

    def _kept(self, record: InteractionRecord, value: Any) -> Any:
        """A form's value; files are uploaded first, and go by their ids."""
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            return value
        return [
            str(
                self._discord.core.attachments.keep(
                    Upload("files[0]", filename, "application/octet-stream", data),
                    channel_id=record.channel_id,
                    filename=filename,
                    description=None,
                    ephemeral=True,
                ).id
            )
            for filename, data in map(_file, value)
        ]

    async def _outcome(self, record: InteractionRecord) -> Json:
        """Wait for the first answer, as long as Discord does."""
        try:
            await asyncio.wait_for(record.acknowledged(), _PATIENCE_S)
        except TimeoutError:
            return {"interaction_id": str(record.id), "failed": True}
        return {
            "interaction_id": str(record.id),
            "failed": False,
            "modal": record.modal,
            "choices": record.choices,
        }


def nested(path: list[str], options: Json) -> Json:
    """Options of a sub-command, in a mapping under its name."""
    for name in reversed(path):
        options = {name: options}
    return options


def _with_files(options: Json) -> Json:
    return {name: _file(value) if isinstance(value, dict) else value for name, value in options.items()}


def _file(value: Json) -> tuple[str, bytes]:
    return str(value["filename"]), base64.b64decode(value["base64"], validate=True)
