"""What no client of Discord's would send: ids that are broken or of elsewhere, menus with what they never offered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.permissions.house import stood
from tests.permissions.said import is_said
from tests.permissions.table import TABLE
from tests.permissions.things import furnishing, named, reference
from tests.permissions.uses import Command, Press, Send, Who

pytestmark = pytest.mark.asyncio

HUGE = str(10**19 - 1)
# What is said where something failed that nobody foresaw.
BROKEN = ("error.unexpected", "draft.store", "moderation.store", "panel.store", "privacy.store", "welcome.store")


def pressed():
    """One line for each act of a family; of panels one for each act of an editor, whichever setting it is for."""
    return list({_act_of(line): line for line in TABLE if ":" in line.name}.values())


def _act_of(line):
    family, *rest = line.name.split(":")
    return (family, rest[0], rest[2]) if family == "panel" else (family, *rest)


def open_to(who):
    return {line.name for line in TABLE if who in line.may}


def broken(custom_id: str) -> Iterator[str]:
    """Ids like this one that no version of the bot ever made."""
    head, _, rest = custom_id.partition(":")
    yield f"{head}:"
    yield custom_id[: len(head) + 1 + len(rest) // 2]
    yield f"{custom_id}\n"
    yield f"{custom_id}:{'9' * 40}"[:100]
    yield custom_id.replace(":1:", ":2:", 1)
    yield custom_id.replace("1", "\u0661")
    yield f"{head}:{HUGE}:{HUGE}:{HUGE}"
    yield f"{head}:1:\x00\U0001f98a"
    digits = custom_id.rstrip("0123456789")
    if digits != custom_id:
        for number in ("", "-1", "0", HUGE, str(2**63), "9" * 30, "\u0967\u0968", "1e3", "1 "):
            yield f"{digits}{number}"[:100]


async def test_broken_ids_are_answered_and_whoever_may_nothing_changes_nothing(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            lines = [(line, await things.make(line.needs)) for line in pressed()]
        async with house.inhabited():
            before, wrong = house.rows(), []
            for line, made in lines:
                if line.name in open_to(Who.MEMBER):
                    continue
                known = line.use(house.at(made))
                uses = [replace(known, custom_id=each) for each in broken(known.custom_id)]
                for use in (*uses, swapped(known)):
                    outcome = await house.use(use, Who.MEMBER)
                    if problem := wrong_about(outcome):
                        wrong.append(f"{use.custom_id!r} {problem}")
            assert not wrong, "\n".join(wrong)
            await house.rests()
            assert house.rows() == before


def wrong_about(outcome):
    if outcome.kind == "silent":
        return "was not answered"
    if outcome.kind != "told" or not outcome.private:
        return f"was let through: {outcome}"
    return f"broke something: {outcome}" if is_said(outcome.said, BROKEN) else ""


async def test_broken_ids_break_nothing_for_whoever_may_everything(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            lines = [(line, await things.make(line.needs)) for line in pressed()]
        async with house.inhabited():
            wrong = []
            for line, made in lines:
                known = line.use(house.at(made))
                who = Who.OWNER if Who.OWNER in line.may else Who.ADMINISTRATOR
                for custom_id in broken(known.custom_id):
                    outcome = await house.use(replace(known, custom_id=custom_id), who)
                    if outcome.kind == "silent":
                        wrong.append(f"{custom_id!r}: {who} was not answered")
                    if is_said(outcome.said, BROKEN):
                        wrong.append(f"{custom_id!r}: {who} {outcome}")
    assert not wrong, "\n".join(wrong)


def swapped(use):
    """The same id in a form where it is a button's, and pressed where it is a form's."""
    return Press(custom_id=use.custom_id) if isinstance(use, Send) else Send(custom_id=use.custom_id)


async def test_a_menu_that_is_sent_with_what_it_never_offered_changes_nothing(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            lines = [(line, await things.make(line.needs)) for line in pressed()]
        async with house.inhabited():
            before, wrong = house.rows(), []
            for line, made in lines:
                known = line.use(house.at(made))
                if not isinstance(known, Press) or known.values is None:
                    continue
                who = Who.OWNER if Who.OWNER in line.may else Who.ADMINISTRATOR
                foreign = str(house.place("images", house.abroad))
                for values in (["nonsense"], [HUGE], ["\u0661"], ["1\n"], [""], ["-1"], ["a", "a", "b"], [foreign]):
                    outcome = await house.use(replace(known, values=values), who)
                    if outcome.kind == "silent" or is_said(outcome.said, BROKEN):
                        wrong.append(f"{known.custom_id} {values}: {outcome}")
                    if house.rows() != before:
                        wrong.append(f"{known.custom_id} {values}: {sorted(house.rows() ^ before)}")
                        before = house.rows()
    assert not wrong, "\n".join(wrong)


async def test_what_stands_in_a_form_that_was_never_opened_is_judged_too(tmp_path):
    """A role, a channel or a level that is not there, a field that is missing, or one that is there twice."""
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            lines = [(line, await things.make(line.needs)) for line in TABLE]
        async with house.inhabited():
            before, wrong = house.rows(), []
            foreign = str(house.place("images", house.abroad))
            for line, made in lines:
                known = line.use(house.at(made))
                if not isinstance(known, Send) or not line.name.startswith("panel:"):
                    continue
                forms = [{}, *({**known.fields, name: [foreign]} for name in known.fields)]
                forms += [{**known.fields, name: ["1", "2"]} for name in known.fields]
                for fields in forms:
                    if fields.get("words") == [foreign]:
                        continue
                    outcome = await house.use(replace(known, fields=fields), Who.ADMINISTRATOR)
                    if outcome.kind == "silent" or is_said(outcome.said, BROKEN):
                        wrong.append(f"{known.custom_id} {fields}: {outcome}")
                    if house.rows() != before:
                        wrong.append(f"{known.custom_id} {fields}: {sorted(house.rows() ^ before)}")
                        before = house.rows()
    assert not wrong, "\n".join(wrong)


async def test_whose_thing_it_is_makes_no_difference_in_another_server(tmp_path):
    """Mia is in both servers: in Atelier nothing of what she has in Aquarium can be touched, by her or its administrator."""
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            lines = [
                (line, await things.make(line.needs))
                for line in TABLE
                if line.needs in {"image", "private", "report", "block", "appealed", "draft", "comparison", "preset"}
                and Who.STRANGER not in line.may
                and not line.name.startswith(AT_HOME_ANYWHERE)
            ]
        async with house.inhabited():
            before, wrong = house.rows(), []
            for line, made in lines:
                outcome = await house.use(line.use(house.at(made)), Who.OWNER, guild=house.abroad)
                refused = [*line.refused, "moderation.gone", "moderation.no_card", "edit.no_card"]
                if outcome.kind != "told" or not outcome.private or not is_said(outcome.said, refused):
                    wrong.append(f"{line}: {outcome}")
            assert not wrong, "\n".join(wrong)
            await house.rests()
            assert house.rows() == before


# One's own images are found, and shown to oneself, wherever one is.
AT_HOME_ANYWHERE = ("/show", "history:", "/preset save")


async def test_credits_are_not_given_to_who_is_not_there(tmp_path):
    async with stood(tmp_path) as house, furnishing(house):
        pass
    async with stood(tmp_path) as house, house.inhabited():
        before = house.rows()
        stan = house.id_of(Who.STRANGER)
        for act in ("give", "take"):
            options = {act: {"member": stan, "amount": "2", "reason": "x"}}
            outcome = await house.use(Command(name="credits", options=options), Who.ADMINISTRATOR)
            assert is_said(outcome.said, ["credits.error.gone", "credits.error.left"])
        assert house.rows() == before


async def test_what_is_suggested_while_somebody_types_is_nobody_elses(tmp_path):
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            private, own, ours = await things.private(), await things.own_preset(), await things.preset()
        async with house.inhabited():
            budget = {"budget": {"server": "a", "kind": "blocked"}}
            for who in (Who.MEMBER, Who.MODERATOR, Who.ADMINISTRATOR):
                assert await house.complete("operator", budget, "server", who) == []
                assert await house.complete("show", {"image": reference(private)}, "image", who) == []
                names = {each["value"] for each in await house.complete("imagen", _typed("p"), "preset", who)}
                assert f"user:{named(own)}" not in names
                assert f"guild:{named(ours)}" in names
            names = {each["value"] for each in await house.complete("imagen", _typed("p"), "preset", Who.STRANGER)}
            assert not names
            assert await house.complete("operator", budget, "server", Who.OPERATOR)
            assert await house.complete("show", {"image": reference(private)}, "image", Who.OWNER)


def _typed(preset):
    return {"prompt": "x", "preset": preset}
