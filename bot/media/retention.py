"""Which of the kept images to let go, by age and by room. Pure: the rows come from the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRow:
    """What the database knows of a kept image.

    `stored_ms` and `used_ms` are wall time: when it was last stored, and last shown. `needed` while a job that is
    not delivered yet has it as its result.
    """

    sha256: str
    size_bytes: int
    stored_ms: int
    used_ms: int
    needed: bool


def expendable(rows: Iterable[MediaRow], *, quota_bytes: int, retention_days: int, now_ms: int) -> list[str]:
    """The hashes of the images to delete, oldest first.

    First all that were stored `retention_days` ago or earlier; then, while the rest takes more than `quota_bytes`,
    those that were not shown for longest. What is needed stays, however old it is and however full the disk.
    """
    rows = list(rows)
    stored_since_ms = now_ms - retention_days * _DAY_MS
    free = [row for row in rows if not row.needed]
    expired = sorted((row for row in free if row.stored_ms <= stored_since_ms), key=attrgetter("stored_ms", "sha256"))
    recent = sorted((row for row in free if row.stored_ms > stored_since_ms), key=attrgetter("used_ms", "sha256"))
    surplus_bytes = sum(row.size_bytes for row in rows) - sum(row.size_bytes for row in expired) - quota_bytes
    evicted = []
    for row in recent:
        if surplus_bytes <= 0:
            break
        evicted.append(row)
        surplus_bytes -= row.size_bytes
    return [row.sha256 for row in expired + evicted]
