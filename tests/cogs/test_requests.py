"""Everything that the rim asks of Discord, judged by Discord's own description."""

from dataclasses import replace

import pytest

from bot.jobs import Way
from cogs.operator.line import OperatorLine
from tests.cogs.stage import staged, until
from tests.cogs.test_imagen import HASTY, TOO_DEAR
from tests.cogs.test_presenter import deferred, here, picture, seen  # noqa: F401 - a fixture
from tests.cogs.test_widgets import card
from tests.sandbox.specs import needs_specs, request_errors

pytestmark = [pytest.mark.asyncio, needs_specs]


async def _refusals(stage):
    stage.tracker.verdict = TOO_DEAR
    await (await stage.use()).answered()
    stage.tracker.may_decide.clear()
    used = await stage.use()
    await used.acknowledged()
    stage.tracker.may_decide.set()
    await used.answered()
    stage.tracker.verdict = KeyError()
    await (await stage.use()).answered()
    stage.tracker.verdict = None


async def test_every_request_is_as_discord_describes_it(picture):  # noqa: F811 - the fixture
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        await _refusals(stage)
        _, address = await deferred(stage, private=True)
        first, second = picture(1, spoiler=True), picture(2)
        one = await stage.presenter.show(card(images=(first,)), address=address, way=Way.REPLY)
        await stage.presenter.show(card(images=(here(first, one), second)), address=address, way=Way.REPLY)
        _, address = await deferred(stage)
        reply = await stage.presenter.show(card(), address=address, way=Way.REPLY)
        await stage.presenter.show(card(images=(first,)), address=seen(address, reply), way=Way.MESSAGE)
        for way in (Way.CHANNEL, Way.DIRECT):
            post = await stage.presenter.show(card(images=(first,)), address=address, way=way)
            again = replace(card(), images=(here(first, post), second))
            await stage.presenter.show(again, address=seen(address, post), way=way)
            assert await stage.presenter.find(address=address, way=way)
        line = OperatorLine(stage.client, operator_ids=frozenset(), channel_id=None)
        await line.alert("The account is empty.")
        await until(lambda: len(stage.discord.calls) > 15)
        asked = {(call.method, call.route): request_errors(call) for call in stage.discord.calls}
    assert {found for found in asked if asked[found]} == set(), asked
    assert len(asked) >= 10
    assert not [call.path for call in stage.discord.calls if call.status and call.status >= 400]


async def test_no_answer_to_an_interaction_lets_anybody_be_pinged():
    async with staged(patience=HASTY) as stage:
        await stage.connect()
        await _refusals(stage)
        said = [call.payload for call in stage.discord.calls if call.method in {"POST", "PATCH"}]
    messages = [body.get("data") or body for body in said]
    with_words = [body for body in messages if body.get("components")]
    assert len(with_words) == 3
    assert all(body["allowed_mentions"] == {"parse": []} for body in with_words)
