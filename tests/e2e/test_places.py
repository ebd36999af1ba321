"""Wherever people talk: threads, forum posts, voice channels, direct messages, groups, servers that the bot is not in."""

import asyncio

import pytest

from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.components import walk
from tests.e2e.notes import note
from tests.e2e.rig import told_in_time, written_down
from tests.e2e.test_limits import answered
from tests.e2e.test_whole_way import (
    END_S,
    PRICE_CREDITS,
    TOKEN_LIFE_MS,
    audited,
    direct,
    ended,
    posted,
    running,
    started,
)
from tests.sandbox import specs

pytestmark = pytest.mark.asyncio

OPEN = {"direct_messages": True, "user_install": True}
EVERYWHERE = {"imagen", "imagen-ultra", "imagen-fast", "history", "show", "queue", "me", "privacy", "help"}


class Place:
    """Where somebody is; each is a way to use a command there."""

    def __init__(self, there, *, guild=None, channel_id=None):
        self.there, self.guild, self.channel_id = there, guild, channel_id

    async def use(self, command="imagen", *, user="mia", forged=False, **options):
        return await self.there.discord.invoke(
            guild_id=None if self.guild is None else self.guild.id,
            channel_id=self.channel_id,
            user_id=self.there.discord.world.user_named(user).id,
            command=command,
            options=options,
            forged=forged,
        )


def within(there, name, guild="Aquarium"):
    found = there.discord.world.guild_named(guild)
    return Place(there, guild=found, channel_id=found.channel_named(name).id)


def alone(there):
    return Place(there)


def group(there):
    there.discord.world.installed_by.add(there.mia)
    return Place(there, channel_id=next(iter(there.discord.world.groups)))


def foreign(there):
    """A German server of mia's, without the bot, where everything is age-restricted."""
    there.discord.world.installed_by.add(there.mia)
    found = there.discord.found_server("Elsewhere", owner_id=there.mia, locale="de")
    general = found.channel_named("general")
    general.nsfw = True
    return Place(there, guild=found, channel_id=general.id)


def id_of(message, does):
    ids = [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]
    return next(each for each in ids if f":{does}:" in each)


async def words(place, command, **options):
    return (await answered(await place.use(command, **options))).body.text


def calls_to(there, channel_id):
    """What the bot did in a channel with its own token."""
    return [call for call in there.discord.calls if f"/channels/{channel_id}/" in call.path]


# ---------------------------------------------------------------- in servers


@pytest.mark.parametrize("name", ["my-garden", "lounge", "old-ideas"])
async def test_images_are_made_in_threads_forum_posts_and_voice_channels(tmp_path, name):
    async with running(tmp_path) as there:
        place = within(there, name)
        there.guild.channel_named("old-ideas").thread.archived = False
        in_time, late = await place.use(prompt="a fox"), await place.use(prompt="a late fox")
        for record in (in_time, late):
            await started(record)
        assert (await ended(in_time)).body.attachments
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        assert (await ended(late)).body.attachments
        assert len(there.discord.messages(place.channel_id)) == 2


async def test_a_thread_that_is_archived_meanwhile_is_opened_again_by_its_image(tmp_path):
    async with running(tmp_path) as there:
        place = within(there, "my-garden")
        thread = there.guild.channel_named("my-garden").thread
        record = await place.use(prompt="a fox")
        await started(record)
        thread.archived = True
        message = await posted(there, place.channel_id)
        assert len(message.body.attachments) == 1
        assert not thread.archived


async def test_a_public_card_speaks_the_servers_language_and_a_private_one_the_members(tmp_path):
    async with running(tmp_path) as there:
        place = within(there, "general", guild="Werkstatt")
        public = await ended(await place.use(prompt="a fox"))
        private = await ended(await place.use(prompt="a fox", private=True))
        assert "Credit" in public.body.text
        assert "credit" in private.body.text
        assert "Verlauf" not in private.body.text
        assert public.body.text != private.body.text


# ---------------------------------------------------------------- where it is switched off


@pytest.mark.parametrize("where", [alone, group, foreign])
async def test_where_it_is_switched_off_nothing_is_offered_and_who_gets_there_is_told(tmp_path, where):
    async with running(tmp_path) as there:
        place = where(there)
        with pytest.raises(CommandRejected):
            await place.use(prompt="a fox")
        said = (await told_in_time(lambda: place.use(prompt="a fox", forged=True))).body.text
        assert "in servers only" in said
        assert "Nothing was charged" in said
        assert there.segmind.submits_taken == 0
        assert "in servers only" in (await answered(await place.use("me", forged=True))).body.text


async def test_each_switch_opens_its_own_places_only(tmp_path):
    async with running(tmp_path, direct_messages=True) as there:
        assert (await ended(await alone(there).use(prompt="a fox"))).body.attachments
        for where in (group, foreign):
            with pytest.raises(CommandRejected):
                await where(there).use(prompt="a fox")
            assert "in servers only" in (await answered(await where(there).use(prompt="a fox", forged=True))).body.text
        assert there.segmind.submits_taken == 1


async def test_only_what_is_about_oneself_is_offered_outside_and_servers_have_all(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        shown = {each["name"]: each for each in there.discord.core.commands.all(None)}
    outside = {name for name, each in shown.items() if each["contexts"] != [0]}
    assert outside >= EVERYWHERE
    assert not outside & {"limits", "safety", "words", "credits", "usage", "moderation", "imagen-compare", "preset"}
    assert all(shown[name]["contexts"] == [0, 1, 2] for name in outside)
    assert all(shown[name]["integration_types"] == [0, 1] for name in outside)
    assert all(each["integration_types"] == [0] for name, each in shown.items() if name not in outside)


# ---------------------------------------------------------------- direct messages with the bot


async def test_in_direct_messages_images_come_in_time_and_late_by_the_same_message(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        place = alone(there)
        late = await place.use(prompt="a late fox")
        await started(late)
        assert "only until" not in late.body.text
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        message = await ended(late)
        assert len(message.body.attachments) == 1
        assert there.discord.messages(late.channel_id, as_user=there.mia) == [message]
        assert message.pinged.users == frozenset()
    assert await audited(there) == []


async def test_in_direct_messages_everything_personal_works_and_speaks_the_members_language(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        there.discord.world.users[there.mia].locale = "de"
        place = alone(there)
        card = await ended(await place.use(prompt="a fox"))
        assert "Credit" in card.body.text
        assert "0,44" in await words(place, "me")
        assert "a fox" in await words(place, "history")
        helped = await words(place, "help")
        assert "`/imagen-fast`" in helped
        assert "/imagen-compare" not in helped
        for command in ("queue", "privacy"):
            assert await words(place, command)
        shown = await answered(await place.use("show", image="fox"))
        assert len(shown.body.attachments) == 1
        assert shown.visible_to(None)
        again = await there.discord.press(card, id_of(card, "again"), user_id=there.mia)
        assert (await ended(again)).body.attachments
        assert there.segmind.submits_taken == 2


async def test_everybody_has_a_small_allowance_of_their_own_outside_of_servers(tmp_path):
    async with running(tmp_path, **OPEN, direct_limit_credits=PRICE_CREDITS) as there:
        place = alone(there)
        assert (await ended(await place.use(prompt="a fox"))).body.attachments
        refused = await told_in_time(lambda: place.use(prompt="another fox"))
        assert "Your allowance is renewed" in refused.body.text
        # The same person elsewhere draws on the same allowance; others, and servers, on their own.
        assert not (await ended(await group(there).use(prompt="another fox"))).body.attachments
        assert (await ended(await place.use(prompt="a fox", user="mona"))).body.attachments
        assert (await ended(await there.use(prompt="a fox"))).body.attachments
        assert there.segmind.submits_taken == 3
    assert await audited(there) == []


async def test_the_operators_ceilings_hold_outside_of_servers_too(tmp_path):
    async with running(tmp_path, **OPEN, ceiling_per_day_credits=PRICE_CREDITS) as there:
        assert (await ended(await there.use(prompt="a fox"))).body.attachments
        assert not (await ended(await alone(there).use(prompt="a fox"))).body.attachments
    assert await audited(there) == []


# ---------------------------------------------------------------- groups, and servers without the bot


@specs.needs_specs
@pytest.mark.parametrize("where", [group, foreign])
async def test_where_only_the_token_works_it_is_said_early_and_what_is_late_comes_by_direct_message(tmp_path, where):
    async with running(tmp_path, **OPEN) as there:
        place = where(there)
        record = await place.use(prompt="a late fox")
        await started(record)
        assert "only until <t:" in record.history[1].body.text or "nur bis <t:" in record.history[1].body.text
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        message = await direct(there)
        assert len(message.body.attachments) == 1
        assert calls_to(there, place.channel_id) == []
        in_time = await ended(await place.use(prompt="a fox"))
        assert len(in_time.body.attachments) == 1
        assert "only until" not in in_time.body.text
        assert not [call for call in there.discord.calls if "/guilds/-" in call.path]
        wrong = [errors for call in there.discord.calls if (errors := specs.request_errors(call))]
        assert wrong == []
    assert await audited(there) == []


async def test_what_nobody_takes_is_kept_for_its_owner_who_finds_it(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        place = group(there)
        there.discord.world.users[there.mia].accepts_dms = False
        await started(await place.use(prompt="a late fox"))
        there.discord.core.clock.advance(TOKEN_LIFE_MS)
        async with asyncio.timeout(END_S):
            while not (shown := await answered(await place.use("show", image="late"))).body.attachments:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert shown.ephemeral_to == there.mia
        assert "could not take the image away again" in shown.body.text
        assert "a late fox" in await words(place, "history")


async def test_in_a_server_without_the_bot_its_name_and_its_channels_count_for_nothing(tmp_path):
    async with running(tmp_path, **OPEN, monthly_limit_credits=0) as there:
        place = foreign(there)
        card = await ended(await place.use(prompt="ein Fuchs"))
        assert len(card.body.attachments) == 1
        assert "Credit" in card.body.text
        assert not [
            call for call in there.discord.calls if "/guilds/" in call.path and str(place.guild.id) in call.path
        ]


async def test_what_somebody_put_up_in_a_group_is_pressed_by_its_owner_only(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        card = await ended(await group(there).use(prompt="a fox"))
        jules = there.discord.world.user_named("jules").id
        pressed = await there.discord.press(card, id_of(card, "again"), user_id=jules)
        assert "only who asked for a card" in (await answered(pressed)).body.text
        again = await there.discord.press(card, id_of(card, "again"), user_id=there.mia)
        assert (await ended(again)).body.attachments
        assert there.segmind.submits_taken == 2


async def test_in_a_group_a_private_card_is_shared_and_deleted_like_any(tmp_path):
    async with running(tmp_path, **OPEN) as there:
        place = group(there)
        card = await ended(await place.use(prompt="a fox", private=True))
        assert card.ephemeral_to == there.mia
        await written_down(there)
        shared = await there.discord.press(card, id_of(card, "share"), user_id=there.mia)
        public = await ended(shared)
        # From then on nothing but the token that was kept for it leads to the card.
        await written_down(there)
        assert public.visible_to(None)
        assert len(public.body.attachments) == 1
        asked = await note(await there.discord.press(public, id_of(public, "delete"), user_id=there.mia))
        await there.discord.press(asked, id_of(asked, "delete_yes"), user_id=there.mia)
        async with asyncio.timeout(END_S):
            while public.body.attachments:  # noqa: ASYNC110 - what is waited for lies in the stand-in
                await asyncio.sleep(0.05)
    assert await audited(there) == []


async def test_the_first_image_brings_its_note_outside_of_servers_too(tmp_path):
    async with running(tmp_path, told=False, **OPEN) as there:
        place = group(there)
        assert (await ended(await place.use(prompt="a fox"))).body.attachments
        seen = there.discord.messages(place.channel_id, as_user=there.mia)
        assert [message.ephemeral_to for message in seen] == [None, there.mia]
