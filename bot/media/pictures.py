"""Is it a picture, and does it fit? Pillow at work on bytes: no files, no network, no event loop."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps

from bot.errors import BadPicture
from bot.media.formats import Format, is_ended, read_header, scans

PIXELS_MAX = 24_000_000
# A file of a few megabytes can ask for a million passes over the picture; real ones have about ten.
SCANS_MAX = 64

# The longest side that WEBP can hold; JPEG could do four times as much.
_SIDE_MAX_PX = 16_383
# Nobody would call less than this the picture that was ordered.
_SIDE_MIN_PX = 64
_QUALITIES = (92, 85, 75)
_SHRINKS_MAX = 6
THUMBNAIL_QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file that was decoded to its end. `extension` has no dot."""

    content_type: str
    extension: str
    width_px: int
    height_px: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A picture under a limit; `changed` when it is not the original any more, which people should be told."""

    data: bytes
    content_type: str
    extension: str
    changed: bool
    width_px: int
    height_px: int


def verify(data: bytes, *, pixels_max: int = PIXELS_MAX) -> Picture:
    """Decode a picture to its end and tell what it is.

    Raises BadPicture for another format than JPEG, PNG or WEBP, for a file that is cut or damaged as far as its
    format can tell, and, before anything is decoded, for more than `pixels_max` pixels.
    """
    with _opened(data, pixels_max=pixels_max) as image:
        image.load()
        size_px = image.size
    kind = read_header(data).format  # Pillow has names of its own for kinds of JPEG
    return Picture(
        content_type=kind.content_type,
        extension=kind.extension,
        width_px=size_px[0],
        height_px=size_px[1],
        size_bytes=len(data),
    )


def fit(data: bytes, limit_bytes: int) -> Fitted:
    """The picture in at most `limit_bytes`: untouched if it fits, else at a lower quality, else smaller as well.

    The same input always gives the same output. Raises BadPicture when it cannot be done, or like `verify`.
    """
    if len(data) <= limit_bytes:
        header = read_header(data)
        return _fitted(data, header.format, (header.width_px, header.height_px), changed=False)
    with _opened(data, pixels_max=PIXELS_MAX) as image:
        return _squeeze(_plain(image), limit_bytes)


def thumbnail(data: bytes, side_px: int) -> bytes:
    """A small JPEG, no side longer than this, for looking over many pictures; raises like `verify`."""
    with _opened(data, pixels_max=PIXELS_MAX) as image:
        # A JPEG is then decoded at a fraction of its size.
        image.draft("RGB", (side_px, side_px))
        small = _plain(image).convert("RGB")
        small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return _encode(small, Format.JPEG, size_px=small.size, quality=THUMBNAIL_QUALITY)


@contextmanager
def _opened(data: bytes, *, pixels_max: int) -> Iterator[Image.Image]:
    """The picture, header checked and not decoded yet; whatever goes wrong with it is a BadPicture."""
    header = read_header(data)
    _check_pixels((header.width_px, header.height_px), pixels_max)
    if not is_ended(header.format, data):
        raise BadPicture(f"the {header.format} ends too early")
    if scans(header.format, data) > SCANS_MAX:
        raise BadPicture("a JPEG of too many scans")
    try:
        with Image.open(io.BytesIO(data), formats=[header.format]) as image:
            _check_pixels(image.size, pixels_max)
            yield image
    except BadPicture:
        raise
    except Exception as error:  # noqa: BLE001 - a codec fed by strangers may raise anything, and all of it means this
        raise BadPicture(f"the {header.format} cannot be decoded: {type(error).__name__}") from None


def _check_pixels(size_px: tuple[int, int], pixels_max: int) -> None:
    if math.prod(size_px) > pixels_max:
        raise BadPicture(f"{size_px[0]} x {size_px[1]} pixels are too many")


def _plain(image: Image.Image) -> Image.Image:
    """The picture the right way up, as RGB, or RGBA where something shines through."""
    if image.mode.startswith("I;16"):  # converting would clip all but the darkest shades
        image = image.convert("I").point(lambda shade: shade / 257).convert("L")
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    if image.mode not in {"RGB", "RGBA"}:  # a colour profile speaks of the colours it was made for
        plain.info.pop("icc_profile", None)
    return plain


def _squeeze(image: Image.Image, limit_bytes: int) -> Fitted:
    """Quality first, at full size; then sizes aimed at the limit, from what the last attempt weighed."""
    kind = Format.WEBP if image.mode == "RGBA" else Format.JPEG
    size_px = _scaled(image.size, min(1.0, _SIDE_MAX_PX / max(image.size)))
    data = b""
    for quality in _QUALITIES:
        data = _encode(image, kind, size_px=size_px, quality=quality)
        if len(data) <= limit_bytes:
            return _fitted(data, kind, size_px, changed=True)
    for _ in range(_SHRINKS_MAX):
        size_px = _scaled(size_px, 0.95 * math.sqrt(max(0, limit_bytes) / len(data)))
        if max(size_px) < _SIDE_MIN_PX:
            break
        data = _encode(image, kind, size_px=size_px, quality=_QUALITIES[-1])
        if len(data) <= limit_bytes:
            return _fitted(data, kind, size_px, changed=True)
    raise BadPicture(f"it cannot be made to fit in {limit_bytes} bytes")


def _scaled(size_px: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, int(size_px[0] * factor)), max(1, int(size_px[1] * factor))


def _encode(image: Image.Image, kind: Format, *, size_px: tuple[int, int], quality: int) -> bytes:
    small = image if size_px == image.size else image.resize(size_px, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, kind, quality=quality, icc_profile=image.info.get("icc_profile"))
    return out.getvalue()


def _fitted(data: bytes, kind: Format, size_px: tuple[int, int], *, changed: bool) -> Fitted:
    return Fitted(
        data=data,
        content_type=kind.content_type,
        extension=kind.extension,
        changed=changed,
        width_px=size_px[0],
        height_px=size_px[1],
    )
