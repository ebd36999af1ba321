"""The chart of /usage: what is seen on it, by whom, and that drawing it leaves nothing behind."""

import asyncio
import io
import itertools
import json
import os
import subprocess
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.charts import look
from bot.charts.across import Across
from bot.charts.chart import DAYS_MAX, Chart, ChartDay, Words
from bot.charts.look import BLOCKED, CARD, CREDITS, DELIVERED, FAILED, HEIGHT_PX, PIXEL_RATIO, WIDTH_PX
from bot.charts.process import ChartError, Charts

ROOT = Path(__file__).parent.parent
WORDS = Words(images="Images", failed="Failed", blocked="Blocked", credits="Credits")
# Below the legend of the bars, above the one of the line; and below that.
IMAGES, SPENT = (90, 255), (292, 385)


def day(label="May 1", *, images=0, failed=0, blocked=0, spent_microcredits=0) -> ChartDay:
    return ChartDay(label=label, images=images, failed=failed, blocked=blocked, spent_microcredits=spent_microcredits)


def chart(*days: ChartDay, title="Images of the last days", words=WORDS, locale="en-US") -> Chart:
    return Chart(title=title, days=days, words=words, locale=locale)


# `python -m bot.charts`, for one chart after the other: loading the library takes longer than drawing does.
STUDIO = """
import sys
from bot.charts.chart import Chart
from bot.charts.drawing import draw
for line in sys.stdin.buffer:
    png = draw(Chart.from_json(line))
    sys.stdout.buffer.write(b"%d\\n" % len(png) + png)
    sys.stdout.buffer.flush()
"""


@pytest.fixture(scope="module")
def png(tmp_path_factory):
    """The file of a chart, from a process like the bot's own; test_the_same_chart_is_the_same_file compares the two."""
    folder = tmp_path_factory.mktemp("studio")
    command = [sys.executable, "-X", "utf8", "-c", STUDIO]
    environment = {"MPLCONFIGDIR": str(folder), "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, cwd=folder, env=environment) as studio:

        @cache
        def drawn(wanted: Chart) -> bytes:
            studio.stdin.write(wanted.to_json() + b"\n")
            studio.stdin.flush()
            return studio.stdout.read(int(studio.stdout.readline()))

        yield drawn


@pytest.fixture(scope="module")
def picture(png):
    """A chart as it is seen."""

    @cache
    def seen(wanted: Chart) -> Image.Image:
        with Image.open(io.BytesIO(png(wanted)), formats=["PNG"]) as image:
            return image.convert("RGBA")

    return seen


def rgb(colour: str) -> tuple[int, int, int]:
    return tuple(bytes.fromhex(colour[1:]))


def pixels(image: Image.Image, colour: str, rows_px=(0, HEIGHT_PX)) -> int:
    """How many pixels of just this colour there are between two rows."""
    strip = image.crop((0, rows_px[0] * PIXEL_RATIO, image.width, rows_px[1] * PIXEL_RATIO))
    return sum(count for count, found in strip.getcolors(strip.width * strip.height) if found == (*rgb(colour), 255))


MIXED = chart(
    day("May 1", images=10, blocked=4, failed=2, spent_microcredits=400_000),
    day("May 2", images=5, spent_microcredits=25_000),
)
EMPTY = chart(day(), day("May 2"))
LONG = "Donnerstag, der dreiundzwanzigste September"
CROWDED = chart(
    *(day(f"{at}. {LONG}", images=1_000_000, failed=1, blocked=7 * at, spent_microcredits=10**12) for at in range(90)),
    title=LONG * 4,
    words=Words(images=LONG, failed=LONG, blocked=LONG, credits=LONG),
    locale="de",
)
EACH = pytest.mark.parametrize(
    "drawn",
    [MIXED, EMPTY, CROWDED, chart(day()), chart(*[day()] * DAYS_MAX), replace(CROWDED, days=CROWDED.days[:7])],
    ids=["mixed", "empty", "crowded", "one", "a year", "a crowded week"],
)


@EACH
def test_a_chart_is_a_picture_of_the_right_size_on_a_card_that_nothing_shines_through(drawn, picture):
    image = picture(drawn)
    assert image.size == (WIDTH_PX * PIXEL_RATIO, HEIGHT_PX * PIXEL_RATIO)
    assert image.getchannel("A").getextrema() == (255, 255)


@EACH
def test_nothing_on_a_chart_touches_the_edge(drawn, picture):
    image, edge = picture(drawn).convert("RGB"), 6
    inside = Image.new("RGB", (image.width - 2 * edge, image.height - 2 * edge), CARD)
    image = image.copy()
    image.paste(inside, (edge, edge))
    assert image.getcolors() == [(image.width * image.height, rgb(CARD))]


def test_each_outcome_and_the_credits_are_seen(picture):
    image = picture(MIXED)
    for fill in (DELIVERED, BLOCKED, FAILED):
        assert pixels(image, fill.colour, IMAGES) > 500
    assert pixels(image, CREDITS, SPENT) > 500


def test_the_legends_name_each_outcome_and_the_credits_even_where_there_are_none(picture):
    image = picture(EMPTY)
    for fill in (DELIVERED, BLOCKED, FAILED):
        assert pixels(image, fill.colour, (50, 85)) > 200
        assert pixels(image, fill.colour, IMAGES) == 0
    assert pixels(image, CREDITS, (258, 288)) > 200


def test_days_without_anything_get_axes_and_a_line_at_zero(picture):
    image = picture(EMPTY)
    assert pixels(image, look.GRID, IMAGES) > 500
    assert pixels(image, look.TEXT_QUIET, IMAGES) > 1000
    assert pixels(image, CREDITS, (370, 382)) == pixels(image, CREDITS, SPENT) > 500


def test_twice_as_many_images_are_twice_the_area(picture):
    ten, five = (picture(chart(day(images=n), day(), day(failed=10))) for n in (10, 5))
    assert pixels(ten, DELIVERED.colour, IMAGES) == pytest.approx(2 * pixels(five, DELIVERED.colour, IMAGES), rel=0.02)
    assert pixels(ten, FAILED.colour, IMAGES) == pixels(five, FAILED.colour, IMAGES)


def test_the_outcomes_of_a_day_stand_upon_each_other(picture):
    image = picture(chart(day(images=10, blocked=10)))  # a scale to 20, and half of it is at 172 px
    assert pixels(image, DELIVERED.colour, (180, 246)) > pixels(image, DELIVERED.colour, (98, 164)) == 0
    assert pixels(image, BLOCKED.colour, (98, 164)) > pixels(image, BLOCKED.colour, (180, 246)) == 0


def test_a_dearer_day_stands_higher(picture):
    day_of = {n: picture(chart(day(spent_microcredits=n), day(spent_microcredits=10**6))) for n in (25_000, 900_000)}
    upper_half = (SPENT[0], sum(SPENT) // 2)
    assert pixels(day_of[900_000], CREDITS, upper_half) > pixels(day_of[25_000], CREDITS, upper_half)


def test_one_failure_beside_a_million_images_is_seen(picture):
    image = picture(chart(*[day(images=1_000_000, failed=1)] * 30))
    assert pixels(image, FAILED.colour, IMAGES) > 30 * 20


def test_the_outcomes_differ_without_their_colours(picture):
    patterns = {fill.hatch for fill in (DELIVERED, BLOCKED, FAILED)}
    assert len(patterns) == 3
    image = picture(chart(day(images=10), day(blocked=10), day(failed=10)))
    areas = [pixels(image, fill.colour, IMAGES) for fill in (DELIVERED, BLOCKED, FAILED)]
    # The strokes of a pattern take something away from the area of its colour.
    assert areas[0] * 0.95 > max(areas[1:])
    assert areas[1] != areas[2]


def test_signs_that_mean_something_to_a_typesetter_are_drawn_as_they_are(picture):
    plain, signs = (picture(chart(day("1_2^3"), title=title)) for title in ("a", r"$a_$ \frac $5 & $6 #%{}"))
    assert pixels(signs, look.TEXT, (10, 50)) > pixels(plain, look.TEXT, (10, 50))


def test_the_same_chart_is_the_same_file(png):
    assert asyncio.run(Charts().draw(MIXED)) == png(MIXED)


def test_numbers_have_the_signs_of_the_language(picture):
    english, german = (picture(replace(MIXED, locale=locale)) for locale in ("en-US", "de"))
    left = (0, SPENT[0] * PIXEL_RATIO, 100 * PIXEL_RATIO, SPENT[1] * PIXEL_RATIO)
    assert english.crop(left).tobytes() != german.crop(left).tobytes()


def test_a_chart_survives_the_way_to_its_process():
    assert Chart.from_json(CROWDED.to_json()) == CROWDED


@pytest.mark.parametrize("days", [0, DAYS_MAX + 1])
def test_there_is_no_chart_of_nothing_or_of_more_than_a_year(days):
    with pytest.raises(ValueError, match="1 to 366 bars"):
        chart(*[day()] * days)


@given(bars=st.integers(1, DAYS_MAX), numbers_px=st.floats(8, 180), label_px=st.floats(5, 240), data=st.data())
def test_labels_neither_touch_nor_leave_the_picture(bars, numbers_px, label_px, data):
    across = Across.of(bars, numbers_px=numbers_px, label_px=label_px)
    shown = across.labelled(label_px)
    assert shown[0] == bars - 1
    middles = sorted(across.middle_px(bar) for bar in shown)
    assert middles[0] - label_px / 2 > 0
    assert middles[-1] + label_px / 2 < WIDTH_PX
    assert all(right - left >= label_px + 10 for left, right in itertools.pairwise(middles))


def test_where_labels_are_short_each_of_seven_bars_has_one():
    assert sorted(Across.of(7, numbers_px=40, label_px=60).labelled(60)) == [*range(7)]


def linear(colour: str) -> list[float]:
    parts = [part / 255 for part in rgb(colour)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [DELIVERED.colour, BLOCKED.colour, FAILED.colour, CREDITS])
@pytest.mark.parametrize("ground", [CARD, "#313338", "#2b2d31"])
def test_each_colour_stands_out_from_the_card_and_from_dark_discord(colour, ground):
    assert contrast(colour, ground) >= 3


def test_the_card_stands_out_from_light_discord():
    assert min(contrast(CARD, ground) for ground in ("#ffffff", "#f2f3f5")) >= 3


@pytest.mark.parametrize("colour", [look.TEXT, look.TEXT_QUIET])
def test_each_text_can_be_read_by_weak_eyes(colour):
    assert contrast(colour, CARD) >= 7


# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def lab(colour: str, blindness: str) -> list[float]:
    """CIE L*a*b* (D65) of what somebody sees."""
    seen = [
        min(1.0, max(0.0, sum(w * part for w, part in zip(row, linear(colour), strict=True))))
        for row in BLINDNESS[blindness]
    ]
    rows = ((0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1), (0.0193, 0.1192, 0.9505, 1.089))
    ratios = [(r * seen[0] + g * seen[1] + b * seen[2]) / white for r, g, b, white in rows]
    x, y, z = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in ratios)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_outcomes_have_colours_that_the_colour_blind_tell_apart(blindness):
    colours = [lab(fill.colour, blindness) for fill in (DELIVERED, BLOCKED, FAILED)]
    distances = [
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        for one, other in itertools.combinations(colours, 2)
    ]
    assert min(distances) > 25  # about ten times a difference that is just seen


def script(code: str) -> tuple[str, ...]:
    """A child that does this instead of drawing."""
    return (sys.executable, "-I", "-S", "-c", code)


def hanging(pid_file: Path) -> tuple[str, ...]:
    return script(f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)")


def started(pid_file: Path) -> None:
    """Wait until the child runs; the test's own limit ends it."""
    while not pid_file.exists() or not pid_file.read_text():
        time.sleep(0.01)


def is_gone(pid_file: Path) -> bool:
    """Neither running nor a zombie."""
    try:
        os.kill(int(pid_file.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.asyncio
async def test_a_child_that_hangs_is_an_error_and_ends(tmp_path):
    with pytest.raises(ChartError, match="not drawn within 2 s"):
        await Charts(command=hanging(tmp_path / "pid"), timeout_s=2).draw(EMPTY)
    assert is_gone(tmp_path / "pid")


@pytest.mark.asyncio
async def test_whoever_is_cancelled_leaves_no_child_and_blocks_nobody(tmp_path):
    charts = Charts(command=hanging(tmp_path / "pid"))
    for _ in range(2):
        drawing = asyncio.create_task(charts.draw(EMPTY))
        await asyncio.to_thread(started, tmp_path / "pid")
        assert not is_gone(tmp_path / "pid")
        drawing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drawing
        assert is_gone(tmp_path / "pid")
        (tmp_path / "pid").unlink()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise SystemExit('no ink left')", "exit status 1: no ink left"),
        ("import os; os.abort()", "exit status -6"),
        ("pass", "exit status 0"),
        ("import os, sys; os.write(1, b'half'); sys.exit(3)", "exit status 3"),
    ],
    ids=["error", "crash", "nothing", "half"],
)
async def test_a_child_that_fails_is_an_error_that_says_why(code, told):
    with pytest.raises(ChartError, match=told):
        await Charts(command=script(code)).draw(CROWDED)


@pytest.mark.asyncio
async def test_a_child_that_cannot_be_started_is_an_error(tmp_path):
    with pytest.raises(ChartError, match="cannot be started"):
        await Charts(command=(str(tmp_path / "missing"),)).draw(EMPTY)


@pytest.mark.asyncio
async def test_letters_that_no_font_has_are_an_error_and_no_empty_boxes():
    with pytest.raises(ChartError, match=r"Glyph .* missing"):
        await Charts().draw(replace(EMPTY, title="Linear B: \U00010000"))


@pytest.mark.asyncio
async def test_one_chart_is_drawn_at_a_time(tmp_path):
    alone = str(tmp_path / "alone")
    code = f"import os, time; os.mkdir({alone!r}); time.sleep(0.2); os.rmdir({alone!r}); print('done')"
    charts = Charts(command=script(code))
    assert [*map(bytes.strip, await asyncio.gather(*(charts.draw(EMPTY) for _ in range(3))))] == [b"done"] * 3


def test_the_child_is_told_no_secret_and_its_folder_is_cleared_away(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    code = "import json, os; open('left', 'w').close(); print(json.dumps([os.getcwd(), dict(os.environ)]))"
    folder, environment = json.loads(asyncio.run(Charts(command=script(code)).draw(EMPTY)))
    assert "secret" not in environment.values()
    assert environment["MPLCONFIGDIR"] == folder
    assert not Path(folder).exists()


def test_the_bot_itself_never_loads_the_library_that_draws():
    # That nothing imports it later is held in tests/test_architecture.py.
    loaded = "import sys, bot.charts.process; print({'matplotlib', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"
