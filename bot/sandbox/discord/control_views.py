"""What the control API shows of interactions, messages and calls. Ids are strings."""

from typing import Any

from bot.sandbox.discord.calls import Call
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.render_text import render_message
from bot.sandbox.discord.server import LocalDiscord

Json = dict[str, Any]


def record_view(local: LocalDiscord, record: InteractionRecord) -> Json:
    return {
        "id": str(record.id),
        "token": record.token,
        "created_ms": record.created_ms,
        "delivered_ms": record.delivered_ms,
        "acknowledged_ms": record.acknowledged_ms,
        "callback_type": record.callback_type,
        "ephemeral": record.ephemeral,
        "failed": record.failed,
        "choices": record.choices,
        "modal": record.modal,
        "message": None if record.message is None else message_view(local, record.message),
        "history_ms": [revision.at_ms for revision in record.history],
    }


def message_view(local: LocalDiscord, message: Message) -> Json:
    author = local.world.users[message.author_id].username
    pinged = message.pinged
    return {
        "payload": local.message_payload(message),
        "text": render_message(message, author=author, now_ms=local.core.clock.now_ms()),
        "ephemeral_to": None if message.ephemeral_to is None else str(message.ephemeral_to),
        "pinged": {
            "everyone": pinged.everyone,
            "users": [str(each) for each in sorted(pinged.users)],
            "roles": [str(each) for each in sorted(pinged.roles)],
        },
    }


def call_view(call: Call) -> Json:
    return {
        "method": call.method,
        "route": call.route,
        "path": call.path,
        "payload": call.payload,
        "files": [{"field": f.field, "filename": f.filename, "size_bytes": f.size_bytes} for f in call.files],
        "status": call.status,
        "error_code": call.error_code,
        "received_ms": call.received_ms,
        "acted_ms": call.acted_ms,
        "answered_ms": call.answered_ms,
        "fault": call.fault,
    }
