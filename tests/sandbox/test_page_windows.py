"""What a window is told and what it can do, without a browser."""

import asyncio
import base64

import pytest

from bot.sandbox.page.acts import nested
from tests.sandbox.page_rig import KEY, paged

pytestmark = pytest.mark.asyncio
HELLO = {"type": 4, "data": {"content": "hello"}}
PRIVATE = {"type": 4, "data": {"content": "psst", "flags": 64}}


async def used(rig, window, answer, *, command="imagen", options=None):
    """Use a command in a window, and let the bot answer it."""
    number = len(rig.local.interactions)
    answering = asyncio.create_task(rig.answer(number, answer))
    outcome = await window.ask("invoke", command=command, options={"prompt": "a cabin"} if options is None else options)
    await answering
    return outcome


async def test_a_window_hears_of_a_command_and_of_its_answer():
    async with paged() as rig, rig.window() as window:
        outcome = await used(rig, window, HELLO)
        assert outcome["ok"]["failed"] is False
        message = (await window.hear("message"))["message"]
        assert (message["content"], message["command_name"], message["ephemeral"]) == ("hello", "imagen", False)


async def test_two_windows_are_told_the_same():
    async with paged() as rig, rig.window() as one, rig.window(as_="jules") as other:
        await used(rig, one, HELLO)
        assert (await one.hear("message"))["message"] == (await other.hear("message"))["message"]


async def test_a_private_message_is_told_to_its_person_alone():
    async with paged() as rig, rig.window() as mia, rig.window(as_="jules") as jules:
        await used(rig, mia, PRIVATE)
        assert (await mia.hear("message"))["message"]["ephemeral"]
        seen = await jules.ask("look", **rig.place(as_="jules"))
        assert seen["ok"]["messages"] == []
        assert not [frame for frame in jules.news if frame["type"] == "message"]


async def test_who_does_not_see_a_channel_hears_nothing_of_it():
    async with paged() as rig, rig.window() as mia, rig.window(as_="adam", channel="staff") as adam:
        staff = rig.guild.channel_named("staff")
        await rig.rest("POST", f"/channels/{rig.general.id}/messages", {"content": "for all"})
        refused = await mia.ask("look", **rig.place(channel="staff"))
        assert "does not see" in refused["error"]
        await adam.hear("message")
        assert (await mia.hear("message"))["message"]["channel_id"] != str(staff.id)


async def test_a_dismissed_message_is_gone_from_every_window_of_its_person_and_stays_so():
    async with paged() as rig, rig.window() as one, rig.window() as other:
        await used(rig, one, PRIVATE)
        message = (await other.hear("message"))["message"]
        await one.ask("dismiss", message_id=message["id"])
        assert (await other.hear("message_deleted"))["id"] == message["id"]
        assert (await one.ask("look", **rig.place()))["ok"]["messages"] == []


async def test_nobody_dismisses_what_another_sees():
    async with paged() as rig, rig.window() as mia, rig.window(as_="jules") as jules:
        await used(rig, mia, PRIVATE)
        message = (await mia.hear("message"))["message"]
        await jules.ask("dismiss", message_id=message["id"])
        assert len((await mia.ask("look", **rig.place()))["ok"]["messages"]) == 1


async def test_what_discords_client_would_not_send_is_refused_in_words():
    async with paged() as rig, rig.window() as window:
        for asked, words in (
            ({"command": "imagen", "options": {"prompt": "x", "count": 9}}, "at most 4"),
            ({"command": "imagen", "options": {}}, "required"),
            ({"command": "admin", "options": {}}, "may not use"),
            ({"command": "nothing", "options": {}}, "no command"),
        ):
            assert words in (await window.ask("invoke", **asked))["error"]
        assert rig.local.interactions == []


async def test_a_form_is_handed_to_its_window_and_comes_back_filled_in():
    field = {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 1}}
    modal = {"type": 9, "data": {"title": "Why?", "custom_id": "m", "components": [field]}}
    async with paged() as rig, rig.window() as window:
        opened = (await used(rig, window, modal))["ok"]
        assert opened["modal"]["title"] == "Why?"
        answering = asyncio.create_task(rig.answer(1, HELLO))
        sent = await window.ask("submit", interaction_id=opened["interaction_id"], values={"why": "because"})
        await answering
        assert sent["ok"]["failed"] is False
        assert rig.local.interactions[1].payload["data"]["components"][0]["component"]["value"] == "because"


async def test_a_file_for_an_option_arrives_whole():
    upload = {"name": "photo", "description": "A photo", "type": 11, "required": True}
    async with paged() as rig, rig.window() as window:
        application_id = rig.local.world.application.id
        await rig.rest(
            "POST",
            f"/applications/{application_id}/commands",
            {"name": "frame", "description": "F", "options": [upload]},
        )
        await window.hear("commands_changed")
        photo = {"filename": "me.png", "base64": base64.b64encode(b"pixels").decode()}
        await used(rig, window, HELLO, command="frame", options={"photo": photo})
        (kept,) = rig.local.interactions[0].payload["data"]["resolved"]["attachments"].values()
        assert (kept["filename"], kept["size"]) == ("me.png", 6)


async def test_only_who_may_manage_messages_deletes_them():
    async with paged() as rig, rig.window() as mia, rig.window(as_="mona") as mona:
        posted = await rig.rest("POST", f"/channels/{rig.general.id}/messages", {"content": "hi"})
        assert "Only moderators" in (await mia.ask("delete", message_id=posted["id"]))["error"]
        assert "ok" in await mona.ask("delete", message_id=posted["id"])
        assert (await mia.hear("message_deleted"))["id"] == posted["id"]


@pytest.mark.parametrize("text", ["", "[]", "3", '{"do": "fly"}', '{"do": "press"}', '{"n": 1, "do": "look"}', "{"])
async def test_nonsense_is_answered_and_ends_nothing(text):
    async with paged() as rig, rig.window() as window:
        frame = await window.send(text)
        assert "makes no sense" in frame["error"]
        assert "ok" in await window.ask("look", **rig.place())


async def test_the_log_tells_every_call_and_neither_key_nor_token():
    async with paged() as rig, rig.window() as window:
        await used(rig, window, HELLO)
        headers = {"x-api-key": KEY, "Content-Type": "application/json"}
        async with rig.session.post(
            f"{rig.segmind.base_url}/v2/imagen-4", json={"prompt": "p"}, headers=headers
        ) as answer:
            assert answer.status == 200
        lines = {}
        while len({line["to"] for line in lines.values() if line["took_ms"] is not None}) < 3:
            line = (await window.hear("call"))["call"]
            lines[line["number"]] = line
        details = [await window.ask("call", number=number) for number in lines]
        assert {"prompt": "p"} in [each["ok"]["sent"] for each in details]
        assert HELLO in [each["ok"]["sent"] for each in details]
        told = str([lines, details, window.news])
        for secret in (KEY, rig.local.token, rig.local.interactions[0].token):
            assert secret not in told
        assert any(line["path"].endswith("/…/callback") for line in lines.values())


async def test_the_weather_can_be_changed_and_every_window_is_told():
    async with paged() as rig, rig.window() as one, rig.window() as other:
        assert "ok" in await one.ask("weather", condition="words", detail="violence", speed=10, balance_microcredits=5)
        view = (await other.hear("weather"))["weather"]
        assert (view["condition"], view["detail"], view["speed"], view["balance_microcredits"]) == (
            "words",
            "violence",
            10,
            5,
        )
        assert rig.segmind.service.models["imagen-4"].latency_s == pytest.approx(1.16)
        assert "no weather" in (await one.ask("weather", condition="hail"))["error"]


async def test_a_language_changes_what_is_offered():
    async with paged() as rig, rig.window() as window:
        application_id = rig.local.world.application.id
        words = {"name": "malen", "description": "Paint", "description_localizations": {"de": "Malen"}}
        await rig.rest("POST", f"/applications/{application_id}/commands", words)
        await window.ask("locale", locale="de")
        offered = (await window.ask("look", **rig.place()))["ok"]["commands"]
        assert "Malen" in [each["description"] for each in offered]
        assert "no language" in (await window.ask("locale", locale="tlh"))["error"]


async def test_options_of_a_sub_command_go_under_its_name():
    assert nested(["limits", "set"], {"images": 3}) == {"limits": {"set": {"images": 3}}}
