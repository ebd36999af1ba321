"""A report of usage in words: totals beside those of the period before, rankings, and what its chart shows. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.figures import days_text, number_text, percent_text, points, seconds_text, tenths_text
from bot.markdown import clipped
from bot.money import credits_text
from bot.text import Texts
from bot.usage.report import Counts, Report, Took, Top, Topic, TopRow
from bot.usage.span import BadSpan, Choice, Span, before

TOPICS = {
    Topic.MEMBER: "usage.topic.member",
    Topic.ROLE: "usage.topic.role",
    Topic.CHANNEL: "usage.topic.channel",
    Topic.MODEL: "usage.topic.model",
}
PERIODS = {
    Choice.TODAY: "usage.period.today",
    Choice.DAYS_7: "usage.period.days_7",
    Choice.DAYS_30: "usage.period.days_30",
    Choice.DAYS_90: "usage.period.days_90",
    Choice.THIS_MONTH: "usage.period.this_month",
    Choice.LAST_MONTH: "usage.period.last_month",
}
GONE = {
    Topic.MEMBER: "usage.gone.member",
    Topic.ROLE: "usage.gone.role",
    Topic.CHANNEL: "usage.gone.channel",
}
NAME_CHARACTERS_MAX, NAME_BYTES_MAX = 80, 240
DIGITS_SHOWN = 4
_NEARLY_A_DATE = re.compile(r"[0-9 ./-]{1,20}")
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class UsageText:
    """Words about usage in one person's language."""

    texts: Texts
    locale: str

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    @property
    def spoken(self) -> str:
        """The language that numbers and dates are written in."""
        return self.texts.spoken(self.locale)

    def days(self, span: Span) -> str:
        return days_text(span.first, span.last, self.spoken)

    def number(self, number: int) -> str:
        return number_text(number, self.spoken)

    def credits(self, microcredits: int) -> str:
        return credits_text(microcredits, self.spoken)

    # ------------------------------------------------------------ all together

    def title(self, span: Span) -> str:
        return f"{self('usage.title', days=self.days(span))}\n{self('usage.compared', days=self.days(before(span)))}"

    def totals(self, report: Report) -> str:
        """What it comes to, a line each, with how much more or less that is than before."""
        now, then = report.totals, report.before
        if not now.counts.jobs:
            return self._nothing(then.counts)
        lines = [
            self("usage.images", number=self.number(now.counts.images), change=self._images(now.counts, then.counts)),
            self("usage.credits", number=self.credits(now.counts.spent_microcredits), change=self._credits(report)),
            self("usage.success", **self._rate(now.counts.success_rate, then.counts.success_rate)),
            self("usage.blocked", **self._rate(now.counts.block_rate, then.counts.block_rate)),
            self("usage.waiting", **self._took(now.waiting, then.waiting)),
            self("usage.rendering", **self._took(now.rendering, then.rendering)),
            self(
                "usage.others",
                blocked=self.number(now.counts.blocked),
                failed=self.number(now.counts.failed),
                cancelled=self.number(now.counts.cancelled),
            ),
        ]
        return "\n".join(lines)

    def _nothing(self, then: Counts) -> str:
        asked = self("usage.nothing")
        if not then.jobs:
            return asked
        images, spent = self.number(then.images), self.credits(then.spent_microcredits)
        return f"{asked} {self('usage.nothing.before', count=then.images, images=images, credits=spent)}"

    def _images(self, now: Counts, then: Counts) -> str:
        more = now.images - then.images
        return self._change(more, ("usage.more", "usage.fewer", "usage.as_many"), self.number(abs(more)))

    def _credits(self, report: Report) -> str:
        more = report.totals.counts.spent_microcredits - report.before.counts.spent_microcredits
        return self._change(more, ("usage.more", "usage.less", "usage.as_much"), self.credits(abs(more)))

    def _rate(self, now: float | None, then: float | None) -> dict[str, str]:
        """A share, and by how many per cent of the whole it is higher or lower than before."""
        if now is None:
            return {"rate": self("usage.none"), "change": self("usage.no_figures")}
        if then is None:
            return {"rate": percent_text(now, self.spoken), "change": self("usage.no_figures_before")}
        # As shown: what is 94.6 % now and was 94.5 % has not gone up by 0.2 points.
        more = points(now) - points(then)
        words = ("usage.higher", "usage.lower", "usage.same_rate")
        change = self._change(more, words, tenths_text(abs(more), self.spoken))
        return {"rate": percent_text(now, self.spoken), "change": change}

    def _change(self, more: int | Decimal, ids: tuple[str, str, str], number: str) -> str:
        """Told in words and by an arrow; never by colour."""
        up, down, same = ids
        if not more:
            return self(same)
        # Parts of one are spoken of as several are.
        return self(up if more > 0 else down, number=number, count=1 if abs(more) == 1 else 2)

    def _took(self, now: Took, then: Took) -> dict[str, str]:
        told, told_before = self._times("usage.took", now), self._times("usage.times_before", then)
        return {"took": told or self("usage.none"), "change": told_before or self("usage.no_figures_before")}

    def _times(self, message_id: str, took: Took) -> str | None:
        """Both times in the words of a message; None where nothing took any."""
        if took.median_ms is None or took.p95_ms is None:
            return None
        return self(message_id, median=self._time(took.median_ms), p95=self._time(took.p95_ms))

    def _time(self, took_ms: int) -> str:
        # No line ends between a number and its unit.
        return self("usage.seconds", seconds=seconds_text(took_ms, self.spoken)).replace(" ", NO_BREAK)

    # ------------------------------------------------------------ rankings

    def ranking(self, topic: Topic, top: Top, *, offset: int, name: Callable[[TopRow], str]) -> str:
        """A page of a ranking; `name` says what a row is about, and the first one stands at `offset`, from 0."""
        lines = [self("usage.ranking", topic=self(TOPICS[topic]))]
        lines += [self._row(rank, row, name(row)) for rank, row in enumerate(top.rows, start=offset + 1)]
        first, last = self.number(offset + 1), self.number(offset + len(top.rows))
        shown = self("usage.shown", first=first, last=last, total=self.number(top.total))
        if not top.rows:
            shown = self("usage.nobody")
        elif topic is Topic.ROLE:
            shown = f"{shown} {self('usage.roles_overlap')}"
        return "\n".join((*lines, shown))

    def _row(self, rank: int, row: TopRow, name: str) -> str:
        rate = row.counts.success_rate
        return self(
            "usage.row",
            count=row.counts.images,
            rank=rank,
            name=name,
            images=self.number(row.counts.images),
            credits=self.credits(row.counts.spent_microcredits),
            rate=self("usage.none") if rate is None else percent_text(rate, self.spoken),
        )

    def gone(self, topic: Topic, key: str, *, name: str | None = None) -> str:
        """Somebody who left, or something that was deleted: by its name, else by the last digits of its id."""
        known = f"…{key[-DIGITS_SHOWN:]}" if name is None else self.safe(name)
        return self(GONE[topic], name=known)

    def safe(self, name: str) -> str:
        """A name that somebody chose, as text that does nothing."""
        return clipped(name, characters_max=NAME_CHARACTERS_MAX, bytes_max=NAME_BYTES_MAX)

    def bad_span(self, error: BadSpan) -> str:
        """What is wrong with two dates; whatever was typed is shown as it was."""
        typed = {name: self._typed(value) for name, value in error.values.items() if name == "typed"}
        return self(error.reason, **{**error.values, **typed})

    def _typed(self, words: str) -> str:
        # Within a line, figures and what stands between those of a date format nothing.
        return words if _NEARLY_A_DATE.fullmatch(words) else self.safe(words)
