"""What came of what somebody did."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import CallbackType


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a use: `kind` is how it was answered, `silent` where it was not; `said` are the words that came."""

    kind: str
    said: str = ""
    private: bool = False
    record: Any = None

    def __str__(self):
        return f"{self.kind}{'' if self.private else ', for all to see'}: {self.said[:160]!r}"


async def outcome_of(record, *, wait_s) -> Outcome:
    try:
        async with asyncio.timeout(wait_s):
            await record.until(_is_settled)
    except TimeoutError:
        return Outcome(kind="silent", record=record)
    if record.modal is not None:
        return Outcome(kind="form", private=True, said=record.modal["title"], record=record)
    if record.callback_type is CallbackType.UPDATE_MESSAGE:
        return Outcome(kind="redrawn", said=record.source_message.body.text, record=record)
    if record.followups:
        told = record.followups[-1]
        return Outcome(kind="told", said=told.body.text, private=told.ephemeral_to is not None, record=record)
    if record.body is None:
        return Outcome(kind="thinking", private=record.ephemeral, record=record)
    return Outcome(kind="told", said=record.body.text, private=record.ephemeral, record=record)


def seen_in(record):
    """The custom ids of what can be pressed or sent because of this."""
    bodies = [each.body for each in (record.message, *record.followups) if each is not None]
    if record.callback_type is CallbackType.UPDATE_MESSAGE:
        bodies.append(record.source_message.body)
    found = {each["custom_id"] for body in bodies for _, each in walk(body.components) if each.get("custom_id")}
    return found if record.modal is None else found | {record.modal["custom_id"]}


def _is_settled(record):
    if record.modal is not None or record.choices is not None or record.callback_type is CallbackType.UPDATE_MESSAGE:
        return True
    if record.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE and not record.ephemeral:
        # A card that waits, or that is promised.
        return True
    return record.body is not None or bool(record.followups)
