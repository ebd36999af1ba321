"""People outside of servers: what they may spend, in whose line they wait, and how a card reaches them."""

from dataclasses import replace

import pytest

from bot.admission import check_open
from bot.errors import MessageGone, NotAllowed, TokenExpired
from bot.intake import Refusal
from bot.jobs import Reach, Way
from bot.limits import Asker, Rules, Source, allot, claims
from bot.outside import FORGOTTEN, home_of, is_outside, rules_outside
from bot.settings import INSTALLATION, SAFETY_LEVEL, Settings
from bot.ways import next_way, next_way_in_place
from tests.limits.support import BLOCKED, DEFAULTS, HOUR_MS, NOON_MS, PRICE, ruled, settings
from tests.store.support import REQUEST

USER = 1_191_850_025_655_730_176
ASKER = Asker(guild_id=home_of(USER), place_id=5, user_id=USER, role_ids=())


def outside(allowance_microcredits=PRICE, *, closed=False, **installation):
    return Rules(
        guild=Settings(rules_outside(allowance_microcredits), DEFAULTS),
        installation=settings(installation),
        zones=(),
        closed=closed,
    )


def test_a_persons_place_is_no_servers_nor_anybody_elses():
    assert is_outside(home_of(USER))
    assert home_of(USER) != home_of(USER + 1)
    assert is_outside(FORGOTTEN)
    assert not is_outside(USER)
    assert not is_outside(INSTALLATION)


def test_outside_a_person_has_one_allowance_by_the_month_under_the_operators_ceilings():
    asked = claims(ASKER, outside(), now_ms=NOON_MS)
    assert [claim[0].source for claim in asked] == [Source.MEMBER, Source.CEILING_DAY, Source.CEILING_MONTH]
    own = asked[0][0]
    assert (own.amount_microcredits, own.period.label) == (PRICE, "m:2026-11")
    assert own.owner == f"member:{-USER}:{USER}"
    assert isinstance(allot(asked, {}, prices=[PRICE]), list)
    assert not isinstance(allot(asked, {}, prices=[PRICE, PRICE]), list)


def test_what_the_operator_lets_new_servers_spend_says_nothing_about_people_outside():
    rules = outside(default_budget=BLOCKED)
    check_open(ASKER, rules)
    with pytest.raises(Refusal) as refused:
        check_open(ASKER, ruled(installation={"default_budget": BLOCKED}))
    assert refused.value.message_id == "server_blocked"


def test_where_the_operator_has_the_bot_in_servers_only_nobody_may_ask_outside():
    with pytest.raises(Refusal) as refused:
        check_open(ASKER, outside(closed=True))
    assert refused.value.message_id == "outside"


def test_outside_the_level_is_that_of_a_new_server():
    assert outside().guild[SAFETY_LEVEL] is ruled().guild[SAFETY_LEVEL]


def test_all_people_outside_wait_in_line_as_one_server_does():
    first, second = (replace(REQUEST, guild_id=home_of(user)) for user in (USER, USER + HOUR_MS))
    assert first.turn_id == second.turn_id
    assert first.turn_id != REQUEST.turn_id == REQUEST.guild_id


# ---------------------------------------------------------------- ways

ERRORS = [TokenExpired("over"), NotAllowed("no"), MessageGone("gone")]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("message_known", [True, False])
def test_where_only_the_token_works_the_way_leads_to_a_direct_message_at_once(error, message_known):
    way = next_way(Way.REPLY, error, private=False, message_known=message_known, reach=Reach.REPLY)
    assert way is Way.DIRECT


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("way", [Way.REPLY, Way.MESSAGE])
@pytest.mark.parametrize("message_known", [True, False])
def test_in_direct_messages_nobody_is_called_in_a_channel(way, error, message_known):
    following = next_way(way, error, private=False, message_known=message_known, reach=Reach.DIRECT)
    assert following is not Way.CHANNEL


def test_in_direct_messages_a_late_card_is_edited_where_it_stands():
    late = TokenExpired("over")
    assert next_way(Way.REPLY, late, private=False, message_known=True, reach=Reach.DIRECT) is Way.MESSAGE


def test_where_only_the_token_works_what_is_only_changed_in_place_is_left_as_it_is():
    late = TokenExpired("over")
    assert next_way_in_place(Way.REPLY, late, private=False, message_known=True, reach=Reach.REPLY) is Way.KEPT
