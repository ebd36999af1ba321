"""Cards of cases on Discord: posted once, found again, edited, pinging nobody, with buttons that name their case."""

from dataclasses import replace

import pytest

from bot.errors import Busy, MessageGone, NotAllowed
from bot.moderation import case_rows
from bot.moderation.case_card import CaseButton, CaseCard
from bot.sandbox.discord.faults import Failure, Fault
from cogs.moderation.case_ids import CaseAddress, Press, read_case_address
from cogs.moderation.case_poster import LOOK_AROUND_MESSAGES, DiscordCasePoster, view_of
from cogs.widgets import ACCENTS
from tests.cogs.stage import staged, until

pytestmark = pytest.mark.asyncio

MESSAGES = "/channels/{channel_id}/messages"
CASE_ID = 1_795_176_000_000
CARD = CaseCard(
    title="**A member reported an image**",
    lines=("<@3> in <#2>", ">>> ||a knight @everyone||"),
    small="Case abc",
    rows=(
        (CaseButton(label="Delete the image", does="delete", style="danger"), CaseButton(label="Blur", does="blur")),
        (CaseButton(label="Their history", does="history"), CaseButton(label="Go there", link="https://discord.com/x")),
        (CaseButton(label="Approve", does="approve", style="success"),),
    ),
    accent="waiting",
)


def place(stage, channel="images"):
    guild = stage.discord.world.guild_named("Werkstatt")
    return {"guild_id": guild.id, "channel_id": guild.channel_named(channel).id}


def posted(stage):
    return stage.discord.messages(place(stage)["channel_id"])


def now_ms(stage):
    return stage.clock.now_ms()


async def post(poster, stage, *, case_id=CASE_ID, card=CARD):
    return await poster.post(card, **place(stage), case_id=case_id)


# ---------------------------------------------------------------- the view


async def test_a_card_is_one_container_with_its_texts_and_its_buttons_in_rows_at_the_end():
    (container,) = view_of(CARD, id=5, of_request=False).to_components()
    assert container["accent_color"] == ACCENTS["waiting"].value
    title, who, prompt, small, _, *rows = container["components"]
    assert [each["content"] for each in (title, who, prompt, small)] == [CARD.title, *CARD.lines, "-# Case abc"]
    assert [len(row["components"]) for row in rows] == [2, 2, 1]
    assert [button["style"] for row in rows for button in row["components"]] == [4, 2, 2, 5, 3]


async def test_a_card_without_small_print_and_buttons_is_its_words():
    (container,) = view_of(replace(CARD, small="", rows=()), id=5, of_request=False).to_components()
    assert [each["content"] for each in container["components"]] == [CARD.title, *CARD.lines]


@pytest.mark.parametrize("of_request", [False, True])
async def test_every_button_says_what_it_does_and_to_what(of_request):
    (container,) = view_of(CARD, id=5, of_request=of_request).to_components()
    buttons = [button for row in container["components"][5:] for button in row["components"]]
    addresses = [read_case_address(button["custom_id"]) for button in buttons if "custom_id" in button]
    assert [address.does.value for address in addresses] == ["delete", "blur", "history", "approve"]
    assert {(address.id, address.of_request) for address in addresses} == {(5, of_request)}
    assert [button.get("url") for button in buttons if "custom_id" not in button] == ["https://discord.com/x"]


async def test_what_the_core_calls_a_press_is_one():
    assert [Press(each) for each in (case_rows.CONFIRM_ALL, case_rows.HISTORY, case_rows.EVIDENCE)] == [
        Press.CONFIRM_ALL,
        Press.HISTORY,
        Press.EVIDENCE,
    ]


# ---------------------------------------------------------------- on Discord


async def test_a_card_is_posted_once_for_each_case_and_pings_nobody():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordCasePoster(stage.client)
        ids = [await post(poster, stage, case_id=case_id) for case_id in (CASE_ID, CASE_ID, CASE_ID + 1)]
        assert [message.id for message in posted(stage)] == [ids[0], ids[2]]
        assert ids[0] == ids[1]
        assert "a knight @everyone" in posted(stage)[0].body.text
        assert all(message.body.is_v2 for message in posted(stage))
        assert not any(message.pinged.everyone or message.pinged.users for message in posted(stage))


async def test_an_edit_shows_the_card_as_it_is_now_and_pings_nobody():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordCasePoster(stage.client)
        message_id = await post(poster, stage)
        done = replace(CARD, lines=("✔ Deleted the image — <@4>",), rows=CARD.rows[1:2])
        await poster.edit(done, **place(stage), message_id=message_id, case_id=CASE_ID)
        (message,) = posted(stage)
        assert "✔ Deleted the image" in message.body.text
        assert "a knight" not in message.body.text
        assert not message.pinged.users


async def test_a_card_is_found_by_its_case_among_others_and_only_where_it_is():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordCasePoster(stage.client)
        around_ms = now_ms(stage)
        other = await post(poster, stage, case_id=CASE_ID + 1)
        own = await post(poster, stage)
        looking = {**place(stage), "posting_ms": around_ms}
        assert await poster.find(**looking, case_id=CASE_ID) == own
        assert await poster.find(**looking, case_id=CASE_ID + 1) == other
        assert await poster.find(**looking, case_id=CASE_ID + 2) is None
        elsewhere = {**place(stage, "general"), "posting_ms": around_ms}
        assert await poster.find(**elsewhere, case_id=CASE_ID) is None


async def test_a_card_is_found_however_much_was_said_after_it():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordCasePoster(stage.client)
        around_ms = now_ms(stage)
        own = await post(poster, stage)
        talk = stage.client.get_partial_messageable(place(stage)["channel_id"])
        for number in range(LOOK_AROUND_MESSAGES + 5):
            await talk.send(f"{number}")
        assert await poster.find(**place(stage), case_id=CASE_ID, posting_ms=around_ms) == own


async def test_the_buttons_of_a_private_panel_about_a_request_are_not_taken_for_those_of_a_case():
    async with staged() as stage:
        await stage.connect()
        talk = stage.client.get_partial_messageable(place(stage)["channel_id"])
        await talk.send(view=view_of(CARD, id=CASE_ID, of_request=True))
        found = await DiscordCasePoster(stage.client).find(**place(stage), case_id=CASE_ID, posting_ms=now_ms(stage))
        assert found is None


async def test_a_card_that_is_gone_a_closed_channel_and_a_busy_discord_are_told_apart():
    async with staged() as stage:
        await stage.connect()
        poster = DiscordCasePoster(stage.client)
        with pytest.raises(MessageGone):
            await poster.edit(CARD, **place(stage), message_id=1, case_id=CASE_ID)
        with pytest.raises(NotAllowed):
            await poster.post(CARD, **place(stage, "staff"), case_id=CASE_ID)
        with pytest.raises(NotAllowed):
            await poster.find(**place(stage, "staff"), case_id=CASE_ID, posting_ms=now_ms(stage))
        stage.discord.faults.add(Fault(route=MESSAGES, method="POST", failure=Failure.DROP, times=10))
        with pytest.raises(Busy):
            await post(poster, stage)


async def test_the_language_is_the_servers_as_far_as_discord_told_it():
    async with staged() as stage:
        poster = DiscordCasePoster(stage.client)
        assert poster.locale(place(stage)["guild_id"]) is None
        await stage.connect()
        await until(lambda: poster.locale(place(stage)["guild_id"]) == "de")


async def test_discord_keeps_a_custom_id_of_the_largest_ids():
    assert len(CaseAddress(Press.CONFIRM_ALL, 10**19 - 1, of_request=True).custom_id()) <= 100
