"""What somebody is told before they say yes: what will be made, of what, and what all of it costs. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.asking.asks import Ask
from bot.asking.plans import COMPARED_MIN, Plan, not_taken, plan_of
from bot.asking.wildcards import combinations, expand
from bot.catalog import Catalog
from bot.markdown import clipped
from bot.money import credits_text
from bot.text import Texts

PROMPT_CHARACTERS_MAX = 1_000
# Of each prompt that choices make; there are ten at most.
CHOICE_CHARACTERS_MAX = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """The words of a confirmation in one person's language."""

    texts: Texts
    locale: str
    catalog: Catalog

    def paragraphs(self, ask: Ask, *, notes: Sequence[str] = ()) -> list[str]:
        """What will be made and its price; `notes` are further sentences, finished markdown. Raises Refusal."""
        plan = plan_of(ask, self.catalog)
        compares = len(plan.models) >= COMPARED_MIN
        title = self._text("compare.title", count=len(plan.models)) if compares else self._text("draft.title")
        prompt = _shown(ask.values["prompt"], PROMPT_CHARACTERS_MAX)
        found = [f"**{title}**", _quoted(prompt)]
        if plan.prompts > 1:
            found.append("\n".join(self._choices(ask, plan)))
            written = plan_of(replace(ask, expand=False), self.catalog)
            notes = (*notes, self._text("draft.plain.price", credits=self._credits(written.price_microcredits)))
        if compares:
            found.append("\n".join(self._compared(ask, plan)))
        return [*found, *notes, self._sum(plan)]

    def too_many(self, ask: Ask, *, most: int) -> str:
        """Why the choices of a prompt are too many here, and what would fit."""
        if most == 1:
            return self._text("draft.off")
        plan = plan_of(ask, self.catalog)
        said = self._text("draft.too_many", count=plan.images, most=most)
        each = most // (plan.images // plan.count)
        if each:
            return f"{said} {self._text('draft.fits.count', count=each)}"
        choices = most // len(plan.models)
        if choices < COMPARED_MIN:
            return said
        return f"{said} {self._text('draft.fits.choices', count=choices, example='`{red|green}`')}"

    def make_label(self, ask: Ask) -> str:
        """The button that makes all of it; raises Refusal."""
        plan = plan_of(ask, self.catalog)
        return self._text("draft.make", count=plan.images, credits=self._credits(plan.price_microcredits))

    def left_out(self, ask: Ask) -> Iterator[str]:
        """Which of the options each model of a comparison does not take."""
        for model in plan_of(ask, self.catalog).models:
            names = not_taken(ask.values, model)
            if names:
                options = ", ".join(f"`{name}`" for name in names)
                yield self._text("compare.left_out", model=model.label, options=options)

    def _choices(self, ask: Ask, plan: Plan) -> Iterator[str]:
        yield self._text("draft.choices", count=plan.count) if plan.count > 1 else self._text("draft.choices.one")
        for number, prompt in enumerate(expand(ask.values["prompt"]), start=1):
            yield f"{number}. {_shown(prompt, CHOICE_CHARACTERS_MAX)}"

    def _compared(self, ask: Ask, plan: Plan) -> Iterator[str]:
        for model in plan.models:
            credit = self._credits(plan.images_of_each * model.price_microcredits)
            yield self._text("compare.model", model=model.label, count=plan.images_of_each, credits=credit)
        yield from self.left_out(ask)

    def _sum(self, plan: Plan) -> str:
        return self._text("draft.sum", count=plan.images, credits=self._credits(plan.price_microcredits))

    def _credits(self, microcredits: int) -> str:
        return credits_text(microcredits, self.texts.spoken(self.locale))

    def _text(self, message_id: str, **values: object) -> str:
        return self.texts(self.locale, message_id, **values)


def has_choices(ask: Ask) -> bool:
    """Whether the prompt has choices in braces that can be meant as such."""
    return combinations(ask.values["prompt"]) > 1


def _shown(words: str, characters_max: int) -> str:
    return clipped(" ".join(words.split()), characters_max=characters_max, bytes_max=3 * characters_max)


def _quoted(prompt: str) -> str:
    return f"> {prompt}"
