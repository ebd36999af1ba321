"""The CSV file of a period, no larger than Discord takes it; zipped where that is what it needs."""

import asyncio
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from io import BufferedIOBase

from bot.errors import ImagenError
from bot.usage.span import Span

SERVER_CHARACTERS_MAX = 40


class ExportTooLarge(ImagenError):
    """Even zipped, there is more of it than Discord takes."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is ready to be read from its beginning."""

    file: BufferedIOBase
    filename: str
    zipped: bool


def stem_of(server: str, guild_id: int, span: Span) -> str:
    """The name of the file without its ending: the server, in plain letters, and the days."""
    letters = unicodedata.normalize("NFKD", server).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", letters)[:SERVER_CHARACTERS_MAX].strip("-") or str(guild_id)
    return f"usage-{name}-{span.first}-to-{span.last}"


@asynccontextmanager
async def written(chunks: AsyncGenerator[bytes, None], *, stem: str, size_max_bytes: int) -> AsyncIterator[Export]:
    """The table as a file that is gone afterwards; raises ExportTooLarge, and whatever `chunks` raise.

    No more than twice `size_max_bytes` is ever on the disk, but for one chunk.
    """
    async with aclosing(chunks):
        with tempfile.TemporaryFile() as table, tempfile.TemporaryFile() as packed:
            if await _fill(table, chunks, size_max_bytes=size_max_bytes):
                table.seek(0)
                yield Export(table, f"{stem}.csv", zipped=False)
                return
            await _zip(table, chunks, packed, name=f"{stem}.csv", size_max_bytes=size_max_bytes)
            packed.seek(0)
            yield Export(packed, f"{stem}.zip", zipped=True)


async def _fill(table: BufferedIOBase, chunks: AsyncIterator[bytes], *, size_max_bytes: int) -> bool:
    """Write until there is too much; whether everything had room."""
    async for chunk in chunks:
        table.write(chunk)
        if table.tell() > size_max_bytes:
            return False
    return True


async def _zip(
    begun: BufferedIOBase, rest: AsyncIterator[bytes], packed: BufferedIOBase, *, name: str, size_max_bytes: int
) -> None:
    """Pack what was written already, and the rest as it comes; in threads, as that is work."""
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as entry:
        begun.seek(0)
        await asyncio.to_thread(shutil.copyfileobj, begun, entry)
        async for chunk in rest:
            await asyncio.to_thread(entry.write, chunk)
            _check(packed, size_max_bytes)
    _check(packed, size_max_bytes)


def _check(packed: BufferedIOBase, size_max_bytes: int) -> None:
    if packed.tell() > size_max_bytes:
        raise ExportTooLarge(f"more than {size_max_bytes} bytes")
