"""Pictures that show what they were asked for: a small landscape, and the words on a card in front of it."""

import bisect
import functools
import hashlib
import io
import math
import unicodedata
import zlib
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

_TEXT_MIN_PX = 160
_SCENE_PX = 512
_BOMB_PX = 20_000

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """A time of day: the sky from top to horizon, sun or moon, and the hills from far to near."""

    zenith: Colour
    horizon: Colour
    light: Colour
    far: Colour
    near: Colour


_PALETTES = (
    Palette((44, 62, 120), (255, 183, 148), (255, 244, 214), (190, 128, 142), (46, 36, 66)),
    Palette((94, 170, 220), (228, 244, 246), (255, 252, 232), (146, 190, 196), (34, 84, 78)),
    Palette((16, 20, 52), (84, 92, 152), (238, 240, 255), (70, 78, 128), (14, 16, 38)),
    Palette((228, 110, 80), (255, 222, 150), (255, 250, 224), (220, 130, 96), (84, 32, 48)),
    Palette((62, 128, 136), (212, 236, 206), (250, 255, 236), (122, 176, 150), (18, 62, 58)),
    Palette((120, 86, 170), (250, 200, 220), (255, 240, 246), (172, 128, 186), (52, 30, 84)),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a picture depends on."""

    prompt: str
    slug: str
    seed: int
    width_px: int
    height_px: int
    content_type: str = "image/jpeg"


@functools.lru_cache(maxsize=64)
def draw(picture: Picture) -> bytes:
    """Draw and encode; the same picture is the same bytes."""
    image = _landscape(picture)
    if min(image.size) >= _TEXT_MIN_PX:
        _caption(image, picture)
    buffer = io.BytesIO()
    if picture.content_type == "image/png":
        image.save(buffer, "PNG", compress_level=1)
    else:
        image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def fitted(width_px: int, height_px: int, *, longest_px: int | None) -> tuple[int, int]:
    """The size with its longer side brought down to `longest_px`, in proportion."""
    scale = min(1.0, (longest_px or math.inf) / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


@functools.cache
def bomb() -> bytes:
    """A PNG of some 50 kB that would need 400 million pixels to open."""
    packer = zlib.compressobj(level=9)
    row = bytes(1 + _BOMB_PX // 8)
    data = b"".join(packer.compress(row * 100) for _ in range(_BOMB_PX // 100)) + packer.flush()
    header = _BOMB_PX.to_bytes(4) * 2 + bytes((1, 0, 0, 0, 0))
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4) for name, body in chunks
    )


def _landscape(picture: Picture) -> Image.Image:
    """Drawn small and enlarged: cheap, and soft where it should be."""
    size = (picture.width_px, picture.height_px)
    digest = hashlib.sha256(f"{picture.slug}\0{picture.seed}\0{picture.prompt}".encode("utf-8", "replace")).digest()
    rng = Random(digest)
    palette = rng.choice(_PALETTES)
    width, height = fitted(*size, longest_px=_SCENE_PX)
    scene = _sky(width, height, palette=palette, rng=rng)
    for layer in range(5):
        _hill(scene, layer / 4, palette=palette, rng=rng)
    return scene.resize(size, Image.Resampling.BICUBIC)


def _sky(width: int, height: int, *, palette: Palette, rng: Random) -> Image.Image:
    column = Image.new("RGB", (1, 24))
    for y in range(24):
        column.putpixel((0, y), _mix(palette.zenith, palette.horizon, min(1.0, y / 15)))
    sky = column.resize((width, height), Image.Resampling.BICUBIC)
    centre_x, centre_y = rng.uniform(0.2, 0.8) * width, rng.uniform(0.14, 0.36) * height
    radius = 0.07 * min(width, height)
    glow = Image.new("L", (max(1, width // 8), max(1, height // 8)))
    _disc(glow, centre_x / 8, centre_y / 8, radius * 2.6 / 8, 120)
    glow = glow.filter(ImageFilter.GaussianBlur(min(width, height) / 80)).resize((width, height))
    sky.paste(palette.light, mask=glow)
    _disc(sky, centre_x, centre_y, radius, palette.light)
    return sky


def _disc(image: Image.Image, x: float, y: float, radius: float, fill: int | Colour) -> None:
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _hill(scene: Image.Image, nearness: float, *, palette: Palette, rng: Random) -> None:
    """One ridge; `nearness` 0 is the farthest and palest, 1 the nearest and darkest."""
    width, height = scene.size
    base = height * (0.46 + 0.38 * nearness)
    waves = [
        (rng.uniform(0.6, 3.4) * (octave + 1), rng.uniform(0, math.tau), 0.055 / (octave + 1)) for octave in range(4)
    ]
    ridge = [
        (
            x,
            base
            + height * sum(depth * math.sin(math.tau * turns * x / width + phase) for turns, phase, depth in waves),
        )
        for x in range(0, width + 4, 4)
    ]
    colour = _mix(palette.far, palette.near, nearness)
    ImageDraw.Draw(scene).polygon([(0, height), *ridge, (width, height)], fill=colour)


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _caption(image: Image.Image, picture: Picture) -> None:
    """The prompt, and below it model, seed and size, on a translucent card along the lower edge."""
    edge = min(image.size)
    margin, pad = edge // 24, edge // 28
    size_px, small_px = _font_sizes(picture.prompt, edge)
    font, small = _font(size_px), _font(small_px)
    room = image.width - 2 * (margin + pad)
    lines = _wrap(
        _readable(picture.prompt), font, room_px=room, lines_max=max(1, int(image.height * 0.6 / (size_px * 1.3)))
    )
    tall = round(len(lines) * size_px * 1.3 + small_px * 1.7) + 2 * pad
    box = (margin, image.height - margin - tall, image.width - margin, image.height - margin)
    card = Image.blend(image.crop(box), Image.new("RGB", (box[2] - box[0], tall), (12, 14, 24)), 0.62)
    mask = Image.new("L", card.size)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, card.width - 1, card.height - 1), radius=pad, fill=255)
    pen = ImageDraw.Draw(card)
    for number, line in enumerate(lines):
        pen.text((pad, pad + number * size_px * 1.3), line, font=font, fill=(250, 248, 242))
    facts = f"{picture.slug}  ·  seed {picture.seed}  ·  {picture.width_px} x {picture.height_px}"
    pen.text((pad, tall - pad - small_px * 1.15), facts, font=small, fill=(198, 202, 214))
    image.paste(card, box[:2], mask)


def _font_sizes(prompt: str, edge_px: int) -> tuple[int, int]:
    """Sizes of the prompt and of the line below: the longer the prompt, the smaller."""
    share = 22 if len(prompt) <= 120 else 28 if len(prompt) <= 400 else 38
    return max(11, edge_px // share), max(10, edge_px // 42)


@functools.lru_cache(maxsize=32)
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size_px)


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, *, room_px: int, lines_max: int) -> list[str]:
    """Lines that fit; what is left over after the last is cut with an ellipsis, and so is an over-long word."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room_px or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < lines_max:
            lines.append(word)
        else:
            lines[-1] += " …"
            break
    return [_clip(line, font, room_px) for line in lines]


def _clip(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room_px: int) -> str:
    if font.getlength(line) <= room_px:
        return line
    fitting = bisect.bisect_right(
        range(len(line)), float(room_px), key=lambda end: float(font.getlength(f"{line[:end]}…"))
    )
    return f"{line[: max(0, fitting - 1)]}…"


def _readable(text: str) -> str:
    """Without accents, for Pillow's own font has hardly a letter beyond ASCII, and without lone surrogates."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(letter for letter in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(letter))
