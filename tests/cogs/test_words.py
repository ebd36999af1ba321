"""`/words`: moderators in the real discord.py keep the words of their server; nobody else does."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.sandbox.discord.command_options import CommandRejected
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.permissions import MEMBER
from bot.word_lines import Entry, Verdict
from cogs.words_view import Act, Pressed
from tests.cogs.stage import TEXTS, until
from tests.cogs.word_stage import at_lodge

pytestmark = pytest.mark.asyncio

ROUTE = "/guilds/{guild_id}/auto-moderation/rules"
NOT_PERMITTED = TEXTS("en", "words.automod.not_permitted")


async def kept(lodge):
    return [(each.verdict.value, each.pattern) for each in await lodge.book.entries(lodge.guild.id)]


async def send_file(lodge, content, *, filename="words.txt", **more):
    """Use /words import with a file."""
    return (await lodge.use("import", file=(filename, content), **more)).message.body.text


async def test_a_moderator_adds_rules_one_a_line_and_only_they_see_it(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        opened = await lodge.use("add")
        sent = await lodge.local.submit_modal(opened, {"lines": "Bad Word\nslur*\n\nslur*", "verdict": "block"})
        answer = (await sent.answered()).message
        assert answer.ephemeral_to == lodge.id_of("mona")
        assert answer.body.text == "**Block:** 2 rules are new or were changed."
        assert await lodge.add("gore", "flag") == "**Look at:** 1 rule is new or was changed."
        assert await kept(lodge) == [("block", "bad word"), ("block", "slur*"), ("flag", "gore")]


async def test_lines_that_cannot_be_rules_are_named_and_the_others_are_kept(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        answer = await lodge.add("fine\nin*side\n*")
        assert answer.startswith("**Block:** 1 rule is new or was changed.\n2 lines cannot be rules and were left out:")
        assert "• in\\*side: a * may stand at the beginning or the end of a word" in answer
        assert await kept(lodge) == [("block", "fine")]
        assert "Nothing was changed." in await lodge.add("*")


async def test_rules_are_taken_out_one_a_line(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.add("cat\ndog\ncow")
        assert await lodge.fill_in(await lodge.use("remove"), lines="CAT\ncow\nbird") == "2 rules were taken out."
        assert await kept(lodge) == [("block", "dog")]
        assert await lodge.fill_in(await lodge.use("remove"), lines="cat") == TEXTS("en", "words.not_there")


async def test_the_list_turns_its_pages_and_opens_the_forms(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        assert "This server has no word rules." in await lodge.list()
        await lodge.add("\n".join(f"word{number:02}" for number in range(45)))
        shown = (await lodge.use("list")).message
        assert "**45 word rules for prompts**" in shown.body.text
        assert "• Block: word00" in shown.body.text
        assert "word20" not in shown.body.text
        await lodge.press(shown, Pressed(Act.PAGE, 1).custom_id())
        assert "word20" in shown.body.text
        assert "Page 2 of 3" in shown.body.text
        await lodge.press(shown, Pressed(Act.PAGE, 2).custom_id())
        assert "word44" in shown.body.text
        assert await lodge.fill_in(await lodge.press(shown, Pressed(Act.REMOVE).custom_id()), lines="word00") == (
            "1 rule was taken out."
        )
        opened = await lodge.press(shown, Pressed(Act.ADD).custom_id())
        assert "1 rule" in await lodge.fill_in(opened, lines="more", verdict="spoiler")
        assert ("spoiler", "more") in await kept(lodge)


async def test_every_rule_stands_on_some_page_however_long_it_is(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        entries = [Entry(f"*{number:02} " + "_" * 250, Verdict.ALLOW) for number in range(20)]
        await lodge.book.add(lodge.guild.id, entries, user_id=1)
        shown = await lodge.list()
        assert all(f"\\*{number:02}" in shown for number in range(20))


async def test_buttons_and_forms_work_after_a_restart(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        shown, opened = (await lodge.use("list")).message, await lodge.use("add")
        await lodge.restart()
        assert "1 rule" in await lodge.fill_in(opened, lines="cat", verdict="block")
        assert "1 rule" in await lodge.fill_in(await lodge.press(shown, Pressed(Act.REMOVE).custom_id()), lines="cat")


# ---------------------------------------------------------------- files


async def test_a_file_that_was_given_out_can_be_taken_in_again(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.add("schön*\nbad word", "spoiler")
        await lodge.add("bad words", "allow")
        before = await kept(lodge)
        given = (await lodge.use("export")).message
        (file,) = given.body.attachments
        assert "3 rules, one a line" in given.body.text
        assert given.ephemeral_to == lodge.id_of("mona")
        await lodge.add("more")
        assert await send_file(lodge, file.data) == "3 rules stand in the place of the 4 before."
        assert await kept(lodge) == before


async def test_without_rules_there_is_no_file(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        assert "no word rules" in (await lodge.use("export")).message.body.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", TEXTS("en", "words.file.text")),
        (b"*\nin*side", "None of this can be a rule. Nothing was changed."),
        (b"", "None of this can be a rule. Nothing was changed."),
        ("\n".join(f"w{n}" for n in range(5001)).encode(), TEXTS("en", "words.full", high=5000)),
        (b"x" * 1_048_577, TEXTS("en", "words.file.large", kib=1024)),
    ],
    ids=["no text", "no rules", "empty", "too many", "too large"],
)
async def test_a_file_that_is_no_list_changes_nothing(tmp_path, content, words):
    async with at_lodge(tmp_path) as lodge:
        await lodge.add("cat")
        assert (await send_file(lodge, content)).startswith(words)
        assert await kept(lodge) == [("block", "cat")]


# ---------------------------------------------------------------- AutoMod


async def test_the_list_says_what_is_missing_for_automod(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        assert NOT_PERMITTED in await lodge.list()
        await lodge.permit()
        shown = await lodge.list()
        assert NOT_PERMITTED not in shown
        assert "no keyword rules" in shown
        await lodge.permit(MEMBER)
        assert NOT_PERMITTED in await lodge.list()


async def test_the_list_says_what_counts_and_what_cannot_and_why(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        lodge.local.set_automod_rule(lodge.guild.id, name="Odd *one*", keywords=("cat",), patterns=("(?=x)y",))
        lodge.local.set_automod_rule(lodge.guild.id, name="Slurs", trigger_type=4, presets=(3,))
        await lodge.permit()
        shown = await lodge.list()
        assert "1 keyword rule of it counts for prompts, too" in shown
        assert "so these rules cannot count for prompts: Slurs" in shown
        assert "• Odd \\*one\\*: \\(?=x\\)y (this pattern is not understood: look\\-around" in shown


async def test_the_list_says_when_discord_does_not_tell(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.permit()
        lodge.local.faults.add(Fault(route=ROUTE, failure=Failure.API_ERROR, code=10004))
        assert TEXTS("en", "words.automod.not_answered") in await lodge.list()


# ---------------------------------------------------------------- who may


async def test_discord_shows_the_commands_to_moderators_and_in_servers_only(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        command = lodge.local.core.commands.find(guild_id=lodge.guild.id, name="words", kind=1)
        with pytest.raises(CommandRejected):
            await lodge.use("list", user="mia")
    assert command["default_member_permissions"] == str(1 << 13)
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]


async def test_a_forged_use_is_refused_whatever_it_is(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        await lodge.add("secret")
        refused = TEXTS("en", "words.refused")
        for act in ("list", "export", "add", "remove"):
            assert (await lodge.use(act, user="mia", forged=True)).message.body.text == refused
        assert await send_file(lodge, b"cat", user="mia", forged=True) == refused
        assert await kept(lodge) == [("block", "secret")]


async def test_who_is_no_moderator_any_more_sends_no_form(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        opened, shown = await lodge.use("add"), (await lodge.use("list")).message
        lodge.local.set_roles(lodge.guild.id, lodge.id_of("mona"), [])
        assert await lodge.fill_in(opened, lines="cat", verdict="block") == TEXTS("en", "words.refused")
        pressed = await lodge.press(shown, Pressed(Act.ADD).custom_id())
        assert pressed.modal is None
        assert await kept(lodge) == []


async def test_whom_the_server_lets_in_may_too(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        (command,) = (each for each in lodge.local.core.commands.all(None) if each["name"] == "words")
        override = Override(lodge.id_of("mia"), TargetType.USER, True)
        lodge.local.set_command_rights(lodge.guild.id, int(command["id"]), [override])
        assert "no word rules" in (await lodge.use("list", user="mia")).message.body.text


# ---------------------------------------------------------------- what goes wrong on the way


async def test_a_use_that_discord_tells_of_twice_counts_once(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        opened = await lodge.use("add")
        lodge.local.duplicate_next = 1
        await lodge.fill_in(opened, lines="cat", verdict="block")
        assert await kept(lodge) == [("block", "cat")]


async def test_what_takes_long_is_answered_nevertheless(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        opened = await lodge.use("add")
        lodge.book.held = asyncio.Event()
        sent = await lodge.local.submit_modal(opened, {"lines": "cat", "verdict": "block"})
        await sent.acknowledged()
        assert sent.body is None
        lodge.book.held.set()
        assert "1 rule is new" in (await sent.answered()).body.text
        assert sent.message.ephemeral_to == lodge.id_of("mona")
        lodge.book.held = asyncio.Event()
        listed = asyncio.create_task(lodge.use("list"))
        await until(lambda: lodge.local.interactions[-1].acknowledged_ms is not None)
        lodge.book.held.set()
        assert "1 word rule for prompts" in (await listed).body.text


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        lodge.book.broken = StoreError("x")
        assert await lodge.list() == TEXTS("en", "words.store")
        assert (await lodge.use("export")).message.body.text == TEXTS("en", "words.store")


async def test_what_nobody_foresaw_is_said_too(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        lodge.book.broken = RuntimeError("x")
        assert (await lodge.list()).startswith(TEXTS("en", "error.unexpected", reference="")[:20])


async def test_what_an_older_version_put_up_is_told_so(tmp_path):
    async with at_lodge(tmp_path) as lodge:
        opened = await lodge.use("add")
        opened.modal["custom_id"] = "words:0:send_add"
        assert await lodge.fill_in(opened, lines="cat", verdict="block") == TEXTS("en", "words.stale")
