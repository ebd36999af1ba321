"""What is wrong in a form that has lines, in words: one line for each mistake."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from bot.asking.edits import Mistakes, takers
from bot.asking.presets import BadPreset
from bot.asking.value_lines import Fault, Switch, Why
from bot.catalog import Catalog
from bot.fields import BadValue, Choice, Field, Number, Text, Toggle, Whole
from bot.intake import Refusal
from bot.markdown import harmless
from bot.text import Texts
from bot.wording import refusal_words
from cogs.cards.form import switch_of

# More mistakes than this are counted: nobody reads on.
SHOWN_MAX = 10
WRONG = {
    Why.SHAPE: "edit.wrong.shape",
    Why.UNKNOWN: "edit.wrong.unknown",
    Why.NOT_TAKEN: "edit.wrong.not_taken",
    Why.TWICE: "edit.wrong.twice",
    Why.VALUE: "edit.wrong.value",
}
# In the form of a preset, which is for all models.
OF_PRESETS = {Why.SHAPE: "preset.wrong.shape", Why.UNKNOWN: "preset.wrong.unknown"}


def mistake_words(mistakes: Mistakes, *, texts: Texts, locale: str, catalog: Catalog) -> str:
    """All that is wrong, what is allowed instead, and that nothing was made, or saved."""
    words = _Words(mistakes, texts, locale, catalog, switch_of(texts, locale))
    lines = [f"- {each}" for each in words.lines()]
    more = len(lines) - SHOWN_MAX
    last = [words.said("edit.wrong.more", count=more)] if more > 0 else []
    wrong = words.said("preset.wrong" if mistakes.model is None else "edit.wrong")
    return "\n".join([wrong, *lines[:SHOWN_MAX], *last])


@dataclass(frozen=True, slots=True)
class _Words:
    mistakes: Mistakes
    texts: Texts
    locale: str
    catalog: Catalog
    switch: Switch

    def said(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def lines(self) -> Iterator[str]:
        for error in self.mistakes.inputs:
            yield self._input(error)
        for fault in self.mistakes.lines:
            yield self.said("edit.wrong.line", line=fault.line, reason=self._reason(fault))

    def _input(self, error: BadValue) -> str:
        if isinstance(error, BadPreset):
            return self.said(error.reason, **error.values)
        refusal = Refusal(f"bad_value.{error.reason}", option=error.name, **error.values)
        return refusal_words(self.texts, self.locale, refusal, public=False)

    def _reason(self, fault: Fault) -> str:
        model = self.mistakes.model
        name = "_".join(fault.typed.casefold().replace("-", " ").split())
        return self.said(
            (WRONG if model is not None else WRONG | OF_PRESETS)[fault.why],
            typed=harmless(fault.typed),
            model="" if model is None else model.label,
            names=", ".join(f"`{field.name}`" for field in self.mistakes.fields),
            takers=", ".join(each.label for each in takers(name, self.catalog)),
            option=fault.field.name if fault.field is not None else "",
            allowed=self._allowed(fault.field) if fault.field is not None else "",
        )

    def _allowed(self, field: Field) -> str:
        match field:
            case Text():
                return self.said("edit.takes.text", low=field.low, high=field.high)
            case Choice():
                return self.said("edit.takes.choice", choices=", ".join(f"`{each}`" for each in field.choices))
            case Whole():
                return self.said("edit.takes.whole", low=field.low, high=field.high)
            case Number():
                return self.said("edit.takes.number", low=field.low, high=field.high)
            case Toggle():
                return self.said("edit.takes.toggle", yes=self.switch.yes, no=self.switch.no)
            case _:
                assert_never(field)
