"""What a server's administrators set in Discord, for a command, holds for everything that belongs to it."""

import pytest

from bot.sandbox.discord.command_rights import Override, TargetType
from cogs.moderation.case_ids import CaseAddress
from cogs.moderation.case_ids import Press as CasePress
from tests.permissions.house import stood
from tests.permissions.said import is_said
from tests.permissions.table import TABLE
from tests.permissions.things import furnishing
from tests.permissions.uses import Command, Menu, Press, Send, Who

pytestmark = pytest.mark.asyncio

SLASH, MENU = 1, 3
# What a command's rights are for, by how the names of lines begin.
BELONGING = {
    "limits": ("/limits", "panel:limits:", "welcome:"),
    "safety": ("/safety", "panel:safety:"),
    "words": ("/words", "words:"),
    "usage": ("/usage", "usage:"),
    "credits": ("/credits",),
    "moderation": ("/moderation", "moderation:", "case:"),
}


def belonging(command, who):
    """The lines that this person is let through by the command's rank alone."""
    return [
        line
        for line in TABLE
        if line.name.startswith(BELONGING[command])
        and who in line.may
        and Who.MEMBER not in line.may
        and Who.OWNER not in line.may
    ]


def switch(house, command, target, some_id, *, allowed, kind=SLASH):
    command_id = int(house.registered(command, kind)["id"])
    house.local.set_command_rights(house.home.id, command_id, [Override(some_id, target, allowed)])


async def test_who_is_let_in_below_the_rank_may_use_the_command_and_its_buttons(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            tries = [
                (command, [(line, await things.make(line.needs)) for line in belonging(command, Who.ADMINISTRATOR)])
                for command in BELONGING
            ]
        async with house.inhabited():
            wrong = []
            for command, lines in tries:
                assert lines
                switch(house, command, TargetType.ROLE, house.home.id, allowed=True)
                for line, made in lines:
                    outcome = await house.use(line.use(house.at(made)), Who.MEMBER)
                    if outcome.kind == "silent" or is_said(outcome.said, line.refused):
                        wrong.append(f"{line}: {outcome}")
                switch(house, command, TargetType.USER, house.id_of(Who.MEMBER), allowed=False)
                line, made = lines[0]
                outcome = await house.use(line.use(house.at(made)), Who.MEMBER)
                assert is_said(outcome.said, line.refused), f"{line}: {outcome}"
    assert not wrong, "\n".join(wrong)


async def test_a_moderator_who_is_shut_out_of_a_command_is_shut_out_of_its_buttons(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            tries = [
                (command, [(line, await things.make(line.needs)) for line in belonging(command, Who.MODERATOR)])
                for command in ("safety", "words", "moderation")
            ]
            beside = [
                (line, await things.make(line.needs))
                for line in TABLE
                if line.name in {"card:delete", "card:delete_yes", "card:cancel", "preset:save", "/preset delete"}
                and Who.MODERATOR in line.may
                and line.needs != "hidden"
                and Who.MEMBER not in line.may
            ]
        async with house.inhabited():
            before, wrong = house.rows(), []
            for command, lines in tries:
                assert lines
                switch(house, command, TargetType.ROLE, house.role("Moderator"), allowed=False)
                for line, made in [*lines, *(beside if command == "moderation" else ())]:
                    outcome = await house.use(line.use(house.at(made)), Who.MODERATOR)
                    if not outcome.private or not is_said(outcome.said, line.refused):
                        wrong.append(f"{line}: {outcome}")
            assert not wrong, "\n".join(wrong)
            assert len(beside) == 5
            await house.rests()
            assert house.rows() == before


async def test_who_may_not_use_a_command_for_images_may_not_press_for_them_either(tmp_path):
    async with stood(tmp_path) as house:
        names = ("card:again", "card:redo", "card:send_edit", "card:share", "draft:make", "draft:plain")
        async with furnishing(house) as things:
            tries = [
                (line, await things.make(line.needs)) for line in TABLE if line.name in names and Who.OWNER in line.may
            ]
        async with house.inhabited():
            for command in ("imagen", "imagen-fast"):
                switch(house, command, TargetType.USER, house.id_of(Who.OWNER), allowed=False)
            before, wrong = house.rows(), []
            for line, made in tries:
                use = line.use(house.at(made))
                assert isinstance(use, Press | Send)
                outcome = await house.use(use, Who.OWNER)
                if not outcome.private or not is_said(outcome.said, ["button.not_allowed"]):
                    wrong.append(f"{line}: {outcome}")
            assert not wrong, "\n".join(wrong)
            await house.rests()
            assert {row for row in house.rows() ^ before if row.startswith(("requests: ", "jobs: "))} == set()


# Each with how the names of the lines begin that belong to it.
OF_MEMBERS = {
    "imagen": ("/imagen",),
    "imagen-compare": ("/imagen-compare",),
    "preset": ("/preset ", "preset:"),
    "defaults": ("/defaults", "defaults:"),
    "history": ("/history", "history:"),
    "show": ("/show",),
    "me": ("/me",),
    "help": ("/help",),
    "queue": ("/queue",),
}


def of_members(names):
    """The lines that mia is let through, of these names or of names that begin like one that ends."""
    return [
        line
        for line in TABLE
        if Who.OWNER in line.may
        and any(line.name == name or (name[-1] in ": " and line.name.startswith(name)) for name in names)
    ]


async def test_who_may_not_use_a_command_for_members_may_neither_forge_it_nor_press_what_belongs_to_it(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            tries = {
                command: [(line, await things.make(line.needs)) for line in of_members(names)]
                for command, names in OF_MEMBERS.items()
            }
        async with house.inhabited():
            before, wrong = house.rows(), []
            for command, lines in tries.items():
                assert lines
                switch(house, command, TargetType.USER, house.id_of(Who.OWNER), allowed=False)
                for line, made in lines:
                    outcome = await house.use(line.use(house.at(made)), Who.OWNER)
                    if not outcome.private or not is_said(outcome.said, ["rights.refused"]):
                        wrong.append(f"{line}: {outcome}")
            assert not wrong, "\n".join(wrong)
            await house.rests()
            assert house.rows() == before


async def test_nobody_is_shut_out_of_their_own_data(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house):
            pass
        async with house.inhabited():
            switch(house, "privacy", TargetType.USER, house.id_of(Who.OWNER), allowed=False)
            for use in (Command(name="privacy"), Press(custom_id="privacy:delete")):
                outcome = await house.use(use, Who.OWNER)
                assert outcome.kind == "told"
                assert not is_said(outcome.said, ["rights.refused"])


async def test_an_entry_of_a_messages_menu_follows_what_is_set_for_itself(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            made = [await things.image() for _ in range(7)]
        async with house.inhabited():
            edit, report, moderate = (
                [Menu(name=name, request_id=each) for each in made]
                for name in ("Edit with Imagen", "Report image", "Moderate image")
            )
            before = house.rows()
            for each in (edit, report):
                switch(house, each[0].name, TargetType.USER, house.id_of(Who.MEMBER), allowed=False, kind=MENU)
                outcome = await house.use(each[0], Who.MEMBER)
                assert is_said(outcome.said, ["rights.refused"]), outcome
                assert (await house.use(each[1], Who.OWNER)).kind == "form"
            for press in (CasePress.REPORT, CasePress.SEND_REPORT):
                custom_id = CaseAddress(press, made[2], of_request=True).custom_id()
                outcome = await house.use(Send(custom_id=custom_id, fields={"reason": "because"}), Who.MEMBER)
                assert is_said(outcome.said, ["rights.refused"]), outcome
            switch(house, "Moderate image", TargetType.USER, house.id_of(Who.MEMBER), allowed=True, kind=MENU)
            assert not is_said((await house.use(moderate[3], Who.MEMBER)).said, ["moderation.refused"])
            switch(house, "Moderate image", TargetType.ROLE, house.role("Moderator"), allowed=False, kind=MENU)
            assert is_said((await house.use(moderate[4], Who.MODERATOR)).said, ["moderation.refused"])
            # What is set for the one says nothing of the other.
            switch(house, "moderation", TargetType.ROLE, house.home.id, allowed=True)
            assert is_said((await house.use(moderate[5], Who.OWNER)).said, ["moderation.refused"])
            await house.rests()
            assert house.rows() == before
