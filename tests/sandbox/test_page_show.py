"""How the page starts and ends."""

import asyncio
import socket

import pytest

from bot.sandbox.page.show import free_port, show_page
from bot.sandbox.session import Sandbox
from tests.sandbox.page_rig import paged

pytestmark = pytest.mark.asyncio


async def test_a_port_that_is_taken_is_left_alone():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port(taken.getsockname()[1]) == 0
        port = taken.getsockname()[1]
    assert free_port(port) == port


@pytest.mark.parametrize("ending", ["stop", "bot"])
async def test_the_page_says_where_it_is_and_stays_until_it_is_stopped_or_the_bot_ends(ending, capsys):
    stop, bot = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with paged() as rig:
        box = Sandbox(discord=rig.local, segmind=rig.segmind, bot=bot)
        shown = asyncio.create_task(show_page(box, browser=False, stop=stop))
        await asyncio.sleep(0)
        assert rig.local.url in capsys.readouterr().out
        assert not shown.done()
        if ending == "stop":
            stop.set()
        else:
            bot.set_result(None)
        assert await shown == 0
