"""The chart of a report, and the same in words for whoever cannot see it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.charts.chart import Chart, ChartDay, Words
from bot.figures import day_text
from bot.markdown import plain
from bot.usage.report import Counts, Report
from bot.usage.span import Span
from bot.usage.text import UsageText

# More bars than this are too narrow for their stripes to be seen.
BARS_MAX = 62
DAYS_A_WEEK = 7
ALT_CHARACTERS_MAX = 1_024

Day = tuple[date, Counts]


def chart_of(report: Report, text: UsageText) -> Chart:
    """A bar for each day; of more than BARS_MAX days, for each week."""
    bars = list(_weeks(report.days)) if _by_weeks(report) else list(report.days)
    return Chart(
        title=_title(report, text),
        days=tuple(
            ChartDay(
                label=day_text(first, text.spoken),
                images=counts.images,
                failed=counts.failed,
                blocked=counts.blocked,
                spent_microcredits=counts.spent_microcredits,
            )
            for first, counts in bars
        ),
        words=Words(
            images=text("usage.chart.images"),
            failed=text("usage.chart.failed"),
            blocked=text("usage.chart.blocked"),
            credits=text("usage.chart.credits"),
        ),
        locale=text.spoken,
    )


def alt_of(report: Report, text: UsageText) -> str:
    """What the chart shows: how much in all, the best day, and whether it grows."""
    counts = report.totals.counts
    sums = text(
        "usage.alt.sums",
        title=_title(report, text),
        images=text.number(counts.images),
        blocked=text.number(counts.blocked),
        failed=text.number(counts.failed),
        credits=text.credits(counts.spent_microcredits),
    )
    return plain(
        " ".join((sums, *_best(report.days, text), *_trend(report.days, text))), characters_max=ALT_CHARACTERS_MAX
    )


def _title(report: Report, text: UsageText) -> str:
    days = text.days(report.span)
    return text("usage.chart.weekly", days=days) if _by_weeks(report) else text("usage.chart.daily", days=days)


def _by_weeks(report: Report) -> bool:
    return len(report.days) > BARS_MAX


def _weeks(days: Sequence[Day]) -> Iterator[Day]:
    """Seven days each, under the first of them. The oldest one may be short, so that the latest is never cut off."""
    short = len(days) % DAYS_A_WEEK
    for start in range(short - DAYS_A_WEEK if short else 0, len(days), DAYS_A_WEEK):
        week = days[max(start, 0) : start + DAYS_A_WEEK]
        yield week[0][0], sum((counts for _, counts in week), Counts())


def _best(days: Sequence[Day], text: UsageText) -> Iterator[str]:
    day, counts = max(days, key=lambda each: each[1].images)
    if counts.images and len(days) > 1:
        yield text(
            "usage.alt.best", count=counts.images, day=text.days(Span(day, day)), images=text.number(counts.images)
        )


def _trend(days: Sequence[Day], text: UsageText) -> Iterator[str]:
    """The later half of the days against the earlier one; a day in the middle belongs to neither."""
    half = len(days) // 2
    if not half:
        return
    earlier = sum(counts.images for _, counts in days[:half])
    later = sum(counts.images for _, counts in days[-half:])
    if later == earlier:
        message_id = "usage.alt.level"
    else:
        message_id = "usage.alt.rising" if later > earlier else "usage.alt.falling"
    yield text(message_id, earlier=text.number(earlier), later=text.number(later))
