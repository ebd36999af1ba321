"""The first answer to an interaction."""

from typing import Any, assert_never

from bot.sandbox.discord.components import duplicates, shown_modal, walk
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import ApiError, Errors, error, invalid_form, problem
from bot.sandbox.discord.forms import list_of, number, shape, text
from bot.sandbox.discord.interactions import CallbackType, InteractionRecord, InteractionType
from bot.sandbox.discord.mentions import INTERACTION_DEFAULT
from bot.sandbox.discord.message_forms import WEBHOOK_MESSAGE
from bot.sandbox.discord.messages import Body, Message, MessageFlag
from bot.sandbox.discord.modal_forms import MODAL
from bot.sandbox.discord.replies import new_reply
from bot.sandbox.discord.routing import NO_CONTENT, Access, Answer, Exchange, Route
from bot.sandbox.discord.watch import Event, Happened

# Which first answers an interaction may have.
_ALLOWED = {
    InteractionType.APPLICATION_COMMAND: {4, 5, 9},
    InteractionType.MESSAGE_COMPONENT: {4, 5, 6, 7, 9},
    InteractionType.AUTOCOMPLETE: {8},
    InteractionType.MODAL_SUBMIT: {4, 5, 6, 7},
}
_WITH_RESOURCE = (CallbackType.CHANNEL_MESSAGE_WITH_SOURCE, CallbackType.UPDATE_MESSAGE)


def callback(core: Core, exchange: Exchange) -> Answer:
    """Answer an interaction within three seconds, and once."""
    record = core.interactions.get(exchange.id("interaction_id"))
    if record is None or record.token != exchange.params["interaction_token"]:
        raise error(10062)
    if record.acknowledged_ms is not None:
        raise error(40060)
    if record.is_late:
        raise error(10062)
    kind = _kind(record, exchange)
    data = exchange.fields().get("data")
    if data is not None and not isinstance(data, dict):
        raise invalid_form({"data": problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")})
    try:
        _act(core, record, kind=kind, data=data or {}, exchange=exchange)
    except ApiError as refused:
        raise _within_data(refused) from None
    record.acknowledged_ms = core.clock.now_ms()
    record.callback_type = kind
    core.hub.publish(
        Event(
            happened=Happened.INTERACTION_ANSWERED,
            at_ms=record.acknowledged_ms,
            channel_id=record.channel_id,
            subject=record,
            only_for=record.user_id if record.ephemeral else None,
        )
    )
    record.changed()
    return Answer(200, _told(core, record, kind)) if exchange.asks_for("with_response") else NO_CONTENT


def _within_data(refused: ApiError) -> ApiError:
    """Return a form error as it is told for a callback, whose form lies in `data`."""
    return refused if refused.errors is None else invalid_form({"data": refused.errors})


def _kind(record: InteractionRecord, exchange: Exchange) -> CallbackType:
    value = exchange.fields().get("type")
    allowed = set(_ALLOWED[record.type])
    if record.source_message is None:
        allowed -= {CallbackType.DEFERRED_UPDATE_MESSAGE, CallbackType.UPDATE_MESSAGE}
    if isinstance(value, bool) or value not in allowed:
        said = f"Value must be one of {tuple(sorted(allowed))!r}."
        raise invalid_form({"type": problem("BASE_TYPE_CHOICES", said)})
    return CallbackType(value)


def _act(
    core: Core, record: InteractionRecord, *, kind: CallbackType, data: dict[str, Any], exchange: Exchange
) -> None:
    match kind:
        case CallbackType.CHANNEL_MESSAGE_WITH_SOURCE:
            _send(core, record, data, exchange)
        case CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE:
            _defer(core, record, data)
        case CallbackType.DEFERRED_UPDATE_MESSAGE:
            record.original = record.source_message
        case CallbackType.UPDATE_MESSAGE:
            _update(core, record, data, exchange)
        case CallbackType.AUTOCOMPLETE_RESULT:
            record.choices = _checked_choices(record, data)
        case CallbackType.MODAL:
            record.modal = _checked_modal(data)
        case CallbackType.PONG:
            raise AssertionError("no interaction allows a pong")
        case _:
            assert_never(kind)


def _send(core: Core, record: InteractionRecord, data: dict[str, Any], exchange: Exchange) -> None:
    ephemeral = record.forced_ephemeral or _is_ephemeral(data)
    message = new_reply(core, record, ephemeral=ephemeral)
    body = core.composer.create(
        data,
        exchange.uploads,
        form=WEBHOOK_MESSAGE,
        place=core.place(_channel_of(core, record), size_limit_bytes=record.size_limit_bytes),
        kept_flags=int(MessageFlag.EPHEMERAL) if ephemeral else 0,
    )
    record.original, record.ephemeral = message, ephemeral
    core.add_message(message, body, data.get("allowed_mentions") or INTERACTION_DEFAULT)


def _defer(core: Core, record: InteractionRecord, data: dict[str, Any]) -> None:
    others = (data.get("flags") or 0) & ~MessageFlag.EPHEMERAL
    if others:
        raise invalid_form({"flags": problem("MESSAGE_FLAGS_INVALID", "A deferral has EPHEMERAL only.")})
    ephemeral = record.forced_ephemeral or _is_ephemeral(data)
    message = new_reply(core, record, ephemeral=ephemeral)
    flags = MessageFlag.LOADING | (MessageFlag.EPHEMERAL if ephemeral else 0)
    record.original, record.ephemeral = message, ephemeral
    core.add_message(message, Body(flags=int(flags)), {})


def _is_ephemeral(data: dict[str, Any]) -> bool:
    flags = data.get("flags")
    return isinstance(flags, int) and bool(flags & MessageFlag.EPHEMERAL)


def _update(core: Core, record: InteractionRecord, data: dict[str, Any], exchange: Exchange) -> None:
    message = record.source_message
    if message is None or message.deleted_ms is not None:
        raise error(10008)
    place = core.place(_channel_of(core, record), size_limit_bytes=record.size_limit_bytes)
    body = core.composer.edit(data, exchange.uploads, old=message.body, form=WEBHOOK_MESSAGE, place=place)
    record.original, record.ephemeral = message, message.ephemeral_to is not None
    core.revise_message(message, body, data.get("allowed_mentions") or INTERACTION_DEFAULT)


def _channel_of(core: Core, record: InteractionRecord) -> Any:
    channel = core.world.channel(record.channel_id)
    if channel is None:
        raise error(10003)
    return channel


def _checked_choices(record: InteractionRecord, data: dict[str, Any]) -> list[dict[str, Any]]:
    # Only the focused option's own kind of value is taken.
    value = text(least=1, most=100) if _focused_type(record) == 3 else number
    form = shape({}, {"choices": list_of(shape({"name": text(least=1, most=100), "value": value}), most=25)})
    if errors := form(data):
        raise invalid_form(errors)
    return list(data.get("choices") or ())


def _focused_type(record: InteractionRecord) -> int | None:
    pending = list(record.payload["data"].get("options") or ())
    while pending:
        option = pending.pop()
        if option.get("focused"):
            return int(option["type"])
        pending.extend(option.get("options") or ())
    return None


def _checked_modal(data: dict[str, Any]) -> dict[str, Any]:
    errors: Errors = MODAL(data) or duplicates(list(walk(data["components"])))
    if errors:
        raise invalid_form(errors)
    return shown_modal(data)


def _told(core: Core, record: InteractionRecord, kind: CallbackType) -> dict[str, Any]:
    interaction: dict[str, Any] = {"id": str(record.id), "type": int(record.type)}
    message: Message | None = record.original
    if message is None:
        return {"interaction": interaction}
    interaction |= {
        "response_message_id": str(message.id),
        "response_message_loading": message.body.is_loading,
        "response_message_ephemeral": message.ephemeral_to is not None,
        "channel_id": str(record.channel_id),
    }
    if record.guild_id is not None:
        interaction["guild_id"] = str(record.guild_id)
    if kind not in _WITH_RESOURCE:
        return {"interaction": interaction}
    return {"interaction": interaction, "resource": {"type": int(kind), "message": core.rendered.message(message)}}


ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, Access.INTERACTION),
]
