"""Which images are kept. Their bytes are files named by their SHA-256; here is what is known about each."""

from dataclasses import dataclass, fields
from typing import Protocol

from bot.jobs import Shown
from bot.store.database import Reader, Transaction


class Image(Protocol):
    """What is to be known of an image before it is written down."""

    @property
    def content_type(self) -> str: ...
    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One kept image. `stored_ms` is when it was last stored, `used_ms` when somebody last wanted it."""

    sha256: str
    size_bytes: int
    content_type: str
    width_px: int
    height_px: int
    stored_ms: int
    used_ms: int


async def insert(tx: Transaction, image: Image, *, sha256: str, at_ms: int) -> None:
    """Write down that this image is kept; one that is there already counts as stored and used now."""
    await tx.execute(
        """INSERT INTO media (sha256, size_bytes, content_type, width_px, height_px, stored_ms, used_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $6)
        ON CONFLICT (sha256) DO UPDATE SET stored_ms = excluded.stored_ms, used_ms = excluded.used_ms""",
        sha256,
        image.size_bytes,
        image.content_type,
        image.width_px,
        image.height_px,
        at_ms,
    )


async def delete(tx: Transaction, sha256: str) -> None:
    await tx.execute("DELETE FROM media WHERE sha256 = $1", sha256)


async def all_media(reader: Reader) -> list[Medium]:
    """Return every kept image, the one that nobody wanted for longest first."""
    rows = await reader.fetch("SELECT * FROM media ORDER BY used_ms, sha256")
    return [Medium(**{field.name: row[field.name] for field in fields(Medium)}) for row in rows]


async def needed(reader: Reader, shown: Shown) -> set[str]:
    """Return the SHA-256 of every image of the requests whose cards are that far.

    OPEN: the card still has to be delivered. KEPT: Discord has no copy, this is the only one.
    """
    rows = await reader.fetch(
        """SELECT DISTINCT sha256 FROM jobs JOIN requests USING (interaction_id)
        WHERE shown = $1 AND sha256 IS NOT NULL""",
        shown.value,
    )
    return {row["sha256"] for row in rows}
