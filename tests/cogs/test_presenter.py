import asyncio
import json
from dataclasses import replace

import discord
import pytest

from bot.errors import (
    Busy,
    ContentBlocked,
    MessageGone,
    NotAllowed,
    ThreadArchived,
    TokenExpired,
    TooLarge,
)
from bot.jobs import Way
from bot.ports import Address, CardAct, CardButton, Sighting
from bot.sandbox.discord.calls import Step
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.permissions import Permission
from cogs.presenter import LOOK_BACK_MESSAGES, DiscordPresenter
from cogs.widgets import attachment_ids
from tests.cogs.stage import TEXTS, stage_client, staged, until
from tests.cogs.test_widgets import card, image

pytestmark = pytest.mark.asyncio

REPLY = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
MESSAGES = "/channels/{channel_id}/messages"
PNG = b"\x89PNG\r\n\x1a\n and so on"


async def deferred(stage, **options):
    """An accepted request whose reply is waiting, and its address."""
    used = await stage.use(**options)
    await until(lambda: used.id in stage.tracker.begun)
    request = stage.tracker.requests[-1]
    return used, Address(
        reply=request.reply,
        guild_id=request.guild_id,
        channel_id=request.channel_id,
        user_id=request.user_id,
        private=request.private,
        message_id=None,
        message_channel_id=None,
        nonce="abc",
    )


def sighting(receipt, shown):
    """What is found where this card stands."""
    return Sighting(
        receipt=receipt,
        title=shown.title,
        accent=shown.accent,
        hidden=sum(each.spoiler for each in shown.images),
    )


def seen(address, receipt):
    return replace(address, message_id=receipt.message_id, message_channel_id=receipt.channel_id)


@pytest.fixture
def picture(tmp_path):
    def make(number=1, **changes):
        path = tmp_path / f"{number}.png"
        path.write_bytes(PNG + str(number).encode())
        return image(number, path=str(path), **changes)

    return make


def here(made, receipt):
    """The same image once Discord has it."""
    return replace(made, path="", attachment_id=receipt.attachment_ids[made.filename])


async def test_a_reply_is_edited_with_its_token_and_its_image_is_uploaded(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(images=(picture(spoiler=True),)), address=address, way=Way.REPLY)
    assert "**Your image**" in used.body.text
    (attachment,) = used.body.attachments
    assert attachment.data == PNG + b"1"
    assert receipt.attachment_ids == {"imagen-abc-1.png": attachment.id}
    assert (receipt.message_id, receipt.channel_id) == (used.message.id, used.channel_id)


async def test_a_reply_is_edited_after_a_restart_of_everything(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        await stage.client.close()
        async with stage_client(stage.discord, memory=stage.memory, clock=stage.clock) as client:
            await client.log_in(stage.discord.token)
            presenter = DiscordPresenter(client, uploads_at_once=1)
            await presenter.show(card(images=(picture(),)), address=address, way=Way.REPLY)
    assert len(used.body.attachments) == 1


async def test_each_image_is_uploaded_once_and_the_earlier_ones_stay(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        first, second = picture(1), picture(2)
        one = await stage.presenter.show(card(images=(first,)), address=address, way=Way.REPLY)
        first = here(first, one)
        two = await stage.presenter.show(card(images=(first, second)), address=address, way=Way.REPLY)
        edits = [call for call in stage.discord.calls if call.route == REPLY]
    assert [len(call.files) for call in edits] == [1, 1]
    assert two.attachment_ids["imagen-abc-1.png"] == one.attachment_ids["imagen-abc-1.png"]
    assert [each.data for each in used.body.attachments] == [PNG + b"1", PNG + b"2"]


@pytest.mark.parametrize("way", [Way.REPLY, Way.MESSAGE, Way.CHANNEL, Way.DIRECT])
async def test_a_card_has_its_buttons_over_every_way_and_loses_those_that_are_over(way):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        if way is Way.MESSAGE:
            address = seen(address, await stage.presenter.show(card(), address=address, way=Way.REPLY))
        cancel, again = (
            card(rows=((CardButton(does=act, label=act.value),),)) for act in (CardAct.CANCEL, CardAct.AGAIN)
        )
        receipt = await stage.presenter.show(cancel, address=address, way=way)
        message = next(each for each in stage.discord.messages(receipt.channel_id) if each.id == receipt.message_id)
        assert _pressable(message) == ["card:1:cancel:7"]
        await stage.presenter.show(again, address=seen(address, receipt), way=way)
        assert _pressable(message) == ["card:1:again:7"]
        await stage.presenter.show(card(), address=seen(address, receipt), way=way)
        assert _pressable(message) == []
        assert stage.client._connection._view_store._views == {}
        assert stage.client._connection._view_store._synced_message_views == {}


def _pressable(message):
    """The custom_ids on a message that stands in the local Discord."""
    found, waiting = [], [*message.body.components]
    while waiting:
        component = waiting.pop(0)
        waiting += component.get("components", [])
        found += [component["custom_id"]] if "custom_id" in component else []
    return found


async def test_a_message_is_edited_as_the_bot_once_the_token_has_run_out(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(), address=address, way=Way.REPLY)
        address = seen(replace(address, reply=None), receipt)
        with pytest.raises(TokenExpired):
            await stage.presenter.show(card(), address=address, way=Way.REPLY)
        await stage.presenter.show(card(images=(picture(),)), address=address, way=Way.MESSAGE)
    assert len(used.body.attachments) == 1


async def test_a_message_that_was_never_seen_cannot_be_edited():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        with pytest.raises(MessageGone):
            await stage.presenter.show(card(), address=address, way=Way.MESSAGE)


async def test_a_post_in_the_channel_calls_who_asked_and_is_edited_afterwards(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(images=(picture(),)), address=address, way=Way.CHANNEL)
        post = stage.discord.messages(used.channel_id)[-1]
        assert post.id == receipt.message_id
        assert post.body.text.startswith(f"<@{used.user_id}>")
        assert post.pinged.users == {used.user_id}
        changed = card(title="**Now otherwise**", images=(here(picture(), receipt),))
        await stage.presenter.show(changed, address=seen(address, receipt), way=Way.CHANNEL)
        assert post.body.text.startswith(f"<@{used.user_id}>\n**Now otherwise**")
        assert len(post.body.attachments) == 1
        assert len(stage.discord.messages(used.channel_id)) == 2


@pytest.mark.parametrize("way", [Way.CHANNEL, Way.DIRECT])
async def test_a_post_whose_answer_was_lost_is_not_made_twice(way):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        stage.discord.faults.add(Fault(route=MESSAGES, method="POST", failure=Failure.DROP, acted=True))
        with pytest.raises(Busy):
            await stage.presenter.show(card(), address=address, way=way)
        receipt = await stage.presenter.show(card(), address=address, way=way)
        posts = [each for each in stage.discord.messages(receipt.channel_id) if "Your image" in each.body.text]
    assert [post.id for post in posts] == [receipt.message_id]


async def test_a_direct_message_goes_to_who_asked_and_nowhere_else(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage, private=True)
        receipt = await stage.presenter.show(card(images=(picture(),)), address=address, way=Way.DIRECT)
        dm = stage.discord.world.dm_with(used.user_id)
        (message,) = stage.discord.messages(dm.id)
        assert receipt.message_id == message.id
        assert f"<@{used.user_id}>" not in message.body.text
        await stage.presenter.show(card(title="**Otherwise**"), address=seen(address, receipt), way=Way.DIRECT)
        assert "Otherwise" in message.body.text
        assert stage.discord.messages(used.channel_id) == []


@pytest.mark.parametrize("way", [Way.CHANNEL, Way.DIRECT])
async def test_a_card_that_was_posted_before_a_crash_is_found_again(way, picture):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        assert await stage.presenter.find(address=address, way=way) is None
        shown = card(images=(picture(), picture(2, spoiler=True)))
        posted = await stage.presenter.show(shown, address=address, way=way)
        other = card(small="Imagen 4 · ref other")
        await stage.presenter.show(other, address=replace(address, nonce="other"), way=way)
        assert await stage.presenter.find(address=address, way=way) == sighting(posted, shown)
        assert await stage.presenter.find(address=replace(address, nonce="never"), way=way) is None


async def test_a_card_that_somebody_else_wrote_is_not_taken_for_ours():
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        await stage.presenter.show(card(), address=address, way=Way.CHANNEL)
        post = stage.discord.messages(used.channel_id)[-1]
        post.author_id = used.user_id
        assert await stage.presenter.find(address=address, way=Way.CHANNEL) is None


async def test_a_reply_that_nobody_wrote_down_is_found_behind_its_interaction_however_long_ago(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        waiting = card(images=(picture(),), accent="waiting")
        shown = await stage.presenter.show(waiting, address=address, way=Way.REPLY)
        other = replace(address, nonce="other")
        for number in range(LOOK_BACK_MESSAGES + 1):
            await stage.presenter.show(card(title=str(number), small="ref other"), address=other, way=Way.CHANNEL)
        found = await stage.presenter.find(address=address, way=Way.REPLY)
        assert found == sighting(shown, waiting)
        assert shown.message_id == used.message.id


async def test_a_reply_is_not_taken_for_a_post_nor_a_post_for_a_reply():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        await stage.presenter.show(card(), address=address, way=Way.REPLY)
        assert await stage.presenter.find(address=address, way=Way.CHANNEL) is None
        _, address = await deferred(stage)
        address = replace(address, nonce="posted")
        await stage.presenter.show(card(small="ref posted"), address=address, way=Way.CHANNEL)
        assert await stage.presenter.find(address=address, way=Way.REPLY) is None


async def test_a_message_that_is_known_can_be_looked_at_where_it_takes_no_edits(picture):
    async with staged() as stage:
        await stage.connect()
        thread = stage.discord.world.guild_named("Aquarium").channel_named("old-ideas").thread
        thread.archived = False
        _, address = await deferred(stage, channel="old-ideas")
        shown = card(images=(picture(),))
        receipt = await stage.presenter.show(shown, address=address, way=Way.REPLY)
        address = seen(address, receipt)
        thread.archived = True
        with pytest.raises(ThreadArchived):
            await stage.presenter.show(card(), address=address, way=Way.MESSAGE)
        for way in (Way.REPLY, Way.MESSAGE):
            assert await stage.presenter.find(address=address, way=way) == sighting(receipt, shown)


@pytest.mark.parametrize("way", [Way.REPLY, Way.CHANNEL, Way.DIRECT])
async def test_an_image_goes_behind_a_spoiler_where_it_stands_and_is_not_uploaded_again(picture, way):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        image = picture()
        receipt = await stage.presenter.show(card(images=(image,)), address=address, way=way)
        address = seen(address, receipt)
        hidden = card(images=(replace(here(image, receipt), spoiler=True),))
        again = Way.MESSAGE if way is Way.REPLY else way
        changed = await stage.presenter.show(hidden, address=address, way=again)
        uploads = [call for call in stage.discord.calls if call.files]
        assert await stage.presenter.find(address=address, way=again) == sighting(receipt, hidden)
    assert changed == receipt
    assert len(uploads) == 1


async def test_a_removed_card_has_none_of_its_images_any_more_and_is_told_by_its_title(picture):
    removed = card(title="**Image removed**", lines=("A moderator removed it.",), small="ref abc", accent="failed")
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(images=(picture(),)), address=address, way=Way.REPLY)
        address = seen(address, receipt)
        await stage.presenter.show(removed, address=address, way=Way.MESSAGE)
        found = await stage.presenter.find(address=address, way=Way.MESSAGE)
    assert found == sighting(replace(receipt, attachment_ids={}), removed)
    assert not used.body.attachments


async def test_a_known_message_that_somebody_deleted_is_gone():
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(), address=address, way=Way.REPLY)
        stage.discord.delete(used.message)
        with pytest.raises(MessageGone):
            await stage.presenter.find(address=seen(address, receipt), way=Way.MESSAGE)


async def test_a_private_reply_is_not_looked_for():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage, private=True)
        receipt = await stage.presenter.show(card(), address=address, way=Way.REPLY)
        calls = len(stage.discord.calls)
        assert await stage.presenter.find(address=seen(address, receipt), way=Way.REPLY) is None
        assert len(stage.discord.calls) == calls


async def test_files_are_known_by_their_gallery_too(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(images=(picture(),)), address=address, way=Way.REPLY)
        told = {**stage.discord.message_payload(used.message), "attachments": []}
        channel = stage.client.get_partial_messageable(used.channel_id)
        message = discord.Message(state=stage.client._connection, channel=channel, data=told)
        assert attachment_ids(message) == receipt.attachment_ids


async def test_a_kept_card_is_shown_nowhere():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        with pytest.raises(NotAllowed):
            await stage.presenter.show(card(), address=address, way=Way.KEPT)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (10062, TokenExpired),
        (10015, TokenExpired),
        (50027, TokenExpired),
        (10008, MessageGone),
        (10003, NotAllowed),
        (50001, NotAllowed),
        (50013, NotAllowed),
        (50007, NotAllowed),
        (50083, ThreadArchived),
        (40005, TooLarge),
        (200000, ContentBlocked),
        (240000, ContentBlocked),
        (50035, NotAllowed),
    ],
)
async def test_each_refusal_asks_for_its_own_decision(code, kind):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        stage.discord.faults.add(Fault(route=REPLY, failure=Failure.API_ERROR, code=code))
        with pytest.raises(kind) as raised:
            await stage.presenter.show(card(), address=address, way=Way.REPLY)
        assert type(raised.value) is kind


async def test_what_did_not_get_through_may_be_tried_again_the_same_way():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        stage.discord.faults.add(Fault(route=REPLY, failure=Failure.DROP))
        with pytest.raises(Busy):
            await stage.presenter.show(card(), address=address, way=Way.REPLY)
        await stage.presenter.show(card(), address=address, way=Way.REPLY)


async def test_what_hangs_ends_at_the_deadline():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        stage.discord.faults.add(Fault(route=REPLY, failure=Failure.STALL, stall_s=0.3))
        presenter = DiscordPresenter(stage.client, uploads_at_once=1, call_s=0.1)
        with pytest.raises(Busy):
            await presenter.show(card(), address=address, way=Way.REPLY)


async def test_a_picture_whose_file_is_gone_may_be_fetched_again(picture):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        gone = image(path="/nowhere/1.png")
        with pytest.raises(Busy):
            await stage.presenter.show(card(images=(gone,)), address=address, way=Way.REPLY)


async def test_real_refusals_of_a_server_are_understood(picture):
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        receipt = await stage.presenter.show(card(), address=address, way=Way.REPLY)
        guild = stage.discord.world.guild_named("Aquarium")
        guild.blocked_words.append("cozy")
        with pytest.raises(ContentBlocked):
            await stage.presenter.show(card(), address=address, way=Way.CHANNEL)
        guild.blocked_words.clear()
        for role in guild.roles.values():
            role.permissions &= ~int(Permission.SEND_MESSAGES)
        with pytest.raises(NotAllowed):
            await stage.presenter.show(card(), address=address, way=Way.CHANNEL)
        stage.discord.delete(used.message)
        with pytest.raises(MessageGone):
            await stage.presenter.show(card(), address=seen(address, receipt), way=Way.MESSAGE)


async def test_a_person_who_takes_no_direct_messages_is_not_allowed():
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage, user="mats")
        with pytest.raises(NotAllowed):
            await stage.presenter.show(card(), address=address, way=Way.DIRECT)


async def test_no_more_images_are_on_their_way_at_once_than_allowed(picture):
    async with staged() as stage:
        await stage.connect()
        under_way, most = 0, 0

        async def watch(call, step):
            nonlocal under_way, most
            if call.route != REPLY:
                return
            if step is Step.RECEIVED:
                under_way += 1
                most = max(most, under_way)
                await asyncio.sleep(0.02)
            elif step is Step.ANSWERED:
                under_way -= 1

        stage.discord.observe(watch)
        addresses = [(await deferred(stage))[1] for _ in range(6)]
        shown = card(images=(picture(),))
        await asyncio.gather(*(stage.presenter.show(shown, address=each, way=Way.REPLY) for each in addresses))
    assert most == 2


async def test_mentions_in_a_card_ping_nobody_over_any_way():
    async with staged() as stage:
        await stage.connect()
        used, address = await deferred(stage)
        victim = stage.discord.world.user_named("olga").id
        role = next(iter(stage.discord.world.guild_named("Aquarium").roles))
        loud = card(title=f"@everyone @here <@{victim}> <@&{role}>")
        reply = await stage.presenter.show(loud, address=address, way=Way.REPLY)
        await stage.presenter.show(loud, address=seen(address, reply), way=Way.MESSAGE)
        post = await stage.presenter.show(loud, address=address, way=Way.CHANNEL)
        await stage.presenter.show(replace(loud, small="2"), address=seen(address, post), way=Way.CHANNEL)
        direct = await stage.presenter.show(loud, address=address, way=Way.DIRECT)
        await stage.presenter.show(replace(loud, small="2"), address=seen(address, direct), way=Way.DIRECT)
        heard = [message.pinged for channel in _channels(stage) for message in stage.discord.messages(channel)]
        bodies = [call.payload for call in stage.discord.calls if call.method in {"POST", "PATCH"} and call.payload]
    assert len(heard) == 3
    assert {user for pings in heard for user in pings.users} == {used.user_id}
    assert not any(pings.everyone or pings.roles for pings in heard)
    messages = [body for body in bodies if "components" in body or "content" in body]
    assert len(messages) == 6
    assert all(body["allowed_mentions"]["parse"] == [] for body in messages)
    assert sum(bool(body["allowed_mentions"].get("users")) for body in messages) == 1


def _channels(stage):
    guild = stage.discord.world.guild_named("Aquarium")
    return [*guild.channels, *stage.discord.world.dms]


async def test_nothing_is_kept_to_wait_for_clicks(picture):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        await stage.presenter.show(card(images=(picture(),)), address=address, way=Way.REPLY)
        await stage.presenter.show(card(), address=address, way=Way.CHANNEL)
        assert not stage.client.persistent_views
        assert not stage.client._connection._view_store._synced_message_views
        assert not stage.client._connection._view_store._views


async def test_a_token_never_stands_in_the_log(picture, capsys):
    async with staged() as stage:
        await stage.connect()
        _, address = await deferred(stage)
        stage.discord.faults.add(Fault(route=REPLY, failure=Failure.API_ERROR, code=50035))
        with pytest.raises(NotAllowed):
            await stage.presenter.show(card(), address=address, way=Way.REPLY)
    out = capsys.readouterr()
    assert json.loads(address.reply)["token"] not in out.out + out.err


async def test_a_card_can_take_the_place_of_a_notice():
    async with staged() as stage:
        await stage.connect()

        async def begin(interaction_id):
            raise RuntimeError

        stage.tracker.begin = begin
        used = await stage.use()
        await used.answered()
        reply = stage.tracker.requests[0].reply
        address = Address(
            reply=reply,
            guild_id=used.guild_id,
            channel_id=used.channel_id,
            user_id=used.user_id,
            private=False,
            message_id=None,
            message_channel_id=None,
            nonce="abc",
        )
        await stage.presenter.show(card(), address=address, way=Way.REPLY)
    assert "Your image" in used.body.text
    assert TEXTS("en", "error.unexpected", reference="")[:20] not in used.body.text
