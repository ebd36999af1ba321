"""What a picture file says about itself in its first bytes; nothing is decoded here.

Dimensions are read before any codec sees the file: the codecs reserve room for a canvas as soon as they open one.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.errors import BadPicture


class Format(StrEnum):
    """A picture format that we accept. The value is Pillow's name for it."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"

    @property
    def content_type(self) -> str:
        return f"image/{self.value.lower()}"

    @property
    def extension(self) -> str:
        """The usual ending of a file name, without the dot."""
        return "jpg" if self is Format.JPEG else self.value.lower()


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes promise."""

    format: Format
    width_px: int
    height_px: int


_JPEG_START = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_JPEG_SCAN = b"\xff\xda"
_JPEG_MARK = 0xFF
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"

# Every frame header but DHT, JPG and DAC, which share the range.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers without a length of their own (TEM, RST0-7, SOI), and those behind which no frame header may come (EOI, SOS).
_JPEG_STRAYS = frozenset({0x00, 0x01}) | frozenset(range(0xD0, 0xDB))


def sniff(data: bytes) -> Format | None:
    """The format by its magic number, whatever a server called it; None for anything else."""
    if data.startswith(_JPEG_START):
        return Format.JPEG
    if data.startswith(_PNG_START):
        return Format.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    return None


def read_header(data: bytes) -> Header:
    """Format and dimensions, 1 px or more each; raises BadPicture where the header cannot be read."""
    kind = sniff(data)
    if kind is None:
        raise BadPicture("neither JPEG nor PNG nor WEBP")
    try:
        width_px, height_px = _dimensions(kind, data)
    except (IndexError, struct.error):
        raise BadPicture(f"the {kind} header is broken") from None
    if not width_px or not height_px:
        raise BadPicture(f"the {kind} header gives no dimensions")
    return Header(kind, width_px, height_px)


def is_ended(kind: Format, data: bytes) -> bool:
    """Whether the mark that ends the file is there; decoders stop at the last pixel and may not miss it."""
    match kind:
        case Format.JPEG:
            return data.rfind(_JPEG_END) > data.rfind(_JPEG_SCAN) > 0
        case Format.PNG:
            return _PNG_END in data
        case Format.WEBP:
            return True  # has no such mark, and its decoder insists on the length that the file begins with
        case _:
            assert_never(kind)


def scans(kind: Format, data: bytes) -> int:
    """How many passes over the picture its decoder will make (more than one in a progressive JPEG)."""
    return data.count(_JPEG_SCAN) if kind is Format.JPEG else 1


def _dimensions(kind: Format, data: bytes) -> tuple[int, int]:
    match kind:
        case Format.JPEG:
            return _jpeg_dimensions(data)
        case Format.PNG:
            width_px, height_px = struct.unpack(">II", data[16:24])
            return (width_px, height_px) if data[12:16] == b"IHDR" else (0, 0)
        case Format.WEBP:
            return _webp_dimensions(data)
        case _:
            assert_never(kind)


def _jpeg_dimensions(data: bytes) -> tuple[int, int]:
    """Walk the segments to the frame header; (0, 0) where they do not lead there."""
    at = 2
    while data[at] == _JPEG_MARK:
        marker = data[at + 1]
        if marker == _JPEG_MARK:  # padding
            at += 1
            continue
        if marker in _JPEG_STRAYS:
            break
        if marker in _JPEG_FRAMES:
            height_px, width_px = struct.unpack(">HH", data[at + 5 : at + 9])
            return width_px, height_px
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0


def _webp_dimensions(data: bytes) -> tuple[int, int]:
    """The canvas of a lossy, lossless or extended file; (0, 0) for a chunk of another name."""
    match data[12:16]:
        case b"VP8 ":
            width_px, height_px = struct.unpack("<HH", data[26:30])
            return width_px & 0x3FFF, height_px & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            _, width_low, width_high, height_low, height_high = struct.unpack("<IHBHB", data[20:30])
            return (width_high << 16 | width_low) + 1, (height_high << 16 | height_low) + 1
        case _:
            return 0, 0
