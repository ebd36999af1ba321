import pytest

from bot.jobs import Api, Outcome
from bot.tracker.availability import OUT_OF_SERVICE_S, Availability

HOUR_MS = OUT_OF_SERVICE_S * 1000


class Clock:
    def __init__(self):
        self.ms = 0

    def now_ms(self):
        return self.ms

    async def sleep(self, seconds):
        self.ms += round(seconds * 1000)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def availability(clock):
    return Availability(clock)


def test_every_model_may_be_asked_at_first(availability):
    assert availability.out("imagen-4") is None
    assert availability.stopped is None


def test_a_model_that_is_taken_out_is_out_for_an_hour_and_then_asked_again(availability, clock):
    availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    clock.ms = HOUR_MS - 1
    assert availability.out("imagen-4") is Outcome.MODEL_RETIRED
    clock.ms = HOUR_MS
    assert availability.out("imagen-4") is None


def test_one_model_out_of_service_leaves_the_others_alone(availability):
    availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    assert availability.out("imagen-4-ultra") is None


def test_that_a_model_is_out_is_news_once(availability):
    assert availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    assert not availability.take_out("imagen-4", Outcome.MODEL_RETIRED)


def test_that_a_model_is_still_out_after_the_hour_is_news_again(availability, clock):
    availability.take_out("imagen-4", Outcome.NOT_AVAILABLE)
    clock.ms = HOUR_MS
    assert availability.take_out("imagen-4", Outcome.NOT_AVAILABLE)


def test_another_reason_is_news(availability):
    availability.take_out("imagen-4", Outcome.NOT_AVAILABLE)
    assert availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    assert availability.out("imagen-4") is Outcome.MODEL_RETIRED


def test_another_refusal_counts_the_hour_anew(availability, clock):
    availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    clock.ms = HOUR_MS // 2
    availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    clock.ms = HOUR_MS
    assert availability.out("imagen-4") is Outcome.MODEL_RETIRED


def test_a_stop_holds_for_every_model_until_it_is_over(availability):
    availability.stop(Outcome.OUT_OF_CREDITS)
    assert availability.out("imagen-4") is availability.out("any") is availability.stopped is Outcome.OUT_OF_CREDITS
    availability.resume()
    assert availability.out("imagen-4") is None


def test_a_stop_hides_no_model_that_goes_meanwhile(availability):
    availability.stop(Outcome.OUT_OF_CREDITS)
    assert availability.take_out("imagen-4", Outcome.MODEL_RETIRED)
    availability.resume()
    assert availability.out("imagen-4") is Outcome.MODEL_RETIRED


def test_v2_is_asked_first_and_v1_is_remembered_for_its_model_only(availability):
    availability.use_v1("imagen-4-fast")
    assert availability.api("imagen-4-fast") is Api.V1
    assert availability.api("imagen-4") is Api.V2
