"""From the slash command to the image, through the running bot: real discord.py, real HTTP, real SQLite."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot import app
from bot.catalog import Catalog
from bot.config import load_config
from bot.fields import Choice, Number, Text, Toggle, Whole
from bot.sandbox.discord.component_forms import Component
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.shifted_clock import ShiftedClock
from bot.sandbox.discord.world import Overwrite, OverwriteType
from bot.sandbox.terminal import has_ended
from bot.store.audit import audit
from bot.store.sqlite import open_sqlite
from bot.text import Texts
from cogs.acknowledge import Patience
from tests.e2e.asks import ASKS, models_file, quick_models, turn_away_the_busy, use
from tests.e2e.rig import KEY, Outside, is_private_or_late, outside, tell_all
from tests.sandbox import specs

TOKEN_LIFE_MS = 15 * 60_000
BESIDES = {
    *("imagen-compare", "preset", "defaults", "history", "show", "queue", "help", "me", "privacy"),
    *("limits", "credits", "usage", "safety", "words", "moderation"),
    *("Edit with Imagen", "Report image", "Moderate image"),
}
# How long an image takes, and how long the bot expects it to; END_S is far more than anything takes anywhere.
LATENCY_S, PLANNED_S, END_S = 0.4, 0.25, 60.0
# How much longer a burst of requests may take than Discord allows; it gets no more of the machine's time for that.
SLOWLY = 4
TEXTS = Texts()
PRICE_CREDITS = Decimal("0.06")
pytestmark = pytest.mark.asyncio


class PatientClock(ShiftedClock):
    """Discord's: from `linger` on it goes slower than the machine's, which may have other work to do."""

    def __init__(self) -> None:
        super().__init__()
        self._lingers_ms: int | None = None

    def now_ms(self) -> int:
        now_ms, since_ms = super().now_ms(), self._lingers_ms
        return now_ms if since_ms is None else since_ms + (now_ms - since_ms) // SLOWLY

    def linger(self) -> None:
        self._lingers_ms = self.now_ms()


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, told: bool = True, clock: ShiftedClock | None = None, **settings: object
) -> AsyncIterator[Outside]:
    """The bot in this process, connected; whatever it raises is raised. Where `told`, nobody's first image brings a note."""
    (folder / "models.toml").write_text(models_file(PLANNED_S), encoding="utf-8")
    stop = asyncio.Event()
    async with outside(folder, clock=clock or ShiftedClock(), models=quick_models(LATENCY_S)) as there:
        if told:
            await tell_all(there)
        config = load_config(
            discord_token=there.discord.token,
            segmind_api_key=KEY,
            discord_api_url=there.discord.api_url,
            segmind_base_url=there.segmind.base_url,
            segmind_history_url=there.segmind.base_url,
            database_url=f"sqlite:///{there.database}",
            images_dir=folder / "images",
            models_file=folder / "models.toml",
            **{"segmind_requests_per_minute": 100_000, **settings},
        )
        bot = asyncio.create_task(app.run(config, stop=stop))
        try:
            async with asyncio.timeout(END_S):
                await there.discord.gateway.connected()
            yield there
        finally:
            stop.set()
            await bot


async def ended(record: InteractionRecord) -> Message:
    """The reply, once it has told its whole story."""
    async with asyncio.timeout(END_S):
        await record.until(lambda one: one.original is not None and has_ended(one.original))
    assert record.original is not None
    return record.original


async def started(record: InteractionRecord) -> None:
    async with asyncio.timeout(END_S):
        await record.until(lambda one: one.body is not None)


async def posted(there: Outside, channel_id: int) -> Message:
    """The end of a card that was posted anew there."""
    async with asyncio.timeout(END_S):
        while True:
            for message in there.discord.messages(channel_id, as_user=there.mia):
                if message.interaction_id is None and has_ended(message):
                    return message
            await asyncio.sleep(0.02)


async def direct(there: Outside) -> Message:
    async with asyncio.timeout(END_S):
        while (channel := there.discord.world.dm_with(there.mia)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return await posted(there, channel.id)


async def audited(there: Outside) -> list[object]:
    """What is wrong with the books; the bot has ended."""
    db = await open_sqlite(there.database)
    try:
        return list(await audit(db))
    finally:
        await db.close()


def pinged(there: Outside) -> set[int]:
    """Everybody and every role that any message would ever have called."""
    found: set[int] = set()
    for message in there.messages():
        assert not message.pinged.everyone
        found |= message.pinged.users | message.pinged.roles
    return found


# ---------------------------------------------------------------- the main job


async def test_a_request_is_accepted_within_a_second_and_the_same_reply_shows_the_image(tmp_path):
    async with running(tmp_path) as there:
        # One of a few, for the machine may have other work to do at some moment.
        slow = []
        while len(slow) < 5:
            record = await there.use(prompt="a cozy cabin in the snow")
            await started(record)
            first = record.history[1]
            if first.at_ms - record.created_ms < 1_000:
                break
            slow.append(await ended(record))
        assert record.acknowledged_after_ms < 1_000
        assert first.at_ms - record.created_ms < 1_000
        assert "a cozy cabin in the snow" in first.body.text
        assert "<t:" in first.body.text
        message = await ended(record)
        assert [len(each.body.attachments) for each in record.history] == [0, 0, 1]
        shown = [each for _, each in walk(message.body.components) if each["type"] == Component.MEDIA_GALLERY]
        assert shown[0]["items"][0]["description"] == "Image made by Imagen 4 for the prompt: a cozy cabin in the snow"
        assert there.messages() == [*slow, message]
    assert await audited(there) == []


async def test_the_commands_that_are_registered_are_those_of_the_catalog(tmp_path):
    async with running(tmp_path) as there:
        registered = {each["name"]: each for each in there.discord.core.commands.all(None)}
    catalog = Catalog()
    assert set(registered) == {*catalog.commands, *BESIDES}
    assert all(command["contexts"] == [0] for command in registered.values())
    for name, command in ((name, registered[name]) for name in catalog.commands):
        options = {option["name"]: option for option in command["options"]}
        models = catalog.offered(name)
        assert {field.name for model in models for field in model.fields} <= options.keys()
        assert ("model" in options) == (len(models) > 1)
        for model in models:
            for field in model.fields:
                assert_registered(field, options[field.name])
        assert (options["count"]["min_value"], options["count"]["max_value"]) == (1, 4)
        assert [each["name"] for each in command["options"] if each.get("required")] == ["prompt"]


def assert_registered(field, option):
    match field:
        case Text():
            assert (option["type"], option["max_length"]) == (3, field.high)
        case Choice():
            assert option["type"] == 3
            assert tuple(each["value"] for each in option["choices"]) == field.choices
        case Whole():
            assert (option["type"], option["min_value"], option["max_value"]) == (4, field.low, field.high)
        case Number():
            assert (option["type"], option["min_value"], option["max_value"]) == (10, field.low, field.high)
        case Toggle():
            assert option["type"] == 5
    if field.default not in (None, ""):
        # Long defaults are cut, for a description has 100 characters; their beginning is there.
        assert str(field.default)[:12] in option["description"]


@specs.needs_specs
async def test_everything_that_the_bot_sends_is_what_discord_describes(tmp_path):
    async with running(tmp_path, monthly_limit_credits=2) as there:
        turn_away_the_busy(there.segmind)
        asks = [ask for ask in ASKS if "unclear" not in ask.name]
        records = [(await use(there, ask, stop="", number=n)).record for n, ask in enumerate(asks)]
        records.append(await there.use("imagen", model="imagen-3", prompt="no such option", negative_prompt="rain"))
        for record in records:
            await ended(record)
        late = await there.use(prompt="a late fox")
        await started(late)
        there.discord.faults.add(EDIT_REFUSED)
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        await posted(there, there.general.id)
    assert len(there.discord.calls) > 30
    wrong = {
        (call.method, call.route): errors for call in there.discord.calls if (errors := specs.request_errors(call))
    }
    assert wrong == {}


# ---------------------------------------------------------------- limits


async def test_over_the_servers_monthly_limit_a_request_is_refused_privately_and_sends_nothing(tmp_path):
    async with running(tmp_path, monthly_limit_credits=PRICE_CREDITS) as there:
        await ended(await there.use(prompt="a fox"))
        refused = await there.use(prompt="another fox")
        message = await ended(refused)
        assert is_private_or_late(refused)
        assert message.visible_to(None) is not refused.ephemeral
        assert there.segmind.submits_taken == 1


async def test_of_200_requests_at_once_exactly_those_are_accepted_that_the_credits_reach_for(tmp_path):
    clock = PatientClock()
    async with running(
        tmp_path, clock=clock, monthly_limit_credits=30 * PRICE_CREDITS, jobs_per_member=200, jobs_per_server=200
    ) as there:
        clock.linger()
        records = [await there.use(prompt=f"fox {number}") for number in range(200)]
        async with asyncio.timeout(END_S):
            await asyncio.gather(*(record.acknowledged() for record in records))
        messages = [await ended(record) for record in records]
        with_image = [message for message in messages if message.body.attachments]
        without = [record for record, message in zip(records, messages, strict=True) if not message.body.attachments]
        assert len(with_image) == there.segmind.submits_taken == 30
        assert len(without) == 170
        # Who was decided upon in time was told privately; nobody was told in public about money. The bot's own clock goes
        # ahead of Discord's slow one, so that before long it takes all for old, and leaves the least time to decide in.
        least_ms = 1_000 * (Patience().least_s - Patience().attempt_s)
        late = [record for record in without if not record.ephemeral]
        assert all(SLOWLY * record.acknowledged_after_ms >= least_ms - SLOWLY for record in late)
        assert {record.original.body.text for record in late} <= {TEXTS("en-US", "refusal.limit.public")}
    assert await audited(there) == []


# ---------------------------------------------------------------- trouble on the way


@pytest.mark.parametrize("trouble", ["dropped", "asked to reconnect", "session lost"])
async def test_the_gateway_breaks_in_the_middle_and_every_request_ends_as_if_it_had_not(tmp_path, trouble):
    async with running(tmp_path) as there:
        records = [await there.use(prompt="a fox before")]
        await started(records[0])
        gateway = there.discord.gateway
        match trouble:
            case "dropped":
                gateway.drop()
            case "asked to reconnect":
                gateway.ask_to_reconnect()
            case _:
                gateway.invalidate(resumable=False)
        await asyncio.sleep(0.05)
        async with asyncio.timeout(END_S):
            await gateway.connected()
        records.append(await there.use(prompt="a fox after"))
        assert [len((await ended(record)).body.attachments) for record in records] == [1, 1]
        assert there.segmind.submits_taken == 2


async def test_the_same_interaction_twice_is_one_request(tmp_path):
    async with running(tmp_path) as there:
        there.discord.duplicate_next = 1
        message = await ended(await there.use(prompt="a fox"))
        assert len(message.body.attachments) == 1
        assert there.messages() == [message]
        assert there.segmind.submits_taken == 1
    assert await audited(there) == []


# ---------------------------------------------------------------- delivery by other ways

EDIT_REFUSED = Fault(
    route="/channels/{channel_id}/messages/{message_id}", method="PATCH", failure=Failure.API_ERROR, code=50001
)


async def test_after_the_tokens_fifteen_minutes_the_same_reply_is_edited_as_the_bot(tmp_path):
    async with running(tmp_path) as there:
        record = await there.use(prompt="a fox")
        await started(record)
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        message = await ended(record)
        assert len(message.body.attachments) == 1
        assert there.messages() == [message]
        assert pinged(there) == set()


async def test_where_that_is_refused_it_is_posted_in_the_channel_and_calls_only_who_asked(tmp_path):
    async with running(tmp_path) as there:
        record = await there.use(prompt=MENTIONS.format(**names(there)))
        await started(record)
        there.discord.faults.add(EDIT_REFUSED)
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        message = await posted(there, there.general.id)
        assert len(message.body.attachments) == 1
        assert pinged(there) == {there.mia}


async def test_where_the_channel_is_closed_too_it_comes_by_direct_message(tmp_path):
    async with running(tmp_path) as there:
        record = await there.use(prompt="a fox")
        await started(record)
        there.discord.faults.add(EDIT_REFUSED)
        closed = Overwrite(
            id=there.discord.world.application.bot_id, type=OverwriteType.MEMBER, deny=int(Permission.SEND_MESSAGES)
        )
        there.general.overwrites.append(closed)
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        message = await direct(there)
        assert len(message.body.attachments) == 1


async def test_a_private_result_that_is_late_comes_by_direct_message_and_never_to_the_channel(tmp_path):
    async with running(tmp_path) as there:
        record = await there.use(prompt="a secret fox", private=True)
        await started(record)
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        message = await direct(there)
        assert len(message.body.attachments) == 1
        assert there.discord.messages(there.general.id) == []


async def test_a_card_that_somebody_deleted_is_not_put_up_again_but_sent_to_who_asked(tmp_path):
    async with running(tmp_path) as there:
        record = await there.use(prompt="a fox")
        await started(record)
        there.discord.delete(record.original)
        message = await direct(there)
        assert len(message.body.attachments) == 1
        assert there.discord.messages(there.general.id) == []


# ---------------------------------------------------------------- mentions

MENTIONS = "@everyone @here <@{mona}> <@!{adam}> <@&{role}> <#{channel}> **bold** [a](https://x.example) ```code"


def names(there: Outside) -> dict[str, int]:
    role = next(role for role in there.guild.roles.values() if role.name == "Moderator")
    role.mentionable = True
    people = {name: there.discord.world.user_named(name).id for name in ("mona", "adam")}
    return {**people, "role": role.id, "channel": there.general.id}


async def test_a_prompt_full_of_mentions_calls_nobody_and_reaches_segmind_unchanged(tmp_path):
    async with running(tmp_path) as there:
        prompt = MENTIONS.format(**names(there))
        # The bot may mention everyone here, so that only its own care prevents it.
        there.guild.roles[there.guild.id].permissions |= int(Permission.MENTION_EVERYONE)
        cards = [await there.use(prompt=prompt), await there.use(prompt=prompt + " [rai-words]")]
        for record in cards:
            await ended(record)
        assert pinged(there) == set()
        assert there.segmind.requests[0].prompt == prompt
