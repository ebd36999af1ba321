"""Where the picture is in a finished answer: a URL, or its bytes, in every shape that was seen or may come."""

import base64
import binascii
import re
from typing import Any

from bot.segmind.answers import parse

_KEYS = ("images", "output", "url", "image")
_NESTING_MAX = 6
_URL = re.compile(r"https?://[!-~]{1,4096}", re.IGNORECASE)
_SIGNATURES = (
    re.compile(rb"\xff\xd8\xff"),
    re.compile(rb"\x89PNG\r\n\x1a\n"),
    re.compile(rb"RIFF....WEBP", re.DOTALL),
    re.compile(rb"GIF8[79]a"),
    re.compile(rb"....ftyp(avif|avis|heic|mif1)", re.DOTALL),
)


def find(value: Any, *, nesting_left: int = _NESTING_MAX) -> str | bytes | None:
    """The first picture in this JSON value, as a URL or as bytes.

    Looked for in this order: `images[].url`, `output` as a URL, as a list of them, as a JSON string of those, as a
    data URI, as base64.
    """
    if isinstance(value, str):
        return _in_text(value.strip(), nesting_left)
    if not nesting_left:
        return None
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [value.get(key) for key in _KEYS]
    elif isinstance(value, list):
        inner = value
    found = (find(item, nesting_left=nesting_left - 1) for item in inner)
    return next((picture for picture in found if picture), None)


def _in_text(text: str, nesting_left: int) -> str | bytes | None:
    if _URL.fullmatch(text):
        return text
    if text[:5].lower() == "data:":
        head, _, encoded = text.partition(",")
        return _decoded(encoded) if head.lower().endswith(";base64") else None
    if text[:1] in ("[", "{", '"'):
        return find(parse(text), nesting_left=nesting_left - 1) if nesting_left else None
    # Many a plain word is valid base64, so what it holds must look like a picture.
    data = _decoded(text)
    return data if data and is_picture(data) else None


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin like a picture. Whether they are one is for the download to check."""
    return any(signature.match(data) for signature in _SIGNATURES)
