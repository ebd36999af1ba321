"""The files of the page, read once."""

from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    data: bytes
    content_type: str


def load_assets() -> dict[str, Asset]:
    """Every file under `static/` by its path there; nothing else of the disk can ever be asked for."""
    return {
        path.relative_to(STATIC).as_posix(): Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in STATIC.rglob("*")
        if path.suffix in _TYPES
    }
