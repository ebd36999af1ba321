"""Interactions keep Discord's deadlines, and their replies keep Discord's rules."""

import pytest

from tests.sandbox.discord_rig import codes, rigged
from tests.sandbox.tinybot import png

pytestmark = pytest.mark.asyncio

V2 = 1 << 15
EPHEMERAL = 1 << 6


def text(words):
    return {"type": 10, "content": words}


async def test_an_answer_in_three_seconds_counts_and_one_after_them_does_not():
    async with rigged() as rig:
        early, late = await rig.use(), await rig.use()
        rig.clock.advance(3_000)
        assert (await rig.answer(early, {"type": 5}))[0] == 200
        rig.clock.advance(1)
        status, body = await rig.answer(late, {"type": 5})
        assert (status, body["code"]) == (404, 10062)
        assert late.failed
        assert not early.failed
        assert early.acknowledged_after_ms == 3_000


async def test_an_answer_with_another_interactions_token_is_unknown():
    async with rigged() as rig:
        mine, other = await rig.use(), await rig.use()
        path = f"/interactions/{mine.id}/{other.token}/callback"
        assert (await rig.call("POST", path, {"type": 5}))[1]["code"] == 10062


async def test_the_answer_tells_of_the_message_only_where_it_is_asked_to():
    async with rigged() as rig:
        record = await rig.use()
        assert await rig.answer(record, {"type": 5}, with_response=False) == (204, None)
        other = await rig.use()
        status, body = await rig.answer(other, {"type": 4, "data": {"content": "hi"}})
        assert status == 200
        assert body["resource"]["message"]["content"] == "hi"
        assert body["interaction"]["response_message_id"] == str(other.message.id)


async def test_a_deferral_tells_that_it_loads_and_carries_no_message():
    async with rigged() as rig:
        record = await rig.use()
        _, body = await rig.answer(record, {"type": 5, "data": {"flags": EPHEMERAL}})
        assert "resource" not in body
        assert body["interaction"]["response_message_loading"] is True
        assert body["interaction"]["response_message_ephemeral"] is True


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 10, 12, 99, True, None])
async def test_a_slash_command_takes_no_other_kind_of_answer(kind):
    async with rigged() as rig:
        record = await rig.use()
        status, body = await rig.answer(record, {"type": kind, "data": {}})
        assert (status, body["code"]) == (400, 50035)
        assert record.acknowledged_ms is None


async def test_a_deferral_cannot_carry_the_components_flag():
    async with rigged() as rig:
        record = await rig.use()
        status, body = await rig.answer(record, {"type": 5, "data": {"flags": V2}})
        assert (status, codes(body)) == (400, {"MESSAGE_FLAGS_INVALID"})
        _, body = await rig.answer(record, {"type": 4, "data": {"content": "x" * 2001}})
        assert list(body["errors"]["data"]) == ["content"]


async def test_the_webhook_of_an_unanswered_interaction_is_unknown():
    async with rigged() as rig:
        record = await rig.use()
        status, body = await rig.edit(record, {"content": "hi"})
        assert (status, body["code"]) == (404, 10015)


async def test_the_token_is_good_for_fifteen_minutes():
    async with rigged() as rig:
        record = await rig.deferred()
        rig.clock.advance(15 * 60_000)
        assert (await rig.edit(record, {"content": "just in time"}))[0] == 200
        rig.clock.advance(1)
        status, body = await rig.edit(record, {"content": "late"})
        assert (status, body["code"]) == (401, 50027)


async def test_a_deferral_decides_whether_the_reply_is_private():
    async with rigged() as rig:
        record = await rig.deferred(flags=EPHEMERAL)
        _, message = await rig.edit(record, {"content": "hi", "flags": 0})
        assert message["flags"] == EPHEMERAL
        _, message = await rig.edit(record, {}, files={"a.png": png()})
        assert message["attachments"][0]["ephemeral"] is True
        assert record.message.ephemeral_to == rig.mia


async def test_the_edit_that_ends_a_deferral_does_not_mark_the_reply_as_edited():
    async with rigged() as rig:
        record = await rig.deferred()
        assert (await rig.edit(record, {"content": "one"}))[1]["edited_timestamp"] is None
        rig.clock.advance(1_000)
        assert (await rig.edit(record, {"content": "two"}))[1]["edited_timestamp"] is not None
        assert [revision.body.content for revision in record.history] == ["", "one", "two"]
        assert record.history[-1].at_ms == rig.clock.now_ms()


async def test_a_followup_straight_after_a_deferral_is_the_reply_itself():
    async with rigged() as rig:
        record = await rig.deferred()
        status, message = await rig.call("POST", rig.webhook(record), {"content": "hi", "flags": EPHEMERAL})
        assert status == 200
        assert message["id"] == str(record.message.id)
        assert message["flags"] == 0
        assert record.followups == []


async def test_followups_can_be_read_edited_and_deleted():
    async with rigged() as rig:
        record = await rig.use()
        await rig.answer(record, {"type": 4, "data": {"content": "first"}})
        _, message = await rig.call("POST", rig.webhook(record), {"content": "second", "flags": EPHEMERAL})
        path = f"{rig.webhook(record)}/messages/{message['id']}"
        assert (await rig.call("GET", path))[1]["content"] == "second"
        assert (await rig.call("PATCH", path, {"content": "third"}))[1]["content"] == "third"
        assert await rig.call("DELETE", path) == (204, None)
        assert (await rig.call("GET", path))[1]["code"] == 10008


async def test_a_deleted_reply_cannot_be_edited():
    async with rigged() as rig:
        record = await rig.deferred()
        rig.local.delete(record.message)
        status, body = await rig.edit(record, {"content": "hi"})
        assert (status, body["code"]) == (404, 10008)
        assert record.message is None


async def test_a_card_is_edited_in_with_its_file():
    async with rigged() as rig:
        record = await rig.deferred()
        card = {"type": 17, "components": [text("done"), gallery("pic(1).png")]}
        payload = {"flags": V2, "components": [card], "attachments": [{"id": 0, "description": "alt"}]}
        status, message = await rig.edit(record, payload, files={"pic(1).png": png(30, 20)})
        assert status == 200
        media = message["components"][0]["components"][1]["items"][0]["media"]
        assert (media["width"], media["height"], media["content_type"]) == (30, 20, "image/png")
        assert message["attachments"][0]["filename"] == "pic1.png"
        assert [message["components"][0]["id"], message["components"][0]["components"][0]["id"]] == [1, 2]


def gallery(name):
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}}]}


async def test_the_cdn_serves_a_file_for_as_long_as_its_address_is_signed():
    async with rigged() as rig:
        record = await rig.deferred()
        _, message = await rig.edit(record, {"content": "x"}, files={"a.png": png()})
        url = message["attachments"][0]["url"]
        async with rig.session.get(url) as answer:
            assert (answer.content_type, await answer.read()) == ("image/png", png())
        async with rig.session.get(url.split("?", maxsplit=1)[0]) as unsigned:
            assert unsigned.status == 404
        rig.clock.advance(86_400_000)
        async with rig.session.get(url) as expired:
            assert expired.status == 404


async def test_a_file_that_a_card_names_must_be_there():
    async with rigged() as rig:
        record = await rig.deferred()
        status, body = await rig.edit(
            record, {"flags": V2, "components": [gallery("other.png")]}, files={"a.png": b"1"}
        )
        assert status == 400
        assert codes(body) == {"UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"}


async def test_an_edit_lists_every_file_that_is_to_stay():
    async with rigged() as rig:
        record = await rig.deferred()
        _, message = await rig.edit(record, {"content": "x"}, files={"a.png": png(), "b.png": png()})
        first = message["attachments"][0]["id"]
        payload = {"attachments": [{"id": first}, {"id": "0", "filename": "c.png"}]}
        _, message = await rig.edit(record, payload, files={"c.png": png()})
        assert [each["filename"] for each in message["attachments"]] == ["a.png", "c.png"]
        assert (await rig.edit(record, {"attachments": []}))[1]["attachments"] == []
        assert (await rig.edit(record, {"attachments": [{"id": first}]}))[1]["code"] == 50146


async def test_a_file_over_the_interactions_own_limit_is_too_large():
    async with rigged() as rig:
        rig.guild.attachment_size_limit_bytes = 100
        record = await rig.deferred()
        assert record.payload["attachment_size_limit"] == 100
        assert (await rig.edit(record, {"content": "x"}, files={"a.bin": b"1" * 100}))[0] == 200
        status, body = await rig.edit(record, {"content": "x"}, files={"a.bin": b"1" * 101})
        assert (status, body["code"]) == (413, 40005)


async def test_a_request_over_25_mib_is_too_large_whatever_its_files_are():
    async with rigged() as rig:
        rig.guild.attachment_size_limit_bytes = 100 * 1024 * 1024
        record = await rig.deferred()
        half = b"1" * (13 * 1024 * 1024)
        status, body = await rig.edit(record, {"content": "x"}, files={"a.bin": half, "b.bin": half})
        assert (status, body["code"]) == (413, 40005)


async def test_a_request_that_does_not_tell_its_size_is_measured_while_it_comes():
    async def chunks():
        for _ in range(26):
            yield b"1" * 1024 * 1024

    async with rigged() as rig:
        url = rig.local.api_url + rig.webhook(await rig.deferred())
        async with rig.session.post(url, data=chunks()) as answer:
            assert (answer.status, (await answer.json())["code"]) == (413, 40005)


async def test_ten_files_are_taken_and_eleven_are_not():
    async with rigged() as rig:
        record = await rig.deferred()
        files = {f"{number}.txt": b"x" for number in range(11)}
        assert (await rig.edit(record, {"content": "x"}, files=files))[1]["code"] == 30015
        del files["10.txt"]
        assert (await rig.edit(record, {"content": "x"}, files=files))[0] == 200
        assert (await rig.edit(record, {"content": "x"}, files={"more.txt": b"x"}))[1]["code"] == 30015


async def test_an_edit_to_components_needs_the_old_words_to_go():
    async with rigged() as rig:
        record = await rig.deferred()
        await rig.edit(record, {"content": "words"})
        status, body = await rig.edit(record, {"flags": V2, "components": [text("card")]})
        assert (status, codes(body)) == (400, {"MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"})
        assert (await rig.edit(record, {"flags": V2, "content": None, "components": [text("card")]}))[0] == 200
        status, body = await rig.edit(record, {"flags": 0, "components": [text("card")]})
        assert codes(body) == {"MESSAGE_FLAGS_CANNOT_REMOVE_IS_COMPONENTS_V2"}
        assert (await rig.edit(record, {"components": [text("again")]}))[1]["flags"] == V2
        assert (await rig.edit(record, {"content": "words"}))[0] == 400
