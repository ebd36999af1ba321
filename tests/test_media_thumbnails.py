"""Small pictures to look over many images: how large they are, and what becomes of broken files."""

import io

import pytest
from PIL import Image

from bot.errors import BadPicture
from bot.media.pictures import thumbnail


def encoded(kind, *, size_px=(1024, 512), mode="RGB"):
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size_px).convert(mode).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_a_thumbnail_is_a_jpeg_of_that_side_whatever_it_is_made_of(kind, mode):
    small = thumbnail(encoded(kind, mode=mode), 320)
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == ("JPEG", (320, 160))
    assert len(small) < 10_000


def test_a_small_picture_is_not_blown_up():
    with Image.open(io.BytesIO(thumbnail(encoded("PNG", size_px=(40, 30)), 320))) as image:
        assert image.size == (40, 30)


def test_what_is_broken_is_no_thumbnail():
    with pytest.raises(BadPicture):
        thumbnail(encoded("PNG")[:200], 320)
