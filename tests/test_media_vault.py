"""Images on disk: whole or not there, for their owner's eyes, and let go when their time has come."""

import errno
import hashlib
import os
import resource
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import MediaUnavailable
from bot.media.retention import MediaRow, expendable
from bot.media.vault import Vault

DATA = b"\xff\xd8\xff" + b"picture" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()
DAY_MS = 86_400_000


class Disk:
    """An fsync that fails at the given call, and counts."""

    def __init__(self, *, fail_at=0, error=errno.ENOSPC) -> None:
        self.calls = 0
        self.fail_at = fail_at
        self.error = error

    def fsync(self, descriptor: int) -> None:
        self.calls += 1
        if self.calls == self.fail_at:
            raise OSError(self.error, os.strerror(self.error))
        os.fsync(descriptor)


def opened(root: Path, **options) -> Vault:
    vault = Vault(root, **options)
    vault.open()
    return vault


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_an_image_stands_under_the_hash_of_its_bytes(tmp_path):
    vault = opened(tmp_path / "data" / "images")
    kept = vault.put(DATA, "jpg")
    assert (kept.sha256, kept.size_bytes) == (SHA256, len(DATA))
    assert kept.path == tmp_path / "data" / "images" / SHA256[:2] / f"{SHA256}.jpg"
    assert kept.path == vault.path(SHA256)
    assert vault.read(SHA256) == kept.path.read_bytes() == DATA


def test_keeping_the_same_image_again_changes_nothing(tmp_path):
    vault = opened(tmp_path)
    first = vault.put(DATA, "jpg")
    before = first.path.stat()
    assert vault.put(DATA, "jpg") == first
    assert first.path.stat().st_ino == before.st_ino
    assert files(tmp_path) == [f"{SHA256[:2]}/{SHA256}.jpg"]


def test_a_file_of_another_length_under_the_name_is_replaced(tmp_path):
    vault = opened(tmp_path)
    path = vault.put(DATA, "jpg").path
    path.write_bytes(DATA[:10])
    assert vault.put(DATA, "jpg").path.read_bytes() == DATA


def test_only_the_owner_can_read_what_is_kept(tmp_path):
    before = os.umask(0)
    try:
        path = opened(tmp_path / "images").put(DATA, "png").path
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_deleted_image_is_gone_and_deleting_it_again_is_no_error(tmp_path):
    vault = opened(tmp_path)
    vault.put(DATA, "webp")
    assert vault.delete(SHA256)
    assert not vault.delete(SHA256)
    assert vault.path(SHA256) is None
    with pytest.raises(MediaUnavailable, match="not kept any more"):
        vault.read(SHA256)
    assert files(tmp_path) == []


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", SHA256[:-1], SHA256.upper(), SHA256 + "\n", "/" * 64])
def test_what_is_no_hash_leads_to_no_file(tmp_path, sha256):
    vault = opened(tmp_path)
    for look in (vault.path, vault.read, vault.delete):
        with pytest.raises(ValueError, match="no SHA-256"):
            look(sha256)


@pytest.mark.parametrize("extension", ["", "exe", ".jpg", "jpg/../../x"])
def test_only_pictures_extensions_are_written(tmp_path, extension):
    with pytest.raises(ValueError, match="no image has the extension"):
        opened(tmp_path).put(DATA, extension)
    assert files(tmp_path) == []


# ---------------------------------------------------------------- the disk fails


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_so_and_leaves_nothing_half_written(tmp_path, error):
    disk = Disk(fail_at=1, error=error)
    vault = opened(tmp_path, fsync=disk.fsync)
    with pytest.raises(MediaUnavailable, match="the disk is full"):
        vault.put(DATA, "jpg")
    assert files(tmp_path) == []
    assert vault.put(DATA, "jpg").path.read_bytes() == DATA  # as soon as there is room


@pytest.mark.parametrize("fail_at", [1, 2, 3])
def test_a_disk_that_fails_at_any_sync_never_shows_half_an_image(tmp_path, fail_at):
    vault = opened(tmp_path, fsync=Disk(fail_at=fail_at, error=errno.EIO).fsync)
    with pytest.raises(MediaUnavailable, match="could not be kept"):
        vault.put(DATA, "jpg")
    assert vault.path(SHA256) is None or vault.read(SHA256) == DATA
    assert not [name for name in files(tmp_path) if name.endswith(".part")]


def test_file_and_both_folders_are_synced_before_an_image_counts_as_kept(tmp_path):
    disk = Disk()
    opened(tmp_path, fsync=disk.fsync).put(DATA, "jpg")
    assert disk.calls == 3


def test_a_write_that_stops_midway_leaves_nothing(tmp_path):
    """The system itself refuses to let the file grow past 4096 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    vault = opened(tmp_path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(MediaUnavailable, match="File too large"):
            vault.put(DATA, "jpg")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(tmp_path) == []


def die_during_put(root: Path, *, at_sync: int) -> None:
    """A process of its own that ends, without any clean-up, at the given sync of its put."""
    script = f"""
        import itertools, os, pathlib
        from bot.media.vault import Vault
        count = itertools.count(1)
        def fsync(descriptor):
            os.fsync(descriptor)
            if next(count) == {at_sync}:
                os._exit(9)
        vault = Vault(pathlib.Path({str(root)!r}), fsync=fsync)
        vault.open()
        vault.put({DATA!r}, "jpg")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=False, cwd=Path(__file__).parent.parent
    )
    assert done.returncode == 9


def test_a_crash_before_the_rename_leaves_nothing_visible_and_is_swept_at_the_next_start(tmp_path):
    die_during_put(tmp_path, at_sync=1)
    [part] = files(tmp_path)
    assert part.endswith(".part")
    vault = Vault(tmp_path)
    assert vault.path(SHA256) is None
    vault.open()
    assert files(tmp_path) == []
    assert vault.put(DATA, "jpg").path.read_bytes() == DATA


@pytest.mark.parametrize("at_sync", [2, 3])
def test_a_crash_after_the_rename_leaves_the_whole_image(tmp_path, at_sync):
    die_during_put(tmp_path, at_sync=at_sync)
    assert opened(tmp_path).read(SHA256) == DATA


def test_sweeping_touches_nothing_but_leftovers(tmp_path):
    opened(tmp_path).put(DATA, "jpg")
    (tmp_path / "notes.part").write_text("the operator's own")
    opened(tmp_path)
    assert files(tmp_path) == [f"{SHA256[:2]}/{SHA256}.jpg", "notes.part"]


# ---------------------------------------------------------------- retention


def row(sha256: str, *, size_bytes=10, stored_days=0.0, used_days=0.0, needed=False) -> MediaRow:
    """An image; its times are days before now."""
    return MediaRow(
        sha256=sha256,
        size_bytes=size_bytes,
        stored_ms=int((100 - stored_days) * DAY_MS),
        used_ms=int((100 - used_days) * DAY_MS),
        needed=needed,
    )


def gone(rows, *, quota_bytes=1000, retention_days=30) -> list[str]:
    return expendable(rows, quota_bytes=quota_bytes, retention_days=retention_days, now_ms=100 * DAY_MS)


def test_nothing_goes_while_there_is_room_and_time():
    assert gone([]) == []
    assert gone([row("a", stored_days=29.99), row("b")], quota_bytes=20) == []


def test_what_was_stored_too_long_ago_goes_oldest_first_however_often_it_was_shown():
    rows = [row("a", stored_days=30), row("b", stored_days=29), row("c", stored_days=31, used_days=0)]
    assert gone(rows) == ["c", "a"]


def test_over_the_quota_those_not_shown_for_longest_go_until_the_rest_fits():
    rows = [row("a", used_days=1), row("b", used_days=3), row("c", used_days=2)]
    assert gone(rows, quota_bytes=29) == ["b"]
    assert gone(rows, quota_bytes=19) == ["b", "c"]


def test_what_an_undelivered_job_needs_stays_whatever_its_age_and_size():
    rows = [row("a", stored_days=99, needed=True, size_bytes=5000), row("b"), row("c", stored_days=40)]
    assert gone(rows) == ["c", "b"]


rows_of_any_kind = st.lists(
    st.builds(
        row,
        st.text("0123456789abcdef", min_size=4, max_size=4),
        size_bytes=st.integers(1, 1000),
        stored_days=st.integers(-2, 60),
        used_days=st.integers(-2, 60),
        needed=st.booleans(),
    ),
    unique_by=lambda one: one.sha256,
    max_size=30,
)


@given(rows_of_any_kind, st.integers(0, 8000), st.integers(1, 50))
def test_the_purge_keeps_its_promises_for_any_rows(rows, quota_bytes, retention_days):
    going = gone(rows, quota_bytes=quota_bytes, retention_days=retention_days)
    by_hash = {one.sha256: one for one in rows}
    expired = {one.sha256 for one in rows if one.stored_ms <= (100 - retention_days) * DAY_MS and not one.needed}
    staying = [one for one in rows if one.sha256 not in going]
    staying_bytes = sum(one.size_bytes for one in staying)

    assert len(set(going)) == len(going)
    assert not any(by_hash[sha256].needed for sha256 in going)
    assert set(going[: len(expired)]) == expired
    assert staying_bytes <= quota_bytes or all(one.needed for one in staying)
    evicted = [by_hash[sha256] for sha256 in going[len(expired) :]]
    if evicted:  # none too many, and none that was shown later than one which stays
        assert staying_bytes + evicted[-1].size_bytes > quota_bytes
        assert all(evicted[-1].used_ms <= one.used_ms for one in staying if not one.needed)
    assert [one.used_ms for one in evicted] == sorted(one.used_ms for one in evicted)
    assert gone(staying, quota_bytes=quota_bytes, retention_days=retention_days) == []
