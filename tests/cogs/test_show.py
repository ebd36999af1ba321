"""`/show`: members in the real discord.py show an image again; whatever is done about it reaches every copy."""

import asyncio

import pytest

from bot.errors import StoreError
from bot.intake import Refusal
from bot.judgement import Judgement
from bot.levels import Level
from bot.moderation.cases import Act, Pause
from bot.sandbox.discord.faults import Failure, Fault
from bot.sandbox.discord.world import Overwrite, OverwriteType
from bot.settings import CHANNEL_LEVELS, DENIED_CHANNELS
from bot.store import pauses, personal
from tests.cogs.library_stage import STRICT, at_library, ids, ref, shown
from tests.cogs.stage import TEXTS, until

pytestmark = pytest.mark.asyncio

VIEW_CHANNEL, SEND_MESSAGES = 1 << 10, 1 << 11
EDIT = {"method": "PATCH", "route": "/channels/{channel_id}/messages/{message_id}"}


async def posted(library, number, **use):
    """Somebody shows an image to all; returns the message once its images are there."""
    message = (await library.use("show", image=ref(number), **use)).message
    await until(lambda: message.body is not None and shown(message))
    return message


async def settled(library, number):
    async with asyncio.timeout(30):
        while any(each.due_ms is not None for each in await library.copies(number)):  # noqa: ASYNC110 - it is a database
            await asyncio.sleep(0.01)


# ---------------------------------------------------------------- showing


async def test_an_image_is_shown_to_all_with_its_buttons_and_whose_it_is(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox", images=2)
        message = await posted(library, number, user="jules", channel="images")
        assert message.ephemeral_to is None
        assert f"**2 images by <@{library.id_of('mia')}>**" in message.body.text
        assert [name for name, _ in shown(message)] == [f"imagen-{ref(number)}-1.png", f"imagen-{ref(number)}-2.png"]
        assert f"card:1:again:{number}" in ids(message)
        await settled(library, number)
        (copy,) = await library.copies(number)
    assert (copy.message_id, copy.channel_id) == (message.id, library.place("images"))


async def test_privately_only_who_asks_sees_it_and_no_copy_is_kept(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        message = (await library.use("show", image=ref(number), private=True, user="jules")).message
        assert message.ephemeral_to == library.id_of("jules")
        assert len(shown(message)) == 1
        assert await library.copies(number) == []


async def test_ones_own_image_is_found_by_words_and_suggested(tmp_path):
    async with at_library(tmp_path) as library:
        older = await library.image("a lighthouse in the fog")
        newer = await library.image("a lighthouse at noon")
        await library.image("a lighthouse of jules", user="jules")
        assert await library.suggested("show", "image", "lightho") == [
            (f"{ref(newer)} · a lighthouse at noon", ref(newer)),
            (f"{ref(older)} · a lighthouse in the fog", ref(older)),
        ]
        assert [value for _, value in await library.suggested("show", "image", ref(older))] == [ref(older)]
        message = await posted(library, older, user="mia")
        assert shown(message)
        by_words = (await library.use("show", image="lighthouse noon", private=True)).message
        assert shown(by_words) == [(f"imagen-{ref(newer)}-1.png", False)]


async def test_what_others_made_is_shown_only_to_those_who_see_its_channel(tmp_path):
    async with at_library(tmp_path) as library:
        hidden = library.guild.channel_named("staff")
        number = await library.image("a plan", user="mona", channel="staff")
        assert (await library.use("show", image=ref(number))).message.body.text == TEXTS("en", "show.none")
        assert shown((await library.use("show", image=ref(number), user="mona", private=True)).message)
        everyone = Overwrite(id=library.guild.id, type=OverwriteType.ROLE, allow=VIEW_CHANNEL)
        assert hidden.overwrites != [everyone]


async def test_of_others_nothing_private_and_nothing_of_another_server_is_found(tmp_path):
    async with at_library(tmp_path) as library:
        private = await library.image("a secret", user="jules", private=True)
        elsewhere = await library.image("far away", user="jules", guild=library.other())
        for number in (private, elsewhere):
            told = (await library.use("show", image=ref(number))).message
            assert told.body.text == TEXTS("en", "show.none")
            assert told.ephemeral_to == library.id_of("mia")


async def test_a_private_image_of_ones_own_is_shown_to_oneself_with_the_way_to_share_it(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a secret", private=True)
        message = (await library.use("show", image=ref(number))).message
        assert message.ephemeral_to == library.id_of("mia")
        assert message.body.text.startswith("**Only you see this**, because you made the image in private.")
        assert f"card:1:share:{number}" in ids(message)
        assert await library.copies(number) == []


async def test_ones_own_image_of_another_server_is_shown_to_oneself(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("far away", guild=library.other())
        message = (await library.use("show", image=ref(number))).message
    assert message.ephemeral_to == library.id_of("mia")
    assert message.body.text.startswith(TEXTS("en", "show.alone.server"))


async def test_an_image_of_an_age_restricted_channel_goes_to_no_other(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a night", channel="after-dark", age_restricted=True)
        for private in (True, False):
            told = (await library.use("show", image=ref(number), private=private)).message
            assert told.body.text == TEXTS("en", "show.age")
        assert shown(await posted(library, number, channel="after-dark"))


async def test_the_rules_of_the_channel_decide_whether_all_may_see_it(tmp_path):
    loose = {"payload": {"prompt": "a red fox", **STRICT, "person_generation": "ALLOW_ADULT"}}
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox", job=loose)
        await library.set(CHANNEL_LEVELS, {library.place("images"): Level.GUARDED})
        told = (await library.use("show", image=ref(number), channel="images")).message
        assert told.body.text.startswith(TEXTS("en", "show.alone.level"))
        assert told.ephemeral_to == library.id_of("mia")
        await library.set(DENIED_CHANNELS, (library.place(),))
        assert "Images are not made in" in (await library.use("show", image=ref(number))).message.body.text


async def test_the_words_are_judged_anew_where_it_is_shown(tmp_path):
    class Judge:
        def __init__(self):
            self.places, self.answer = [], Judgement(spoiler=True)

        async def judge(self, request, reader):
            self.places.append((request.channel_id, request.user_id, request.private))
            return self.answer

    judge = Judge()
    async with at_library(tmp_path, judge=judge) as library:
        number = await library.image("a red fox", channel="images")
        message = await posted(library, number, user="jules")
        assert [hidden for _, hidden in shown(message)] == [True]
        assert judge.places == [(library.place(), library.id_of("jules"), False)]
        judge.answer = Judgement(refusal=Refusal("words.blocked", words="fox"))
        refused = (await library.use("show", image=ref(number))).message
    assert refused.ephemeral_to is not None
    assert "fox" in refused.body.text


async def test_who_is_paused_shows_nothing_to_others(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        pause = Pause(
            guild_id=library.guild.id, user_id=library.id_of("mia"), until_ms=None, by_id=1, reason="", at_ms=1
        )
        async with library.db.transaction() as tx:
            await pauses.put(tx, pause, case_id=1)
        told = (await library.use("show", image=ref(number))).message
        assert told.ephemeral_to is not None
        assert shown(told) == []
        assert shown((await library.use("show", image=ref(number), private=True)).message)


async def test_forgotten_words_cannot_be_judged_so_only_oneself_sees_it(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        await library.execute("UPDATE requests SET options = $1", personal.ERASED)
        told = (await library.use("show", image=ref(number))).message
    assert told.body.text.startswith(TEXTS("en", "show.alone.forgotten"))


async def test_who_may_not_write_here_sees_it_alone(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox", channel="images")
        channel = library.guild.channel_named("general")
        channel.overwrites.append(Overwrite(id=library.guild.id, type=OverwriteType.ROLE, deny=SEND_MESSAGES))
        told = (await library.use("show", image=ref(number))).message
    assert told.body.text.startswith(TEXTS("en", "show.alone.silent"))


async def test_an_image_that_is_not_kept_any_more_is_linked(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        library.home.vault.delete((await library.db.fetch("SELECT sha256 FROM jobs"))[0]["sha256"])
        text = (await library.use("show", image=ref(number))).message.body.text
    assert text.startswith("I do not keep this image any more. [its message](https://discord.com/channels/")


async def test_what_takes_long_is_answered_in_private_all_the_same(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a secret", private=True)
        real, slow = library.home.gallery.fitted, asyncio.Event()

        async def fitted(*given, **known):
            await slow.wait()
            return await real(*given, **known)

        library.home.gallery.fitted = fitted
        used = asyncio.create_task(library.use("show", image=ref(number)))
        await until(lambda: any(each.ephemeral_to is None for each in library.seen()))
        slow.set()
        public = (await used).message
        await until(lambda: len(library.seen()) == 2)
        assert public.body.text == TEXTS("en", "show.answered_privately")
        (private,) = (each for each in library.seen() if each.ephemeral_to is not None)
        assert shown(private)


async def test_a_database_that_does_not_answer_is_said(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        library.rulebook.broken = StoreError("x")
        assert (await library.use("show", image=ref(number))).message.body.text == TEXTS("en", "show.store")


# ---------------------------------------------------------------- what is done about it


async def act(library, does, message, *, press=1):
    """What a moderator does about a message, as the menu of the message has it."""
    found = await library.docket.of_message(library.guild.id, channel_id=message.channel_id, message_id=message.id)
    await library.docket.act(
        does,
        guild_id=library.guild.id,
        address_id=found.request.interaction_id,
        of_request=True,
        user_id=library.id_of("mona"),
        interaction_id=press,
    )


async def test_a_copy_is_a_card_for_moderators_and_what_they_delete_goes_from_every_copy(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox", channel="images")
        first, second = await posted(library, number), await posted(library, number, user="jules")
        await act(library, Act.DELETE, first)
        assert await library.copyist.mend() == 2
        for message in (first, second):
            assert shown(message) == []
            assert "red fox" not in message.body.text
            assert ids(message) == []
        assert await library.copyist.mend() == 0
        gone = (await library.use("show", image=ref(number))).message
        assert gone.body.text == TEXTS("en", "show.none")


async def test_what_is_blurred_is_hidden_in_every_copy_and_stays_there(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox", images=2, channel="images")
        message = await posted(library, number)
        await act(library, Act.BLUR, message)
        await library.copyist.mend()
        names = [f"imagen-{ref(number)}-1.png", f"imagen-{ref(number)}-2.png"]
        assert shown(message) == [(name, True) for name in names]
        assert f"card:1:again:{number}" in ids(message)
        assert [hidden for _, hidden in shown(await posted(library, number))] == [True, True]


async def test_a_copy_is_blurred_also_where_the_card_itself_is_gone(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        message = await posted(library, number)
        await library.execute("UPDATE requests SET message_id = NULL, message_channel_id = NULL")
        await act(library, Act.BLUR, message)
        await library.copyist.mend()
        assert [hidden for _, hidden in shown(message)] == [True]


async def test_what_discord_does_not_take_is_tried_again_later(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        message = await posted(library, number)
        await act(library, Act.DELETE, message)
        library.local.faults.add(Fault(failure=Failure.API_ERROR, code=50001, **EDIT))
        await library.copyist.mend()
        assert shown(message)
        assert await library.copyist.mend() == 0
        library.clock.ahead_ms += 600_000
        assert await library.copyist.mend() == 1
        assert shown(message) == []


async def test_a_copy_that_somebody_deleted_is_forgotten(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        message = await posted(library, number)
        await act(library, Act.DELETE, message)
        library.local.delete(message)
        await library.copyist.mend()
        assert await library.copies(number) == []


async def test_an_image_that_is_deleted_while_it_is_shown_does_not_stay(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        held = Fault(
            route="/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            method="PATCH",
            failure=Failure.STALL,
            stall_s=0.5,
        )
        library.local.faults.add(held)
        using = asyncio.create_task(library.use("show", image=ref(number)))
        async with asyncio.timeout(30):
            while not await library.copies(number):  # noqa: ASYNC110 - it is a database
                await asyncio.sleep(0.01)
        await library.docket.withdraw(library.guild.id, number, user_id=library.id_of("mia"))
        await library.copyist.mend()
        message = (await using).message
        await until(lambda: library.noticed >= 2)
        await library.copyist.mend()
        assert shown(message) == []
        assert all(each.due_ms is None for each in await library.copies(number))


async def test_a_copy_of_which_a_crash_left_no_word_is_looked_at_again(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        message = await posted(library, number)
        await settled(library, number)
        # As it stands between the edit and the word that all is well.
        await library.execute("UPDATE request_copies SET due_ms = $1", library.clock.now_ms() + 300_000)
        await library.execute("UPDATE requests SET spoiler = TRUE")
        library.clock.ahead_ms += 301_000
        assert await library.copyist.mend() == 1
        assert [hidden for _, hidden in shown(message)] == [True]


async def test_who_deletes_their_data_leaves_no_copies_behind_in_the_database(tmp_path):
    async with at_library(tmp_path) as library:
        number = await library.image("a red fox")
        await posted(library, number)
        async with library.db.transaction() as tx:
            await personal.forget(tx, library.id_of("mia"), now_ms=1)
        assert await library.copies(number) == []
