"""`/preset` and the option `preset`: members keep their own, moderators those of the server, and commands use them."""

from dataclasses import replace

import pytest

from bot.asking.presets import OF_MEMBER_MAX, Kind
from bot.cards.writer import ref_of
from bot.catalog import IMAGEN_4, Catalog
from bot.fields import Toggle
from bot.jobs import Outcome, State
from bot.store import jobs as job_store
from tests.cogs.draft_stage import at_parlour, ids
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio

NOIR = {"prompt": "film noir, {prompt}, grain", "negative_prompt": "colour", "aspect_ratio": "16:9", "lines": ""}


async def save(parlour, name="noir", *, user="mia", filled=NOIR, **options):
    """Save a preset with its form; returns what was answered."""
    opened = await parlour.use("preset", user=user, save={"name": name, **options})
    return (await parlour.fill_in(opened, **filled)).message.body.text


async def say(parlour, act, *, user="mia", **options):
    return (await parlour.use("preset", user=user, **{act: options})).message.body.text


async def made(parlour, command="imagen", **options):
    """What was asked for with a command."""
    before = len(parlour.tracker.begun)
    await parlour.use(command, **options)
    await until(lambda: len(parlour.tracker.begun) > before)
    return dict(parlour.request.values)


# ---------------------------------------------------------------- keeping


async def test_a_member_keeps_a_preset_and_only_they_see_it(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        opened = await parlour.use("preset", save={"name": "noir"})
        assert opened.modal["title"] == parlour.say("mia", "preset.form.own", name="noir")
        sent = await parlour.fill_in(opened, **NOIR)
        assert sent.message.ephemeral_to == parlour.id_of("mia")
        assert parlour.say("mia", "preset.saved") in sent.message.body.text
        for words in ("noir", "colour", "aspect_ratio"):
            assert words in await say(parlour, "show", name="noir")
        assert await say(parlour, "show", user="jules", name="noir") == parlour.say("jules", "preset.unknown")


async def test_saving_under_the_same_name_begins_with_what_is_there_and_replaces_it(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await save(parlour, filled=NOIR | {"lines": "steps: 50\nGuidance scale: 7,5"})
        opened = await parlour.use("preset", save={"name": "NOIR"})
        prefilled = str(opened.modal)
        for words in ("film noir", "colour", "steps: 50", "guidance_scale: 7.5"):
            assert words in prefilled
        await parlour.fill_in(opened, prompt="other", negative_prompt="", aspect_ratio="unset", lines="")
        (found,) = await parlour.habits.presets(guild_id=parlour.guild.id, user_id=parlour.id_of("mia"))
        assert (found.name, found.prompt, found.values) == ("NOIR", "other", {})


async def test_a_name_in_other_letters_is_the_same_preset_and_people_are_told_that_it_was_replaced(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        assert parlour.say("mia", "preset.saved") in await save(parlour, "water")
        told = await save(parlour, "WATER")
        assert "**Replaced.** The preset **water** is now this" in told
        assert parlour.say("mia", "preset.saved") not in told
        assert parlour.say("mona", "preset.saved") in await save(parlour, "water", user="mona", server=True)
        assert parlour.say("mona", "preset.saved") in await save(parlour, "water", user="mona"), "not the server's"


async def test_presets_of_the_server_are_for_moderators_to_change_and_for_all_to_use(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        assert await say(parlour, "save", name="noir", server=True) == parlour.say("mia", "preset.moderators")
        assert parlour.say("mona", "preset.saved") in await save(parlour, user="mona", server=True)
        assert "film noir, a cozy cabin, grain" in (await made(parlour, preset="noir"))["prompt"]
        assert await say(parlour, "delete", name="noir") == parlour.say("mia", "preset.moderators")
        told = parlour.say("mona", "preset.deleted", name="noir")
        assert await say(parlour, "delete", user="mona", name="noir") == told
        assert await say(parlour, "delete", user="mona", name="noir") == parlour.say("mona", "preset.unknown")


async def test_who_is_no_moderator_any_more_sends_no_form(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        opened = await parlour.use("preset", user="mona", save={"name": "noir", "server": True})
        parlour.local.set_roles(parlour.guild.id, parlour.id_of("mona"), [])
        sent = await parlour.fill_in(opened, **NOIR)
        assert sent.message.body.text == parlour.say("mona", "preset.moderators")
        assert await parlour.habits.presets(guild_id=parlour.guild.id, user_id=1) == []


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"prompt": "", "negative_prompt": "", "aspect_ratio": "unset"}, "preset.empty"),
        ({"prompt": "{prompt} and {prompt}"}, "can stand once"),
        ({"lines": "steps: many"}, "Line 1: **steps** takes a whole number from"),
        ({"lines": "steps: 50\nwhat is this"}, "Line 2: “what is this” is no option"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_is_kept(tmp_path, filled, said):
    async with at_parlour(tmp_path) as parlour:
        told = await save(parlour, filled=NOIR | filled)
        assert (parlour.say("mia", said) if said.startswith("preset.") else said) in told
        assert await parlour.habits.presets(guild_id=parlour.guild.id, user_id=parlour.id_of("mia")) == []


async def test_everything_that_is_wrong_is_said_at_once_with_what_is_allowed(tmp_path):
    wrong = {"prompt": "{prompt} and {prompt}", "lines": "steps: many\nseed: 7\nwhat is this\ncolour: red\nseed: 8"}
    async with at_parlour(tmp_path) as parlour:
        told = await save(parlour, filled=NOIR | wrong)
        assert told.startswith(parlour.say("mia", "preset.wrong"))
        for said in (
            "can stand once",
            "Line 1: **steps** takes a whole number from",
            "Line 3: ",
            "Line 4: ",
            "Line 5: ",
        ):
            assert said in told
        assert "Line 2: " not in told
        assert "`guidance_scale`" in told


async def test_nothing_that_was_typed_is_lost_and_what_is_corrected_is_kept(tmp_path):
    typed = NOIR | {"lines": "steps: many\n# my own note\nseed: 7"}
    async with at_parlour(tmp_path) as parlour:
        opened = await parlour.use("preset", save={"name": "noir: a/b"})
        wrong = (await parlour.fill_in(opened, **typed)).message
        await parlour.restart()
        again = await parlour.press(wrong, "correct:")
        for words in ("film noir, {prompt}, grain", "colour", "16:9", "steps: many\\n# my own note\\nseed: 7"):
            assert words in str(again.modal)
        sent = await parlour.fill_in(again, **typed | {"lines": "steps: 20\nseed: 7"})
        assert parlour.say("mia", "preset.saved") in sent.message.body.text
        (found,) = await parlour.habits.presets(guild_id=parlour.guild.id, user_id=parlour.id_of("mia"))
        assert (found.name, found.values["steps"], found.values["seed"]) == ("noir: a/b", 20, 7)


async def test_yes_and_no_are_said_in_ones_own_language(tmp_path):
    model = replace(IMAGEN_4, fields=(*IMAGEN_4.fields, Toggle(name="hdr", default=False)))
    async with at_parlour(tmp_path, catalog=Catalog((model,))) as parlour:
        told = await save(parlour, user="mats", filled=NOIR | {"lines": "hdr: vielleicht"})
        assert "ja oder nein" in told
        told = await save(parlour, user="mats", filled=NOIR | {"lines": "hdr: ja"})
        assert parlour.say("mats", "preset.saved") in told
        again = await parlour.use("preset", user="mats", save={"name": "noir"})
        assert "hdr: ja" in str(again.modal)


async def test_where_there_is_no_room_what_was_typed_waits_until_there_is(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        for number in range(OF_MEMBER_MAX):
            await keep(parlour, f"p{number:02}")
        opened = await parlour.use("preset", save={"name": "noir"})
        full = (await parlour.fill_in(opened, **NOIR)).message
        await say(parlour, "delete", name="p00")
        again = await parlour.press(full, "correct:")
        assert parlour.say("mia", "preset.saved") in (await parlour.fill_in(again, **NOIR)).message.body.text


async def test_a_form_that_is_not_kept_any_more_or_somebody_elses_opens_anew(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        opened = await parlour.use("preset", save={"name": "noir"})
        wrong = (await parlour.fill_in(opened, **NOIR | {"lines": "steps: many"})).message
        (button,) = (each for each in ids(wrong) if ":correct:" in each)
        theirs = await parlour.forge(button, user="jules")
        assert "film noir" not in str(theirs.modal)
        async with parlour.db.transaction() as tx:
            await tx.execute("DELETE FROM drafts")
        again = await parlour.press(wrong, "correct:")
        assert "film noir" not in str(again.modal)
        assert again.modal["title"] == parlour.say("mia", "preset.form.own", name="noir")


async def test_a_name_that_cannot_be_is_said_before_anything_is_typed(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        assert await say(parlour, "save", name="  ") == parlour.say("mia", "preset.bad_name", high=32)


async def test_there_are_so_many_and_no_more(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        for number in range(OF_MEMBER_MAX):
            await keep(parlour, f"p{number:02}")
        assert parlour.say("mia", "preset.full.own", most=OF_MEMBER_MAX) in await save(parlour, "more")
        assert "**Replaced.** The preset **p00** is now this" in await save(parlour, "p00")


async def keep(parlour, name, kind=Kind.USER, *, user="mia", prompt="x", **values):
    assert await parlour.habits.keep(
        kind, name, prompt=prompt, values=values, guild_id=parlour.guild.id, user_id=parlour.id_of(user)
    )


# ---------------------------------------------------------------- from cards


async def test_a_preset_begins_with_a_card(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await made(parlour, "imagen-fast", prompt="an owl", steps=9, count=2)
        ref = ref_of(parlour.request.interaction_id)
        for user in ("mia", "jules"):
            opened = await parlour.use("preset", user=user, save={"name": "owl", "card": f"#{ref}"})
            assert "an owl" in str(opened.modal)
            assert "steps: 9" in str(opened.modal)
            assert "count" not in str(opened.modal).replace("guidance", "")


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED_WORDS, Outcome.BLOCKED])
async def test_a_blocked_prompt_begins_presets_of_its_owner_alone(tmp_path, outcome):
    async with at_parlour(tmp_path) as parlour:
        await made(parlour, prompt="a gory owl", count=2)
        card = {"name": "owl", "card": ref_of(parlour.request.interaction_id)}
        first, second = parlour.tracker.jobs
        await end(parlour, first, State.FAILED, outcome)
        opened = await parlour.use("preset", user="jules", save=card)
        assert "a gory owl" in str(opened.modal), "the other image may still come"
        await end(parlour, second, State.FAILED, outcome)
        for user in ("jules", "mona", "olga"):
            assert await say(parlour, "save", user=user, **card) == parlour.say(user, "preset.no_card")
        assert "a gory owl" in str((await parlour.use("preset", save=card)).modal)


async def test_a_prompt_of_which_an_image_came_was_accepted_and_begins_anybodys_preset(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await made(parlour, prompt="a gory owl", count=2)
        first, second = parlour.tracker.jobs
        await end(parlour, first, State.FAILED, Outcome.BLOCKED)
        await end(parlour, second, State.DONE)
        card = {"name": "owl", "card": ref_of(parlour.request.interaction_id)}
        assert "a gory owl" in str((await parlour.use("preset", user="jules", save=card)).modal)


async def end(parlour, job, state, outcome=None):
    """Have an image come, or fail for this reason."""
    async with parlour.db.transaction() as tx:
        await tx.execute(
            "UPDATE jobs SET state = $3, outcome = $4, finished_ms = 1 WHERE interaction_id = $1 AND number = $2",
            job.interaction_id,
            job.number,
            state.value,
            None if outcome is None else outcome.value,
        )


async def test_cards_that_one_does_not_see_or_that_are_forgotten_begin_nothing(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await made(parlour, prompt="an owl", private=True)
        card = {"name": "owl", "card": ref_of(parlour.request.interaction_id)}
        assert await say(parlour, "save", user="jules", **card) == parlour.say("jules", "preset.no_card")
        async with parlour.db.transaction() as tx:
            await tx.execute("""UPDATE requests SET options = '{"prompt": ""}'""")
        assert await say(parlour, "save", **card) == parlour.say("mia", "preset.card_forgotten")
        async with parlour.db.transaction() as tx:
            await tx.execute("UPDATE requests SET removed = 'moderator'")
        for ref in (card["card"], "zzz", "!"):
            assert await say(parlour, "save", name="owl", card=ref) == parlour.say("mia", "preset.no_card")
        assert await job_store.request(parlour.db, 1) is None


# ---------------------------------------------------------------- lists


async def test_lists_have_ones_own_and_the_servers_and_turn_pages_after_a_restart(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        assert parlour.say("mia", "preset.list.none") in await say(parlour, "list")
        for number in range(10):
            await keep(parlour, f"own {number}", steps=5)
            await keep(parlour, f"common {number}", Kind.GUILD, user="mona", prompt="*oil*")
        shown = (await parlour.use("preset", list={})).message
        assert "own 9**: x, `steps`" in shown.body.text
        assert "common 5" not in shown.body.text
        await parlour.restart()
        await parlour.press(shown, "page:1")
        assert r"common 5**: \*oil\*" in shown.body.text
        assert "Page 2 of 2" in shown.body.text
        assert sum(":page:" in each for each in ids(shown)) == 1


async def test_names_are_completed_with_whose_they_are(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await keep(parlour, "noir")
        await keep(parlour, "Noir", Kind.GUILD)
        await keep(parlour, "pop", user="jules")
        found = await parlour.type("imagen", {"prompt": "x", "preset": "no"}, focused="preset")
        assert found == {"noir (yours)": "user:noir", "Noir (this server)": "guild:Noir"}
        assert await parlour.type("preset", {"show": {"name": "zz"}}, focused="name") == {}
        parlour.db.broken = True
        assert await parlour.type("imagen", {"prompt": "x", "preset": ""}, focused="preset") == {}


@pytest.mark.parametrize(
    "custom_id", ["preset:2:page:1", "preset:1:page:x", "preset:1:save:x:y", "preset:1:correct:u:x:y"]
)
async def test_what_is_not_known_is_said_kindly(tmp_path, custom_id):
    async with at_parlour(tmp_path) as parlour:
        assert (await parlour.forge(custom_id, user="mia")).message.body.text == parlour.say("mia", "preset.stale")


# ---------------------------------------------------------------- using


@pytest.mark.parametrize("command", ["imagen", "imagen-ultra", "imagen-fast", "imagen-compare"])
async def test_every_command_takes_a_preset(tmp_path, command):
    async with at_parlour(tmp_path) as parlour:
        found = parlour.local.core.commands.find(guild_id=parlour.guild.id, name=command, kind=1)
        (preset,) = (each for each in found["options"] if each["name"] == "preset")
        assert preset["autocomplete"]
        assert len(found["options"]) <= 25


async def test_ones_own_preset_comes_before_the_servers_and_each_can_be_chosen(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await keep(parlour, "noir", prompt="mine")
        await keep(parlour, "noir", Kind.GUILD, prompt="ours")
        assert (await made(parlour, preset="Noir"))["prompt"] == "a cozy cabin, mine"
        assert (await made(parlour, preset="guild:noir"))["prompt"] == "a cozy cabin, ours"
        assert (await made(parlour, preset="user:noir"))["prompt"] == "a cozy cabin, mine"


async def test_what_is_typed_wins_and_what_the_model_does_not_take_is_told_beside_the_card(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await keep(parlour, "wide", prompt="", steps=5, aspect_ratio="16:9", negative_prompt="fog")
        values = await made(parlour, preset="wide", aspect_ratio="1:1")
        assert values == {"prompt": "a cozy cabin", "aspect_ratio": "1:1", "negative_prompt": "fog"}
        told = parlour.local.messages(parlour.place(), as_user=parlour.id_of("mia"))[-1]
        assert told.body.text == parlour.say("mia", "preset.left_out", model="Imagen 4", options="`steps`")
        assert told.ephemeral_to == parlour.id_of("mia")


async def test_a_preset_that_is_not_there_is_refused(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        for command in ("imagen", "imagen-compare"):
            refused = await parlour.use(command, preset="nope")
            assert refused.message.body.text == parlour.say("mia", "refusal.no_preset", preset="nope")
        assert parlour.tracker.requests == []


async def test_while_presets_cannot_be_read_nothing_is_made_without_them(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        parlour.db.broken = True
        assert (await parlour.use(preset="noir")).message.body.text == parlour.say("mia", "draft.store")
        assert parlour.tracker.requests == []


async def test_choices_in_a_preset_are_asked_about_too(tmp_path):
    async with at_parlour(tmp_path) as parlour:
        await keep(parlour, "twice", prompt="in {oil|ink}", steps=5)
        question = (await parlour.use(preset="twice")).message
        assert "a cozy cabin, in ink" in question.body.text
        assert parlour.say("mia", "preset.left_out", model="Imagen 4", options="`steps`") in question.body.text
