"""Messages that belong to an interaction."""

from typing import Any

from bot.sandbox.discord import payloads
from bot.sandbox.discord.command_names import CommandType
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.interactions import InteractionRecord, InteractionType
from bot.sandbox.discord.messages import Message, MessageType


def new_reply(core: Core, record: InteractionRecord, *, ephemeral: bool, is_followup: bool = False) -> Message:
    """Return an empty reply to an interaction, not yet in the world."""
    if is_followup:
        reference_id = record.original.id if record.original else None
    else:
        reference_id = _target_id(record, CommandType.MESSAGE)
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
        reference_id=reference_id,
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
    if (user_id := _target_id(record, CommandType.USER)) is not None:
        shown["target_user"] = payloads.user(core.world.users[user_id])
    if (message_id := _target_id(record, CommandType.MESSAGE)) is not None:
        shown["target_message_id"] = str(message_id)
    if record.type is InteractionType.MESSAGE_COMPONENT and record.source_message is not None:
        shown["interacted_message_id"] = str(record.source_message.id)
    if record.opened_by is not None:
        shown["triggering_interaction_metadata"] = _metadata(core, record.opened_by)
    return shown


def _target_id(record: InteractionRecord, kind: CommandType) -> int | None:
    """Return what a command of a context menu was used on; None for any other interaction."""
    data = record.payload["data"]
    is_such = record.type is InteractionType.APPLICATION_COMMAND and data["type"] == kind
    return int(data["target_id"]) if is_such else None
