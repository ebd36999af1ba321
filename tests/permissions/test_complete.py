"""Nothing that people can use, press, pick or send is without a line in the table."""

import pytest

from bot.settings import SAFETY_SETTINGS, SETTINGS
from cogs.limits import LIMITS
from cogs.panels.editors import EDITORS
from cogs.safety import SAFETY
from tests.permissions import found
from tests.permissions.house import stood
from tests.permissions.table import ACTS, DISABLED, TABLE, name_of
from tests.permissions.things import furnishing
from tests.permissions.uses import Command, Menu, Press, Who

NAMES = frozenset(line.name for line in TABLE)


def commands_of(registered):
    """The commands as people type them, sub-commands one by one."""
    for each in registered:
        if each["type"] != 1:
            yield f"menu {each['name']}"
            continue
        inner = [option for option in each.get("options") or () if option["type"] in (1, 2)]
        if not inner:
            yield f"/{each['name']}"
        for option in inner:
            deeper = [more for more in option.get("options") or () if more["type"] == 1]
            for more in deeper or [None]:
                yield f"/{each['name']} {option['name']}" + (f" {more['name']}" if more else "")


@pytest.mark.asyncio
async def test_every_command_that_the_bot_puts_up_has_a_line(tmp_path):
    async with stood(tmp_path) as house, furnishing(house):
        pass
    async with stood(tmp_path) as house, house.inhabited():
        store = house.local.core.commands
        registered = {*commands_of(store.all(None)), *commands_of(store.all(house.home.id))}
        assert store.all(house.abroad.id) == []
        patterns = found.dynamic_items()
    assert registered == {name for name in NAMES if name.startswith(("/", "menu "))}
    assert patterns == set()


def test_every_act_of_every_family_of_custom_ids_has_a_line():
    assert found.listeners_without_prefix() == []
    families = found.families()
    panels = families.pop("panel:")
    assert panels == frozenset()  # their acts are those of the editors, see below
    missing = {f"{prefix}{act}" for prefix, acts in families.items() for act in acts} - NAMES
    assert missing == set()
    assert all(acts for acts in families.values())
    told = {name.partition(":")[0] + ":" for name in NAMES if ":" in name}
    assert told == {*families, "panel:"}


def test_every_setting_of_every_panel_has_lines():
    for panel, settings in ((LIMITS, SETTINGS), (SAFETY, SAFETY_SETTINGS)):
        assert panel.settings == settings
        for setting in settings:
            act = f"panel:{panel.command}:{setting.page.value}:"
            assert [name for name in NAMES if name.startswith(act) and name.endswith(f":{setting.name}")], setting.name
    assert {kind.__name__ for kind in EDITORS} == set(ACTS)


def test_nothing_answers_what_is_pressed_but_the_families():
    assert found.answering_beside() == set()


@pytest.mark.asyncio
async def test_everything_that_the_bot_puts_up_leads_to_a_line(tmp_path):
    """Whoever may everything looks at everything; what stands there to be pressed is known to the table."""
    async with stood(tmp_path) as house:
        async with furnishing(house) as things:
            uses = [(line, await things.make(line.needs)) for line in TABLE if Who.ADMINISTRATOR in line.may]
            owned = [(line, await things.make(line.needs)) for line in TABLE if Who.OWNER in line.may]
        async with house.inhabited():
            for line, made in uses:
                use = line.use(house.at(made))
                if isinstance(use, Command | Menu) or (isinstance(use, Press) and not line.writes):
                    await house.use(use, Who.ADMINISTRATOR)
            for line, made in owned:
                use = line.use(house.at(made))
                if isinstance(use, Menu | Press) and not line.writes:
                    await house.use(use, Who.OWNER)
            seen = {each for each in house.seen if not DISABLED.search(each)}
    unknown = {each for each in seen if name_of(each) not in NAMES}
    assert unknown == set()
    assert len({name_of(each) for each in seen}) > 40
