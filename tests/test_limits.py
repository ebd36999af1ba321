"""Which limits apply to a request, how much is left of them, and which of them each image comes out of."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.limits import FOREVER, Limit, Shortage, Source, Usage, allot, claims, most_generous
from bot.periods import Per, ZoneChange, period_at
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS
from tests.limits.support import BLOCKED, GUILD, NOON_MS, PLACE, PLENTY, UNLIMITED, USER, allowed, asker, budget, ruled
from tests.yardstick import yardsticks

ROLE, OTHER_ROLE = 50, 51


def asked(rules, *role_ids, now_ms=NOON_MS, place_id=PLACE):
    """Every claim by the source that comes first in it."""
    found = claims(asker(*role_ids, place_id=place_id), rules, now_ms=now_ms)
    return {claim[0].source: claim for claim in found}


# ---------------------------------------------------------------- which limits apply


def test_where_nothing_is_set_only_the_budget_and_the_operators_ceilings_apply():
    assert list(asked(ruled())) == [Source.BUDGET, Source.CEILING_DAY, Source.CEILING_MONTH]


def test_every_limit_that_is_set_applies_those_first_that_the_member_can_do_most_about():
    rules = ruled(member_allowance=allowed(1), channel_allowances={PLACE: allowed(2)})
    assert list(asked(rules)) == [
        Source.MEMBER,
        Source.CHANNEL,
        Source.BUDGET,
        Source.CEILING_DAY,
        Source.CEILING_MONTH,
    ]


def test_each_limit_has_a_balance_of_its_own():
    rules = ruled(member_allowance=allowed(1), channel_allowances={PLACE: allowed(2)})
    owners = [limit.owner for claim in asked(rules).values() for limit in claim]
    assert owners == [
        f"member:{GUILD}:{USER}",
        f"extra:{GUILD}:{USER}",
        f"channel:{GUILD}:{PLACE}",
        f"guild:{GUILD}",
        f"top_up:{GUILD}",
        "all:day",
        "all:month",
    ]


def test_a_channel_without_an_allowance_is_not_limited():
    rules = ruled(channel_allowances={PLACE: allowed(2)})
    assert Source.CHANNEL in asked(rules)
    assert Source.CHANNEL not in asked(rules, place_id=PLACE + 1)


def test_periods_are_those_of_the_servers_zone_and_the_operators_are_those_of_utc():
    zones = (ZoneChange(0, "Pacific/Kiritimati"),)  # 14 hours ahead of UTC: there it is Saturday already
    rules = ruled(
        zones=zones,
        member_allowance=allowed(1, Per.DAY),
        channel_allowances={PLACE: allowed(1, Per.DAY)},
        budget=budget(1, Per.DAY),
    )
    labels = {source: claim[0].period.label for source, claim in asked(rules).items()}
    assert labels == {
        Source.MEMBER: "d:2026-11-21",
        Source.CHANNEL: "d:2026-11-21",
        Source.BUDGET: "d:2026-11-21",
        Source.CEILING_DAY: "d:2026-11-20",
        Source.CEILING_MONTH: "m:2026-11",
    }


def test_what_was_given_on_top_never_expires_and_has_no_amount_of_its_own():
    rules = ruled(member_allowance=allowed(1))
    for source, given_on_top in ((Source.MEMBER, Source.EXTRA), (Source.BUDGET, Source.TOP_UP)):
        _, more = asked(rules)[source]
        assert (more.source, more.period, more.amount_microcredits) == (given_on_top, FOREVER, None)


def test_an_unlimited_budget_is_counted_by_the_month_and_nobody_can_reach_it():
    limit, _ = asked(ruled(budget=UNLIMITED))[Source.BUDGET]
    assert (limit.period.label, limit.amount_microcredits) == ("m:2026-11", AMOUNT_MAX_MICROCREDITS)
    assert limit.unlimited


def test_a_blocked_budget_has_nothing():
    limit, _ = asked(ruled(budget=BLOCKED))[Source.BUDGET]
    assert limit.amount_microcredits == 0


def test_a_server_without_a_budget_of_its_own_has_the_operators_default():
    by_default = ruled({"default_budget": budget(7)})
    of_its_own = ruled({"default_budget": budget(7)}, budget=budget(3))
    assert asked(by_default)[Source.BUDGET][0].amount_microcredits == 7
    assert asked(of_its_own)[Source.BUDGET][0].amount_microcredits == 3
    assert asked(ruled())[Source.BUDGET][0].amount_microcredits == PLENTY


# ---------------------------------------------------------------- the most generous allowance


def test_of_roles_and_what_everybody_has_the_most_generous_counts():
    rules = ruled(member_allowance=allowed(10), role_allowances={ROLE: allowed(5), OTHER_ROLE: allowed(20)})
    assert most_generous(rules, ()) == (allowed(10), None)
    assert most_generous(rules, (ROLE,)) == (allowed(10), None)
    assert most_generous(rules, (ROLE, OTHER_ROLE)) == (allowed(20), OTHER_ROLE)
    assert asked(rules, OTHER_ROLE)[Source.ROLE][0].role_id == OTHER_ROLE


def test_whoever_has_no_allowance_at_all_is_not_limited():
    rules = ruled(role_allowances={ROLE: allowed(5)})
    assert most_generous(rules, (OTHER_ROLE,)) == (None, None)
    assert Source.MEMBER not in asked(rules, OTHER_ROLE)
    assert most_generous(rules, (ROLE,)) == (allowed(5), ROLE)


def test_allowances_of_different_periods_are_compared_by_the_day():
    weekly = ruled(member_allowance=allowed(10, Per.DAY), role_allowances={ROLE: allowed(71, Per.WEEK)})
    assert most_generous(weekly, (ROLE,)) == (allowed(71, Per.WEEK), ROLE)
    monthly = ruled(member_allowance=allowed(10, Per.DAY), role_allowances={ROLE: allowed(299, Per.MONTH)})
    assert most_generous(monthly, (ROLE,)) == (allowed(10, Per.DAY), None)


def test_of_two_that_are_as_generous_the_longer_period_counts():
    rules = ruled(member_allowance=allowed(10, Per.DAY), role_allowances={ROLE: allowed(300, Per.MONTH)})
    assert most_generous(rules, (ROLE,)) == (allowed(300, Per.MONTH), ROLE)


def test_where_a_role_gives_just_what_everybody_has_it_is_the_members_own():
    rules = ruled(member_allowance=allowed(10), role_allowances={ROLE: allowed(10)})
    assert most_generous(rules, (ROLE,)) == (allowed(10), None)


allowances = st.builds(allowed, st.integers(0, 1000), st.sampled_from([Per.DAY, Per.WEEK, Per.MONTH]))


@given(
    everybody=st.none() | allowances,
    by_role=st.dictionaries(st.integers(1, 5), allowances, max_size=4),
    role_ids=st.lists(st.integers(1, 5), unique=True),
)
def test_no_allowance_that_somebody_has_gives_more_a_day_than_the_one_that_counts(everybody, by_role, role_ids):
    found, role_id = most_generous(ruled(member_allowance=everybody, role_allowances=by_role), role_ids)
    candidates = [by_role[role] for role in role_ids if role in by_role] + ([everybody] if everybody else [])
    assert (found is None) == (not candidates)
    if found is not None:
        assert found == (everybody if role_id is None else by_role[role_id])
        assert all(found.per_day_microcredits >= each.per_day_microcredits for each in candidates)


# ---------------------------------------------------------------- what is left


def limit(amount, *, source=Source.MEMBER, owner="a", period=None):
    return Limit(source=source, owner=owner, period=period or period_at(Per.DAY, NOON_MS), amount_microcredits=amount)


def test_what_is_left_is_the_amount_without_what_is_held_and_spent_and_never_below_zero():
    assert limit(100).left_microcredits(Usage(granted=500, held=30, spent=20)) == 50
    assert limit(100).left_microcredits(Usage(granted=500, held=70, spent=50)) == 0


def test_of_what_was_only_given_what_was_granted_counts():
    assert limit(None).left_microcredits(Usage(granted=60, held=10, spent=20)) == 30
    assert limit(None).left_microcredits(Usage()) == 0


# ---------------------------------------------------------------- which limit each image comes out of

ALLOWANCE = limit(100, owner="member")
EXTRA = limit(None, source=Source.EXTRA, owner="extra", period=FOREVER)
CHANNEL = limit(100, source=Source.CHANNEL, owner="channel")


def test_each_image_comes_out_of_one_limit_of_every_claim():
    assert allot([(ALLOWANCE,), (CHANNEL,)], {}, prices=[50] * 2) == [(ALLOWANCE, CHANNEL)] * 2


def test_extra_credits_are_used_only_where_the_allowance_does_not_suffice():
    usages = {EXTRA: Usage(granted=1000)}
    assert allot([(ALLOWANCE, EXTRA)], usages, prices=[40] * 3) == [
        (ALLOWANCE,),
        (ALLOWANCE,),
        (EXTRA,),
    ]


def test_no_image_is_paid_for_out_of_two_pockets():
    usages = {ALLOWANCE: Usage(spent=50), EXTRA: Usage(granted=50)}
    short = allot([(ALLOWANCE, EXTRA)], usages, prices=[60])
    assert short == Shortage(claim=(ALLOWANCE, EXTRA), left_microcredits=100)


def test_the_first_claim_that_cannot_bear_them_all_is_named_with_what_was_left_of_it_before():
    usages = {CHANNEL: Usage(held=40)}
    short = allot([(ALLOWANCE,), (CHANNEL,)], usages, prices=[50] * 2)
    assert short == Shortage(claim=(CHANNEL,), left_microcredits=60)


def test_what_costs_nothing_is_never_over_a_limit():
    used_up = {ALLOWANCE: Usage(spent=300)}
    assert allot([(ALLOWANCE,)], used_up, prices=[0] * 4) == [(ALLOWANCE,)] * 4


usages_of_any_kind = st.builds(Usage, st.integers(0, 300), st.integers(0, 100), st.integers(0, 100))


def test_small_images_do_not_take_the_room_that_a_large_one_needs():
    usages = {EXTRA: Usage(granted=60)}
    assert allot([(ALLOWANCE, EXTRA)], usages, prices=[60, 100]) == [(EXTRA,), (ALLOWANCE,)]
    assert allot([(ALLOWANCE, EXTRA)], usages, prices=[60, 40]) == [(ALLOWANCE,), (ALLOWANCE,)]


@given(
    amounts=st.lists(st.integers(0, 300), min_size=1, max_size=4),
    more=st.lists(usages_of_any_kind, min_size=4, max_size=4),
    used=st.lists(usages_of_any_kind, min_size=4, max_size=4),
    prices=st.lists(st.sampled_from((0, 25, 60, 75, 120)), min_size=1, max_size=6),
)
def test_no_limit_is_ever_exceeded_and_nothing_that_fits_is_refused(amounts, more, used, prices):
    pairs = [
        (limit(amount, owner=f"own{number}"), limit(None, owner=f"extra{number}", period=FOREVER))
        for number, amount in enumerate(amounts)
    ]
    usages = {own: usage for (own, _), usage in zip(pairs, used, strict=False)}
    usages |= {extra: usage for (_, extra), usage in zip(pairs, more, strict=False)}
    left = {each: each.left_microcredits(usages[each]) for pair in pairs for each in pair}
    # Every way to share the images out, those first that leave the extra credits to the later ones.
    ways = [list(itertools.product(pair, repeat=len(prices))) for pair in pairs]
    first = [next((way for way in each if bears(left, way, prices)), None) for each in ways]
    chosen = allot(pairs, usages, prices=prices)
    if isinstance(chosen, Shortage):
        short = first.index(None)
        assert chosen == Shortage(claim=pairs[short], left_microcredits=sum(left[each] for each in pairs[short]))
    else:
        assert None not in first
        assert chosen == list(zip(*first, strict=True))


def bears(left, way, prices):
    """Whether there is room for images of these prices where each is taken out of one of these."""
    return all(sum(price for of, price in zip(way, prices, strict=True) if of is each) <= left[each] for each in way)


def test_what_does_not_fit_is_known_as_fast_as_what_does():
    halves = [(limit(99, owner="a"), limit(None, owner="b", period=FOREVER)) for _ in range(5)]
    used = {halves[0][1]: Usage(granted=100)}
    assert isinstance(allot(halves, used, prices=[20] * 10), Shortage)
    assert yardsticks(lambda: allot(halves, used, prices=[20] * 10)) < 1
