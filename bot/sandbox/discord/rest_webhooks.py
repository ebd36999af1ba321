"""An interaction's own webhook: @original and followups."""

from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import error
from bot.sandbox.discord.interactions import InteractionRecord, InteractionType
from bot.sandbox.discord.mentions import INTERACTION_DEFAULT
from bot.sandbox.discord.message_forms import WEBHOOK_MESSAGE
from bot.sandbox.discord.messages import Message, MessageFlag
from bot.sandbox.discord.replies import new_reply
from bot.sandbox.discord.routing import NO_CONTENT, Access, Answer, Exchange, Route

# Where the application is installed by the person only.
_FOLLOWUPS_MAX = 5


def _record(core: Core, exchange: Exchange) -> InteractionRecord:
    """Return the interaction a token stands for, while it is valid and answered."""
    if exchange.id("webhook_id") != core.world.application.id:
        raise error(10015)
    record = core.interactions.with_token(exchange.params["webhook_token"])
    if record is None or record.is_expired:
        raise error(50027)
    if record.acknowledged_ms is None or record.type is InteractionType.AUTOCOMPLETE:
        raise error(10015)
    return record


def _original(record: InteractionRecord) -> Message:
    if record.original is None or record.original.deleted_ms is not None:
        raise error(10008)
    return record.original


def _followup(record: InteractionRecord, message_id: int) -> Message:
    mine = [*record.followups, *([record.original] if record.original else [])]
    for message in mine:
        if message.id == message_id and message.deleted_ms is None:
            return message
    raise error(10008)


def _message(record: InteractionRecord, exchange: Exchange) -> Message:
    return _followup(record, exchange.id("message_id")) if "message_id" in exchange.params else _original(record)


def get_message(core: Core, exchange: Exchange) -> Answer:
    return Answer(200, core.rendered.message(_message(_record(core, exchange), exchange)))


def delete_message(core: Core, exchange: Exchange) -> Answer:
    record = _record(core, exchange)
    core.delete_message(_message(record, exchange))
    record.changed()
    return NO_CONTENT


def edit_message(core: Core, exchange: Exchange) -> Answer:
    record = _record(core, exchange)
    message = _message(record, exchange)
    _edit(core, record, message, exchange)
    return Answer(200, core.rendered.message(message))


def _edit(core: Core, record: InteractionRecord, message: Message, exchange: Exchange) -> None:
    channel = core.world.channel(record.channel_id)
    if channel is None:
        raise error(10003)
    if channel.thread is not None and channel.thread.archived:
        raise error(50083)
    payload = exchange.fields()
    body = core.composer.edit(
        payload,
        exchange.uploads,
        old=message.body,
        form=WEBHOOK_MESSAGE,
        place=core.place(channel, size_limit_bytes=record.size_limit_bytes),
    )
    core.revise_message(message, body, payload.get("allowed_mentions") or INTERACTION_DEFAULT)
    record.changed()


def create_followup(core: Core, exchange: Exchange) -> Answer:
    """Send another message; while the reply still thinks, this becomes the reply and its own flags do not count."""
    record = _record(core, exchange)
    if record.message is not None and record.message.body.is_loading:
        _edit(core, record, record.message, exchange)
        return Answer(200, core.rendered.message(record.message))
    channel = core.world.channel(record.channel_id)
    if channel is None:
        raise error(10003)
    payload = exchange.fields()
    flags = payload.get("flags")
    if record.token_only and len(record.followups) >= _FOLLOWUPS_MAX:
        raise error(40094)
    ephemeral = record.forced_ephemeral or (isinstance(flags, int) and bool(flags & MessageFlag.EPHEMERAL))
    body = core.composer.create(
        payload,
        exchange.uploads,
        form=WEBHOOK_MESSAGE,
        place=core.place(channel, size_limit_bytes=record.size_limit_bytes),
        kept_flags=int(MessageFlag.EPHEMERAL) if ephemeral else 0,
    )
    message = new_reply(core, record, ephemeral=ephemeral, is_followup=True)
    core.add_message(message, body, payload.get("allowed_mentions") or INTERACTION_DEFAULT)
    record.followups.append(message)
    record.changed()
    # An interaction's webhook always answers with the message, whatever `wait` says.
    return Answer(200, core.rendered.message(message))


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = [
    Route("POST", _WEBHOOK, create_followup, Access.INTERACTION),
    Route("GET", f"{_WEBHOOK}/messages/@original", get_message, Access.INTERACTION),
    Route("PATCH", f"{_WEBHOOK}/messages/@original", edit_message, Access.INTERACTION),
    Route("DELETE", f"{_WEBHOOK}/messages/@original", delete_message, Access.INTERACTION),
    Route("GET", _WEBHOOK + "/messages/{message_id}", get_message, Access.INTERACTION),
    Route("PATCH", _WEBHOOK + "/messages/{message_id}", edit_message, Access.INTERACTION),
    Route("DELETE", _WEBHOOK + "/messages/{message_id}", delete_message, Access.INTERACTION),
]
