"""The file of a person's data: JSON, or a ZIP of it and the images."""

import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import SEEK_END, BufferedIOBase
from pathlib import Path
from typing import Any, cast

from bot.errors import TooLarge

STEM = "my-data"
# What a ZIP adds for each file that is in it, at the most.
_ENTRY_BYTES = 512


@dataclass(frozen=True, slots=True)
class NamedImage:
    """A kept image, and its name in the file."""

    name: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that is ready to be read from its beginning, and gone once it is closed."""

    file: BufferedIOBase
    filename: str


def total_bytes(told: Mapping[str, Any], images: Sequence[NamedImage]) -> int:
    """No less than what both take together."""
    return len(_text(told)) + sum(image.size_bytes for image in images) + _ENTRY_BYTES * (len(images) + 1)


def make_file(told: Mapping[str, Any], images: Sequence[NamedImage], *, size_max_bytes: int) -> MadeFile:
    """Write it; takes time. An image that was deleted meanwhile is left out. Raises TooLarge."""
    text = _text(told)
    # The caller closes it, once it is sent.
    file = cast("BufferedIOBase", tempfile.TemporaryFile())  # noqa: SIM115
    zipped = bool(images) or len(text) > size_max_bytes
    if zipped:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(f"{STEM}.json", text, compress_type=zipfile.ZIP_DEFLATED)
            for image in images:
                _add(archive, image)
    else:
        file.write(text)
    if file.seek(0, SEEK_END) > size_max_bytes:
        file.close()
        raise TooLarge(f"more than {size_max_bytes} bytes")
    file.seek(0)
    return MadeFile(file, f"{STEM}.{'zip' if zipped else 'json'}")


def _add(archive: zipfile.ZipFile, image: NamedImage) -> None:
    try:
        data = image.path.read_bytes()
    except FileNotFoundError:
        return
    archive.writestr(f"images/{image.name}", data)


def _text(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
