"""Channels and their messages, as the bot reaches them with its own token."""

from bot.sandbox.discord import payloads
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import error, invalid_form, problem
from bot.sandbox.discord.mentions import CHANNEL_DEFAULT
from bot.sandbox.discord.message_forms import CHANNEL_MESSAGE
from bot.sandbox.discord.messages import Message, MessageType
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.routing import NO_CONTENT, Answer, Exchange, Route
from bot.sandbox.discord.watch import Event, Happened
from bot.sandbox.discord.world import Channel, ChannelType

# For how long the same nonce means the same message.
_NONCE_FOR_MS = 5 * 60 * 1_000


def _channel(core: Core, exchange: Exchange, *needed: Permission) -> Channel:
    """Return a channel that the bot sees and where it has all permissions that are needed."""
    channel = core.world.channel(exchange.id("channel_id"))
    if channel is None:
        raise error(10003)
    own = core.bot_permissions(channel)
    if not own & Permission.VIEW_CHANNEL:
        raise error(50001)
    if any(not own & each for each in needed):
        raise error(50013)
    return channel


def _message(core: Core, exchange: Exchange) -> Message:
    """Return a message of the channel; ephemeral ones cannot be reached this way."""
    message = core.messages.get(exchange.id("message_id"))
    if message is None or message.channel_id != exchange.id("channel_id") or not message.visible_to(None):
        raise error(10008)
    return message


def get_channel(core: Core, exchange: Exchange) -> Answer:
    return Answer(200, payloads.channel(_channel(core, exchange), core.world))


def typing(core: Core, exchange: Exchange) -> Answer:
    channel = _channel(core, exchange, Permission.SEND_MESSAGES)
    core.hub.publish(Event(happened=Happened.TYPING, at_ms=core.clock.now_ms(), channel_id=channel.id))
    return NO_CONTENT


def list_messages(core: Core, exchange: Exchange) -> Answer:
    """Return the newest messages first; `before`, `after`, `around` and `limit` as Discord has them."""
    channel = _channel(core, exchange, Permission.READ_MESSAGE_HISTORY)
    found = [each for each in core.messages.in_channel(channel.id) if each.visible_to(None)]
    limit = int(exchange.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        said = problem("NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
        raise invalid_form({"limit": said})
    if before := exchange.query.get("before"):
        found = [each for each in found if each.id < int(before)]
    if after := exchange.query.get("after"):
        found = [each for each in found if each.id > int(after)][:limit]
    if around := exchange.query.get("around"):
        found = sorted(sorted(found, key=lambda each: abs(each.id - int(around)))[:limit], key=lambda each: each.id)
    return Answer(200, [core.rendered.message(each) for each in reversed(found[-limit:])])


def get_message(core: Core, exchange: Exchange) -> Answer:
    _channel(core, exchange, Permission.READ_MESSAGE_HISTORY)
    return Answer(200, core.rendered.message(_message(core, exchange)))


def _check_may_send(core: Core, channel: Channel, exchange: Exchange) -> None:
    own = core.bot_permissions(channel)
    if not own & Permission.VIEW_CHANNEL:
        raise error(50001)
    needed = Permission.SEND_MESSAGES_IN_THREADS if channel.thread else Permission.SEND_MESSAGES
    if not own & needed:
        raise error(50013)
    if exchange.uploads and not own & Permission.ATTACH_FILES:
        raise error(50013)
    if exchange.fields().get("embeds") and not own & Permission.EMBED_LINKS:
        raise error(50013)
    _check_thread(core, channel)
    if channel.recipient_id is not None:
        _check_recipient(core, channel.recipient_id)


def _check_recipient(core: Core, user_id: int) -> None:
    bot_id = core.world.application.bot_id
    if not any({user_id, bot_id} <= guild.members.keys() for guild in core.world.guilds.values()):
        raise error(50278)
    if not core.world.users[user_id].accepts_dms:
        raise error(50007)


def _check_thread(core: Core, channel: Channel) -> None:
    """An archived thread opens again by a message, unless it is locked to the bot."""
    state = channel.thread
    if state is None or not state.archived:
        return
    if state.locked and not core.bot_permissions(channel) & Permission.MANAGE_THREADS:
        raise error(50083)
    state.archived = False


def create_message(core: Core, exchange: Exchange) -> Answer:
    channel = _channel(core, exchange)
    _check_may_send(core, channel, exchange)
    payload = exchange.fields()
    if (twin := _same_nonce(core, channel, exchange)) is not None:
        return Answer(200, core.rendered.message(twin))
    body = core.composer.create(payload, exchange.uploads, form=CHANNEL_MESSAGE, place=core.place(channel))
    reference_id = _reference(core, channel, exchange)
    message = Message(
        id=core.snowflakes.next(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author_id=core.world.application.bot_id,
        created_ms=core.clock.now_ms(),
        type=MessageType.REPLY if reference_id else MessageType.DEFAULT,
        nonce=payload.get("nonce"),
        reference_id=reference_id,
    )
    allowed = payload.get("allowed_mentions")
    core.add_message(message, body, CHANNEL_DEFAULT if allowed is None else allowed)
    return Answer(200, core.rendered.message(message))


def _same_nonce(core: Core, channel: Channel, exchange: Exchange) -> Message | None:
    payload = exchange.fields()
    nonce = payload.get("nonce")
    if nonce is None or payload.get("enforce_nonce") is not True:
        return None
    since_ms = core.clock.now_ms() - _NONCE_FOR_MS
    for message in core.messages.in_channel(channel.id):
        if message.nonce == nonce and message.created_ms >= since_ms and message.deleted_ms is None:
            return message
    return None


def _reference(core: Core, channel: Channel, exchange: Exchange) -> int | None:
    reference = exchange.fields().get("message_reference")
    if not reference:
        return None
    message = core.messages.get(int(reference["message_id"]))
    if message is not None and message.channel_id == channel.id and message.visible_to(None):
        return message.id
    if reference.get("fail_if_not_exists") is False:
        return None
    said = problem("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    raise invalid_form({"message_reference": said})


def edit_message(core: Core, exchange: Exchange) -> Answer:
    channel = _channel(core, exchange)
    message = _message(core, exchange)
    if message.author_id != core.world.application.bot_id:
        raise error(50005)
    if channel.thread is not None and channel.thread.archived:
        raise error(50083)
    payload = exchange.fields()
    place = core.place(channel)
    body = core.composer.edit(payload, exchange.uploads, old=message.body, form=CHANNEL_MESSAGE, place=place)
    allowed = payload.get("allowed_mentions")
    core.revise_message(message, body, CHANNEL_DEFAULT if allowed is None else allowed)
    return Answer(200, core.rendered.message(message))


def delete_message(core: Core, exchange: Exchange) -> Answer:
    channel = _channel(core, exchange)
    message = _message(core, exchange)
    own = message.author_id == core.world.application.bot_id
    if not own and not core.bot_permissions(channel) & Permission.MANAGE_MESSAGES:
        raise error(50013)
    if channel.thread is not None and channel.thread.archived:
        raise error(50083)
    core.delete_message(message)
    return NO_CONTENT


def open_dm(core: Core, exchange: Exchange) -> Answer:
    """Open the direct messages with a person; whether they take any shows only when one is sent."""
    recipient = str(exchange.fields().get("recipient_id", ""))
    user = core.world.users.get(int(recipient)) if recipient.isdecimal() else None
    if user is None or user.bot:
        raise invalid_form({"recipient_id": problem("RECIPIENT_INVALID", "Invalid Recipient(s)")})
    channel = core.world.dm_with(user.id)
    if channel is None:
        channel = Channel(id=core.snowflakes.next(), type=ChannelType.DM, recipient_id=user.id)
        core.world.dms[channel.id] = channel
    return Answer(200, payloads.channel(channel, core.world))


_MESSAGES = "/channels/{channel_id}/messages"
ROUTES = [
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("POST", "/channels/{channel_id}/typing", typing),
    Route("GET", _MESSAGES, list_messages),
    Route("POST", _MESSAGES, create_message),
    Route("GET", _MESSAGES + "/{message_id}", get_message),
    Route("PATCH", _MESSAGES + "/{message_id}", edit_message),
    Route("DELETE", _MESSAGES + "/{message_id}", delete_message),
    Route("POST", "/users/@me/channels", open_dm),
]
