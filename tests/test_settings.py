from typing import assert_type

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import BadValue
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind, Switch
from bot.settings import (
    BUDGET,
    CEILING_PER_DAY,
    LOG_CHANNEL,
    MEMBER_ALLOWANCE,
    OPERATOR_SETTINGS,
    ROLE_ALLOWANCES,
    SAFETY_SETTINGS,
    SETTINGS,
    TIME_ZONE,
    Setting,
    Settings,
)
from tests.limits.support import DEFAULTS, PLENTY, budget

DAILY = {"amount_microcredits": 5, "per": "day"}


def test_a_server_that_set_nothing_has_the_default() -> None:
    assert Settings({}, DEFAULTS)[BUDGET] == budget(PLENTY)
    assert Settings({})[TIME_ZONE] == "UTC"
    assert Settings({})[MEMBER_ALLOWANCE] is None


def test_a_servers_own_value_counts_zero_included() -> None:
    assert Settings({"ceiling_per_day": 0}, DEFAULTS)[CEILING_PER_DAY] == 0
    assert Settings({"time_zone": "Europe/Berlin"})[TIME_ZONE] == "Europe/Berlin"


@given(stored=st.one_of(st.none(), st.text(), st.booleans(), st.floats(), st.integers(max_value=-1)))
def test_a_stored_value_that_makes_no_sense_counts_as_not_set(stored: object) -> None:
    made = Settings({"ceiling_per_day": stored}, DEFAULTS)
    assert made[CEILING_PER_DAY] == PLENTY
    assert not made.is_set(CEILING_PER_DAY)


def test_a_zone_that_the_machine_does_not_know_any_more_counts_as_not_set() -> None:
    assert Settings({"time_zone": "Atlantis/Capital"})[TIME_ZONE] == "UTC"


def test_what_was_set_is_told_from_the_default_even_where_it_is_the_same() -> None:
    assert Settings({"budget": BUDGET.field.stored(budget(PLENTY))}, DEFAULTS).is_set(BUDGET)
    assert not Settings({}, DEFAULTS).is_set(BUDGET)


def test_a_default_that_makes_no_sense_is_not_hidden() -> None:
    with pytest.raises(BadValue, match="ceiling_per_day"):
        _ = Settings({}, {"ceiling_per_day": -1})[CEILING_PER_DAY]


def test_a_value_has_the_type_of_its_field() -> None:
    guild = Settings({"loud": True, "role_allowances": {"5": DAILY}}, DEFAULTS)
    assert_type(guild[CEILING_PER_DAY], int)
    assert_type(guild[LOG_CHANNEL], int | None)
    assert_type(guild[BUDGET], Budget)
    assert_type(guild[MEMBER_ALLOWANCE], Allowance | None)
    assert guild[Setting(Switch(name="loud"), SETTINGS[0].page)] is True
    assert guild[ROLE_ALLOWANCES] == {5: Allowance(5, Per.DAY)}
    assert guild[BUDGET].kind is BudgetKind.LIMITED


def test_every_setting_has_a_name_of_its_own() -> None:
    names = [setting.name for setting in (*SETTINGS, *SAFETY_SETTINGS, *OPERATOR_SETTINGS)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("setting", [*SETTINGS, *SAFETY_SETTINGS, *OPERATOR_SETTINGS], ids=lambda setting: setting.name)
def test_every_default_is_one_that_its_field_takes_and_stores(setting: Setting[object]) -> None:
    value = Settings({}, DEFAULTS)[setting]
    assert setting.field.parse(setting.field.stored(value)) == value
