"""Small files that unpack to huge ones: refused in under a second of work, without room being made for them.

Each bomb goes off in a process of its own, whose memory peak tells what the refusal took.
"""

import asyncio
import json
import re
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import BadPicture
from bot.media.fetch import Fetcher, fetch_session
from bot.media.origins import Origins
from bot.media.pictures import fit, verify

MIB = 1024 * 1024
STATUS = Path("/proc/self/status")


def zeros(container: int, *, mebibytes: int) -> bytes:
    """A deflate stream of zeros: one mebibyte packed once, repeated as often as asked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, container)
    first = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * (mebibytes - 1)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width_px: int, height_px: int, body: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width_px: int, height_px: int) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height_px, width_px, 3) + b"\1\x11\0\2\x11\1\3\x11\1"
    return b"\xff\xd8" + frame + b"\xff\xda" + struct.pack(">HB", 12, 3) + b"\1\0\2\x11\3\x11\0\x3f\0" + b"\xff\xd9"


def webp(width_px: int, height_px: int) -> bytes:
    bits = struct.pack("<I", (width_px - 1) | (height_px - 1) << 14)
    return b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", 13) + b"\x2f" + bits + bytes(9)


async def download(body: bytes) -> None:
    """Fetch a body that calls itself gzip from a server on this machine."""

    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    application = web.Application()
    application.router.add_get("/x.png", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    origins = Origins.of([origin])
    try:
        async with fetch_session(origins, connections=1) as session:
            await Fetcher(session, origins=origins).fetch(f"{origin}/x.png")
    finally:
        await runner.cleanup()


def huge_png() -> bytes:
    return png(20_000, 20_000, zeros(15, mebibytes=1145))


# How each bomb is built, and what sets it off.
BOMBS: dict[str, tuple[Callable[[], bytes], Callable[[bytes], object]]] = {
    "1 MB of gzip that is 1 GB": (lambda: zeros(31, mebibytes=1024), lambda body: asyncio.run(download(body))),
    "a PNG of 144 megapixels": (lambda: png(12_000, 12_000, zeros(15, mebibytes=412)), verify),
    "a PNG of 400 megapixels": (huge_png, verify),
    "a PNG of 400 megapixels to be fitted": (huge_png, lambda body: fit(body, 1000)),
    "a PNG of all the pixels there are": (lambda: png(2**31 - 1, 2**31 - 1), verify),
    "a JPEG of 4 gigapixels": (lambda: jpeg(65_500, 65_500), verify),
    "a WEBP of 268 megapixels": (lambda: webp(16_383, 16_383), verify),
}


def peak_bytes() -> int:
    return int(re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())[1]) * 1024


def measure(name: str) -> dict[str, object]:
    """Set one bomb off here, and tell what came of it."""
    build, trigger = BOMBS[name]
    body = build()
    before_bytes, started_s = peak_bytes(), time.process_time()
    try:
        trigger(body)
        refusal = None
    except BadPicture as error:
        refusal = str(error)
    return {"refusal": refusal, "grown_bytes": peak_bytes() - before_bytes, "took_s": time.process_time() - started_s}


@pytest.mark.skipif(not STATUS.exists(), reason="the memory peak is read from /proc")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once_and_takes_no_room(name):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.test_media_bombs", name],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert re.search("are too many|larger than", result["refusal"])
    assert result["grown_bytes"] < 32 * MIB
    assert result["took_s"] < 1


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
