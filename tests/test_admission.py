"""Whether somebody may ask here at all, whether all limits bear what is asked, and what would still work."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.admission import (
    WARN_PERCENT,
    budget_percent,
    check_count,
    check_in_service,
    check_limits,
    check_open,
    count_max,
)
from bot.catalog import COUNT_MAX, IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, Catalog
from bot.intake import Refusal, decide
from bot.jobs import Outcome
from bot.levels import Level
from bot.limits import Source, Usage, claims
from bot.periods import Per
from tests.limits.support import (
    BLOCKED,
    FAST_PRICE,
    MODELS,
    NOON_MS,
    PLACE,
    PRICE,
    UNLIMITED,
    allowed,
    asker,
    budget,
    request,
    ruled,
)

ROLE = 50


def refused(check, *args, **known):
    with pytest.raises(Refusal) as caught:
        check(*args, **known)
    return caught.value


# ---------------------------------------------------------------- here at all


def test_where_nothing_is_set_everybody_may_ask_everywhere():
    check_open(request(), ruled())


@pytest.mark.parametrize(
    ("rules", "message_id", "values"),
    [
        (ruled({"stopped": True}), "stopped_by_operator", {}),
        (ruled(budget=BLOCKED), "server_blocked", {}),
        (ruled({"default_budget": BLOCKED}), "server_blocked", {}),
        (ruled(enabled=False), "bot_off", {}),
        (ruled(allowed_channels=(7, 8)), "channel_not_allowed", {"channels": "<#7> <#8>"}),
        (ruled(denied_channels=(PLACE,)), "channel_denied", {"channel": f"<#{PLACE}>"}),
    ],
)
def test_each_thing_that_closes_a_place_is_said_by_its_own_name(rules, message_id, values):
    error = refused(check_open, request(), rules)
    assert (error.message_id, error.public_id, error.values) == (message_id, message_id, values)


def test_a_channel_that_is_both_allowed_and_denied_is_denied():
    rules = ruled(allowed_channels=(PLACE,), denied_channels=(PLACE,))
    assert refused(check_open, request(), rules).message_id == "channel_denied"


def test_an_allowed_channel_is_open_and_so_is_a_server_whose_own_budget_is_not_the_blocked_default():
    check_open(request(), ruled(allowed_channels=(7, PLACE)))
    check_open(request(), ruled({"default_budget": BLOCKED}, budget=budget(1)))


def test_the_rules_that_count_in_a_thread_are_those_of_its_channel():
    in_thread = replace(request(), channel_id=99)
    check_open(in_thread, ruled(denied_channels=(99,), allowed_channels=(PLACE,)))
    assert refused(check_open, in_thread, ruled(denied_channels=(PLACE,))).message_id == "channel_denied"


def test_the_operators_stop_goes_before_what_the_server_set():
    assert refused(check_open, request(), ruled({"stopped": True}, enabled=False)).message_id == "stopped_by_operator"


# ---------------------------------------------------------------- how many of a model


def test_a_model_of_which_nothing_is_set_may_be_asked_for_as_often_as_discord_lets_through():
    assert count_max(IMAGEN_4, ruled()) == COUNT_MAX
    check_count(IMAGEN_4, COUNT_MAX, rules=ruled(), catalog=MODELS)


def test_more_at_once_than_the_server_lets_is_refused_with_how_many_it_lets():
    rules = ruled(model_counts={"imagen-4": 2})
    check_count(IMAGEN_4, 2, rules=rules, catalog=MODELS)
    error = refused(check_count, IMAGEN_4, 3, rules=rules, catalog=MODELS)
    assert (error.message_id, error.values) == ("count_over", {"model": "Imagen 4", "high": 2})


def test_a_model_that_is_off_is_refused_with_those_that_are_on_and_offered():
    catalog = Catalog((IMAGEN_4, replace(IMAGEN_3, enabled=False), IMAGEN_4_FAST))
    error = refused(check_count, IMAGEN_4, 1, rules=ruled(model_counts={"imagen-4": 0}), catalog=catalog)
    assert (error.message_id, error.values["models"]) == ("model_off", "Imagen 4 Fast (/imagen-fast)")


def test_where_every_model_is_off_that_is_said():
    rules = ruled(model_counts={model.key: 0 for model in MODELS.models})
    assert refused(check_count, IMAGEN_4, 1, rules=rules, catalog=MODELS).message_id == "models_off"


def test_a_model_that_is_off_is_not_refused_with_one_that_is_out_of_service():
    rules = ruled(model_counts={"imagen-4": 0})
    error = refused(check_count, IMAGEN_4, 1, rules=rules, catalog=MODELS, out={"imagen-4-fast"})
    assert (error.message_id, error.values["models"]) == ("model_off", "Imagen 3 (/imagen)")


def test_where_every_model_that_is_on_is_out_of_service_none_is_said_to_be_switched_off():
    rules = ruled(model_counts={"imagen-4": 0})
    error = refused(check_count, IMAGEN_4, 1, rules=rules, catalog=MODELS, out={"imagen-3", "imagen-4-fast"})
    assert error.message_id == "models_out"


# ---------------------------------------------------------------- what is out of service


EVERY = {model.key for model in MODELS.models}


def in_service(rules, out=(), stopped=None):
    check_in_service(rules, catalog=MODELS, out=out, stopped=stopped)


def test_one_model_that_is_on_and_in_service_is_enough():
    in_service(ruled())
    in_service(ruled(model_counts={"imagen-4": 0}), {"imagen-4-fast"})


def test_where_every_model_that_is_on_is_out_of_service_that_is_said():
    error = refused(in_service, ruled(model_counts={"imagen-3": 0}), {"imagen-4", "imagen-4-fast"})
    assert error.message_id == "models_out"


@pytest.mark.parametrize("stopped", [Outcome.OUT_OF_CREDITS, Outcome.NOT_AVAILABLE])
def test_where_nothing_is_made_at_all_the_reason_is_the_one_of_a_request(stopped):
    error = refused(in_service, ruled(model_counts={"imagen-4": 0}), EVERY, stopped)
    assert (error.message_id, error.values["model"]) == (f"out.{stopped.value}", "Imagen 3")


def test_where_the_server_switched_every_model_off_that_it_can_mend_goes_before_what_it_cannot():
    in_service(ruled(model_counts=dict.fromkeys(EVERY, 0)), EVERY, Outcome.OUT_OF_CREDITS)


# ---------------------------------------------------------------- the limits


def jobs_of(count=1, model="imagen-4"):
    return decide(
        request(count=count, model=model),
        catalog=MODELS,
        ceiling="BLOCK_ONLY_HIGH",
        level=Level.STANDARD,
        out={},
        rng=Random(0),
        now_ms=0,
    )


def checked(rules, *role_ids, count=1, model="imagen-4", used=None, catalog=MODELS, out=()):
    """The limits that were chosen; `used` are balances by the source of their limit."""
    asked = claims(asker(*role_ids), rules, now_ms=NOON_MS)
    usages = {limit: used[limit.source] for claim in asked for limit in claim if limit.source in (used or {})}
    return check_limits(jobs_of(count, model), asked, usages, rules=rules, catalog=catalog, out=out)


def sources(chosen):
    return [[limit.source for limit in image] for image in chosen]


def test_every_image_is_to_be_held_on_every_limit_that_applies():
    rules = ruled(member_allowance=allowed(2 * PRICE), channel_allowances={PLACE: allowed(2 * PRICE)})
    every = [Source.MEMBER, Source.CHANNEL, Source.BUDGET, Source.CEILING_DAY, Source.CEILING_MONTH]
    assert sources(checked(rules, count=2)) == [every, every]


CASES = {
    "member": ruled(member_allowance=allowed(PRICE)),
    "role": ruled(role_allowances={ROLE: allowed(PRICE)}),
    "channel": ruled(channel_allowances={PLACE: allowed(PRICE)}),
    "budget": ruled(budget=budget(PRICE, Per.DAY)),
    "ceiling_day": ruled({"ceiling_per_day": PRICE}),
}


@pytest.mark.parametrize("source", CASES)
def test_all_images_fit_or_none_is_made_and_the_limit_is_named_with_its_figures(source):
    checked(CASES[source], ROLE, count=1)
    error = refused(checked, CASES[source], ROLE, count=2)
    assert (error.message_id, error.public_id) == (f"limit.{source}", "limit.public")
    assert error.values == {
        "price_microcredits": 2 * PRICE,
        "left_microcredits": PRICE,
        # The next midnight in UTC after Friday noon.
        "resets_s": NOON_MS // 1000 + 12 * 3600,
        "role": f"<@&{ROLE if source == 'role' else None}>",
    }


def test_a_ceiling_of_the_month_is_renewed_with_the_month_of_utc():
    rules = ruled({"ceiling_per_month": 1})
    error = refused(checked, rules)
    assert error.message_id == "limit.ceiling_month"
    assert error.values["resets_s"] == 1_796_083_200  # 2026-12-01 in UTC


def test_credits_given_on_top_make_room_after_the_allowance():
    rules = ruled(member_allowance=allowed(PRICE), budget=budget(PRICE))
    on_top = {Source.EXTRA: Usage(granted=PRICE), Source.TOP_UP: Usage(granted=PRICE)}
    first, second = sources(checked(rules, count=2, used=on_top))
    assert {Source.MEMBER, Source.BUDGET} <= {*first}
    assert {Source.EXTRA, Source.TOP_UP} <= {*second}
    assert refused(checked, rules, count=3, used=on_top).message_id == "limit.member"


def test_what_is_left_in_two_sources_is_said_to_be_in_two_where_no_image_fits_into_either():
    rules = ruled(member_allowance=allowed(PRICE - 1))
    error = refused(checked, rules, used={Source.EXTRA: Usage(granted=1)})
    assert error.values["left_microcredits"] == PRICE
    assert ("hint.split", {"first_microcredits": PRICE - 1, "second_microcredits": 1}) in error.more
    assert "hint.split" not in dict(refused(checked, rules).more)


def test_as_many_images_as_would_still_fit_are_named():
    rules = ruled(member_allowance=allowed(3 * PRICE), channel_allowances={PLACE: allowed(2 * PRICE)})
    error = refused(checked, rules, count=4)
    assert error.message_id == "limit.member"
    assert ("hint.fewer", {"count": 2}) in error.more


def test_the_dearest_cheaper_model_is_named_that_fits_for_as_many_images_and_is_on_and_in_service():
    cheap = replace(IMAGEN_4_FAST, key="cheap", price_microcredits=1_000)
    catalog = Catalog((IMAGEN_4, cheap, IMAGEN_4_FAST))
    room = allowed(2 * FAST_PRICE)

    def cheaper(count, out=(), **guild):
        error = refused(checked, ruled(member_allowance=room, **guild), count=count, catalog=catalog, out=out)
        return dict(error.more).get("hint.cheaper", {}).get("price_microcredits")

    assert cheaper(2) == FAST_PRICE
    assert cheaper(3) == 1_000
    assert cheaper(2, model_counts={"imagen-4-fast": 1}) == 1_000
    assert cheaper(2, model_counts={"imagen-4-fast": 0, "cheap": 0}) is None
    assert cheaper(2, out={"imagen-4-fast"}) == 1_000
    assert cheaper(2, out={"imagen-4-fast", "cheap"}) is None


def test_where_nothing_at_all_would_work_nothing_is_suggested():
    assert refused(checked, ruled(member_allowance=allowed(0)), count=4).more == ()


@given(
    left=st.integers(0, 6 * PRICE),
    count=st.integers(1, 4),
    model=st.sampled_from([model.key for model in MODELS.models]),
)
def test_whatever_is_suggested_would_be_accepted(left, count, model):
    rules = ruled(member_allowance=allowed(left))
    price = jobs_of(1, model)[0].price_microcredits
    try:
        checked(rules, count=count, model=model)
    except Refusal as error:
        assert count * price > left
        more = dict(error.more)
        if "hint.fewer" in more:
            assert 0 < more["hint.fewer"]["count"] < count
            checked(rules, count=more["hint.fewer"]["count"], model=model)
        else:
            assert price > left or count == 1
        if "hint.cheaper" in more:
            assert more["hint.cheaper"]["price_microcredits"] < price
            checked(rules, count=count, model="imagen-4-fast")
        else:
            assert FAST_PRICE * count > left or price == FAST_PRICE
    else:
        assert count * price <= left


# ---------------------------------------------------------------- how much of a budget is used


def percent(used, *, amount=1_000_000, least=10_000, rules=None):
    rules = rules or ruled(budget=budget(amount))
    asked = claims(asker(), rules, now_ms=NOON_MS)
    usages = {limit: Usage(granted=amount, spent=used) for limit, *_ in asked if limit.source is Source.BUDGET}
    return budget_percent(asked, usages, least_price_microcredits=least)


def test_the_highest_mark_that_is_reached_counts():
    assert [percent(used) for used in (0, 499_999, 500_000, 799_999, 800_000)] == [None, None, 50, 50, 80]


def test_all_of_it_is_used_once_not_even_the_cheapest_image_can_be_paid_any_more():
    assert percent(990_000) == 80
    assert percent(990_001) == 100
    assert percent(1_000_000) == 100
    assert percent(1_200_000) == 100


def test_held_credits_count_as_used():
    rules = ruled(budget=budget(100))
    (limit, *_) = (claim[0] for claim in claims(asker(), rules, now_ms=NOON_MS))
    usages = {limit: Usage(granted=100, held=30, spent=20)}
    assert budget_percent(claims(asker(), rules, now_ms=NOON_MS), usages, least_price_microcredits=1) == 50


@pytest.mark.parametrize("kind", [UNLIMITED, BLOCKED, budget(0)])
def test_of_a_budget_without_an_amount_no_part_is_ever_reached(kind):
    assert percent(10**12, rules=ruled(budget=kind)) is None


def test_a_budget_that_was_never_used_has_reached_nothing():
    asked = claims(asker(), ruled(budget=budget(100)), now_ms=NOON_MS)
    assert budget_percent(asked, {}, least_price_microcredits=1) is None


@given(used=st.integers(0, 2_000), more=st.integers(0, 500), amount=st.integers(1, 1_000), least=st.integers(0, 100))
def test_the_marks_only_rise_with_what_is_used(used, more, amount, least):
    before, after = (percent(each, amount=amount, least=least) or 0 for each in (used, used + more))
    assert before <= after
    assert {before, after} <= {0, *WARN_PERCENT}
