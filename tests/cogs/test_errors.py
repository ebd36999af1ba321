import asyncio
import re

import discord
import pytest

from bot.sandbox.discord.faults import Failure, Fault
from tests.cogs.stage import TEXTS, staged, until

pytestmark = pytest.mark.asyncio

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
UNEXPECTED = TEXTS("en", "error.unexpected", reference="")[:20]


class Unforeseen(Exception):
    pass


async def test_an_unforeseen_error_is_told_privately_with_a_reference_that_is_logged(capsys):
    async with staged() as stage:
        await stage.connect()
        stage.tracker.verdict = Unforeseen("secret details")
        used = await stage.use()
        await used.answered()
    assert used.ephemeral
    assert "secret details" not in used.body.text
    (reference,) = re.findall("[0-9a-f]{8}", used.body.text)
    assert reference in capsys.readouterr().out
    assert used.body.text == TEXTS("en", "error.unexpected", reference=reference)


async def test_an_error_after_the_deferral_takes_the_place_of_the_card_that_waits():
    async with staged() as stage:
        await stage.connect()

        async def begin(interaction_id):
            raise Unforeseen

        stage.tracker.begin = begin
        used = await stage.use()
        await used.answered()
    assert used.body.text.startswith(UNEXPECTED)
    assert not used.body.is_loading


async def test_an_error_after_a_deferral_whose_answer_was_lost_is_told_too():
    async with staged() as stage:
        await stage.connect()

        async def begin(interaction_id):
            raise Unforeseen

        stage.tracker.begin = begin
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.DROP, acted=True))
        used = await stage.use()
        await used.answered()
    assert used.body.text.startswith(UNEXPECTED)


async def test_an_error_that_only_says_that_the_use_was_answered_before_leaves_that_answer():
    async with staged() as stage:
        await stage.connect()

        @stage.client.tree.command(name="bare", description="x")
        async def bare(interaction: discord.Interaction, prompt: str):
            await interaction.response.send_message("done")

        await stage.client.tree.sync()
        stage.discord.duplicate_next = 1
        used = await stage.use("bare")
        await until(lambda: sum(call.route == CALLBACK for call in stage.discord.calls) == 2)
        await until(lambda: not any(task.get_name() == "CommandTree-invoker" for task in asyncio.all_tasks()))
    assert used.body.content == "done"


async def test_a_command_that_the_bot_no_longer_has_says_so():
    async with staged() as stage:
        await stage.connect()
        stage.client.tree.remove_command("imagen-fast")
        used = await stage.use("imagen-fast")
        await used.answered()
    assert used.ephemeral
    assert used.body.text == TEXTS("en", "error.command_changed")


async def test_an_error_that_cannot_be_told_is_logged_and_ends_there(capsys):
    async with staged() as stage:
        await stage.connect()
        stage.tracker.verdict = Unforeseen()
        stage.discord.faults.add(Fault(route=CALLBACK, failure=Failure.API_ERROR, code=10062))
        await stage.use()
        logged = []
        await until(lambda: "could not be told" in (logged.append(capsys.readouterr().out) or "".join(logged)))
