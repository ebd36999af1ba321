"""Unmodified bots of other client libraries judge the local Discord; whatever they cannot read, it says wrongly."""

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from bot.sandbox.discord.interactions import CallbackType
from tests.foreign.visit import CLIENTS, visit
from tests.sandbox import specs
from tests.sandbox.tinybot import png

_ROOT = Path(__file__).parents[2]
_PICTURE = png()


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda client: client.name)
def client(request):
    if request.param.absent:
        pytest.skip(request.param.absent)
    return request.param


@pytest.fixture(scope="module")
def seen(client, tmp_path_factory):
    """One visit, which all tests look at."""
    picture = tmp_path_factory.mktemp("foreign") / "source.png"
    picture.write_bytes(_PICTURE)
    return asyncio.run(visit(client, picture))


def test_the_bot_runs_on_the_locked_version_and_knows_every_guild(client, seen):
    guilds = sorted(guild.name for guild in seen.local.world.guilds.values())
    assert seen.told["ready"] == {"version": client.locked, "guilds": guilds}, "stale? run tests/foreign/install"


def test_the_bot_understands_who_used_the_command_where_and_how(seen):
    assert seen.told["used"] == {"user": "mia", "guild": "Aquarium", "channel": "general", "prompt": "a cabin"}


def test_a_deferred_reply_is_edited_into_a_card_with_a_picture(seen):
    assert seen.told["deferred"] == {"loading": True}
    thinking, card, _ = [revision.body for revision in seen.painted.history]
    assert thinking.is_loading
    assert card.is_v2
    text, gallery, _ = card.components[0]["components"]
    assert text["content"] == "a cabin"
    [file] = card.attachments
    assert file.data == _PICTURE
    [item] = gallery["items"]
    assert (item["media"]["attachment_id"], item["description"]) == (str(file.id), "a picture")


def test_the_bot_finds_its_picture_again_in_the_reply_and_under_the_button(seen):
    sha256 = hashlib.sha256(_PICTURE).hexdigest()
    expected = {
        "message": str(seen.painted.original.id),
        "files": [{"name": "picture.png", "width": 8, "height": 6, "sha256": sha256}],
    }
    assert seen.told["edited"] == expected
    assert seen.told["pressed"] == expected


def test_a_followup_is_seen_by_the_person_alone(seen):
    assert seen.followup.body.content == "and more"
    assert seen.followup.ephemeral_to == seen.painted.user_id


def test_the_button_changes_the_card_and_takes_its_picture_away(seen):
    assert seen.pressed.callback_type is CallbackType.UPDATE_MESSAGE
    body = seen.painted.body
    assert body.text == "pressed"
    assert body.attachments == ()
    assert body.component("again")["label"] == "Again"


def test_a_form_is_shown_and_what_was_filled_in_comes_back(seen):
    assert seen.form.callback_type is CallbackType.MODAL
    assert (seen.form.modal["custom_id"], seen.form.modal["title"]) == ("more", "More")
    assert seen.submitted.body.content == "fog and pines"
    assert seen.submitted.ephemeral


def test_commands_of_both_menus_know_what_they_were_used_on(seen):
    assert seen.told["inspected"] == seen.told["edited"]
    assert seen.inspected.body.content == "imagen"
    assert seen.inspected.message.ephemeral_to == seen.inspected.user_id
    assert seen.told["greeted"] == {"user": "mona", "member": "Mona"}
    assert seen.greeted.body.content == "hello"


def test_nothing_the_bot_asked_is_refused(seen):
    refused = [(call.method, call.route, call.answer) for call in seen.local.calls if call.status >= 400]
    assert refused == []
    assert len(seen.local.gateway.identifies) == 1


@specs.needs_specs
def test_both_sides_keep_to_discords_own_descriptions(seen):
    wrong = {(call.route, error) for call in seen.local.calls for error in specs.request_errors(call)}
    wrong |= {(call.route, error) for call in seen.local.calls for error in specs.answer_errors(call)}
    events = [json.loads(text) for _, text in seen.local.gateway.sessions[0].sent]
    wrong |= {(each["t"], error) for each in events for error in specs.event_errors(each["t"], each["d"])}
    assert {"READY", "GUILD_CREATE", "INTERACTION_CREATE", "MESSAGE_CREATE"} <= {each["t"] for each in events}
    assert wrong == set()


@pytest.mark.parametrize("lock", ["requirements/foreign.lock", "tests/foreign/discordjs/package-lock.json"])
def test_the_locks_name_no_address(lock):
    text = (_ROOT / lock).read_text()
    assert "://" not in text
    assert '"resolved"' not in text
