"""Moderators pause those below them, as Discord has it for time-outs: by command and by the buttons of cards."""

import discord
import pytest

from bot.moderation.cases import HOUR_MS, Act
from bot.sandbox.discord.command_rights import Override, TargetType
from bot.sandbox.discord.faults import Failure, Fault
from cogs.moderation.case_ids import CaseAddress
from tests.cogs.case_stage import at_court

pytestmark = pytest.mark.asyncio

MEMBER = {"method": "GET", "route": "/guilds/{guild_id}/members/{user_id}"}
HOW = ["command", "card", "image"]


async def pause(court, target, *, by, how):
    """Have somebody pause somebody; what they were told, in English or their own language."""
    if how == "command":
        return (await court.use("pause", user=by, member=court.id_of(target), duration="pause")).body.text
    number, case_id = await court.reported(user=target, by="jules" if target != "jules" else "mats")
    if how == "card":
        pressed = await court.press(await court.log_card(case_id), Act.PAUSE.value, user=by)
    else:
        pressed = await court.forge(f"case:1:{Act.PAUSE.value}:r{number}", user=by)
    return (await pressed.answered()).body.text


def role_id(court, name):
    return next(each.id for each in court.guild.roles.values() if each.name == name)


def said(court, by, message_id, target):
    return court.say(by, message_id, member=f"<@{court.id_of(target)}>")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("target", "by", "why"),
    [
        ("olga", "mona", "moderation.above.owner"),
        ("adam", "mona", "moderation.above.administrator"),
        ("olga", "adam", "moderation.above.owner"),
        ("oona", "adam", "moderation.above.role"),
    ],
)
async def test_nobody_pauses_those_above_them(tmp_path, target, by, why, how):
    async with at_court(tmp_path) as court:
        assert await pause(court, target, by=by, how=how) == said(court, by, why, target)
        assert await court.pauses() == {}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("target", "by"), [("mia", "mona"), ("mona", "adam"), ("adam", "olga"), ("oona", "olga"), ("adam", "adam")]
)
async def test_those_below_are_paused(tmp_path, target, by, how):
    async with at_court(tmp_path) as court:
        assert await pause(court, target, by=by, how=how) == said(court, by, "moderation.done.pause.lasting", target)
        assert await court.pauses() == {court.id_of(target): None}


@pytest.mark.parametrize("how", HOW)
async def test_another_moderator_of_the_same_role_is_not_paused(tmp_path, how):
    async with at_court(tmp_path) as court:
        court.local.set_roles(court.guild.id, court.id_of("jules"), [role_id(court, "Moderator")])
        assert await pause(court, "jules", by="mona", how=how) == said(court, "mona", "moderation.above.role", "jules")
        assert await court.pauses() == {}


@pytest.mark.parametrize("how", HOW)
async def test_a_higher_role_is_above_whatever_it_may_do(tmp_path, how):
    async with at_court(tmp_path) as court:
        court.local.set_role_permissions(court.guild.id, role_id(court, "Administrator"), 0)
        assert await pause(court, "adam", by="mona", how=how) == said(court, "mona", "moderation.above.role", "adam")
        assert await court.pauses() == {}


@pytest.mark.parametrize("how", HOW)
async def test_a_lower_role_that_administrates_is_left_to_administrators(tmp_path, how):
    async with at_court(tmp_path) as court:
        lower = min(court.guild.roles.values(), key=lambda each: (each.id == court.guild.id, each.position))
        court.local.set_role_permissions(court.guild.id, lower.id, 1 << 3)
        court.local.set_roles(court.guild.id, court.id_of("jules"), [lower.id])
        above = said(court, "mona", "moderation.above.administrator", "jules")
        assert await pause(court, "jules", by="mona", how=how) == above
        done = said(court, "adam", "moderation.done.pause.lasting", "jules")
        assert await pause(court, "jules", by="adam", how="command") == done


async def test_who_has_no_role_stands_below_whoever_the_server_lets_moderate(tmp_path):
    async with at_court(tmp_path) as court:
        (command,) = (each for each in court.local.core.commands.all(None) if each["name"] == "moderation")
        let_in = Override(court.id_of("jules"), TargetType.USER, True)
        court.local.set_command_rights(court.guild.id, int(command["id"]), [let_in])
        done = said(court, "jules", "moderation.done.pause.lasting", "mia")
        assert await pause(court, "mia", by="jules", how="command") == done
        above = said(court, "jules", "moderation.above.role", "mona")
        assert await pause(court, "mona", by="jules", how="command") == above


@pytest.mark.parametrize("how", HOW)
async def test_who_has_left_is_paused_for_when_they_come_back(tmp_path, how):
    async with at_court(tmp_path) as court:
        del court.guild.members[court.id_of("adam")]
        assert await pause(court, "adam", by="mona", how=how) == said(
            court, "mona", "moderation.done.pause.lasting", "adam"
        )


async def test_where_discord_does_not_tell_of_a_member_they_are_paused(tmp_path):
    async with at_court(tmp_path) as court:
        court.local.faults.add(Fault(failure=Failure.API_ERROR, code=50001, times=9, **MEMBER))
        done = said(court, "mona", "moderation.done.pause.lasting", "adam")
        assert await pause(court, "adam", by="mona", how="card") == done


async def test_whoever_moderates_lifts_the_pause_of_anybody_else(tmp_path):
    async with at_court(tmp_path) as court:
        await pause(court, "adam", by="olga", how="command")
        told = (await court.use("unpause", user="mona", member=court.id_of("adam"))).body.text
        assert told == said(court, "mona", "moderation.done.lift", "adam")


# ---------------------------------------------------------------- one's own


OWN = [Act.PAUSE_HOUR, Act.PAUSE, Act.LIFT]


async def decide(court, act, *, by, how):
    """Have somebody decide about a pause of their own; what they were told."""
    if how == "command":
        options = {} if act is Act.LIFT else {"duration": act.value}
        name = "unpause" if act is Act.LIFT else "pause"
        return (await court.use(name, user=by, member=court.id_of(by), **options)).body.text
    number, case_id = await court.reported(user=by)
    address = CaseAddress(act, number if how == "image" else case_id, of_request=how == "image")
    return (await (await court.forge(address, user=by)).answered()).body.text


async def kept_paused(court, user):
    """Somebody whom another moderator paused for a day; until when."""
    until_ms = court.clock.now_ms() + 24 * HOUR_MS
    await court.docket.pause(
        guild_id=court.guild.id,
        user_id=court.id_of(user),
        until_ms=until_ms,
        reason="spam",
        by_id=court.id_of("olga"),
        interaction_id=1,
    )
    return until_ms


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("act", OWN)
async def test_a_moderator_who_is_paused_neither_lifts_nor_shortens_it(tmp_path, act, how):
    async with at_court(tmp_path) as court:
        until_ms = await kept_paused(court, "mona")
        assert await decide(court, act, by="mona", how=how) == court.say("mona", "moderation.own")
        assert await court.pauses() == {court.id_of("mona"): until_ms}


async def test_a_moderator_decides_about_no_appeal_of_their_own(tmp_path):
    async with at_court(tmp_path) as court:
        case_id = await court.blocked(user="mona")
        await court.docket.appeal(
            guild_id=court.guild.id, case_id=case_id, user_id=court.id_of("mona"), reason="a film"
        )
        for act in (Act.APPROVE, Act.DECLINE):
            pressed = await court.forge(CaseAddress(act, case_id), user="mona")
            assert (await pressed.answered()).body.text == court.say("mona", "moderation.own")
        assert await court.actions(case_id) == []
        pressed = await court.forge(CaseAddress(Act.APPROVE, case_id), user="adam")
        assert (await pressed.answered()).body.text == court.say(
            "adam", "moderation.done.approve", member=f"<@{court.id_of('mona')}>"
        )


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("who", ["olga", "adam", "mona"])
async def test_the_owner_and_who_manages_the_server_lift_their_own(tmp_path, who, how):
    async with at_court(tmp_path) as court:
        if who == "mona":
            rights = discord.Permissions(manage_messages=True, manage_guild=True, use_application_commands=True)
            court.local.set_role_permissions(court.guild.id, role_id(court, "Moderator"), rights.value)
        await kept_paused(court, who)
        assert await decide(court, Act.LIFT, by=who, how=how) == said(court, who, "moderation.done.lift", who)
        assert await court.pauses() == {}


async def test_a_moderator_acts_on_images_of_their_own_as_on_any(tmp_path):
    async with at_court(tmp_path) as court:
        await kept_paused(court, "mona")
        _, case_id = await court.reported(user="mona")
        for act in (Act.BLUR, Act.DISMISS, Act.DELETE):
            await (await court.forge(CaseAddress(act, case_id), user="mona")).answered()
        assert len(await court.actions(case_id)) == 3
