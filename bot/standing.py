"""How a member stands, in words: what they can make now, what is left of each limit, what is under way. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.admission import usable
from bot.catalog import Catalog, Model
from bot.intake import Refusal
from bot.jobs import Job, State
from bot.limits import Claim, Limit, Rules, Source, Usage, Usages
from bot.markdown import clipped
from bot.money import MICROCREDITS_PER_CREDIT, credits_text
from bot.setting_fields import BudgetKind
from bot.text import Texts
from bot.wording import refusal_words

REQUESTS_MAX = 5
PROMPT_CHARACTERS_MAX = 120
_MS_PER_S = 1000
_SOURCES: Mapping[Source, str] = {
    Source.MEMBER: "source.member",
    Source.ROLE: "source.role",
    Source.EXTRA: "source.extra",
    Source.CHANNEL: "source.channel",
    Source.BUDGET: "source.budget",
    Source.TOP_UP: "source.top_up",
    Source.CEILING_DAY: "source.ceiling_day",
    Source.CEILING_MONTH: "source.ceiling_month",
}
# The operator's own, which members are told of only where nothing else holds them back as much.
_CEILINGS = frozenset({Source.CEILING_DAY, Source.CEILING_MONTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A member at a place. `refusal` is why they may not ask there at all; None where they may.

    `out` are the keys of the models that are out of service.
    `claims` are the limits that apply to them, with their balances in `usages`; `underway` are their jobs in this
    server that have not ended, those of the oldest request first.
    """

    rules: Rules
    refusal: Refusal | None
    out: frozenset[str]
    claims: tuple[Claim, ...]
    usages: Usages
    underway: tuple[Job, ...]


def images_left(claim: Claim, usages: Usages, *, price_microcredits: int) -> int | None:
    """How many images at this price a claim still bears; None where it limits none.

    Each image comes wholly out of one source, so that what is left over in two of them does not make another.
    """
    if price_microcredits == 0 or any(limit.unlimited for limit in claim):
        return None
    return sum(limit.left_microcredits(usages.get(limit, Usage())) // price_microcredits for limit in claim)


def tightest(claims: Iterable[Claim], usages: Usages, *, price_microcredits: int) -> tuple[Claim, int] | None:
    """The claim that bears the fewest images, the first of several, and how many; None where nothing limits."""
    counted = [(claim, images_left(claim, usages, price_microcredits=price_microcredits)) for claim in claims]
    finite = [(claim, images) for claim, images in counted if images is not None]
    return min(finite, key=lambda each: each[1], default=None)


class StandingText:
    """Words in one language for members with this catalog."""

    def __init__(self, *, texts: Texts, locale: str, catalog: Catalog) -> None:
        self._texts = texts
        self._locale = locale
        self._catalog = catalog

    def paragraphs(self, standing: Standing) -> list[str]:
        """What comes first is what holds the member back most."""
        offered = usable(self._catalog, standing.rules, out=standing.out)
        model = offered[0] if offered else None
        price = model.price_microcredits if model else 0
        most = tightest(standing.claims, standing.usages, price_microcredits=price)
        return [
            self._first(standing, offered, most),
            "\n".join(self._lines(standing, most and most[0], price_microcredits=price)),
            "\n".join(self._underway(standing.underway)),
        ]

    def _first(self, standing: Standing, offered: Sequence[Model], most: tuple[Claim, int] | None) -> str:
        if standing.refusal is not None:
            return refusal_words(self._texts, self._locale, standing.refusal, public=False)
        if not offered:
            return self._say("me.models_off")
        if most is None:
            return self._say("me.now.unlimited")
        claim, images = most
        words = self._now(standing, offered, images)
        return f"{words}\n{self._say('me.most', source=self._source(claim[0]))}"

    def _now(self, standing: Standing, offered: Sequence[Model], images: int) -> str:
        """How many images with the first model that can be asked for, and with the cheapest where that is another."""
        model, cheapest = offered[0], min(offered, key=lambda each: each.price_microcredits)
        also = ""
        if cheapest.price_microcredits < model.price_microcredits:
            found = tightest(standing.claims, standing.usages, price_microcredits=cheapest.price_microcredits)
            more = found[1] if found else 0
            if not images and more:
                return self._say("me.now.cheaper", count=more, model=model.label, cheaper=cheapest.label)
            also = f" {self._say('me.now.also', count=more, model=cheapest.label)}" if more else ""
        if not images:
            return self._say("me.now.none")
        return self._say("me.now", count=images, model=model.label, also=also)

    # ------------------------------------------------------------ what is left of each limit

    def _lines(self, standing: Standing, most: Claim | None, *, price_microcredits: int) -> Iterable[str]:
        if not any(claim[0].source in (Source.MEMBER, Source.ROLE) for claim in standing.claims):
            yield self._say("me.line.unlimited", source=self._say(_SOURCES[Source.MEMBER]))
        for claim in standing.claims:
            if self._is_told(claim, standing.rules, most):
                for limit in claim:
                    yield from self._line(limit, standing.usages.get(limit, Usage()), price_microcredits)

    def _is_told(self, claim: Claim, rules: Rules, most: Claim | None) -> bool:
        if claim[0].source is Source.BUDGET:
            return rules.budget.kind is not BudgetKind.BLOCKED
        return claim[0].source not in _CEILINGS or claim == most

    def _line(self, limit: Limit, usage: Usage, price_microcredits: int) -> Iterable[str]:
        source, left = self._source(limit), limit.left_microcredits(usage)
        if limit.unlimited:
            yield self._say("me.line.unlimited", source=source)
            return
        words = {"source": source, "left": self._credits(left), "images": self._images(left, price_microcredits)}
        amount, end_ms = limit.amount_microcredits, limit.period.end_ms
        if amount is None or end_ms is None:
            if left:
                yield self._say("me.line.granted", count=_plural(left), **words)
            return
        resets_s = -(-end_ms // _MS_PER_S)
        if limit.source in _CEILINGS:
            # How much all servers together may spend is the operator's business.
            yield self._say("me.line.ceiling", count=_plural(left), resets_s=resets_s, **words)
        else:
            total = self._credits(amount)
            yield self._say("me.line", count=_plural(amount), amount=total, resets_s=resets_s, **words)

    def _images(self, left_microcredits: int, price_microcredits: int) -> str:
        """About how many images that is, to stand after an amount; empty where there is nothing to count in."""
        if price_microcredits == 0:
            return ""
        images = left_microcredits // price_microcredits
        return f" {self._say('me.images', count=images) if images else self._say('me.images.none')}"

    def _source(self, limit: Limit) -> str:
        return self._say(_SOURCES[limit.source], role=f"<@&{limit.role_id}>")

    # ------------------------------------------------------------ what is under way

    def _underway(self, jobs: Sequence[Job]) -> Iterable[str]:
        requests = [list(each) for _, each in groupby(jobs, key=lambda job: job.interaction_id)]
        if not requests:
            yield self._say("me.underway.none")
            return
        yield self._say("me.underway", count=len(requests))
        yield from (self._request(each) for each in requests[:REQUESTS_MAX])
        if len(requests) > REQUESTS_MAX:
            yield self._say("me.underway.more", count=len(requests) - REQUESTS_MAX)

    def _request(self, jobs: Sequence[Job]) -> str:
        waiting = all(job.state is State.ACCEPTED for job in jobs)
        models = (self._catalog.get(key) or key for key in dict.fromkeys(job.model for job in jobs))
        prompt = " ".join(str(jobs[0].payload.get("prompt", "")).split())
        return self._say(
            "me.underway.waiting" if waiting else "me.underway.running",
            count=len(jobs),
            model=", ".join(each if isinstance(each, str) else each.label for each in models),
            since_s=jobs[0].accepted_ms // _MS_PER_S,
            prompt=clipped(prompt, characters_max=PROMPT_CHARACTERS_MAX, bytes_max=3 * PROMPT_CHARACTERS_MAX),
        )

    def _credits(self, microcredits: int) -> str:
        return credits_text(microcredits, self._texts.spoken(self._locale))

    def _say(self, message_id: str, **values: Any) -> str:
        return self._texts(self._locale, message_id, **values)


def _plural(microcredits: int) -> int:
    """What a word for credits agrees with; parts of a credit are spoken of as several are."""
    return 1 if microcredits == MICROCREDITS_PER_CREDIT else 2
