"""Where the bot logs an exception it did not expect, it stumbled; a simulation takes note."""

import contextlib
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import structlog

_noticed: list[str] = []


def taken() -> list[str]:
    """What was noticed since the last time."""
    taken, _noticed[:] = [*_noticed], []
    return taken


@contextlib.contextmanager
def noted() -> Iterator[None]:
    """Print nothing, and keep what was logged with an exception for `taken`."""
    _noticed.clear()
    structlog.configure(
        processors=[_note],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )
    yield


def _note(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    if event.get("exc_info"):
        _noticed.append(f"{event['event']}\n{traceback.format_exc()}")
    raise structlog.DropEvent
