"""What settings hold: whatever a field takes comes back from JSON as it was, and every other shape is refused."""

import json
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import BadValue
from bot.levels import LEVELS
from bot.periods import Per
from bot.safety_fields import ChannelLevels, SafetyField, SafetyLevel, ShortText
from bot.setting_fields import (
    AMOUNT_MAX_MICROCREDITS,
    TARGETS_MAX,
    Allowance,
    Amount,
    Budget,
    BudgetKind,
    ModelCounts,
    PeriodAllowance,
    Place,
    Places,
    ServerBudget,
    SettingField,
    Switch,
    TargetAllowances,
    TargetKind,
    Zone,
)

AMOUNT = Amount(name="amount")
ALLOWANCE = PeriodAllowance(name="allowance")
TARGETS = TargetAllowances(name="targets", targets=TargetKind.ROLE)
PLACE = Place(name="place")
PLACES = Places(name="places")
ZONE = Zone(name="zone")
COUNTS = ModelCounts(name="counts", high=4)
BUDGET = ServerBudget(name="budget")
SWITCH = Switch(name="switch")
LEVEL = SafetyLevel(name="level")
CHANNEL_LEVELS = ChannelLevels(name="channel_levels")
WORDS = ShortText(name="words", high=9)

amounts = st.integers(0, AMOUNT_MAX_MICROCREDITS)
ids = st.integers(1, 2**63 - 1)
allowances = st.builds(Allowance, amounts, st.sampled_from([Per.DAY, Per.WEEK, Per.MONTH]))
budgets = st.sampled_from([Budget(BudgetKind.UNLIMITED), Budget(BudgetKind.BLOCKED)]) | allowances.map(
    lambda allowance: Budget(BudgetKind.LIMITED, allowance)
)
TAKEN: list[tuple[SettingField | SafetyField, st.SearchStrategy[Any]]] = [
    (AMOUNT, amounts),
    (ALLOWANCE, st.none() | allowances),
    (TARGETS, st.dictionaries(ids, allowances, max_size=5)),
    (PLACE, st.none() | ids),
    (PLACES, st.lists(ids, max_size=5, unique=True).map(tuple)),
    (ZONE, st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules", "Factory"}))),
    (COUNTS, st.dictionaries(st.text(max_size=9), st.integers(0, 4), max_size=5)),
    (BUDGET, budgets),
    (SWITCH, st.booleans()),
    (LEVEL, st.sampled_from(LEVELS)),
    (CHANNEL_LEVELS, st.dictionaries(ids, st.sampled_from(LEVELS), max_size=5)),
    (WORDS, st.text(max_size=9).filter(str.strip) | st.just("")),
]


@given(data=st.data(), pair=st.sampled_from(TAKEN))
def test_whatever_a_field_takes_comes_back_from_json_as_it_was(data: st.DataObject, pair: Any):
    field, values = pair
    value = data.draw(values)
    assert field.parse(value) == value
    assert field.parse(json.loads(json.dumps(field.stored(value)))) == value


# By reason, what each field does not take.
DAILY = {"amount_microcredits": 1, "per": "day"}
NO_AMOUNT = [None, True, False, -1, 1.0, "1", AMOUNT_MAX_MICROCREDITS + 1, [], {}]
NO_ID = [True, 0, -1, 1.5, "", " 5", "+5", "0", "-5", "x", "٣", "²", 2**63, str(2**63), [5], {}]
NO_ALLOWANCE = [False, 0, 5, "", "day", [], {}, {"per": "day"}, {**DAILY, "per": "ever"}, {**DAILY, "per": "year"}]
REFUSED: list[tuple[SettingField | SafetyField, str, list[Any]]] = [
    (AMOUNT, "amount", NO_AMOUNT),
    (ALLOWANCE, "allowance", [each for each in NO_ALLOWANCE if each != {"per": "day"}]),
    (ALLOWANCE, "amount", [{"per": "day"}, *({**DAILY, "amount_microcredits": each} for each in NO_AMOUNT)]),
    (TARGETS, "allowance", [None, [], "", 5, {"5": None}, {"5": {}}, {"5": {**DAILY, "per": None}}]),
    (TARGETS, "id", [{each: DAILY} for each in NO_ID if not isinstance(each, list | dict)]),
    (TARGETS, "amount", [{"5": {**DAILY, "amount_microcredits": each}} for each in NO_AMOUNT]),
    (TARGETS, "too_many", [{str(target): DAILY for target in range(1, TARGETS_MAX + 2)}]),
    (PLACE, "id", NO_ID),
    (PLACES, "id", [None, "5", 5, {}, *([each] for each in [None, *NO_ID])]),
    (PLACES, "too_many", [list(range(1, TARGETS_MAX + 2))]),
    (
        ZONE,
        "zone",
        [None, True, 2, [], "", "Berlin", "Europe/Atlantis", "../UTC", "/etc/passwd", "UTC\x00", "localtime"],
    ),
    (COUNTS, "range", [None, [], 5, "x", *({"imagen-4": each} for each in [None, True, -1, 5, 1.0, "1"])]),
    (BUDGET, "allowance", [None, "limited", [], {}, {"kind": "free"}, {"kind": "limited"}, {"kind": None}]),
    (BUDGET, "amount", [{"kind": "limited", "allowance": {**DAILY, "amount_microcredits": -1}}]),
    (SWITCH, "not_toggle", [None, 0, 1, "yes", [], {}]),
    (LEVEL, "level", [None, True, 0, "", "wild", "GUARDED", [], {}]),
    (CHANNEL_LEVELS, "level", [None, [], "open", {"5": None}, {"5": "wild"}, {"5": {}}]),
    (CHANNEL_LEVELS, "id", [{each: "open"} for each in NO_ID if not isinstance(each, list | dict)]),
    (CHANNEL_LEVELS, "too_many", [{str(channel): "open" for channel in range(1, TARGETS_MAX + 2)}]),
    (WORDS, "not_text", [None, True, 5, [], {}]),
    (WORDS, "length", ["x" * 10]),
    (WORDS, "unreadable", ["\ud800"]),
]


def test_every_other_shape_is_refused_with_its_reason():
    cases = [(field, reason, value) for field, reason, values in REFUSED for value in values]
    wrong = [(f.name, reason, value) for f, reason, value in cases if refused_for(f, value) != (f.name, reason)]
    assert wrong == [], wrong


def refused_for(field: SettingField | SafetyField, value: object) -> tuple[str, str] | None:
    """Of which field and for which reason a value is refused; None where it is taken."""
    try:
        field.parse(value)
    except BadValue as error:
        return error.name, error.reason
    return None


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    field=st.sampled_from([field for field, _ in TAKEN]),
)
def test_no_json_at_all_breaks_a_field(value: object, field: SettingField | SafetyField):
    try:
        taken = field.parse(value)
    except BadValue:
        return
    assert field.parse(field.stored(taken)) == taken


def test_too_large_an_amount_is_refused_with_the_largest_in_credits():
    with pytest.raises(BadValue) as caught:
        AMOUNT.parse(AMOUNT_MAX_MICROCREDITS + 1)
    assert caught.value.values == {"high_microcredits": AMOUNT_MAX_MICROCREDITS}


def test_as_many_targets_as_are_allowed_are_taken():
    assert len(TARGETS.parse({str(target): DAILY for target in range(1, TARGETS_MAX + 1)})) == TARGETS_MAX
    assert len(PLACES.parse(list(range(1, TARGETS_MAX + 1)))) == TARGETS_MAX


def test_a_channel_that_is_named_twice_counts_once_where_it_was_named_first():
    assert PLACES.parse([7, 5, "7", 6]) == (7, 5, 6)


def test_words_that_are_only_blanks_are_none():
    assert WORDS.parse(" \n ") == ""


def test_a_zone_is_stored_as_the_iana_data_spells_it():
    assert ZONE.parse("europe/berlin") == "Europe/Berlin"
    assert ZONE.parse("America/New York") == "America/New_York"


def test_an_unlimited_or_blocked_budget_has_no_allowance_whatever_is_stored_with_it():
    assert BUDGET.parse({"kind": "unlimited", "allowance": DAILY}) == Budget(BudgetKind.UNLIMITED)
    assert BUDGET.parse({"kind": "blocked", "allowance": "?"}) == Budget(BudgetKind.BLOCKED)


def test_allowances_of_different_periods_are_compared_by_the_day():
    daily, weekly, monthly = (
        Allowance(amount, per) for amount, per in ((10, Per.DAY), (70, Per.WEEK), (300, Per.MONTH))
    )
    assert daily.per_day_microcredits == weekly.per_day_microcredits == monthly.per_day_microcredits == 10
