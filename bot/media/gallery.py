"""The door to `bot/media/` for the rest of the bot: every step that takes time happens off the event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import ParamSpec, Protocol, TypeVar

from bot.media.fetch import Fetcher
from bot.media.pictures import Fitted, Picture, fit, thumbnail, verify
from bot.media.vault import Kept, Vault

P = ParamSpec("P")
T = TypeVar("T")

# A picture of the largest size takes about 100 MB while it is decoded.
_DECODED_AT_ONCE_MAX = 2


class Run(Protocol):
    """Runs a plain function somewhere and waits for it, as `asyncio.to_thread` does."""

    def __call__(self, func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


class Gallery:
    """Gets pictures, checks them, keeps them, and hands them out in a size that fits."""

    def __init__(self, *, fetcher: Fetcher, vault: Vault, run: Run = asyncio.to_thread) -> None:
        self._fetcher = fetcher
        self._vault = vault
        self._run = run
        self._decoding = asyncio.Semaphore(_DECODED_AT_ONCE_MAX)

    async def open(self) -> None:
        """Make ready at start; raises OSError where the folder cannot be used."""
        await self._run(self._vault.open)

    async def fetch(self, url: str) -> tuple[Picture, Kept]:
        """Download a picture and keep it; raises BadPicture (final) or MediaUnavailable (may be tried again)."""
        return await self.keep(await self._fetcher.fetch(url))

    async def keep(self, data: bytes) -> tuple[Picture, Kept]:
        """Verify a picture and keep it; raises like `fetch`."""
        async with self._decoding:
            picture = await self._run(verify, data)
        return picture, await self._run(self._vault.put, data, picture.extension)

    async def find(self, sha256: str) -> Kept | None:
        """A kept picture, or None if it is not kept any more."""
        return await self._run(self._vault.find, sha256)

    async def fitted(self, sha256: str, *, limit_bytes: int) -> Fitted:
        """A kept picture in at most `limit_bytes`.

        Raises MediaUnavailable if it is not kept any more, BadPicture if it cannot be made to fit.
        """
        data = await self._run(self._vault.read, sha256)
        async with self._decoding:
            return await self._run(fit, data, limit_bytes)

    async def thumbnail(self, sha256: str, *, side_px: int) -> bytes:
        """A kept picture as a small JPEG; raises like `fitted`."""
        data = await self._run(self._vault.read, sha256)
        async with self._decoding:
            return await self._run(thumbnail, data, side_px)

    async def delete(self, hashes: Iterable[str]) -> None:
        """Forget these pictures; those that are gone already are no error. Raises OSError."""
        for sha256 in hashes:
            await self._run(self._vault.delete, sha256)
