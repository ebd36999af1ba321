from dataclasses import FrozenInstanceError, replace

import pytest

from bot.jobs import NEXT, TERMINAL, Api, Delivery, Job, Outcome, Request, Shown, State, Way


def job(**changes):
    told = {
        "interaction_id": 1,
        "number": 0,
        "model": "imagen-4",
        "slug": "imagen-4",
        "payload": {"prompt": "a cat"},
        "price_microcredits": 60_000,
        "state": State.ACCEPTED,
        "accepted_ms": 0,
    }
    return Job(**{**told, **changes})


# The state diagram, arrow by arrow.
ARROWS = {
    (State.ACCEPTED, State.SUBMITTING),
    (State.ACCEPTED, State.CANCELLED),
    (State.ACCEPTED, State.FAILED),
    (State.SUBMITTING, State.RUNNING),
    (State.SUBMITTING, State.DONE),
    (State.SUBMITTING, State.FAILED),
    (State.SUBMITTING, State.LOST),
    (State.SUBMITTING, State.ACCEPTED),
    (State.RUNNING, State.DONE),
    (State.RUNNING, State.FAILED),
    (State.RUNNING, State.LOST),
}


def test_a_job_moves_along_the_arrows_and_no_other_way():
    assert {(state, following) for state in State for following in NEXT[state]} == ARROWS


def test_an_end_is_an_end():
    assert {State.DONE, State.FAILED, State.LOST, State.CANCELLED} == TERMINAL
    assert {state for state in State if job(state=state).ended} == TERMINAL


def test_every_state_leads_to_an_end():
    for state in State:
        reached, edge = {state}, {state}
        while edge := {following for each in edge for following in NEXT[each]} - reached:
            reached |= edge
        assert reached & TERMINAL


def test_a_job_that_was_called_off_never_reached_segmind():
    assert {state for state in State if State.CANCELLED in NEXT[state]} == {State.ACCEPTED}


def test_a_job_that_may_have_been_taken_is_only_sent_again_on_proof_that_it_was_not():
    assert {state for state in State if State.ACCEPTED in NEXT[state]} == {State.SUBMITTING}


@pytest.mark.parametrize(("payload", "seed"), [({"seed": 7}, 7), ({"seed": 0}, 0), ({}, None), ({"seed": "7"}, None)])
def test_a_seed_is_named_where_one_was_sent(payload, seed):
    assert job(payload=payload).seed == seed


def test_a_job_is_sent_over_v2_unless_told_otherwise():
    assert job().api is Api.V2


def test_what_is_written_down_is_never_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        job().state = State.DONE


def test_the_words_in_the_database_are_spelled_once_and_for_all():
    # Changing one of these needs a migration.
    assert [state.value for state in State] == [
        "accepted",
        "submitting",
        "running",
        "done",
        "failed",
        "lost",
        "cancelled",
    ]
    assert [way.value for way in Way] == ["reply", "message", "channel", "direct", "kept"]
    assert [shown.value for shown in Shown] == ["open", "delivered", "kept"]
    assert {outcome.value for outcome in Outcome} == {outcome.name.lower() for outcome in Outcome}


def test_the_prompt_is_the_one_that_was_given():
    request = Request(
        interaction_id=1,
        guild_id=1,
        channel_id=1,
        place_id=1,
        user_id=1,
        locale="en-US",
        guild_locale="en-US",
        command="imagen",
        model="imagen-4",
        values={"prompt": " White bear "},
        private=False,
        spoiler=False,
        created_ms=0,
        reply=None,
        filesize_limit_bytes=1,
    )
    assert request.prompt == " White bear "


def test_a_card_begins_as_the_reply_and_keeps_its_place_when_it_ends():
    delivery = replace(Delivery(), message_id=5, message_channel_id=6)
    assert (delivery.shown, delivery.way) == (Shown.OPEN, Way.REPLY)
    assert delivery.ended(Shown.DELIVERED) == replace(delivery, shown=Shown.DELIVERED)
