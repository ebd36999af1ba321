"""What holds for all tests."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

# The same examples each time, so that a change is judged by what it changed; `make test-long` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are made here, all to stay: looking for rubbish among them takes a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
