"""What counts as a picture, and how one is made to fit."""

import io
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from bot.errors import BadPicture
from bot.media.formats import Format, read_header, sniff
from bot.media.pictures import PIXELS_MAX, SCANS_MAX, fit, verify

MIB = 1024 * 1024


def encoded(kind: str, *, size_px=(48, 32), mode="RGB", **options) -> bytes:
    """A small picture with some life in it."""
    out = io.BytesIO()
    gradient = Image.linear_gradient("L").resize(size_px)
    gradient.convert(mode).save(out, kind, **options)
    return out.getvalue()


def noise(size_px=(2048, 2048), mode="RGB", seed=7) -> Image.Image:
    return Image.frombytes(mode, size_px, random.Random(seed).randbytes(size_px[0] * size_px[1] * len(mode)))


def as_png(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1, **options)
    return out.getvalue()


PICTURES = {
    "jpeg": encoded("JPEG"),
    "progressive jpeg": encoded("JPEG", progressive=True),
    "grey jpeg": encoded("JPEG", mode="L"),
    "cmyk jpeg": encoded("JPEG", mode="CMYK"),
    "png": encoded("PNG"),
    "png with alpha": encoded("PNG", mode="RGBA"),
    "png with a palette": encoded("PNG", mode="P"),
    "lossy webp": encoded("WEBP"),
    "lossless webp": encoded("WEBP", lossless=True),
    "webp with a profile": encoded(
        "WEBP", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ),
}
whole_pictures = pytest.mark.parametrize("data", PICTURES.values(), ids=PICTURES.keys())


@whole_pictures
def test_a_whole_picture_is_verified_and_described(data):
    picture = verify(data)
    assert (picture.width_px, picture.height_px, picture.size_bytes) == (48, 32, len(data))
    with Image.open(io.BytesIO(data)) as image:
        assert picture.content_type == image.get_format_mimetype()
    assert picture.extension == {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[picture.content_type]


@whole_pictures
def test_a_picture_cut_anywhere_is_refused(data):
    for length in range(len(data)):
        with pytest.raises(BadPicture):
            verify(data[:length])


def test_a_jpeg_without_its_end_mark_is_refused_although_every_pixel_is_there():
    out = io.BytesIO()
    noise((17, 9)).save(out, "JPEG", quality=100, subsampling=0)
    with pytest.raises(BadPicture, match="ends too early"):
        verify(out.getvalue()[:-2])


@whole_pictures
def test_the_header_tells_the_dimensions_that_pillow_finds(data):
    with Image.open(io.BytesIO(data)) as image:
        header = read_header(data)
        assert (header.format.value, header.width_px, header.height_px) == (image.format, *image.size)


@pytest.mark.parametrize("size_px", [(1, 1), (255, 256), (300, 7), (16383, 2), (2, 16383)])
@pytest.mark.parametrize("kind", list(Format))
def test_dimensions_are_read_right_at_the_edges(kind, size_px):
    header = read_header(encoded(kind, size_px=size_px))
    assert (header.format, header.width_px, header.height_px) == (kind, *size_px)


def test_bytes_after_the_end_do_no_harm():
    for data in PICTURES.values():
        assert verify(data + b"\0" * 40).width_px == 48


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><title>502 Bad Gateway</title>",
        b'{"error": "not ready"}',
        encoded("GIF"),
        encoded("BMP"),
        encoded("TIFF"),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
        b"\xff\xd8" + b"\xff" * 40,
        b"\xff\xd8\xff\xd9",
        b"RIFF\x04\0\0\0WEBP",
        b"RIFF\x20\0\0\0WEBPJUNK" + b"\0" * 24,
    ],
)
def test_what_is_no_picture_of_ours_is_refused(data):
    with pytest.raises(BadPicture):
        verify(data)


@given(st.sampled_from(sorted(PICTURES)), st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_picture_is_refused_or_decoded_and_nothing_else(name, draw):
    data = bytearray(PICTURES[name])
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        picture = verify(bytes(data))
    except BadPicture:
        return
    assert 0 < picture.width_px * picture.height_px <= PIXELS_MAX


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X"]))
def test_no_bytes_can_crash_the_header_reader(data, start):
    try:
        header = read_header(start + data)
    except BadPicture:
        return
    assert sniff(start + data) is header.format
    assert min(header.width_px, header.height_px) >= 1


def test_a_png_with_a_wrong_checksum_is_refused():
    data = bytearray(PICTURES["png"])
    data[data.index(b"IDAT") + 10] ^= 1
    with pytest.raises(BadPicture):
        verify(bytes(data))


@pytest.mark.parametrize("name", ["png", "png with alpha", "lossless webp", "webp with a profile"])
def test_a_picture_with_a_hole_in_its_middle_is_refused(name):
    data = PICTURES[name]
    with pytest.raises(BadPicture):
        verify(data[: len(data) // 2] + data[len(data) // 2 + 20 :])


def test_a_webp_that_is_empty_behind_its_header_is_refused():
    data = PICTURES["lossless webp"]
    with pytest.raises(BadPicture):
        verify(data[:30] + b"\0" * (len(data) - 30))


def test_more_pixels_than_allowed_are_refused_and_exactly_as_many_are_not():
    data = PICTURES["png"]
    assert verify(data, pixels_max=48 * 32).width_px == 48
    with pytest.raises(BadPicture, match="48 x 32 pixels are too many"):
        verify(data, pixels_max=48 * 32 - 1)


def test_a_second_frame_header_cannot_smuggle_a_larger_picture_past_the_check():
    data = PICTURES["jpeg"]
    at = data.index(b"\xff\xc0")
    frame = data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")]
    larger = frame[:5] + struct.pack(">HH", 9000, 9000) + frame[9:]
    with pytest.raises(BadPicture, match="9000 x 9000 pixels are too many"):
        verify(data[: at + len(frame)] + larger + data[at + len(frame) :])


def test_a_jpeg_that_asks_for_endless_passes_is_refused_before_decoding():
    data = PICTURES["progressive jpeg"]
    at = data.rindex(b"\xff\xda")
    scan = data[at:-2]
    with pytest.raises(BadPicture, match="scans"):
        verify(data[:at] + scan * (SCANS_MAX + 1) + data[-2:])


def test_a_jpeg_of_many_pictures_counts_as_the_jpeg_it_begins_with():
    out = io.BytesIO()
    first = noise((20, 10))
    first.save(out, "MPO", save_all=True, append_images=[noise((20, 10), seed=8)])
    assert verify(out.getvalue()).content_type == "image/jpeg"


# ---------------------------------------------------------------- fit


@whole_pictures
def test_a_picture_under_the_limit_stays_as_it_is(data):
    fitted = fit(data, len(data))
    assert fitted.data is data
    assert not fitted.changed
    assert (fitted.width_px, fitted.height_px) == (48, 32)
    assert fitted.content_type == verify(data).content_type


@pytest.fixture(scope="module")
def noisy_png():
    return as_png(noise())


@pytest.mark.parametrize("limit_bytes", [10 * MIB, 8 * MIB, 1 * MIB])
def test_twelve_megabytes_of_noise_fit_under_each_limit_of_discord(noisy_png, limit_bytes):
    assert len(noisy_png) > 12_000_000
    fitted = fit(noisy_png, limit_bytes)
    assert fitted.changed
    assert len(fitted.data) <= limit_bytes
    picture = verify(fitted.data)
    assert (picture.width_px, picture.height_px) == (fitted.width_px, fitted.height_px)
    assert (picture.content_type, picture.extension) == (fitted.content_type, fitted.extension) == ("image/jpeg", "jpg")
    # Smaller only where quality alone does not do, and no smaller than needed.
    assert fitted.width_px == 2048 if limit_bytes > MIB else len(fitted.data) > limit_bytes // 2


def test_the_same_picture_always_fits_the_same_way():
    data = as_png(noise((300, 200)))
    assert fit(data, 30_000) == fit(data, 30_000)


def test_one_byte_too_many_is_enough_to_change_it():
    data = as_png(noise((300, 200)))
    fitted = fit(data, len(data) - 1)
    assert fitted.changed
    assert (fitted.width_px, fitted.height_px) == (300, 200)


def test_what_shines_through_still_does_after_fitting():
    data = as_png(noise((400, 400), "RGBA"))
    fitted = fit(data, 200_000)
    assert fitted.content_type == "image/webp"
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.mode == "RGBA"
        assert len(fitted.data) <= 200_000


def test_a_transparent_picture_too_long_for_webp_is_made_shorter():
    fitted = fit(as_png(noise((17_000, 80), "RGBA")), 4_000_000)
    assert (fitted.width_px, fitted.height_px) == (16_383, 77)


def test_a_picture_lying_on_its_side_is_set_upright_when_its_note_of_that_is_lost():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    fitted = fit(as_png(noise((300, 200)), exif=exif), 60_000)
    assert (fitted.width_px, fitted.height_px) == (200, 300)


def test_sixteen_bit_shades_keep_their_brightness():
    out = io.BytesIO()
    pixels = random.Random(1).choices(range(20_000, 46_000), k=120 * 120)
    Image.frombytes("I;16", (120, 120), struct.pack("<14400H", *pixels)).save(out, "PNG")
    fitted = fit(out.getvalue(), 12_000)
    with Image.open(io.BytesIO(fitted.data)) as image:
        average = image.convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert average == pytest.approx(33_000 / 257, abs=4)


def test_a_colour_profile_stays_with_its_picture():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    fitted = fit(as_png(noise((300, 200)), icc_profile=profile), 60_000)
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("limit_bytes", [-1, 0, 1, 100, 600])
def test_an_absurd_limit_is_refused(limit_bytes):
    with pytest.raises(BadPicture, match=f"cannot be made to fit in {limit_bytes} bytes"):
        fit(as_png(noise((300, 200))), limit_bytes)


@given(limit_bytes=st.integers(1500, 250_000), mode=st.sampled_from(["RGB", "RGBA", "L"]))
@settings(max_examples=25, deadline=None)
def test_whatever_is_fitted_is_under_its_limit_and_a_whole_picture(limit_bytes, mode):
    data = as_png(noise((256, 192), mode))
    try:
        fitted = fit(data, limit_bytes)
    except BadPicture:
        assert limit_bytes < 10_000
        return
    assert len(fitted.data) <= limit_bytes
    assert verify(fitted.data).width_px == fitted.width_px
