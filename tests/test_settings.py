from typing import assert_type

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import Toggle
from bot.settings import MONTHLY_LIMIT, SETTINGS, GuildSettings, Setting

DEFAULTS = {"monthly_limit_microcredits": 10_000_000}


def test_a_server_that_set_nothing_has_the_operators_value() -> None:
    assert GuildSettings({}, DEFAULTS)[MONTHLY_LIMIT] == 10_000_000


def test_a_servers_own_value_counts_zero_included() -> None:
    assert GuildSettings({"monthly_limit_microcredits": 0}, DEFAULTS)[MONTHLY_LIMIT] == 0


@given(stored=st.one_of(st.none(), st.text(), st.booleans(), st.floats(), st.integers(max_value=-1)))
def test_a_stored_value_that_makes_no_sense_counts_as_not_set(stored: object) -> None:
    assert GuildSettings({"monthly_limit_microcredits": stored}, DEFAULTS)[MONTHLY_LIMIT] == 10_000_000


def test_a_default_that_makes_no_sense_is_not_hidden() -> None:
    with pytest.raises(Exception, match="monthly_limit_microcredits"):
        _ = GuildSettings({}, {"monthly_limit_microcredits": -1})[MONTHLY_LIMIT]


def test_a_value_has_the_type_of_its_field() -> None:
    guild = GuildSettings({"loud": True}, DEFAULTS)
    assert_type(guild[MONTHLY_LIMIT], int)
    assert_type(guild[Setting(Toggle(name="loud"))], bool)
    assert guild[Setting(Toggle(name="loud"))] is True


def test_every_setting_has_a_name_of_its_own() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(set(names)) == len(names)
    assert MONTHLY_LIMIT in SETTINGS
