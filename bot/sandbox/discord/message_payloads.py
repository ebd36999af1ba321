"""Messages as Discord's JSON."""

from typing import Any

from bot.sandbox.discord import payloads
from bot.sandbox.discord.attachments import AttachmentStore
from bot.sandbox.discord.messages import Message, MessageStore
from bot.sandbox.discord.payloads import iso
from bot.sandbox.discord.world import World


class MessagePayloads:
    """Renders messages for REST answers and gateway events."""

    def __init__(self, world: World, attachments: AttachmentStore, messages: MessageStore) -> None:
        self._world = world
        self._attachments = attachments
        self._messages = messages

    def message(self, one: Message, *, with_reference: bool = True) -> dict[str, Any]:
        body, pinged = one.body, one.revisions[-1].pings
        users = self._world.users
        shown: dict[str, Any] = {
            "id": str(one.id),
            "channel_id": str(one.channel_id),
            "type": int(one.type),
            "author": payloads.user(users[one.author_id]),
            "content": body.content,
            "timestamp": iso(one.created_ms),
            "edited_timestamp": None if one.edited_ms is None else iso(one.edited_ms),
            "tts": False,
            "pinned": False,
            "mention_everyone": pinged.everyone,
            "mentions": [payloads.user(users[each]) for each in sorted(pinged.users) if each in users],
            "mention_roles": [str(each) for each in sorted(pinged.roles)],
            "attachments": [self._attachments.payload(each) for each in body.attachments],
            "embeds": list(body.embeds),
            "components": list(body.components),
            "flags": body.flags,
        }
        if one.interaction_id is not None:
            application_id = str(self._world.application.id)
            shown |= {"application_id": application_id, "webhook_id": application_id}
        if one.interaction_metadata is not None:
            shown["interaction_metadata"] = one.interaction_metadata
        if one.nonce is not None:
            shown["nonce"] = one.nonce
        if one.reference_id is not None and with_reference:
            shown |= self._reference(one, one.reference_id)
        return shown

    def event(self, one: Message) -> dict[str, Any]:
        """Return the message as MESSAGE_CREATE and MESSAGE_UPDATE tell it."""
        shown = self.message(one)
        guild = self._world.guilds.get(one.guild_id or 0)
        if guild is None:
            return shown
        shown["guild_id"] = str(guild.id)
        author = guild.members.get(one.author_id)
        if author is not None:
            shown["member"] = payloads.bare_member(author) | {"mute": False, "deaf": False}
        return shown

    def _reference(self, one: Message, reference_id: int) -> dict[str, Any]:
        reference: dict[str, Any] = {
            "type": 0,
            "message_id": str(reference_id),
            "channel_id": str(one.channel_id),
        }
        if one.guild_id is not None:
            reference["guild_id"] = str(one.guild_id)
        referred = self._messages.get(reference_id)
        gone = referred is None or referred.deleted_ms is not None
        shown = None if referred is None or gone else self.message(referred, with_reference=False)
        return {"message_reference": reference, "referenced_message": shown}
