"""What is said to whoever pressed a button, as the answer or beside the message."""

import asyncio

from bot.sandbox.discord.interactions import CallbackType
from tests.e2e.test_whole_way import END_S


async def note(pressed):
    """The message that says it."""
    async with asyncio.timeout(END_S):
        while not (said := [*pressed.followups, *_answers(pressed)]):  # noqa: ASYNC110 - it lies in the stand-in
            await asyncio.sleep(0.02)
    return said[0]


def _answers(pressed):
    """The answer, where that is a message of its own."""
    deferred = pressed.callback_type is CallbackType.DEFERRED_UPDATE_MESSAGE
    return [] if deferred or pressed.original is None or pressed.original.body is None else [pressed.original]
