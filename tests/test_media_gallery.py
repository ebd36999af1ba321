"""The door to pictures: from an address or from bytes to a file, and from a file to something that fits."""

import asyncio
import threading

import pytest

from bot.errors import BadPicture, MediaUnavailable
from bot.media.gallery import Gallery
from bot.media.pictures import verify
from bot.media.vault import Vault
from tests.test_media_fetch import fetching, upstream
from tests.test_media_pictures import as_png, noise

__all__ = ["upstream"]
pytestmark = pytest.mark.asyncio

PICTURE = as_png(noise((200, 100)))


class Runner:
    """Runs work where it is asked to, and remembers how much of it there was at once."""

    def __init__(self) -> None:
        self.names = []
        self.verifying = 0
        self.verifying_max = 0

    async def __call__(self, func, /, *args, **kwargs):
        self.names.append(func.__name__)
        self.verifying += func is verify
        self.verifying_max = max(self.verifying, self.verifying_max)
        await asyncio.sleep(0)
        self.verifying -= func is verify
        return func(*args, **kwargs)


async def test_a_picture_is_downloaded_verified_and_kept(upstream, tmp_path):
    async with fetching(upstream.origin) as fetcher:
        gallery = Gallery(fetcher=fetcher, vault=Vault(tmp_path))
        await gallery.open()
        picture, kept = await gallery.fetch(upstream.serve("/x.jpeg", PICTURE, content_type="image/jpeg"))
    assert (picture.content_type, picture.width_px, picture.height_px) == ("image/png", 200, 100)
    assert kept.path.suffix == ".png"
    assert kept.path.read_bytes() == PICTURE


async def test_a_truncated_picture_is_refused_and_not_kept(upstream, tmp_path):
    async with fetching(upstream.origin) as fetcher:
        gallery = Gallery(fetcher=fetcher, vault=Vault(tmp_path))
        await gallery.open()
        with pytest.raises(BadPicture):
            await gallery.fetch(upstream.serve("/x.png", PICTURE[:-3000]))
    assert list(tmp_path.iterdir()) == []


async def test_a_kept_picture_is_handed_out_in_the_size_that_fits_until_it_is_deleted(tmp_path):
    async with fetching() as fetcher:
        gallery = Gallery(fetcher=fetcher, vault=Vault(tmp_path))
        await gallery.open()
        _, kept = await gallery.keep(PICTURE)
        assert (await gallery.fitted(kept.sha256, limit_bytes=len(PICTURE))).data == PICTURE
        fitted = await gallery.fitted(kept.sha256, limit_bytes=20_000)
        assert fitted.changed
        assert len(fitted.data) <= 20_000
        await gallery.delete([kept.sha256, "0" * 64])
        with pytest.raises(MediaUnavailable):
            await gallery.fitted(kept.sha256, limit_bytes=20_000)


async def test_the_work_is_done_where_it_was_asked_to_be_done(tmp_path):
    run = Runner()
    async with fetching() as fetcher:
        gallery = Gallery(fetcher=fetcher, vault=Vault(tmp_path), run=run)
        await gallery.open()
        _, kept = await gallery.keep(PICTURE)
        await gallery.fitted(kept.sha256, limit_bytes=20_000)
        await gallery.delete([kept.sha256])
    assert run.names == ["open", "verify", "put", "read", "fit", "delete"]


async def test_at_most_two_pictures_are_decoded_at_once(tmp_path):
    run = Runner()
    async with fetching() as fetcher:
        gallery = Gallery(fetcher=fetcher, vault=Vault(tmp_path), run=run)
        await gallery.open()
        await asyncio.gather(*(gallery.keep(as_png(noise((9, 9), seed=seed))) for seed in range(12)))
    assert run.verifying_max == 2
    assert len(list(tmp_path.rglob("*.png"))) == 12


async def test_the_event_loop_goes_on_while_a_picture_is_fitted(tmp_path):
    threads = set()

    class Watched(Vault):
        def read(self, sha256):
            threads.add(threading.current_thread())
            return super().read(sha256)

    async with fetching() as fetcher:
        gallery = Gallery(fetcher=fetcher, vault=Watched(tmp_path))
        await gallery.open()
        _, kept = await gallery.keep(PICTURE)
        await gallery.fitted(kept.sha256, limit_bytes=20_000)
    assert threading.current_thread() not in threads
    assert len(threads) == 1
