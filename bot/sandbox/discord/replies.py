"""Messages that belong to an interaction."""

from typing import Any

from bot.sandbox.discord import payloads
from bot.sandbox.discord.command_names import CommandType
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.interactions import InteractionRecord, InteractionType
from bot.sandbox.discord.messages import Message, MessageType


def new_reply(core: Core, record: InteractionRecord, *, ephemeral: bool, is_followup: bool = False) -> Message:
    """Return an empty reply to an interaction, not yet in the world."""
    return Message(
        id=core.snowflakes.next(),
        channel_id=record.channel_id,
        guild_id=record.guild_id,
        author_id=core.world.application.bot_id,
        created_ms=core.clock.now_ms(),
        type=MessageType.REPLY if is_followup else _type(record),
        ephemeral_to=record.user_id if ephemeral else None,
        interaction_id=record.id,
        interaction_metadata=_metadata(core, record),
        reference_id=record.original.id if is_followup and record.original else None,
    )


def _type(record: InteractionRecord) -> MessageType:
    if record.type is not InteractionType.APPLICATION_COMMAND:
        return MessageType.REPLY if record.source_message else MessageType.DEFAULT
    if record.payload["data"]["type"] == CommandType.CHAT_INPUT:
        return MessageType.CHAT_INPUT_COMMAND
    return MessageType.CONTEXT_MENU_COMMAND


def _metadata(core: Core, record: InteractionRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": str(record.id),
        "type": int(record.type),
        "user": payloads.user(core.world.users[record.user_id]),
        "authorizing_integration_owners": record.payload["authorizing_integration_owners"],
    }
    source = record.source_message
    if record.type is InteractionType.MESSAGE_COMPONENT and source is not None:
        shown["interacted_message_id"] = str(source.id)
    if record.type is InteractionType.MODAL_SUBMIT:
        shown["triggering_interaction_metadata"] = _trigger(shown, source)
    return shown


def _trigger(own: dict[str, Any], source: Message | None) -> dict[str, Any]:
    shown = {name: own[name] for name in ("id", "user", "authorizing_integration_owners")}
    if source is None:
        return shown | {"type": int(InteractionType.APPLICATION_COMMAND)}
    return shown | {"type": int(InteractionType.MESSAGE_COMPONENT), "interacted_message_id": str(source.id)}
