"""Which days figures are about, how jobs add up, and how far a median may be off."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fields import BadValue
from bot.jobs import Outcome, State
from bot.text import FALLBACK, Texts
from bot.usage.report import Counts, Topic, bucket_ms, bucket_of, quantile_ms, ranked
from bot.usage.span import EARLIEST, BadSpan, Choice, Span, before, span_of
from bot.usage.tally import EndedJob, Tally, counts_of

TODAY = date(2026, 3, 30)
DONE = EndedJob(
    guild_id=1,
    place_id=2,
    user_id=3,
    role_ids=(4, 5),
    model="imagen-4",
    state=State.DONE,
    outcome=None,
    price_microcredits=40_000,
    cost_microcredits=38_000,
    accepted_ms=1_000,
    submitting_ms=1_500,
    running_ms=2_000,
    finished_ms=9_000,
    render_ms=None,
)


# ---------------------------------------------------------------- which days


@pytest.mark.parametrize(
    ("choice", "first", "last"),
    [
        (Choice.TODAY, "2026-03-30", "2026-03-30"),
        (Choice.DAYS_7, "2026-03-24", "2026-03-30"),
        (Choice.DAYS_30, "2026-03-01", "2026-03-30"),
        (Choice.DAYS_90, "2025-12-31", "2026-03-30"),
        (Choice.THIS_MONTH, "2026-03-01", "2026-03-30"),
        (Choice.LAST_MONTH, "2026-02-01", "2026-02-28"),
    ],
)
def test_every_choice_means_days_up_to_today_or_whole_months(choice, first, last):
    span = span_of(choice, today=TODAY)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


def test_last_month_of_january_is_in_the_year_before():
    assert span_of(Choice.LAST_MONTH, today=date(2026, 1, 5)) == Span(date(2025, 12, 1), date(2025, 12, 31), True)


def test_days_of_ones_own_are_taken_as_they_are_typed():
    span = span_of(Choice.CUSTOM, today=TODAY, custom=(" 2026-03-02 ", "2026-03-02"))
    assert span == Span(date(2026, 3, 2), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("yesterday", "2026-03-02", "“yesterday” is not a date"),
        ("2026-03-02", "2026-02-30", "“2026-02-30” is not a date"),
        ("2026-03-03", "2026-03-02", "2026-03-03, comes after"),
        ("2026-03-03", "2026-03-31", "today is 2026-03-30"),
        ("0001-01-01", "0001-01-02", "nothing before 2015-01-01"),
        ("2025-03-29", "2026-03-30", "367 days. Choose at most 366"),
    ],
)
def test_dates_that_make_no_period_are_refused_with_what_is_wrong(first, last, words):
    with pytest.raises(BadValue) as refused:
        span_of(Choice.CUSTOM, today=TODAY, custom=(first, last))
    assert words in Texts()(FALLBACK, refused.value.reason, **refused.value.values)


def test_a_leap_year_is_the_longest_period():
    assert span_of(Choice.CUSTOM, today=TODAY, custom=("2025-03-30", "2026-03-30")).length == 366


def test_no_dates_at_all_are_refused_too():
    with pytest.raises(BadSpan):
        span_of(Choice.CUSTOM, today=TODAY)


@pytest.mark.parametrize(
    ("span", "earlier"),
    [
        (Span(date(2026, 3, 30), date(2026, 3, 30)), Span(date(2026, 3, 29), date(2026, 3, 29))),
        (Span(date(2026, 3, 1), date(2026, 3, 30)), Span(date(2026, 1, 30), date(2026, 2, 28))),
        # A month that is over, and one that is not: it is compared with as much of the month before.
        (Span(date(2026, 2, 1), date(2026, 2, 28), True), Span(date(2026, 1, 1), date(2026, 1, 31), True)),
        (Span(date(2026, 3, 1), date(2026, 3, 5), True), Span(date(2026, 2, 1), date(2026, 2, 5), True)),
        (Span(date(2026, 3, 1), date(2026, 3, 30), True), Span(date(2026, 2, 1), date(2026, 2, 28), True)),
    ],
)
def test_the_period_before_is_as_long_or_the_month_before(span, earlier):
    assert before(span) == earlier


@given(first=st.dates(EARLIEST, date(2100, 1, 1)), length=st.integers(1, 366))
def test_the_days_before_end_where_these_begin(first, length):
    span = Span(first, first + timedelta(days=length - 1))
    earlier = before(span)
    assert earlier.length == span.length == len(list(span)) == length
    assert earlier.last + timedelta(days=1) == span.first
    assert all(span.holds(day.isoformat()) for day in span)
    assert not span.holds(earlier.last.isoformat())


# ---------------------------------------------------------------- how jobs add up


@pytest.mark.parametrize(
    ("state", "outcome", "counts"),
    [
        (State.DONE, None, Counts(images=1, spent_microcredits=38_000)),
        (State.DONE, Outcome.BAD_PICTURE, Counts(images=1, spent_microcredits=38_000)),
        (State.DONE, Outcome.REMOVED, Counts(images=1, spent_microcredits=38_000)),
        (State.FAILED, Outcome.BLOCKED, Counts(blocked=1)),
        (State.FAILED, Outcome.BLOCKED_WORDS, Counts(blocked=1)),
        (State.FAILED, Outcome.BLOCKED_PICTURE, Counts(blocked=1)),
        (State.FAILED, Outcome.PROVIDER_FAILED, Counts(failed=1)),
        (State.LOST, Outcome.FATE_UNKNOWN, Counts(failed=1)),
        (State.CANCELLED, None, Counts(cancelled=1)),
        (State.CANCELLED, Outcome.REMOVED, Counts(cancelled=1)),
    ],
)
def test_every_end_counts_as_one_thing(state, outcome, counts):
    found = counts_of(replace(DONE, state=state, outcome=outcome))
    assert found == counts
    assert found.jobs == 1


def test_a_job_that_goes_on_is_never_counted():
    with pytest.raises(ValueError, match="has not ended"):
        counts_of(replace(DONE, state=State.RUNNING))


@pytest.mark.parametrize(("cost", "spent"), [(None, 40_000), (0, 0), (40_001, 40_000)])
def test_a_server_never_pays_more_than_the_list_price(cost, spent):
    assert counts_of(replace(DONE, cost_microcredits=cost)).spent_microcredits == spent


def test_rates_leave_out_what_was_called_off():
    counts = Counts(images=6, blocked=3, failed=1, cancelled=90)
    assert (counts.success_rate, counts.block_rate) == (0.6, 0.3)


def test_without_anything_tried_there_are_no_rates():
    assert (Counts(cancelled=1).success_rate, Counts().block_rate) == (None, None)


def test_a_job_counts_once_for_everything_it_belongs_to():
    tally, day = Tally(), Span(TODAY, TODAY)
    tally.add(replace(DONE, role_ids=(4, 5, 4)), TODAY.isoformat())
    found = {topic: list(tally.by_key(day, topic)) for topic in Topic}
    assert {topic: sorted(keys) for topic, keys in found.items()} == {
        Topic.ALL: [""],
        Topic.MEMBER: ["3"],
        Topic.ROLE: ["4", "5"],
        Topic.CHANNEL: ["2"],
        Topic.MODEL: ["imagen-4"],
        Topic.GUILD: ["1"],
    }
    assert all(tally.by_key(day, topic)[key].jobs == 1 for topic, keys in found.items() for key in keys)


# ---------------------------------------------------------------- how long


def test_waiting_ends_and_rendering_begins_when_segmind_has_the_job():
    assert (DONE.waiting_ms, DONE.rendering_ms) == (1_000, 7_000)


def test_what_segmind_measured_is_the_rendering():
    assert replace(DONE, render_ms=6_500).rendering_ms == 6_500


def test_over_v1_it_begins_when_the_call_leaves():
    over_v1 = replace(DONE, running_ms=None)
    assert (over_v1.waiting_ms, over_v1.rendering_ms) == (500, 7_500)


def test_what_never_began_waited_for_nothing():
    called_off = replace(DONE, state=State.CANCELLED, submitting_ms=None, running_ms=None)
    assert (called_off.waiting_ms, called_off.rendering_ms) == (None, None)


def test_what_became_no_image_was_waited_for_but_not_rendered():
    failed = replace(DONE, state=State.FAILED, outcome=Outcome.PROVIDER_FAILED)
    assert (failed.waiting_ms, failed.rendering_ms) == (1_000, None)


def test_a_clock_that_was_set_back_makes_no_time_negative():
    odd = replace(DONE, running_ms=0, finished_ms=-5)
    assert (odd.waiting_ms, odd.rendering_ms) == (0, 0)


@given(st.lists(st.integers(0, 10**8), min_size=1), st.sampled_from([0.5, 0.95]))
def test_a_quantile_is_told_within_2_5_percent(times_ms, share):
    histogram = {}
    for took_ms in times_ms:
        histogram[bucket_of(took_ms)] = histogram.get(bucket_of(took_ms), 0) + 1
    true_ms = sorted(times_ms)[-(-len(times_ms) * int(share * 100) // 100) - 1]
    told_ms = quantile_ms(histogram, share)
    assert told_ms is not None
    assert abs(told_ms - true_ms) <= max(25, 0.025 * true_ms + 1)


@given(st.integers(0, 10**9))
def test_a_bucket_stands_for_a_time_within_it(took_ms):
    assert bucket_of(bucket_ms(bucket_of(took_ms))) == bucket_of(took_ms)


def test_without_jobs_nothing_took_any_time():
    assert quantile_ms({}, 0.5) is None


# ---------------------------------------------------------------- rankings


def test_a_ranking_is_by_credits_then_images_then_key_and_in_pages():
    found = {
        "b": Counts(images=1, spent_microcredits=5),
        "a": Counts(images=1, spent_microcredits=5),
        "c": Counts(images=2, spent_microcredits=5),
        "d": Counts(images=9),
        "e": Counts(images=1, spent_microcredits=6),
    }
    pages = [ranked(found, offset=offset, limit=2) for offset in (0, 2, 4, 6)]
    assert ["".join(row.key for row in page.rows) for page in pages] == ["ec", "ab", "d", ""]
    assert {page.total for page in pages} == {5}
