"""Everything that the images of a card were made with, as text to copy."""

from collections.abc import Iterable, Iterator
from typing import Any

from discord import ui

from bot.asking.edits import Source
from bot.asking.value_lines import Switch
from bot.cards.failures import Failures, words_blocked
from bot.cards.names import names
from bot.cards.writer import ref_of
from bot.catalog import Catalog
from bot.jobs import Job
from bot.offers import MODEL
from bot.text import Texts
from cogs.answers import Enclosed, Tell
from cogs.cards.form import switch_of
from cogs.widgets import ACCENTS, words_view

# More than this is a file: Discord takes 4,000 characters in a message, and some 10,000 bytes.
SHOWN_CHARACTERS_MAX, SHOWN_BYTES_MAX = 3_500, 9_000
_FENCE = "```"


def details(source: Source, *, texts: Texts, locale: str, catalog: Catalog) -> Tell:
    """The parameters in a block that is easy to copy, or as a file where they are too long for one."""
    text = details_text(source, texts=texts, locale=locale, catalog=catalog)
    title = "\n".join((*_why(source, texts=texts, locale=locale, catalog=catalog), texts(locale, "details.title")))
    whole = title + text
    if len(whole) <= SHOWN_CHARACTERS_MAX and len(whole.encode()) <= SHOWN_BYTES_MAX and _FENCE not in text:
        return Tell(words_view(f"{title}\n{_FENCE}\n{text}\n{_FENCE}", accent="done"))
    enclosed = Enclosed(f"imagen-{ref_of(source.request.interaction_id)}.txt", text.encode())
    words: ui.TextDisplay[ui.LayoutView] = ui.TextDisplay(title)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(words, ui.File(f"attachment://{enclosed.filename}"), accent_colour=ACCENTS["done"]))
    view.stop()
    return Tell(view, (enclosed,))


def _why(source: Source, *, texts: Texts, locale: str, catalog: Catalog) -> Iterable[str]:
    """Why the prompt was blocked, where its card says so to nobody."""
    if not words_blocked(source.request, source.jobs):
        return ()
    named = names(catalog, source.jobs)
    failures = Failures(texts=texts, catalog=catalog)
    return failures.lines(locale, source.jobs, named=named, hide_words=False)


def details_text(source: Source, *, texts: Texts, locale: str, catalog: Catalog) -> str:
    """`name: value` lines: first what all images have in common, then each image's own below a line that names it."""
    switch = switch_of(texts, locale)
    sent = [_sent(job, catalog) for job in source.jobs]
    common = {name: value for name, value in sent[0].items() if all(each.get(name) == value for each in sent)}
    lines = list(_lines(common, switch))
    for job, each in zip(source.jobs, sent, strict=True):
        own = {name: value for name, value in each.items() if name not in common}
        if own:
            lines += [f"# {texts(locale, 'details.image', number=job.number + 1)}", *_lines(own, switch)]
    return "\n".join(lines)


def _sent(job: Job, catalog: Catalog) -> dict[str, Any]:
    """What an image was made with, its model first, in the order of the catalog; nothing of what was left empty."""
    model = catalog.get(job.model)
    order = [] if model is None else [field.name for field in model.fields if field.name in job.payload]
    names = dict.fromkeys([*order, *job.payload])
    label = job.model if model is None else model.label
    return {MODEL: label, **{name: job.payload[name] for name in names if job.payload[name] not in ("", None)}}


def _lines(values: dict[str, Any], switch: Switch) -> Iterator[str]:
    for name, value in values.items():
        shown = (switch.yes if value else switch.no) if isinstance(value, bool) else value
        yield f"{name}: {shown}"
