"""Reads multipart/form-data as Discord does: `payload_json` beside `files[n]`."""

import json
import re
from typing import Any

from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.errors import ApiError, error, invalid_form, problem

REQUEST_LIMIT_BYTES = 25 * 1024 * 1024

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_FILES = re.compile(r"files\[(\d+)\]")


def read_json(body: bytes) -> Any:
    """Read a JSON body; nothing at all is None. Raises 50109."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        raise error(50109) from None


def read_form(content_type: str, body: bytes) -> tuple[Any, tuple[Upload, ...]]:
    """Return the payload and the files, those in the order of their numbers."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ApiError(400, 0, "multipart without a boundary")
    payload: Any = None
    uploads: list[tuple[int, Upload]] = []
    for headers, data in _parts(body, found[1].encode()):
        disposition = dict(_PARAMETER.findall(headers.get("content-disposition", "")))
        name = disposition.get("name", "")
        if name == "payload_json":
            payload = read_json(data)
        elif number := _FILES.fullmatch(name):
            kind = headers.get("content-type", "application/octet-stream")
            uploads.append((int(number[1]), Upload(name, disposition.get("filename", "unknown.bin"), kind, data)))
        else:
            raise invalid_form({name or "payload_json": problem("UNKNOWN_FIELD", "The stand-in reads files[n] only.")})
    return payload, tuple(upload for _, upload in sorted(uploads, key=lambda each: each[0]))


def upload_number(upload: Upload) -> int:
    """Return the n of `files[n]`."""
    found = _FILES.fullmatch(upload.field)
    return int(found[1]) if found else 0


def _parts(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    mark = b"--" + boundary
    at = body.find(mark)
    parts: list[tuple[dict[str, str], bytes]] = []
    while at >= 0:
        start = at + len(mark)
        if body[start : start + 2] == b"--":
            return parts
        end = body.find(b"\r\n" + mark, start)
        head_end = body.find(b"\r\n\r\n", start)
        if end < 0 or head_end < 0:
            break
        parts.append((_headers(body[start + 2 : head_end]), body[head_end + 4 : end]))
        at = end + 2
    raise ApiError(400, 0, "multipart body that does not end")


def _headers(raw: bytes) -> dict[str, str]:
    lines = raw.decode("utf-8", "replace").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}
