"""The log beside the channel: what the bot asked of Discord and Segmind, and what Discord told it. No key, no token."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord.calls import Call as DiscordCall
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.segmind import Call as SegmindCall

Json = dict[str, Any]

ENTRIES_MAX = 500
# Ids are shorter, and so is every fixed part of a path of Discord's; tokens are longer.
_SEGMENT_MAX = 30
_HIDDEN = "…"


@dataclass(slots=True)
class Entry:
    number: int
    call: DiscordCall | SegmindCall | InteractionRecord


@dataclass(slots=True)
class Journal:
    """Keeps the latest calls; `told` is called with an entry's line whenever there is news of it."""

    told: Callable[[Json], None]
    _entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=ENTRIES_MAX))
    _last: int = 0

    def note(self, call: DiscordCall | SegmindCall | InteractionRecord) -> None:
        """Write down a call, or what became of it since."""
        entry = next((each for each in reversed(self._entries) if each.call is call), None)
        if entry is None:
            self._last += 1
            entry = Entry(self._last, call)
            self._entries.append(entry)
        self.told(line(entry))

    def lines(self) -> list[Json]:
        """One line for each call, oldest first."""
        return [line(each) for each in self._entries]

    def details(self, number: int) -> Json:
        """What was sent and answered; raises LookupError where the entry is gone."""
        for entry in self._entries:
            if entry.number == number:
                return details(entry.call)
        raise LookupError(f"There is no entry {number} any more.")


def line(entry: Entry) -> Json:
    shown: Json = {"number": entry.number}
    match entry.call:
        case DiscordCall() as call:
            done_ms = call.answered_ms
            shown |= {"to": "discord", "method": call.method, "path": _path(call.path), "at_ms": call.received_ms}
            shown |= {"status": call.status, "fault": call.fault, "files": len(call.files)}
        case SegmindCall() as call:
            done_ms = call.answered_ms
            shown |= {"to": "segmind", "method": call.method, "path": call.path, "at_ms": call.at_ms}
            shown |= {"status": call.status, "fault": call.fault.kind.value if call.fault else None, "files": 0}
        case InteractionRecord() as record:
            done_ms = record.acknowledged_ms
            shown |= {"to": "bot", "method": "EVENT", "path": "INTERACTION_CREATE", "at_ms": record.created_ms}
            shown |= {"status": None, "fault": None, "files": 0}
    took_ms = None if done_ms is None else done_ms - shown["at_ms"]
    return shown | {"took_ms": took_ms}


def details(call: DiscordCall | SegmindCall | InteractionRecord) -> Json:
    match call:
        case DiscordCall():
            files = [
                {"field": each.field, "filename": each.filename, "size_bytes": each.size_bytes} for each in call.files
            ]
            return {"sent": without_tokens(call.payload), "files": files, "answered": without_tokens(call.answer)}
        case SegmindCall():
            return {"sent": call.body, "files": [], "answered": None}
        case InteractionRecord():
            return {"sent": without_tokens(call.payload), "files": [], "answered": None}


def _path(path: str) -> str:
    return "/".join(_HIDDEN if len(part) > _SEGMENT_MAX else part for part in path.split("/"))


def without_tokens(value: Any) -> Any:
    """The same JSON with every `token` hidden."""
    match value:
        case Mapping():
            return {name: _HIDDEN if name == "token" else without_tokens(each) for name, each in value.items()}
        case list() | tuple():
            return [without_tokens(each) for each in value]
        case _:
            return value
