"""Asking for more from a card: again, with another model, or changed in a form. Whoever presses asks, and pays."""

import pytest

from bot.limits import member_owner
from bot.ports import CardAct
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import CallbackType
from bot.settings import PRIVATE_ALLOWED
from cogs.cards.ids import CardAddress
from tests.cogs.card_stage import FAST, ULTRA, at_table, form
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio

ASKS = (CardAct.AGAIN, CardAct.REDO, CardAct.SEND_EDIT)


async def ask(table, message, number, does, *, user="mia", **typed):
    """Press it, and send the form where it opens one; returns the record of what asks, once it was acknowledged."""
    if does is not CardAct.SEND_EDIT:
        return await table.press(message, number, does, user=user)
    return await table.send(await table.press(message, number, CardAct.EDIT, user=user), **typed)


async def begun(table, record):
    """The request that came of it, once it is on its way."""
    await until(lambda: table.tracker.begun == [record.id])
    return await table.request(record.id)


# ---------------------------------------------------------------- who asks


@pytest.mark.parametrize("user", ["mia", "jules"])
@pytest.mark.parametrize("does", ASKS)
async def test_whoever_presses_asks_in_a_reply_of_its_own_and_pays(tmp_path, does, user):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        await table.allow(10**6)
        asked = await ask(table, message, number, does, user=user)
        request = await begun(table, asked)
        accounts = await table.db.fetch(
            "SELECT owner, held FROM entries JOIN accounts USING (account_id) WHERE interaction_id = $1", asked.id
        )
    assert asked.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
    assert not asked.ephemeral
    assert (request.user_id, request.prompt, request.private) == (table.id_of(user), "a blue house", False)
    assert {row["owner"]: row["held"] > 0 for row in accounts}[member_owner(table.guild.id, table.id_of(user))]


@pytest.mark.parametrize("does", ASKS)
async def test_from_a_private_card_its_owner_asks_in_private(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        asked = await ask(table, message, number, does)
        request = await begun(table, asked)
    assert asked.ephemeral
    assert request.private


@pytest.mark.parametrize("does", ASKS)
async def test_who_is_out_of_credits_is_told_so_and_nothing_is_made(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="jules")
        await table.allow(10)
        asked = await (await ask(table, message, number, does, user="mia")).answered()
        assert await table.request(asked.id) is None
    assert asked.ephemeral
    assert "0.00001" in asked.body.text


@pytest.mark.parametrize("does", ASKS)
async def test_who_is_paused_is_told_so_and_nothing_is_made(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="jules")
        await table.pause("mia")
        asked = await (await ask(table, message, number, does, user="mia")).answered()
        assert await table.request(asked.id) is None
    assert (asked.ephemeral, asked.body.text) == (True, table.say("mia", "refusal.paused"))


@pytest.mark.parametrize("does", ASKS)
async def test_who_may_not_use_the_command_may_not_use_it_by_a_button_either(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        name = "imagen-ultra" if does is CardAct.REDO else "imagen-fast"
        found = {each["name"]: each for each in table.local.core.commands.all(None)}
        override = Override(table.id_of("mia"), TargetType.USER, False)
        table.local.set_command_rights(table.guild.id, int(found[name]["id"]), [override])
        asked = await (await ask(table, message, number, does)).answered()
        assert await table.request(asked.id) is None
    assert asked.ephemeral
    assert asked.body.text == table.say("mia", "button.not_allowed", command=name)


@pytest.mark.parametrize("does", [CardAct.AGAIN, CardAct.REDO])
async def test_a_press_that_discord_tells_of_twice_asks_once(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        table.local.duplicate_next = 1
        asked = await ask(table, message, number, does)
        await until(lambda: set(table.tracker.begun) == {asked.id})
        assert await table.requests() == 2


async def alone(table, number, *, edit=False):
    """A message that only mia sees, as it stands in answer to a press, with these buttons of the card."""
    asked = await (await table.forge(CardAct.DELETE, number)).answered()
    assert asked.ephemeral
    for _, each in walk(asked.message.body.components):
        if each.get("custom_id") == CardAddress(CardAct.DELETE_YES, number).custom_id():
            each["custom_id"] = CardAddress(CardAct.EDIT if edit else CardAct.AGAIN, number).custom_id()
        elif each.get("custom_id") == CardAddress(CardAct.DELETE_NO, number).custom_id():
            each["custom_id"] = CardAddress(CardAct.REDO, number, "imagen-4-ultra").custom_id()
    return asked.message


@pytest.mark.parametrize("does", ASKS)
async def test_what_is_asked_for_at_a_message_that_only_one_person_sees_is_for_that_person(tmp_path, does):
    async with at_table(tmp_path) as table:
        number, _ = await table.card()
        message = await alone(table, number, edit=does is CardAct.SEND_EDIT)
        asked = await ask(table, message, number, does)
        request = await begun(table, asked)
    assert request.private
    assert asked.ephemeral


async def test_at_such_a_message_it_is_said_where_nothing_may_be_private(tmp_path):
    async with at_table(tmp_path) as table:
        number, _ = await table.card()
        message = await alone(table, number)
        await table.rulebook.change(table.guild.id, PRIVATE_ALLOWED, lambda _: False, user_id=1)
        asked = await (await table.press(message, number, CardAct.AGAIN)).answered()
        assert await table.request(asked.id) is None
    assert asked.ephemeral
    assert asked.body.text == table.say("mia", "refusal.private_off")


# ---------------------------------------------------------------- again, and with another model


async def test_again_is_the_same_but_for_a_seed_that_was_drawn(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        request = await begun(table, await table.press(message, number, CardAct.AGAIN))
        rows = await table.db.fetch("SELECT payload FROM jobs WHERE interaction_id = $1", request.interaction_id)
    assert request.values == {"prompt": "a blue house", "steps": 30, "negative_prompt": "rain"}
    assert (request.model, request.command, request.parent_id) == ("imagen-4-fast", "imagen-fast", None)
    assert '"seed": 77' not in rows[0]["payload"]


async def test_another_model_gets_what_it_takes_in_the_same_shape_and_the_rest_is_said_to_the_person_alone(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        asked = await table.press(message, number, CardAct.REDO)
        request = await begun(table, asked)
        (note,) = asked.followups
    assert (request.model, request.command) == ("imagen-4-ultra", "imagen-ultra")
    assert request.values == {"prompt": "a blue house", "negative_prompt": "rain", "aspect_ratio": "1:1"}
    assert request.parent_id == number
    assert note.body.text == table.say("mia", "edit.left_out", model="Imagen 4 Ultra", options="`steps`")
    assert note.visible_to(table.id_of("mia"))
    assert not note.visible_to(table.id_of("jules"))


async def test_where_another_model_takes_all_nothing_is_said_beside(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(values={"prompt": "a blue house"})
        asked = await table.press(message, number, CardAct.REDO)
        await begun(table, asked)
        assert asked.followups == []


async def test_a_model_that_is_not_offered_any_more_is_said(tmp_path):
    async with at_table(tmp_path) as table:
        number, _ = await table.card()
        asked = await (await table.forge(CardAct.REDO, number, arg="imagen-2")).answered()
        assert await table.requests() == 1
    assert asked.body.text == table.say("mia", "refusal.model_not_offered", model="imagen-2")


# ---------------------------------------------------------------- the form


async def test_the_form_opens_filled_in_and_unchanged_it_makes_the_same(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        opened = await table.press(message, number, CardAct.EDIT)
        held = form(opened)
        request = await begun(table, await table.send(opened))
    assert held["prompt"] == "a blue house"
    assert held["negative_prompt"] == "rain"
    assert held["model"] == "imagen-4-fast"
    assert held["aspect_ratio"] == "unset"
    assert held["lines"].splitlines()[0] == "steps: 30"
    assert held["lines"].splitlines()[1].startswith("# ")
    assert len(held) == 5
    assert request.values == {"prompt": "a blue house", "negative_prompt": "rain", "steps": 30}
    assert request.parent_id == number


async def test_everything_can_be_changed_at_once(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        request = await begun(
            table,
            await ask(
                table,
                message,
                number,
                CardAct.SEND_EDIT,
                prompt="a red house",
                negative_prompt="",
                model="imagen-3",
                aspect_ratio="9:16",
                lines="count: 2\nprivate: yes\nperson_generation: dont_allow",
            ),
        )
    assert (request.model, request.command, request.private) == ("imagen-3", "imagen", True)
    assert request.values == {
        "prompt": "a red house",
        "aspect_ratio": "9:16",
        "count": 2,
        "person_generation": "DONT_ALLOW",
    }


async def test_what_was_there_before_and_the_new_model_does_not_take_is_left_out_and_said(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        asked = await ask(table, message, number, CardAct.SEND_EDIT, model="imagen-3")
        request = await begun(table, asked)
        (note,) = asked.followups
    assert request.values == {"prompt": "a blue house"}
    left_out = "`steps`, `negative_prompt`"
    assert note.body.text == table.say("mia", "edit.left_out", model="Imagen 3", options=left_out)


async def test_what_is_wrong_is_told_by_line_and_can_be_corrected_without_typing_it_again(tmp_path):
    typed = {"prompt": "a red house", "negative_prompt": "fog", "aspect_ratio": "16:9"}
    lines = "steps: many\nhello\ncolour: red\nperson_generation: ALLOW_ADULT\nseed: 5\nseed: 6"
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        sent = await (await ask(table, message, number, CardAct.SEND_EDIT, lines=lines, **typed)).answered()
        assert await table.requests() == 1
        told = sent.body.text
        (correct,) = (each for _, each in walk(sent.body.components) if "custom_id" in each)
        await table.restart()
        opened = await (
            await table.local.press(sent.message, correct["custom_id"], user_id=table.id_of("mia"))
        ).acknowledged()
        held = form(opened)
        again = await table.send(opened, lines="steps: 9")
        request = await begun(table, again)
    assert sent.ephemeral
    for line in range(1, 7):
        assert (table.say("mia", "edit.wrong.line", line=line, reason="") in told) is (line != 5), line
    assert "Imagen 3" in told  # which takes what the fourth line says
    assert {name: held[name] for name in typed} == typed
    assert held["lines"].startswith(lines)
    assert request.values == {**typed, "steps": 9}


async def test_a_size_that_has_not_the_shape_is_told_with_what_to_leave_out(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        sent = await (
            await ask(table, message, number, CardAct.SEND_EDIT, aspect_ratio="16:9", lines="width: 512\nheight: 512")
        ).answered()
        assert await table.requests() == 1
    assert table.say("mia", "refusal.bad_value.shape", width=512, height=512, ratio="16:9") in sent.body.text


async def test_nobody_opens_what_somebody_else_typed(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        sent = await (
            await ask(table, message, number, CardAct.SEND_EDIT, prompt="my secret", lines="hello")
        ).answered()
        opened = await table.forge(CardAct.EDIT, number, user="jules", arg=str(sent.id))
    assert form(opened)["prompt"] == "a blue house"


@pytest.mark.parametrize("draft", ["4711", "x", "9" * 19])
async def test_a_form_that_is_not_kept_any_more_opens_as_the_card_was_made(tmp_path, draft):
    async with at_table(tmp_path) as table:
        number, _ = await table.card()
        opened = await table.forge(CardAct.EDIT, number, arg=draft)
    assert form(opened)["prompt"] == "a blue house"


async def test_choices_in_braces_are_asked_about_with_the_price_of_all_first(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        asked = await (
            await ask(table, message, number, CardAct.SEND_EDIT, prompt="a {red|green} house", model="imagen-3")
        ).answered()
        assert await table.requests() == 1
        custom_ids = [each["custom_id"] for _, each in walk(asked.body.components) if "custom_id" in each]
    assert asked.ephemeral
    assert "0.12" in asked.body.text or "0,12" in asked.body.text
    assert table.say("mia", "edit.left_out", model="Imagen 3", options="`steps`, `negative_prompt`") in asked.body.text
    assert all(each.startswith("draft:") for each in custom_ids)


async def test_braces_that_were_meant_as_they_are_written_still_are(tmp_path):
    sent = FAST | {"prompt": "a {red|green} house"}
    async with at_table(tmp_path) as table:
        number, message = await table.card(sent=sent, values={"prompt": sent["prompt"]})
        request = await begun(table, await ask(table, message, number, CardAct.SEND_EDIT, lines="steps: 9"))
    assert (request.prompt, request.expand) == ("a {red|green} house", False)


async def test_a_prompt_of_the_greatest_length_fits_the_form_and_comes_back(tmp_path):
    prompt = "ab " * 666 + "xy"
    async with at_table(tmp_path) as table:
        number, message = await table.card(model="imagen-4-ultra", sent=ULTRA | {"prompt": prompt})
        opened = await table.press(message, number, CardAct.EDIT)
        assert form(opened)["prompt"] == prompt
        assert (await begun(table, await table.send(opened))).prompt == prompt


async def test_what_to_leave_out_is_not_dropped_where_it_was_typed_anew(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card()
        sent = await (
            await ask(table, message, number, CardAct.SEND_EDIT, model="imagen-3", negative_prompt="fog", lines="")
        ).answered()
        assert await table.requests() == 1
    takers = "Imagen 4, Imagen 4 Ultra, Imagen 4 Fast"
    said = table.say("mia", "refusal.bad_value.not_taken", option="negative_prompt", model="Imagen 3", takers=takers)
    assert said in sent.body.text


# ---------------------------------------------------------------- the menu of a message


async def test_the_menu_of_a_card_opens_the_same_form(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="jules")
        opened = await table.local.invoke_on_message(message, user_id=table.id_of("mia"), command="Edit with Imagen")
        await opened.acknowledged()
        assert opened.modal["custom_id"] == CardAddress(CardAct.SEND_EDIT, number).custom_id()
        request = await begun(table, await table.send(opened, prompt="a red house"))
    assert (request.prompt, request.parent_id, request.user_id) == ("a red house", number, table.id_of("mia"))


async def test_the_menu_of_another_message_says_that_it_is_no_card(tmp_path):
    async with at_table(tmp_path) as table:
        message = await table.post(4_711)
        used = await table.local.invoke_on_message(message, user_id=table.id_of("mia"), command="Edit with Imagen")
        assert (await used.answered()).body.text == table.say("mia", "edit.no_card")


@pytest.mark.parametrize(("private", "forget", "said"), [(True, False, "private"), (False, True, "forgotten")])
async def test_the_menu_says_why_a_card_is_nothing_to_begin_with(tmp_path, private, forget, said):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="jules", private=private)
        if forget:
            await table.purge(number)
        used = await table.local.invoke_on_message(message, user_id=table.id_of("mia"), command="Edit with Imagen")
        assert (await used.answered()).body.text == table.say("mia", f"button.{said}")
