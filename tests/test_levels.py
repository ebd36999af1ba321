"""What safety levels do, and which of them counts where."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import IMAGEN_3, IMAGEN_4, MODELS, PROMPT, SAFETY_LEVELS, Catalog
from bot.fields import Choice
from bot.intake import Refusal, decide
from bot.levels import (
    FILTER,
    LEVELS,
    PERSON,
    PERSONS,
    RULES,
    Level,
    capped,
    choices_at,
    is_looser,
    level_of_place,
    levels_within,
    sent_at,
)
from tests.limits.support import request

levels = st.sampled_from(LEVELS)
ceilings = st.sampled_from(SAFETY_LEVELS)
LOOSEST = SAFETY_LEVELS[-1]


def payload(level, *, ceiling=LOOSEST, model="imagen-3", catalog=None, **options):
    """What the only job of a request sends at this level."""
    (job,) = decide(
        request(model=model, **options),
        catalog=catalog or Catalog(),
        ceiling=ceiling,
        level=level,
        out={},
        rng=Random(0),
        now_ms=0,
    )
    return job.payload


def refused(level, **asked):
    with pytest.raises(Refusal) as caught:
        payload(level, **asked)
    return caught.value


def test_every_level_has_its_rule_and_none_is_stricter_in_anything_than_the_one_before_it():
    assert RULES.keys() == set(LEVELS)
    for strict, loose in pairwise(LEVELS):
        for name, scale in ((FILTER, SAFETY_LEVELS), (PERSON, PERSONS)):
            assert scale.index(RULES[strict].loosest[name]) <= scale.index(RULES[loose].loosest[name])
        assert RULES[strict].untunable <= RULES[loose].untunable


@pytest.mark.parametrize(
    ("level", "sent"),
    [
        (Level.GUARDED, ("BLOCK_LOW_AND_ABOVE", "DONT_ALLOW")),
        (Level.STANDARD, ("BLOCK_LOW_AND_ABOVE", "ALLOW_ADULT")),
        (Level.RELAXED, ("BLOCK_MEDIUM_AND_ABOVE", "ALLOW_ADULT")),
        (Level.OPEN, ("BLOCK_ONLY_HIGH", "ALLOW_ADULT")),
    ],
)
def test_a_level_has_its_own_values_sent_where_the_member_chooses_none(level, sent):
    asked = payload(level)
    assert (asked[FILTER], asked[PERSON]) == sent


def test_the_default_level_sends_what_was_sent_before_there_were_levels():
    for model in MODELS:
        assert dict(sent_at(Level.STANDARD, model) or {}) == {
            field.name: field.default for field in model.fields if field.name in {FILTER, PERSON}
        }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("name", "scale"), [(FILTER, SAFETY_LEVELS), (PERSON, PERSONS)])
def test_a_members_option_may_be_stricter_and_never_looser(level, name, scale):
    bound = scale.index(RULES[level].loosest[name])
    for value in scale[: bound + 1]:
        assert payload(level, **{name: value})[name] == value
    for value in scale[bound + 1 :]:
        error = refused(level, **{name: value})
        assert (error.message_id, error.of_server) == ("level_option", True)
        assert error.values["given"] == value
        assert error.values["allowed"] == ", ".join(scale[: bound + 1])


def test_what_even_the_operator_forbids_is_refused_in_the_operators_name():
    error = refused(Level.STANDARD, ceiling=SAFETY_LEVELS[1], safety_filter_level=SAFETY_LEVELS[2])
    assert (error.message_id, error.of_server) == ("safety_ceiling", False)


def test_a_model_that_cannot_be_tuned_is_not_used_where_the_level_says_so():
    error = refused(Level.GUARDED, model="imagen-4")
    assert (error.message_id, error.values["models"]) == ("level_model", "Imagen 3 (/imagen)")
    assert refused(Level.GUARDED, model="imagen-4", catalog=Catalog((IMAGEN_4,))).message_id == "level_models"
    assert FILTER not in payload(Level.OPEN, model="imagen-4")


def test_a_model_of_the_operators_is_sent_the_loosest_that_it_and_the_level_have():
    lenient = replace(IMAGEN_3, fields=(PROMPT, Choice(name=FILTER, choices=SAFETY_LEVELS[1:], default=LOOSEST)))
    own = Catalog((lenient,))
    assert payload(Level.OPEN, catalog=own)[FILTER] == LOOSEST
    assert payload(Level.RELAXED, catalog=own)[FILTER] == SAFETY_LEVELS[1]
    assert refused(Level.STANDARD, catalog=own).message_id == "level_models"


def test_a_value_of_the_operators_own_that_is_on_no_scale_is_looser_than_all():
    everybody = Choice(name=PERSON, choices=("ALLOW_ALL", *PERSONS), default="ALLOW_ALL")
    model = replace(IMAGEN_3, fields=(PROMPT, everybody))
    assert choices_at(Level.OPEN, everybody) == PERSONS
    assert payload(Level.OPEN, catalog=Catalog((model,)))[PERSON] == "ALLOW_ADULT"
    assert refused(Level.OPEN, catalog=Catalog((model,)), person_generation="ALLOW_ALL").message_id == "level_option"


@given(server=levels, channel=st.none() | levels, age_restricted=st.booleans(), ceiling=ceilings)
def test_a_channel_is_never_looser_than_the_ceiling_nor_than_the_server_unless_age_restricted(
    server, channel, age_restricted, ceiling
):
    counts = level_of_place(server=server, channel=channel, age_restricted=age_restricted, ceiling=ceiling)
    assert counts in levels_within(ceiling)
    if not age_restricted:
        assert not is_looser(counts, server)
    if channel is not None and not is_looser(channel, server):
        assert counts is capped(channel, ceiling)
    if channel is None:
        assert counts is capped(server, ceiling)


@given(server=levels, channel=levels, ceiling=ceilings)
def test_an_age_restricted_channel_has_its_own_level_within_the_ceiling(server, channel, ceiling):
    counts = level_of_place(server=server, channel=channel, age_restricted=True, ceiling=ceiling)
    assert counts is capped(channel, ceiling)


def test_the_strictest_ceiling_leaves_the_levels_that_send_no_more_than_it():
    assert levels_within(SAFETY_LEVELS[0]) == (Level.GUARDED, Level.STANDARD)
    assert levels_within(SAFETY_LEVELS[1]) == (Level.GUARDED, Level.STANDARD, Level.RELAXED)
    assert levels_within(LOOSEST) == LEVELS
    assert capped(Level.OPEN, SAFETY_LEVELS[0]) is Level.STANDARD
