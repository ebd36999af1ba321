"""Which buttons a card has, and what they say. Pure.

They are the same for everybody who sees the card: who may do what is judged when one is pressed.
"""

from collections.abc import Iterable, Sequence

from bot.catalog import Catalog, Model
from bot.jobs import Job, Request
from bot.markdown import plain
from bot.money import credits_text
from bot.ports import CardAct, CardButton
from bot.text import Texts

# Discord's own.
LABEL_CHARACTERS_MAX = 80
ROW_BUTTONS_MAX = 5
# With Again and Edit they make a row.
REDO_MAX = 3
# Of the label of a button that redoes; words and price take the rest.
MODEL_CHARACTERS_MAX = 40

Rows = tuple[tuple[CardButton, ...], ...]


class CardButtons:
    """Lays out the buttons of cards in the words of the catalogues."""

    def __init__(self, *, texts: Texts, catalog: Catalog) -> None:
        self._texts = texts
        self._catalog = catalog

    def rows(
        self, locale: str, request: Request, jobs: Sequence[Job], *, over: bool, fetching: bool, has_images: bool
    ) -> Rows:
        """`over` and `fetching` are what the card tells: that it has come to its end, or that only fetching is left.

        A removed card has no buttons.
        """
        if request.removed is not None:
            return ()
        if not over:
            # What ends while the card does not say so yet is not worth an edit.
            return () if fetching else ((self._button(locale, CardAct.CANCEL),),)
        if not has_images:
            return ((*self._again(locale, jobs), *self._plain(locale, CardAct.EDIT, CardAct.DETAILS)),)
        share = (CardAct.SHARE,) if request.private else ()
        acts = (CardAct.DETAILS, CardAct.FAVOURITE, CardAct.SEND, *share, CardAct.DELETE)
        making = (*self._again(locale, jobs), *self._plain(locale, CardAct.EDIT), *self._redo(locale, jobs))
        return (making, tuple(self._plain(locale, *acts)))

    def _plain(self, locale: str, *acts: CardAct) -> Iterable[CardButton]:
        return (self._button(locale, act) for act in acts)

    def _button(self, locale: str, act: CardAct) -> CardButton:
        return CardButton(does=act, label=self._label(locale, f"card.button.{act.value}"))

    def _again(self, locale: str, jobs: Sequence[Job]) -> Iterable[CardButton]:
        """With today's price; none where one of its models is not offered any more."""
        models = [self._offered(job.model) for job in jobs]
        if None not in models:
            price = sum(model.price_microcredits for model in models if model is not None)
            label = self._priced(locale, "card.button.again", price)
            yield CardButton(does=CardAct.AGAIN, label=label, style="primary")

    def _redo(self, locale: str, jobs: Sequence[Job]) -> Iterable[CardButton]:
        """With other models, as many images as each of its own made."""
        used = {job.model for job in jobs}
        images = len(jobs) // len(used)
        others = [model for model in self._catalog.models if model.enabled and model.key not in used]
        for model in others[:REDO_MAX]:
            name = plain(model.label, characters_max=MODEL_CHARACTERS_MAX)
            label = self._priced(locale, "card.button.redo", images * model.price_microcredits, model=name)
            yield CardButton(does=CardAct.REDO, label=label, arg=model.key)

    def _offered(self, key: str) -> Model | None:
        model = self._catalog.get(key)
        return model if model is not None and model.enabled else None

    def _priced(self, locale: str, message_id: str, microcredits: int, **values: str) -> str:
        words = self._texts(locale, message_id, **values)
        if not microcredits:
            return self._fitted(words)
        amount = credits_text(microcredits, self._texts.spoken(locale))
        return self._fitted(self._texts(locale, "card.button.priced", words=words, credits=amount))

    def _label(self, locale: str, message_id: str) -> str:
        return self._fitted(self._texts(locale, message_id))

    @staticmethod
    def _fitted(label: str) -> str:
        return plain(label, characters_max=LABEL_CHARACTERS_MAX)
