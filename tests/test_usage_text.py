"""A report of usage in words, and its chart: what is said, and that it is right."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.charts.chart import DAYS_MAX
from bot.text import FOLDER, Texts
from bot.usage.chart import ALT_CHARACTERS_MAX, alt_of, chart_of
from bot.usage.report import Counts, Report, Took, Top, Topic, TopRow, Totals
from bot.usage.span import BadSpan, Choice, Span, span_of
from bot.usage.text import GONE, PERIODS, TOPICS, UsageText

TEXT = UsageText(Texts(), "en-US")
FIRST = date(2026, 11, 1)
NOTHING = Took(median_ms=None, p95_ms=None)
NO_TOTALS = Totals(counts=Counts(), waiting=NOTHING, rendering=NOTHING)


def totals(*, waiting=(2_000, 9_000), rendering=(6_500, 120_000), **counts):
    return Totals(
        counts=Counts(**counts),
        waiting=Took(median_ms=waiting[0], p95_ms=waiting[1]),
        rendering=Took(median_ms=rendering[0], p95_ms=rendering[1]),
    )


NOW = totals(images=312, blocked=11, failed=7, cancelled=3, spent_microcredits=18_720_000)
THEN = totals(images=288, blocked=20, failed=2, spent_microcredits=20_000_000, waiting=(1_900, 10_000))


def report(now=NOW, then=THEN, *, images=(1, 2, 3), first=FIRST):
    days = tuple(
        (first + timedelta(days=number), Counts(images=each, spent_microcredits=each * 40_000))
        for number, each in enumerate(images)
    )
    return Report(span=Span(days[0][0], days[-1][0]), totals=now, before=then, days=days, tops={})


def row(key, **counts):
    return TopRow(key=key, counts=Counts(**counts))


# ---------------------------------------------------------------- totals


def test_every_total_is_told_with_how_it_changed():
    assert TEXT.totals(report()).split("\n") == [
        "**Images:** 312 (▲ 24 more)",
        "**Credits:** 18.72 (▼ 1.28 less)",
        "**Success:** 94.5% (▲ 1.6 points higher)",
        "**Blocked by the safety filter:** 3.3% (▼ 3.2 points lower)",
        "**Waiting:** half within 2\N{NO-BREAK SPACE}s, 95% within 9\N{NO-BREAK SPACE}s (before: 1.9\N{NO-BREAK SPACE}s, 10\N{NO-BREAK SPACE}s)",
        "**Rendering:** half within 6.5\N{NO-BREAK SPACE}s, 95% within 120\N{NO-BREAK SPACE}s (before: 6.5\N{NO-BREAK SPACE}s, 120\N{NO-BREAK SPACE}s)",
        "-# Without an image: 11 blocked, 7 failed, 3 called off.",
    ]


def test_fewer_images_and_more_credits_are_told_as_such():
    told = TEXT.totals(report(THEN, NOW))
    assert "288 (▼ 24 fewer)" in told
    assert "20 (▲ 1.28 more)" in told
    assert "▼ 1.6 points lower" in told


def test_what_did_not_change_is_said_to_be_the_same():
    told = TEXT.totals(report(NOW, NOW))
    assert "**Images:** 312 (as many)" in told
    assert "**Credits:** 18.72 (as much)" in told
    assert told.count("(the same)") == 2
    assert not {"▲", "▼"} & set(told)


def test_one_point_is_one_point():
    told = TEXT.totals(report(totals(images=49, failed=51), totals(images=48, failed=52)))
    assert "49% (▲ 1 point higher)" in told


def test_a_change_of_a_rate_is_the_difference_of_what_is_shown():
    told = TEXT.totals(report(totals(images=9454, failed=546), totals(images=9446, failed=554)))
    assert "**Success:** 94.5% (the same)" in told


def test_where_nothing_was_tried_before_no_rate_is_made_up():
    told = TEXT.totals(report(NOW, NO_TOTALS))
    assert "**Success:** 94.5% (nothing before)" in told
    assert "95% within 9\N{NO-BREAK SPACE}s (nothing before)" in told
    assert "312 (▲ 312 more)" in told


def test_days_on_which_everything_was_called_off_have_no_rates_and_no_times():
    told = TEXT.totals(report(Totals(counts=Counts(cancelled=2), waiting=NOTHING, rendering=NOTHING)))
    assert "**Success:** – (nothing was tried)" in told
    assert "**Rendering:** – (before: 6.5\N{NO-BREAK SPACE}s, 120\N{NO-BREAK SPACE}s)" in told
    assert "2 called off" in told


def test_days_without_anything_say_so_and_what_was_before():
    assert (
        TEXT.totals(report(NO_TOTALS, NO_TOTALS)) == "Nobody asked for an image on these days. Choose other days below."
    )
    assert TEXT.totals(report(NO_TOTALS)).endswith("Before, it was 288 images for 20 credits.")


def test_the_title_tells_the_days_and_those_before():
    title = TEXT.title(span_of(Choice.THIS_MONTH, today=date(2026, 11, 21)))
    assert (
        title
        == "## Usage: Nov 1\N{THIN SPACE}–\N{THIN SPACE}21, 2026\n-# Compared with Oct 1\N{THIN SPACE}–\N{THIN SPACE}21, 2026."
    )


def test_numbers_are_written_in_the_language_of_the_words_around_them(tmp_path):
    (tmp_path / "en.po").write_bytes((FOLDER / "en.po").read_bytes())
    german = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    german += 'msgid "usage.title"\nmsgstr "## Nutzung: {days}"\n\nmsgid "usage.images"\nmsgstr "**Bilder:** {number} ({change})"\n'
    (tmp_path / "de.po").write_text(german, encoding="utf-8")
    text = UsageText(Texts(tmp_path), "de")
    assert text.title(Span(FIRST, date(2026, 11, 30))).startswith("## Nutzung: 1.–30. Nov. 2026")
    assert "**Bilder:** 1.234 (" in text.totals(report(totals(images=1234)))
    # A language without words of its own reads English, numbers and dates included.
    assert "1,234" in UsageText(Texts(tmp_path), "fr").totals(report(totals(images=1234)))


# ---------------------------------------------------------------- rankings


TOP = Top(rows=(row("7", images=1, spent_microcredits=60_000), row("8", images=1200, blocked=400)), total=27)


def test_a_ranking_tells_ranks_names_and_figures_and_how_far_it_goes():
    assert TEXT.ranking(Topic.MEMBER, TOP, offset=10, name=lambda each: f"<@{each.key}>").split("\n") == [
        "### Members, by credits",
        "11. <@7>: 0.06 credits, 1 image, 100% success",
        "12. <@8>: 0 credits, 1,200 images, 75% success",
        "-# 11 to 12 of 27.",
    ]


def test_roles_say_that_they_add_up_to_more():
    assert "counts for each of them" in TEXT.ranking(Topic.ROLE, TOP, offset=0, name=str)
    assert "counts for each of them" not in TEXT.ranking(Topic.CHANNEL, TOP, offset=0, name=str)


def test_a_ranking_of_nobody_says_so():
    assert (
        TEXT.ranking(Topic.ROLE, Top(rows=(), total=0), offset=0, name=str)
        == "### Roles, by credits\n-# None on these days."
    )


def test_somebody_of_whom_all_was_called_off_has_no_rate():
    told = TEXT.ranking(Topic.MEMBER, Top(rows=(row("7", cancelled=1),), total=1), offset=0, name=str)
    assert "0 images, – success" in told


@pytest.mark.parametrize("topic", GONE)
def test_what_is_gone_is_told_by_the_last_digits_of_its_id(topic):
    assert TEXT.gone(topic, "990000000000001234").endswith("(…1234)")


def test_the_name_of_somebody_who_left_does_nothing():
    told = TEXT.gone(Topic.MEMBER, "7", name="**@everyone** [x](https://x)" * 20)
    assert told.startswith("somebody who left (")
    assert "@everyone" not in told
    assert "https://" not in told
    assert len(told) < 110


def test_every_topic_but_the_operators_and_every_choice_has_a_name():
    assert set(TOPICS) == set(Topic) - {Topic.ALL, Topic.GUILD}
    assert set(PERIODS) == set(Choice) - {Choice.CUSTOM}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("1.11.2026", "2026-11-02"), "“1.11.2026” is not a date"),
        (("2026-11-31", "2026-11-02"), "“2026-11-31” is not a date"),
        (("-" * 999, "2026-11-02"), "…” is not a date"),
        (("*a*", "2026-11-02"), r"“\*a\*” is not a date"),
        (("2026-11-03", "2026-11-02"), "2026-11-03, comes after the last one, 2026-11-02"),
        (("2026-11-01", "2027-11-02"), "2027-11-02 has not come yet; today is 2026-11-21"),
        (("2010-01-01", "2026-11-02"), "There is nothing before 2015-01-01"),
        (("2025-01-01", "2026-11-02"), "That is 671 days. Choose at most 366"),
    ],
)
def test_two_dates_that_are_no_period_are_told_what_is_wrong(typed, said):
    with pytest.raises(BadSpan) as caught:
        span_of(Choice.CUSTOM, today=date(2026, 11, 21), custom=typed)
    assert said in TEXT.bad_span(caught.value)


# ---------------------------------------------------------------- the chart


def test_a_chart_has_a_bar_for_each_day_with_what_came_of_it():
    told = replace(report(), days=((FIRST, Counts(images=4, blocked=3, failed=2, cancelled=1, spent_microcredits=5)),))
    (bar,) = chart_of(told, TEXT).days
    assert (bar.label, bar.images, bar.blocked, bar.failed, bar.spent_microcredits) == ("Nov 1", 4, 3, 2, 5)


@pytest.mark.parametrize(
    ("days", "bars", "first"), [(62, 62, "Nov 1"), (63, 9, "Nov 1"), (90, 13, "Nov 1"), (DAYS_MAX, 53, "Nov 1")]
)
def test_more_days_than_stripes_can_show_are_weeks_of_which_only_the_oldest_may_be_short(days, bars, first):
    told = report(images=(1,) * days)
    drawn = chart_of(told, TEXT)
    assert len(drawn.days) == bars
    assert drawn.days[0].label == first
    assert sum(bar.images for bar in drawn.days) == days
    assert {bar.images for bar in drawn.days[1:]} == ({7} if days > 62 else {1})
    assert ("a week" in drawn.title) == (days > 62)
    assert ("a week" in alt_of(told, TEXT)) == (days > 62)


def test_the_alt_text_tells_all_the_best_day_and_the_trend():
    assert alt_of(report(images=(1, 5, 3)), TEXT) == (
        "Chart: Images and credits a day, Nov 1 – 3, 2026."
        " In all 312 images, 11 blocked, 7 failed, 18.72 credits."
        " The best day is Nov 2, 2026 with 5 images."
        " Rising: 3 images in the later half of the days, after 1 in the earlier half."
    )


@pytest.mark.parametrize(
    ("images", "trend"), [((2, 9, 1), "Falling: 1 "), ((2, 9, 2), "Level: 2 "), ((0, 1), "Rising: 1 ")]
)
def test_the_trend_is_that_of_the_later_half_against_the_earlier(images, trend):
    assert trend in alt_of(report(images=images), TEXT)


def test_a_single_day_has_neither_best_day_nor_trend():
    assert alt_of(report(images=(4,)), TEXT).endswith("18.72 credits.")


def test_the_alt_text_fits():
    assert len(alt_of(report(totals(images=10**12, spent_microcredits=10**18)), TEXT)) <= ALT_CHARACTERS_MAX
