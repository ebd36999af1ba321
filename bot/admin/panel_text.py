"""How settings read in words: "2.5 credits a day (about 41 images with Imagen 4)", "everywhere", "off". Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from bot.catalog import Model
from bot.fields import BadValue
from bot.money import MICROCREDITS_PER_CREDIT, credits_text
from bot.periods import Per
from bot.setting_fields import Allowance, ModelCounts, TargetKind
from bot.settings import Setting
from bot.text import Texts
from bot.wording import with_amounts

# More channels than this are counted instead of named, so that a message stays within its limits.
NAMED_MAX = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Words about settings in one language.

    `models` are those on offer, the default one first; `has` tells whether the server has this role or channel (still).
    """

    texts: Texts
    locale: str
    models: tuple[Model, ...]
    has: Callable[[TargetKind, int], bool]

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def name(self, setting: Setting[Any]) -> str:
        return self(f"setting.{setting.name}")

    def help(self, setting: Setting[Any]) -> str:
        return self(f"setting.{setting.name}.help")

    def empty(self, setting: Setting[Any]) -> str:
        """What it means that nothing is set."""
        own = f"setting.{setting.name}.empty"
        return self(own if self.texts.has(own) else "panel.none")

    def switch(self, *, on: bool) -> str:
        return self("panel.on" if on else "panel.off")

    def target(self, kind: TargetKind, target_id: int) -> str:
        """A mention of it; Discord shows nothing of use for one that was deleted, so that is said."""
        match kind:
            case TargetKind.ROLE:
                return f"<@&{target_id}>" if self.has(kind, target_id) else self("panel.role_gone", id=target_id)
            case TargetKind.CHANNEL:
                return f"<#{target_id}>" if self.has(kind, target_id) else self("panel.channel_gone", id=target_id)
            case _:
                assert_never(kind)

    def channels(self, channel_ids: Iterable[int]) -> str:
        """Mentions of the first NAMED_MAX, and how many more there are."""
        named = [self.target(TargetKind.CHANNEL, each) for each in channel_ids]
        words = ", ".join(named[:NAMED_MAX])
        more = len(named) - NAMED_MAX
        return self("panel.and_more", count=more, words=words) if more > 0 else words

    def allowance(self, allowance: Allowance) -> str:
        """The amount and its period, with about how many images of the default model that is."""
        amount = credits_text(allowance.amount_microcredits, self.texts.spoken(self.locale))
        whole, rest = divmod(allowance.amount_microcredits, MICROCREDITS_PER_CREDIT)
        # Parts of a credit are spoken of as several are.
        words = self(_per_id(allowance.per), credits=amount, count=2 if rest else whole)
        model = next(iter(self.models), None)
        if model is None or model.price_microcredits == 0:
            return words
        images = allowance.amount_microcredits // model.price_microcredits
        counted = self("panel.images" if images else "panel.images.none", count=images, model=model.label)
        return self("panel.with_images", allowance=words, images=counted)

    def count(self, count: int) -> str:
        """How many images one request may ask for; 0 is off."""
        return self("panel.count", count=count) if count else self("panel.off")

    def count_of(self, field: ModelCounts, counts: Mapping[str, int], model: Model) -> str:
        return self.count(counts.get(model.key, field.high))

    def refused(self, error: BadValue, setting: Setting[Any]) -> str:
        """What was wrong with a value, and what is allowed."""
        values = with_amounts(self.texts, self.locale, error.values)
        return self(f"refusal.bad_value.{error.reason}", **{"option": self.name(setting), **values})


def _per_id(per: Per) -> str:
    match per:
        case Per.DAY:
            return "panel.per.day"
        case Per.WEEK:
            return "panel.per.week"
        case Per.MONTH:
            return "panel.per.month"
        case Per.EVER:
            raise ValueError(per)
        case _:
            assert_never(per)
