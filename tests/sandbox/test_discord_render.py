"""A message reads well in a terminal."""

import pytest

from bot.sandbox.discord.render_text import render_message, render_times
from bot.sandbox.discord.watch import Happened
from tests.sandbox.discord_rig import rigged
from tests.sandbox.tinybot import png

NOW_MS = 1_760_000_000_000


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("<t:1760000010:R>", "in 10 seconds"),
        ("<t:1759999999:R>", "1 second ago"),
        ("<t:1760000000:R>", "now"),
        ("<t:1760007200:R>", "in 2 hours"),
        ("<t:1760000000:t>", "08:53"),
        ("<t:1760000000>", "09 October 2025 08:53"),
        ("<t:soon:R>", "<t:soon:R>"),
    ],
)
def test_times_are_told_as_seen_from_now(mark, words):
    assert render_times(mark, now_ms=NOW_MS) == words


@pytest.mark.asyncio
async def test_a_card_shows_its_words_pictures_and_buttons():
    async with rigged() as rig:
        record = await rig.deferred(flags=64)
        look = {"author": "imagen", "now_ms": rig.clock.now_ms()}
        assert render_message(record.message, **look) == "imagen · only you can see this\n┃ is thinking…"
        buttons = [
            {"type": 2, "style": 1, "label": "Again", "custom_id": "a", "emoji": {"name": "🎨"}},
            {"type": 2, "style": 5, "label": "Source", "url": "https://example.org"},
            {"type": 2, "style": 4, "label": "Delete", "custom_id": "d", "disabled": True},
        ]
        media = {"media": {"url": "attachment://a.png"}, "description": "A cabin", "spoiler": True}
        card = [
            {"type": 10, "content": "**A cabin**"},
            {"type": 14},
            {"type": 12, "items": [media]},
            {
                "type": 9,
                "components": [{"type": 10, "content": "beside"}],
                "accessory": buttons[0] | {"custom_id": "s"},
            },
            {"type": 1, "components": buttons},
        ]
        payload = {"flags": 1 << 15, "components": [{"type": 17, "components": card}]}
        await rig.edit(record, payload, files={"a.png": png()})
        size = len(png())
        assert render_message(record.message, **look).splitlines() == [
            "imagen · only you can see this",
            "┃ **A cabin**",
            "┃ " + "─" * 24,
            f"┃ spoiler [a.png: 8×6, {size} bytes] A cabin",
            "┃ beside",
            "┃ [ 🎨 Again ]",
            "┃ [ 🎨 Again ] [ Source → https://example.org ] [ Delete ] (off)",
        ]


@pytest.mark.asyncio
async def test_a_message_of_the_old_kind_shows_words_embeds_and_files():
    async with rigged() as rig:
        embed = {"title": "T", "description": "D", "fields": [{"name": "n", "value": "v"}]}
        _, message = await rig.post({"content": "hi", "embeds": [embed]}, files={"a.txt": b"123"})
        path = f"/channels/{rig.general.id}/messages/{message['id']}"
        await rig.call("PATCH", path, {"content": "ho"})
        kept = rig.local.messages(rig.general.id)[0]
        assert render_message(kept, author="imagen", now_ms=0).splitlines() == [
            "imagen · edited", "┃ ho", "┃ T", "┃ D", "┃ n: v", "┃ [a.txt: 3 bytes]",
        ]  # fmt: skip


@pytest.mark.asyncio
async def test_whoever_watches_hears_of_everything_in_order():
    async with rigged() as rig:
        events = []
        stop = rig.local.subscribe(events.append)
        record = await rig.deferred(flags=64)
        await rig.edit(record, {"content": "x"})
        await rig.call("POST", f"/channels/{rig.general.id}/typing")
        rig.local.delete(record.message or pytest.fail("no message"))
        stop()
        await rig.post({"content": "unheard"})
        assert [(event.happened, event.only_for) for event in events] == [
            (Happened.INTERACTION_CREATED, rig.mia),
            (Happened.MESSAGE_CREATED, rig.mia),
            (Happened.INTERACTION_ANSWERED, rig.mia),
            (Happened.MESSAGE_UPDATED, rig.mia),
            (Happened.TYPING, None),
            (Happened.MESSAGE_DELETED, rig.mia),
        ]
