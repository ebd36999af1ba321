"""The CSV button of `/usage`: what is in the file, and what happens where it is too large or cannot be sent."""

import asyncio
import csv
import io
import random
import zipfile
from datetime import date, timedelta

import pytest

from bot.admin.usage_csv import COLUMNS
from bot.errors import StoreError
from bot.jobs import Outcome, State
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.interactions import CallbackType
from bot.usage.span import Span
from cogs.usage_view.export import ExportTooLarge, stem_of, written
from tests.cogs.stage import TEXTS
from tests.cogs.usage_stage import TODAY, at_usage

pytestmark = pytest.mark.asyncio

ROUTE = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
SPAN = Span(date(2026, 11, 1), date(2026, 11, 21))


async def pressed(desk, message, **known):
    """Press the button, and wait until there is a file or the reason why there is none."""
    sent = await desk.press(message, "csv", **known)
    await sent.answered()
    return sent


def files(sent):
    return [(each.filename, each.data) for each in sent.message.body.attachments]


def rows(data):
    assert data.startswith(b"\xef\xbb\xbf"), "the byte order mark"
    assert b"\r\n" in data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


async def test_the_file_has_a_row_for_each_job_of_the_days_that_are_shown(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(2, user="mia")
        await desk.made(user="jules", state=State.FAILED, outcome=Outcome.BLOCKED_WORDS, category="violence")
        await desk.made(4, day=TODAY - timedelta(days=20))
        await desk.made(3, guild=desk.local.world.guild_named("Atelier"))
        message = await desk.shown("7")
        shown = message.body.text
        sent = await pressed(desk, message)
        assert sent.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
        assert sent.message is not message
        assert sent.message.ephemeral_to == desk.id_of("adam")
        assert message.body.text == shown
        ((filename, data),) = files(sent)
        found = rows(data)
    assert filename == "usage-Aquarium-2026-11-15-to-2026-11-21.csv"
    assert tuple(found[0]) == COLUMNS
    assert [row["state"] for row in found] == ["done", "done", "failed"]
    assert [row["credits"] for row in found] == ["0.04", "0.04", "0"]
    assert {row["guild_id"] for row in found} == {f"'{desk.guild.id}"}
    assert found[2]["category"] == "violence"
    assert found[0]["waiting_s"] == "2"
    assert "cabin" not in data.decode(), "no prompts"


async def test_a_file_that_is_larger_than_discord_takes_is_zipped(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(40)
        message = await desk.shown()
        desk.guild.attachment_size_limit_bytes = 3_000
        sent = await pressed(desk, message)
        ((filename, data),) = files(sent)
        assert TEXTS("en", "usage.csv.zipped") in sent.body.text
    assert filename == "usage-Aquarium-2026-10-23-to-2026-11-21.zip"
    assert len(data) <= 3_000
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = archive.namelist()
        assert name == "usage-Aquarium-2026-10-23-to-2026-11-21.csv"
        assert len(rows(archive.read(name))) == 40


async def test_a_file_that_is_too_large_even_zipped_is_answered_with_what_to_do(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(40)
        message = await desk.shown()
        desk.guild.attachment_size_limit_bytes = 400
        sent = await pressed(desk, message)
        assert not files(sent)
        assert sent.body.text == TEXTS("en", "usage.csv.too_large", mib="0")


@pytest.mark.parametrize("code", [40005, 50001])
async def test_a_file_that_discord_does_not_take_is_answered_with_what_to_do(tmp_path, code):
    async with at_usage(tmp_path) as desk:
        await desk.made(2)
        message = await desk.shown()
        desk.local.faults.add(Fault(route=ROUTE, method="PATCH", failure=Failure.API_ERROR, code=code))
        sent = await pressed(desk, message)
        assert not files(sent)
        said = "usage.csv.too_large" if code == 40005 else "usage.csv.not_sent"
        assert sent.body.text == TEXTS("en", said, mib="10")


async def test_figures_that_cannot_be_read_are_told_of_instead_of_a_file(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(2)
        message = await desk.shown()
        desk.figures.broken = StoreError("the disk is on fire")
        assert (await pressed(desk, message)).body.text == TEXTS("en", "usage.store")


async def test_a_file_is_on_its_way_at_once_however_long_it_takes(tmp_path):
    async with at_usage(tmp_path) as desk:
        await desk.made(2)
        message = await desk.shown()
        desk.figures.open.clear()
        sent = await desk.press(message, "csv")
        assert sent.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
        desk.figures.open.set()
        await sent.answered()
        assert len(files(sent)) == 1


# ---------------------------------------------------------------- writing it, without Discord


class Chunks:
    """Chunks that nobody can pack, and whether they were closed."""

    def __init__(self, *sizes):
        self.sizes, self.taken, self.closed = sizes, 0, False
        self.data = b""

    async def __call__(self):
        try:
            for size in self.sizes:
                self.taken += 1
                chunk = random.Random(self.taken).randbytes(size)
                self.data += chunk
                yield chunk
        finally:
            self.closed = True


@pytest.mark.parametrize("sizes", [(), (1,), (600, 400)])
async def test_a_table_that_fits_is_sent_as_it_is(sizes):
    chunks = Chunks(*sizes)
    async with written(chunks(), stem="usage", size_max_bytes=1_000) as export:
        assert (export.filename, export.zipped) == ("usage.csv", False)
        assert export.file.read() == chunks.data
    assert export.file.closed


async def test_what_was_zipped_is_the_whole_table():
    async def repeated():
        for number in range(50):
            yield f"{number},row\r\n".encode() * 20

    async with written(repeated(), stem="usage", size_max_bytes=2_000) as export:
        with zipfile.ZipFile(export.file) as archive:
            assert archive.testzip() is None
            assert archive.read("usage.csv") == b"".join([chunk async for chunk in repeated()])
    assert export.file.closed


async def test_a_table_that_is_too_large_is_given_up_early_and_its_reading_is_closed():
    chunks = Chunks(*[100_000] * 50)
    with pytest.raises(ExportTooLarge):
        async with written(chunks(), stem="usage", size_max_bytes=200_000):
            pass
    assert chunks.closed
    assert chunks.taken < 8


async def test_whoever_is_not_waited_for_any_more_leaves_the_reading_closed():
    chunks, forever = Chunks(10), asyncio.Event()

    async def endless():
        async for chunk in chunks():
            yield chunk
            try:
                await forever.wait()
            finally:
                chunks.closed = True

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), written(endless(), stem="usage", size_max_bytes=9):
            pass
    assert chunks.closed


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("Aquarium", "Aquarium"),
        ("Ä b/../c\r\n", "A-b-c"),
        ("水族館", "7"),
        ("", "7"),
        ("x" * 100, "x" * 40),
        ("=cmd|' /C calc'!A0", "cmd-C-calc-A0"),
    ],
)
async def test_the_file_is_called_after_the_server_and_the_days(server, name):
    assert stem_of(server, 7, SPAN) == f"usage-{name}-2026-11-01-to-2026-11-21"
