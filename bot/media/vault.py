"""Finished images on disk, each under the hash of its own bytes; what stands under a name is always whole."""

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.errors import MediaUnavailable
from bot.media.formats import Format

_EXTENSIONS = frozenset(kind.extension for kind in Format)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = ".part"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of the vault."""

    sha256: str
    path: Path
    size_bytes: int


class Vault:
    """A folder of images, `ab/abcdef….jpg`, that only its owner can read.

    One process writes to it at a time. `fsync` is what makes a file descriptor's content durable.
    """

    def __init__(self, root: Path, *, fsync: Callable[[int], None] = os.fsync) -> None:
        self._root = root
        self._fsync = fsync

    def open(self) -> None:
        """Make the folder if there is none, and sweep out what a crash left half-written; raises OSError."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in self._root.glob(f"*/.*{_PART}"):
            part.unlink(missing_ok=True)

    def put(self, data: bytes, extension: str) -> Kept:
        """Keep these bytes; the same bytes again change nothing. Durable when it returns.

        `extension` is that of a Format, without dot. Raises MediaUnavailable when the disk does not take it; then
        nothing of it is left behind.
        """
        if extension not in _EXTENSIONS:
            raise ValueError(f"no image has the extension {extension!r}")
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._folder(sha256) / f"{sha256}.{extension}"
        try:
            if not path.is_file() or path.stat().st_size != len(data):
                self._write(path, data)
            # Also for a file that was there: its writer may have been killed right here.
            self._sync_folder(path.parent)
            self._sync_folder(self._root)
        except OSError as error:
            reason = "the disk is full" if error.errno in _FULL else error.strerror or type(error).__name__
            raise MediaUnavailable(f"the image could not be kept: {reason}") from None
        return Kept(sha256=sha256, path=path, size_bytes=len(data))

    def path(self, sha256: str) -> Path | None:
        """Where the image is; None if it is not kept (any more). Raises ValueError for what is no hash."""
        folder = self._folder(sha256)
        paths = (folder / f"{sha256}.{extension}" for extension in sorted(_EXTENSIONS))
        return next((path for path in paths if path.is_file()), None)

    def find(self, sha256: str) -> Kept | None:
        """The image's file and size; None if it is not kept (any more). Raises ValueError for what is no hash."""
        path = self.path(sha256)
        return None if path is None else Kept(sha256=sha256, path=path, size_bytes=path.stat().st_size)

    def read(self, sha256: str) -> bytes:
        """The bytes of an image; raises MediaUnavailable if it is not kept or cannot be read."""
        path = self.path(sha256)
        if path is None:
            raise MediaUnavailable("the image is not kept any more")
        try:
            return path.read_bytes()
        except OSError as error:
            raise MediaUnavailable(f"the image could not be read: {error.strerror}") from None

    def delete(self, sha256: str) -> bool:
        """Forget an image; False if it was not kept. Raises OSError."""
        path = self.path(sha256)
        if path is None:
            return False
        path.unlink(missing_ok=True)
        return True

    def _folder(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256 in hexadecimal")
        return self._root / sha256[:2]

    def _write(self, path: Path, data: bytes) -> None:
        """All of it under the name, or nothing: written beside it, made durable, then renamed."""
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{_PART}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                self._fsync(file.fileno())
            part.replace(path)
        finally:
            with suppress(OSError):  # renamed by now, unless something else is being raised
                part.unlink(missing_ok=True)

    def _sync_folder(self, folder: Path) -> None:
        if os.name == "nt":  # Windows opens no folders, and needs no such thing
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            self._fsync(descriptor)
        finally:
            os.close(descriptor)
