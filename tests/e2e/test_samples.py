"""Every sample request of Segmind's API pages, typed into the sandbox as anybody could."""

import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot import app
from bot.clock import SystemClock
from bot.sandbox.session import sandbox
from bot.sandbox.terminal import Terminal, run_script
from tests.e2e.asks import models_file
from tests.e2e.rig import finished

SCRIPT = Path(__file__).with_name("samples.txt")
SPEED = 20.0
CABIN = {
    "prompt": "A cozy cabin in the snowy mountains at sunrise, soft warm light, ultra-detailed, cinematic atmosphere",
    "negative_prompt": "blurry, pixelated",
    "aspect_ratio": "4:3",
}
# What the pages send, by slug.
SAMPLES = [
    ("imagen-4", CABIN),
    ("imagen-4", CABIN),
    (
        "imagen-4-ultra",
        {
            "prompt": "A hyperrealistic portrait of a young woman with freckles in warm golden hour sunlight, cinematic shallow depth of field, ultra-detailed skin texture, professional photography, 8K",
            "negative_prompt": "blurry, pixelated, ugly, deformed, cartoon, painting",
            "aspect_ratio": "1:1",
        },
    ),
    (
        "imagen",
        {
            "prompt": " White fluffy bear toy is sleeping in a children's room, on the floor of a baby bedroom with toy boxes and toys around, in the style of photorealistic 3D rendering",
            "aspect_ratio": "1:1",
            "safety_filter_level": "BLOCK_LOW_AND_ABOVE",
            "person_generation": "ALLOW_ADULT",
        },
    ),
    (
        "imagen-4-fast",
        {
            "prompt": "A golden retriever puppy playing in a sunlit meadow full of wildflowers, vibrant colors, shallow depth of field, photorealistic, ultra-detailed",
            "negative_prompt": "blurry, pixelated, ugly, distorted, low quality",
            "aspect_ratio": "16:9",
        },
    ),
]
pytestmark = pytest.mark.asyncio


@contextlib.asynccontextmanager
async def sandboxed(folder: Path) -> AsyncIterator[Terminal]:
    """The same session as the command's, in this process."""

    async def run(config, stop, started):
        await app.run(config, stop=stop, started=started)

    clock = SystemClock()
    async with sandbox(run, folder=folder, clock=clock, speed=SPEED) as box:
        terminal = Terminal(box, folder, clock)
        box.discord.subscribe(terminal.watch)
        yield terminal


async def quickly(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    """The sandbox, with a bot that is told how quick it is and does not look for the usual time."""
    told = tmp_path / "models.toml"
    told.write_text(models_file(), encoding="utf-8")
    environment = {"MODELS_FILE": str(told)}
    return await finished("sandbox", "--speed", str(SPEED), *arguments, cwd=tmp_path, environment=environment)


async def script(tmp_path: Path, *lines: str) -> tuple[int, str, str]:
    file = tmp_path / "script.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    return await quickly(tmp_path, "--script", str(file))


async def test_the_sandbox_makes_an_image_of_every_sample_and_saves_it(tmp_path):
    images = tmp_path / "images"
    code, out, err = await quickly(tmp_path, "--script", str(SCRIPT), "--images", str(images))
    assert (code, err) == (0, "")
    assert f"{len(SAMPLES)} commands, 0 without an end that can be told" in out
    saved = [Path(line.removeprefix("saved: ")) for line in out.splitlines() if line.startswith("saved: ")]
    sizes = sorted(Image.open(io.BytesIO(path.read_bytes())).size for path in saved)
    assert sizes == [(1024, 576), (1024, 1024), (1024, 1024), (1280, 896), (1280, 896)]


async def test_what_reaches_segmind_contains_everything_of_the_samples_with_the_same_values(tmp_path):
    async with sandboxed(tmp_path) as terminal:
        assert await run_script(terminal, SCRIPT.read_text(encoding="utf-8").splitlines()) == 0
        sent = [(request.slug, request.body) for request in terminal.sandbox.segmind.requests]
    assert sorted(slug for slug, _ in sent) == sorted(slug for slug, _ in SAMPLES)
    for slug, sample in SAMPLES:
        body = next(body for name, body in sent if name == slug and body["prompt"] == sample["prompt"])
        assert {name: body[name] for name in sample} == sample


async def test_refusals_of_every_kind_end_as_cards_that_say_so_and_the_script_ends_well(tmp_path):
    code, out, err = await script(
        tmp_path,
        "/imagen prompt: one [rai-words:violence]",
        "/imagen prompt: two [rai-picture]",
        "/imagen prompt: three [fail]",
        "/imagen prompt: four [500]",
        "/imagen prompt: five [bad-image]",
        "/imagen-fast prompt: six aspect_ratio: 16:9 width: 300 height: 900",
        "/imagen model: Imagen 3 prompt: seven negative_prompt: rain",
        "/imagen-ultra prompt: eight [retired]",
    )
    assert (code, err) == (0, "")
    assert "8 commands, 0 without an end that can be told" in out
    assert "saved:" not in out
    assert out.count("only you can see this") >= 2


async def test_a_line_that_is_no_command_is_told_and_ends_the_script_with_one(tmp_path):
    code, out, err = await script(tmp_path, "draw me a fox", "/imagen prompt: a fox")
    assert code == 1
    assert "draw me a fox\n  not a command that Discord would send: type one of /imagen" in err
    assert "Traceback" not in err
    assert "**Your image**" in out


async def test_what_discords_client_would_refuse_never_reaches_the_bot_and_is_told_by_name(tmp_path, capsys):
    named = {
        "/imagen-fast prompt: a fox steps: 0": "steps",
        "/imagen-fast prompt: a fox width: many": "width",
        "/imagen prompt: a fox aspect_ratio: 5:4": "aspect_ratio",
        "/imagen prompt: a fox count: 5": "count",
        "/imagen aspect_ratio: 1:1": "prompt",
        "/imagen prompt: " + 2001 * "x": "prompt",
    }
    async with sandboxed(tmp_path) as terminal:
        for line, name in named.items():
            assert await run_script(terminal, [line]) == 1
            told = capsys.readouterr().err.removeprefix(line)
            assert "not a command that Discord would send" in told
            assert name in told
        assert terminal.sandbox.discord.interactions == []


async def test_a_script_that_is_not_there_is_a_sentence_and_no_traceback(tmp_path):
    code, _, err = await finished("sandbox", "--script", "missing.txt", cwd=tmp_path)
    assert code == 1
    assert "missing.txt" in err
    assert "Traceback" not in err
