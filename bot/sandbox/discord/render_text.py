"""A message as plain text, for a terminal."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.discord.attachments import Attachment
from bot.sandbox.discord.component_forms import ButtonStyle, Component
from bot.sandbox.discord.messages import Body, Message

Json = Mapping[str, Any]

_TIME = re.compile(r"<t:(-?\d+)(?::([tTdDfFRsS]))?>")
_UNITS_S = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_FORMATS = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%Y-%m-%d",
    "D": "%d %B %Y",
    "f": "%d %B %Y %H:%M",
    "F": "%A, %d %B %Y %H:%M",
}
_BAR = "┃ "
_RULE = "─" * 24


def render_message(message: Message, *, author: str, now_ms: int) -> str:
    """Return a message with its marks; times such as `<t:…:R>` are told as seen from `now_ms`."""
    marks = [author]
    if message.ephemeral_to is not None:
        marks.append("only you can see this")
    if message.edited_ms is not None:
        marks.append("edited")
    lines = ["is thinking…"] if message.body.is_loading else list(_body(message.body))
    return render_times("\n".join([" · ".join(marks), *(_BAR + line for line in lines)]), now_ms=now_ms)


def render_times(text: str, *, now_ms: int) -> str:
    """Replace Discord's time marks by words, in UTC."""

    def words(found: re.Match[str]) -> str:
        at_s, style = int(found[1]), found[2] or "f"
        if style == "R":
            return _relative(at_s - now_ms // 1000)
        return datetime.fromtimestamp(at_s, UTC).strftime(_FORMATS.get(style, _FORMATS["f"]))

    return _TIME.sub(words, text)


def _relative(seconds: int) -> str:
    for unit, size_s in _UNITS_S:
        count = abs(seconds) // size_s
        if count:
            said = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {said}" if seconds > 0 else f"{said} ago"
    return "now"


def _body(body: Body) -> Iterator[str]:
    files = {str(each.id): each for each in body.attachments}
    yield from body.content.splitlines()
    for embed in body.embeds:
        yield from _embed(embed)
    for component in body.components:
        yield from _component(component, files)
    if not body.is_v2:
        # With Components V2, a file shows only where a component refers to it.
        for each in body.attachments:
            yield _file(each, None)


def _embed(embed: Json) -> Iterator[str]:
    for name in ("title", "description"):
        yield from (embed.get(name) or "").splitlines()
    for field in embed.get("fields") or ():
        yield f"{field['name']}: {field['value']}"
    if "image" in embed:
        yield f"[image] {embed['image']['url']}"


def _component(shown: Json, files: Mapping[str, Attachment]) -> Iterator[str]:
    match Component(shown["type"]):
        case Component.TEXT_DISPLAY:
            yield from shown["content"].splitlines()
        case Component.SEPARATOR:
            yield _RULE if shown["divider"] else ""
        case Component.MEDIA_GALLERY:
            for item in shown["items"]:
                yield _media(item, item["media"], files)
        case Component.THUMBNAIL:
            yield _media(shown, shown["media"], files)
        case Component.FILE:
            yield _media(shown, shown["file"], files)
        case Component.ACTION_ROW:
            yield " ".join(_control(each) for each in shown["components"])
        case _:
            for each in shown.get("components", ()):
                yield from _component(each, files)
            if "accessory" in shown:
                yield from _accessory(shown["accessory"], files)


def _accessory(shown: Json, files: Mapping[str, Attachment]) -> Iterator[str]:
    if shown["type"] == Component.BUTTON:
        yield _control(shown)
    else:
        yield from _component(shown, files)


def _media(holder: Json, media: Json, files: Mapping[str, Attachment]) -> str:
    file = files.get(media.get("attachment_id", ""))
    spoiler = "spoiler " if holder.get("spoiler") else ""
    described = holder.get("description")
    if file is None:
        return f"[{spoiler}image] {described or ''} {media['url']}".replace("  ", " ")
    return spoiler + _file(file, described)


def _file(file: Attachment, described: str | None) -> str:
    size = f"{file.width_px}×{file.height_px}, " if file.width_px is not None else ""
    words = described or file.description
    return f"[{file.filename}: {size}{len(file.data):,} bytes]" + (f" {words}" if words else "")


def _control(shown: Json) -> str:
    emoji = (shown.get("emoji") or {}).get("name")
    label = " ".join(part for part in (emoji, shown.get("label")) if part)
    if shown["type"] != Component.BUTTON:
        return f"[ {shown.get('placeholder') or 'Select'} ▾ ]"
    if shown["style"] == ButtonStyle.LINK:
        return f"[ {label} → {shown['url']} ]"
    return f"[ {label} ]" + (" (off)" if shown.get("disabled") else "")
