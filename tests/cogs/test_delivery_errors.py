from types import SimpleNamespace

import aiohttp
import discord
import pytest

from bot.errors import Busy, NotAllowed, ThreadArchived, TooLarge
from cogs.delivery_errors import as_delivery_errors, delivery_error, will_pass


def refusal(status, code):
    return discord.HTTPException(SimpleNamespace(status=status, reason="No"), {"code": code, "message": "No"})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (413, 0, TooLarge),
        (429, 0, Busy),
        (429, 30046, Busy),
        (500, 0, Busy),
        (503, 0, Busy),
        (400, 160005, ThreadArchived),
        (400, 50035, NotAllowed),
        (401, 0, NotAllowed),
        (403, 999_999, NotAllowed),
    ],
)
def test_a_refusal_without_a_code_of_its_own_is_judged_by_its_status(status, code, kind):
    assert type(delivery_error(refusal(status, code))) is kind


def test_only_discords_own_trouble_passes():
    assert [status for status in (400, 401, 403, 404, 413, 429, 500, 502, 503) if will_pass(refusal(status, 0))] == [
        429,
        500,
        502,
        503,
    ]


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError(), ConnectionResetError(), TimeoutError()])
def test_a_connection_that_fails_is_busy(error):
    with pytest.raises(Busy), as_delivery_errors():
        raise error


def test_an_error_of_our_own_is_not_hidden():
    with pytest.raises(KeyError), as_delivery_errors():
        raise KeyError
