"""`/credits`: administrators in the real discord.py give, take and look; nobody else does."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.periods import Per
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.faults import Failure, Fault
from bot.setting_fields import Allowance
from bot.settings import MEMBER_ALLOWANCE
from bot.store.settings import changes
from tests.cogs.stage import TEXTS, until
from tests.cogs.standing_stage import at_square

pytestmark = pytest.mark.asyncio

CREDIT = 1_000_000
REASON = "won the contest"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"


async def credits_of(square, act, *, member="mia", user="adam", forged=False, guild=None, **options):
    """Use a sub-command; returns what was answered."""
    given = {"member": str(square.id_of(member)), **options}
    used = await square.use("credits", user=user, options={act: given}, forged=forged, guild=guild)
    return used.message


async def give(square, amount="2.5", reason=REASON, **more):
    return (await credits_of(square, "give", amount=amount, reason=reason, **more)).body.text


async def take(square, amount="1", reason="a mistake", **more):
    return (await credits_of(square, "take", amount=amount, reason=reason, **more)).body.text


async def show(square, **more):
    return (await credits_of(square, "show", **more)).body.text


async def written(square, guild=None):
    return await changes(square.db, (guild or square.guild).id, limit=99)


async def test_an_administrator_gives_and_takes_and_only_they_see_it(tmp_path):
    async with at_square(tmp_path) as square:
        await square.set(MEMBER_ALLOWANCE, Allowance(CREDIT, Per.DAY))
        mia = f"<@{square.id_of('mia')}>"
        answer = await credits_of(square, "give", amount="2.5", reason=REASON)
        assert answer.ephemeral_to == square.id_of("adam")
        assert answer.body.text == (
            f"{mia} got 2.5 extra credits. They do not expire; 2.5 are there now.\n"
            "Reason: won the contest\n"
            "Extra credits count only once the member's own allowance is used up."
        )
        assert await take(square, "1") == f"1 extra credit was taken from {mia}; 1.5 are left.\nReason: a mistake"
        assert "Your extra credits:** 1.5 credits left" in (await square.use("me", user="mia")).message.body.text


async def test_show_tells_what_is_left_and_who_gave_it_why(tmp_path):
    async with at_square(tmp_path) as square:
        assert "None were given or taken so far." in await show(square)
        await give(square)
        await take(square)
        lines = (await show(square)).splitlines()
    adam = f"<@{square.id_of('adam')}>"
    assert lines[0] == f"**<@{square.id_of('mia')}> has 1.5 extra credits.**"
    assert f"{adam}: -1 credits, then 1.5. Reason: a mistake" in lines[2]
    assert f"{adam}: +2.5 credits, then 2.5. Reason: won the contest" in lines[3]


async def test_who_needs_no_extra_credits_is_named_as_such(tmp_path):
    async with at_square(tmp_path) as square:
        not_needed = TEXTS("en", "credits.not_needed")
        assert (await give(square)).endswith(not_needed)
        assert not_needed in await show(square)
        assert not_needed not in await take(square)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("-1", "Please give an **amount** above zero and up to 10,000,000, such as 2.5."),
        ("10000001", "Please give an **amount** above zero and up to 10,000,000, such as 2.5."),
        ("1,000", "This can be read in two ways."),
        ("a lot", "This is not an amount that I can read."),
        ("0.0000001", "An amount may have up to 6 figures after the point."),
        ("0", "Please give an **amount** above zero and up to 10,000,000, such as 2.5."),
    ],
)
async def test_an_amount_that_is_none_changes_nothing(tmp_path, amount, words):
    async with at_square(tmp_path) as square:
        for act in (give, take):
            answer = await act(square, amount)
            assert answer.startswith(words)
            assert answer.endswith("Nothing was changed.")
        assert await written(square) == []


async def test_never_more_is_taken_than_is_left(tmp_path):
    async with at_square(tmp_path) as square:
        await give(square, "1")
        assert f"<@{square.id_of('mia')}> has 1 extra credits left that are not in use" in await take(square, "1.5")
        assert (await show(square)).startswith(f"**<@{square.id_of('mia')}> has 1 extra credit.**")
        assert len(await written(square)) == 1


async def test_a_reason_of_spaces_is_none(tmp_path):
    async with at_square(tmp_path) as square:
        assert "Please give a **reason** of 1 to 200 characters." in await give(square, reason="   ")
        with pytest.raises(CommandRejected):
            await give(square, reason="x" * 201)
        assert await written(square) == []


async def test_a_reason_calls_nobody_and_formats_nothing(tmp_path):
    async with at_square(tmp_path) as square:
        for words in (await give(square, reason="**@everyone** <@1>\n# big `x`"), await show(square)):
            assert "Reason: \\*\\*@\u200beveryone\\*\\* \\<\u200b@\u200b1\\> \\# big \\`x\\`" in words


async def test_a_bot_gets_nothing(tmp_path):
    async with at_square(tmp_path) as square:
        assert f"<@{square.id_of('imagen')}> is a bot" in await give(square, member="imagen")
        assert "is a bot" in await show(square, member="imagen")
        assert await written(square) == []


async def test_who_left_the_server_gets_nothing_but_what_is_left_can_be_taken(tmp_path):
    async with at_square(tmp_path) as square:
        await give(square)
        del square.guild.members[square.id_of("mia")]
        assert "is not in this server" in await give(square)
        assert "1.5 are left" in await take(square)


# ---------------------------------------------------------------- who may


async def test_discord_shows_the_commands_to_those_who_manage_a_server_and_in_servers_only(tmp_path):
    async with at_square(tmp_path) as square:
        command = square.local.core.commands.find(guild_id=square.guild.id, name="credits", kind=1)
        with pytest.raises(CommandRejected):
            await give(square, user="mia")
    assert command["default_member_permissions"] == "32"
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]


@pytest.mark.parametrize("user", ["mia", "mona"])
async def test_a_forged_use_is_refused(tmp_path, user):
    async with at_square(tmp_path) as square:
        refused = TEXTS("en", "credits.refused")
        assert await give(square, user=user, forged=True) == refused
        assert await take(square, user=user, forged=True) == refused
        assert await show(square, user=user, forged=True) == refused
        assert await written(square) == []


async def test_whom_the_server_lets_in_may_too(tmp_path):
    async with at_square(tmp_path) as square:
        (command,) = (each for each in square.local.core.commands.all(None) if each["name"] == "credits")
        override = Override(square.id_of("mona"), TargetType.USER, True)
        square.local.set_command_rights(square.guild.id, int(command["id"]), [override])
        assert "2.5 are there now" in await give(square, user="mona")


async def test_an_administrator_of_another_server_gives_in_that_server_only(tmp_path):
    async with at_square(tmp_path) as square:
        atelier = square.local.world.guild_named("Atelier")
        await give(square, guild=atelier)
        assert await written(square) == []
        assert len(await written(square, atelier)) == 1
        assert "has 0 extra credits" in await show(square)


# ---------------------------------------------------------------- what goes wrong on the way


async def test_a_use_that_discord_tells_of_twice_gives_once_and_has_one_answer(tmp_path):
    async with at_square(tmp_path) as square:
        square.local.duplicate_next = 1
        assert "2.5 are there now" in await give(square)
        # What the second one answers stands in the place of the first one's answer.
        await until(lambda: sum(call.method == "PATCH" for call in square.local.calls) == 2)
        (answer,) = square.local.messages(square.guild.channel_named("general").id, as_user=square.id_of("adam"))
        assert "2.5 are there now" in answer.body.text
        assert len(await written(square)) == 1


async def test_where_discord_takes_no_answer_nothing_is_given(tmp_path):
    async with at_square(tmp_path) as square:
        square.local.faults.add(Fault(route=CALLBACK, failure=Failure.API_ERROR, code=10062))
        given = {"member": str(square.id_of("mia")), "amount": "1", "reason": REASON}
        general = square.guild.channel_named("general").id
        lost = {"guild_id": square.guild.id, "channel_id": general, "user_id": square.id_of("adam")}
        await square.local.invoke(**lost, command="credits", options={"give": given})
        await until(lambda: any(call.route == CALLBACK for call in square.local.calls))
        # discord.py gives each use of a command a task of this name.
        await until(lambda: not any(task.get_name() == "CommandTree-invoker" for task in asyncio.all_tasks()))
        assert await written(square) == []


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_square(tmp_path) as square:
        square.rulebook.broken = StoreError("x")
        assert await show(square) == TEXTS("en", "credits.error.store")


async def test_what_nobody_foresaw_is_said_too(tmp_path):
    async with at_square(tmp_path) as square:
        square.rulebook.broken = RuntimeError("x")
        assert (await show(square)).startswith(TEXTS("en", "error.unexpected", reference="")[:20])
