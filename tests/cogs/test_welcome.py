"""The first card in a server, and its switch: the real discord.py, a local Discord and a real database."""

import asyncio

import pytest

from bot.admin.servers import NEWS_MS, WELCOME_WITHIN_MS
from bot.errors import StoreError
from bot.periods import Per
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.interactions import InteractionType
from bot.sandbox.discord.people import actor
from bot.sandbox.discord.permissions import MEMBER, Permission
from bot.sandbox.discord.world import ChannelType, Overwrite, OverwriteType
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import BUDGET, ENABLED
from bot.store import guilds
from tests.cogs.stage import TEXTS, until
from tests.cogs.standing_stage import at_square

pytestmark = pytest.mark.asyncio

MESSAGES = "/channels/{channel_id}/messages"
OFF, ON = "welcome:off", "welcome:on"


async def known(square, guild):
    return await guilds.known(square.db, guild.id)


async def eventually(ask, *, within_s=30.0):
    """Wait for what `ask` finds to be true; returns it."""
    async with asyncio.timeout(within_s):
        while not (found := await ask()):  # noqa: ASYNC110 - what is waited for lies in the database
            await asyncio.sleep(0.005)
    return found


async def met(square):
    """The bot has seen all servers that it was in before, long ago."""
    await eventually(lambda: known(square, square.local.world.guild_named("Werkstatt")))


def new_server(square, *, name="Ocean", locale="en-US", channels=("lounge",)):
    """A server of adam's with mia in it, and without the bot; it has #general and these."""
    guild = square.local.found_server(name, owner_id=square.id_of("adam"), locale=locale)
    first = guild.channel_named("general")
    for number, channel in enumerate(channels, start=1):
        made = type(first)(
            id=square.local.core.snowflakes.next(),
            type=ChannelType.GUILD_TEXT,
            name=channel,
            guild_id=guild.id,
            position=number,
        )
        guild.channels[made.id] = made
    joined_ms = guild.members[guild.owner_id].joined_ms
    guild.members[square.id_of("mia")] = type(guild.members[guild.owner_id])(
        user_id=square.id_of("mia"), joined_ms=joined_ms
    )
    return guild


def cards(square, guild):
    return [message for channel in guild.channels for message in square.local.messages(channel)]


async def joined(square, guild=None, **more):
    """The bot is invited; returns the card once it is in the book."""
    guild = guild or new_server(square)
    square.local.join(guild.id, **more)

    async def welcomed():
        found = await known(square, guild)
        return found is not None and found.welcomed_ms

    await eventually(welcomed)
    (card,) = cards(square, guild)
    return card


def deny(square, channel, bits):
    channel.overwrites.append(
        Overwrite(id=square.local.world.application.bot_id, type=OverwriteType.MEMBER, deny=int(bits))
    )


async def press(square, card, custom_id, *, user="adam"):
    record = await square.local.press(card, custom_id, user_id=square.id_of(user))
    return await record.acknowledged()


def button(card):
    (found,) = (each for _, each in walk(card.body.components) if "custom_id" in each)
    return found["custom_id"], found["label"]


async def is_on(square, guild):
    return (await square.rulebook.rules(guild.id)).guild[ENABLED]


# ---------------------------------------------------------------- the card


async def test_a_new_server_is_told_what_the_bot_is_what_it_costs_and_how_to_begin(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        card = await joined(square, ocean)
        text = card.body.text
        assert card.channel_id == ocean.system_channel_id
        assert card.ephemeral_to is None
        assert button(card) == (OFF, "Switch off in this server")
    for words in ("Type /imagen", "/me tells you", "/limits sets", "/credits gives", "prompts go to Segmind"):
        assert words in text
    assert "Imagen 4 (/imagen), Imagen 3 (/imagen), Imagen 4 Ultra (/imagen-ultra)" in text
    assert "This server may spend 10 credits a month (about 166 images with Imagen 4)" in text
    assert "I have all the permissions that I need." in text
    assert text.endswith("Image making is on in this server.")


async def test_nobody_is_written_to_directly(tmp_path):
    async with at_square(tmp_path) as square:
        await joined(square)
        assert square.local.world.dms == {}


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (Budget(BudgetKind.LIMITED, Allowance(1_000_000, Per.DAY)), "may spend 1 credit a day (about 16 images"),
        (Budget(BudgetKind.UNLIMITED), "has set no budget for this server"),
        (Budget(BudgetKind.BLOCKED), "has no budget yet, so no images are made"),
    ],
)
async def test_the_budget_that_the_operator_set_before_is_the_one_that_is_told(tmp_path, budget, words):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        await square.set(BUDGET, budget, guild_id=ocean.id)
        assert words in (await joined(square, ocean)).body.text


async def test_permissions_that_are_missing_are_named_as_discord_shows_them(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        missing = (
            Permission.ATTACH_FILES
            | Permission.EMBED_LINKS
            | Permission.SEND_MESSAGES_IN_THREADS
            | Permission.READ_MESSAGE_HISTORY
        )
        ocean.roles[ocean.id].permissions = MEMBER & ~missing
        text = (await joined(square, ocean, bot_permissions=MEMBER & ~missing)).body.text
    assert "**Permissions that I still need:** Embed Links, Attach Files. Give them to my role" in text
    assert "would help after long waits: Read Message History, Send Messages in Threads." in text


async def test_without_a_system_channel_it_stands_in_the_first_channel_that_takes_it(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square, channels=("rules", "lounge", "other"))
        ocean.system_channel_id = None
        for name in ("general", "rules"):
            deny(square, ocean.channel_named(name), Permission.SEND_MESSAGES)
        assert (await joined(square, ocean)).channel_id == ocean.channel_named("lounge").id


async def test_a_channel_that_takes_nothing_after_all_is_passed_over(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        square.local.faults.add(Fault(route=MESSAGES, method="POST", failure=Failure.API_ERROR, code=50013))
        assert (await joined(square, ocean)).channel_id == ocean.channel_named("lounge").id


async def test_where_it_may_write_nowhere_it_says_nothing(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        ocean.roles[ocean.id].permissions = MEMBER & ~Permission.SEND_MESSAGES
        square.local.join(ocean.id, bot_permissions=0)
        found = await eventually(lambda: known(square, ocean))
        square.local.set_system_channel(ocean.id, None)
        await square.use("me", user="mia")
        assert found.name == "Ocean"
        assert not any(call.route == MESSAGES for call in square.local.calls)


# ---------------------------------------------------------------- once for each join


async def test_servers_where_the_bot_has_been_for_long_are_not_welcomed_at_its_first_start(tmp_path):
    async with at_square(tmp_path) as square:
        await met(square)
        aquarium = square.local.world.guild_named("Aquarium")
        assert (await known(square, aquarium)).name == "Aquarium"
        assert square.clock.now_ms() - aquarium.joined_ms > NEWS_MS
        assert cards(square, aquarium) == []


async def test_a_server_that_was_joined_while_the_bot_was_down_is_welcomed_at_the_start(tmp_path):
    async with at_square(tmp_path) as square:
        await met(square)
        await square.stop()
        ocean = new_server(square)
        square.local.join(ocean.id)
        await square.start()
        await until(lambda: cards(square, ocean))


async def test_neither_another_start_nor_another_connection_welcomes_again(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        await joined(square, ocean)
        await square.stop()
        await square.start()
        await square.use("me", user="mia")
        assert len(cards(square, ocean)) == 1


async def test_a_crash_before_the_card_is_in_the_book_makes_no_second_card(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        await joined(square, ocean)
        async with square.db.transaction() as tx:
            await tx.execute("UPDATE guilds SET welcomed_ms = NULL")
        await square.stop()
        await square.start()
        await eventually(lambda: _welcomed(square, ocean))
        assert len(cards(square, ocean)) == 1


async def _welcomed(square, guild):
    return (await known(square, guild)).welcomed_ms is not None


async def test_who_throws_the_bot_out_and_invites_it_again_is_welcomed_again(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        await joined(square, ocean)
        square.local.remove(ocean.id)

        async def gone():
            return (await known(square, ocean)).left_ms

        await eventually(gone)
        square.clock.ahead_ms += WELCOME_WITHIN_MS
        # Another server as Discord's stand-in has it: it forgets those that the bot has left.
        square.local.world.guilds[ocean.id] = ocean
        ocean.members.pop(square.local.world.application.bot_id, None)
        square.local.join(ocean.id)
        await until(lambda: len(cards(square, ocean)) == 2)


async def test_a_server_that_was_left_while_the_bot_was_down_is_in_the_book_as_left(tmp_path):
    async with at_square(tmp_path) as square:
        await met(square)
        await square.stop()
        atelier = square.local.world.guild_named("Atelier")
        square.local.remove(atelier.id)
        await square.start()

        async def gone():
            return (await known(square, atelier)).left_ms

        await eventually(gone)
        assert (await known(square, square.guild)).left_ms is None


async def test_a_new_name_is_in_the_book(tmp_path):
    async with at_square(tmp_path) as square:
        await met(square)
        square.guild.name = "Big Aquarium"
        square.local.set_system_channel(square.guild.id, None)

        async def renamed():
            return (await known(square, square.guild)).name == "Big Aquarium"

        await eventually(renamed)


# ---------------------------------------------------------------- the switch


async def test_an_administrator_switches_off_and_on_and_the_card_says_who_did(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        card = await joined(square, ocean)
        await press(square, card, OFF)
        assert not await is_on(square, ocean)
        assert f"**<@{square.id_of('adam')}> switched image making off** <t:" in card.body.text
        assert button(card) == (ON, "Switch on in this server")
        await press(square, card, ON)
        assert await is_on(square, ocean)
        assert f"<@{square.id_of('adam')}> switched image making on <t:" in card.body.text
        assert button(card)[0] == OFF


async def test_the_switch_works_after_a_restart(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        card = await joined(square, ocean)
        await square.stop()
        await square.start()
        await press(square, card, OFF)
        assert not await is_on(square, ocean)
        assert button(card)[0] == ON


async def test_a_member_who_presses_it_is_told_privately_that_it_is_not_theirs(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        card = await joined(square, ocean)
        before = card.body.text
        record = await press(square, card, OFF, user="mia")
        assert record.message.ephemeral_to == square.id_of("mia")
        assert record.message.body.text == TEXTS("en", "welcome.refused")
        assert await is_on(square, ocean)
        assert card.body.text == before


async def test_a_press_that_discord_tells_of_twice_is_one_change(tmp_path):
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        card = await joined(square, ocean)
        square.local.duplicate_next = 1
        await press(square, card, OFF)
        assert not await is_on(square, ocean)
        assert len(await square.rulebook.history(ocean.id, limit=9)) == 1


async def test_an_administrator_of_another_server_switches_that_server_only(tmp_path):
    """Somebody forges a press: the card of Ocean, as if it stood in Aquarium, where olga rules."""
    async with at_square(tmp_path) as square:
        ocean = new_server(square)
        card = await joined(square, ocean)
        general = square.guild.channel_named("general").id
        olga = actor(square.local.core, guild_id=square.guild.id, channel_id=general, user_id=square.id_of("olga"))
        mia = actor(square.local.core, guild_id=square.guild.id, channel_id=general, user_id=square.id_of("mia"))
        data = {"custom_id": OFF, "component_type": 2, "id": 1}
        for who in (mia, olga):
            record = square.local._send(who, InteractionType.MESSAGE_COMPONENT, data, source=card)
            await record.acknowledged()
            assert await is_on(square, ocean)
            assert await is_on(square, square.guild) is (who is mia)


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_square(tmp_path) as square:
        card = await joined(square)
        square.rulebook.broken = StoreError("x")
        record = await press(square, card, OFF)
        assert record.message.body.text == TEXTS("en", "welcome.store")
