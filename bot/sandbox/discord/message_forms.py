"""The fields of a message that clients send, with Discord's bounds."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord.errors import Errors, problem
from bot.sandbox.discord.forms import Rule, anything, flag, list_of, shape, snowflake, text, whole
from bot.sandbox.discord.mentions import ALLOWED_MENTIONS

ATTACHMENTS_MAX = 10
EMBEDS_TEXT_MAX = 6000
_URL = text(most=2048, pattern=r"^(https?|attachment)://[^\s]+$")
_IMAGE = shape({"url": _URL})
_EMBED = shape(
    {},
    {
        "title": text(most=256),
        "description": text(most=4096),
        "url": text(most=2048, pattern=r"^https?://[^\s]+$"),
        "timestamp": text(most=64),
        "color": whole(least=0, most=0xFFFFFF),
        "footer": shape({"text": text(most=2048)}, {"icon_url": _URL}),
        "author": shape({"name": text(most=256)}, {"url": _URL, "icon_url": _URL}),
        "image": _IMAGE,
        "thumbnail": _IMAGE,
        "fields": list_of(
            shape({"name": text(least=1, most=256), "value": text(least=1, most=1024)}, {"inline": flag}), most=25
        ),
    },
)
_ATTACHMENT = shape(
    {"id": snowflake},
    {
        "filename": text(least=1, most=1024),
        "description": text(most=1024),
        "title": text(most=1024),
        "is_spoiler": flag,
    },
)
_COMMON: dict[str, Rule] = {
    "content": text(most=2000),
    "embeds": list_of(_EMBED, most=10),
    "allowed_mentions": ALLOWED_MENTIONS,
    "attachments": list_of(_ATTACHMENT, most=ATTACHMENTS_MAX),
    "flags": whole(least=0, most=2**31 - 1),
    "components": list_of(anything, most=40),
    "tts": flag,
}


def _nonce(value: Any) -> Errors:
    if isinstance(value, int) and not isinstance(value, bool):
        return {}
    return text(most=25)(value)


WEBHOOK_MESSAGE = shape({}, _COMMON)
CHANNEL_MESSAGE = shape(
    {},
    _COMMON
    | {
        "nonce": _nonce,
        "enforce_nonce": flag,
        "message_reference": shape({"message_id": snowflake}, {"channel_id": snowflake, "fail_if_not_exists": flag}),
    },
)


def embed_text_size(embed: Mapping[str, Any]) -> int:
    """Count the characters that Discord counts towards the 6,000 of all embeds."""
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for each in embed.get("fields") or ():
        parts += [each["name"], each["value"]]
    return sum(len(part) for part in parts if part)


def embeds_too_large(embeds: list[Mapping[str, Any]]) -> Errors:
    """Tell where the embeds have more than 6,000 characters together."""
    if sum(embed_text_size(embed) for embed in embeds) <= EMBEDS_TEXT_MAX:
        return {}
    return {"embeds": problem("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBEDS_TEXT_MAX}")}
