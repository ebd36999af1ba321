"""The operator's overview and answers in words. Pure."""

from collections.abc import Iterable, Mapping
from typing import assert_never

from bot.admin.operator import Overview, Standing
from bot.limits import Limit, Source, Usage
from bot.markdown import clipped
from bot.money import credits_text
from bot.periods import Per
from bot.setting_fields import Budget, BudgetKind
from bot.store.bars import Bar, BarKind
from bot.text import Texts

NAME_CHARACTERS_MAX = 60
REASON_CHARACTERS_MAX = 120
BARS_SHOWN_MAX = 15


class OperatorText:
    """Words in one language."""

    def __init__(self, texts: Texts, locale: str) -> None:
        self._texts = texts
        self.locale = locale

    def __call__(self, message_id: str, **values: object) -> str:
        return self._texts(self.locale, message_id, **values)

    def credits(self, microcredits: int) -> str:
        return credits_text(microcredits, self._texts.spoken(self.locale))

    def server(self, guild_id: int, name: str) -> str:
        """A server by name and id; a name is anybody's words."""
        return f"{_short(name, NAME_CHARACTERS_MAX)} (`{guild_id}`)"

    def overview(self, overview: Overview) -> str:
        lines = [
            self("operator.title"),
            *((self("operator.stopped"),) if overview.stopped else ()),
            *(self._ceiling(limit, usage) for limit, usage in overview.ceilings),
            self._balance(overview),
            "",
            self("operator.servers", page=overview.page + 1, pages=overview.pages),
            *(map(self._server, overview.servers) if overview.servers else (self("operator.no_servers"),)),
        ]
        return "\n".join(lines)

    def _ceiling(self, limit: Limit, usage: Usage) -> str:
        used, amount = self.credits(usage.used), self.credits(limit.amount_microcredits or 0)
        daily = limit.source is Source.CEILING_DAY
        return self("operator.ceiling_day" if daily else "operator.ceiling_month", used=used, amount=amount)

    def _balance(self, overview: Overview) -> str:
        if overview.balance_microcredits is None:
            return self("operator.balance.unknown")
        balance, rate = self.credits(overview.balance_microcredits), self.credits(overview.rate_microcredits)
        if overview.lasts_days is None:
            return self("operator.balance.unused", balance=balance)
        return self("operator.balance", balance=balance, rate=rate, count=overview.lasts_days)

    def _server(self, standing: Standing) -> str:
        words = self(
            "operator.server",
            server=self.server(standing.spender.guild_id, standing.spender.name),
            spent=self.credits(standing.spender.spent_microcredits),
            used=self.credits(standing.used_microcredits),
            budget=self.budget(standing.budget),
        )
        if standing.top_up_microcredits:
            words += " " + self("operator.server.top_up", amount=self.credits(standing.top_up_microcredits))
        if standing.spender.left_ms is not None:
            words += " " + self("operator.server.left")
        return words

    def budget(self, budget: Budget) -> str:
        """What a server may spend."""
        if budget.allowance is not None:
            per = budget.allowance.per
            return self(_per_id(per), amount=self.credits(budget.allowance.amount_microcredits))
        return self("operator.budget.unlimited" if budget.kind is BudgetKind.UNLIMITED else "operator.budget.blocked")

    def bars(self, bars: Iterable[Bar], names: Mapping[int, str]) -> str:
        """Who is barred, with reasons; the latest come first."""
        found = list(bars)
        if not found:
            return self("operator.bars.none")
        lines = [self._bar(bar, names) for bar in found[:BARS_SHOWN_MAX]]
        if (more := len(found) - BARS_SHOWN_MAX) > 0:
            lines.append(self("operator.bars.more", count=more))
        return "\n".join([self("operator.bars", count=len(found)), *lines])

    def _bar(self, bar: Bar, names: Mapping[int, str]) -> str:
        return self(
            "operator.bars.line",
            who=self.barred(bar.kind, bar.id, names.get(bar.id)),
            reason=_short(bar.reason, REASON_CHARACTERS_MAX),
            at=f"<t:{bar.at_ms // 1000}:d>",
        )

    def barred(self, kind: BarKind, barred_id: int, name: str | None) -> str:
        """Who was meant: a member as a mention, which pings nobody, or a server."""
        match kind:
            case BarKind.USER:
                return f"<@{barred_id}> (`{barred_id}`)"
            case BarKind.GUILD:
                return self.server(barred_id, name or self("operator.server.unknown"))
            case _:
                assert_never(kind)


def _per_id(per: Per) -> str:
    match per:
        case Per.DAY:
            return "operator.budget.day"
        case Per.WEEK:
            return "operator.budget.week"
        case Per.MONTH:
            return "operator.budget.month"
        case Per.EVER:
            raise ValueError(per)
        case _:
            assert_never(per)


def _short(words: str, characters_max: int) -> str:
    return clipped(words, characters_max=characters_max, bytes_max=3 * characters_max)
