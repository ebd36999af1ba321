"""Which image of a request is which: by its model, or by the words that were filled into its prompt. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, takewhile

from bot.catalog import Catalog
from bot.jobs import Job
from bot.markdown import plain

NAME_CHARACTERS_MAX = 60


def label_of(catalog: Catalog, job: Job) -> str:
    """The name of its model; the model's key where it is not in the catalog any more."""
    model = catalog.get(job.model)
    return model.label if model else job.model


def names(catalog: Catalog, jobs: Sequence[Job], *, hide_words: bool = False) -> dict[int, str]:
    """What tells the images apart, by job number, as plain text; empty where nothing does.

    With `hide_words` it is the models only.
    """
    labels = [label_of(catalog, job) for job in jobs]
    words = [""] * len(jobs) if hide_words else differing([str(job.payload.get("prompt", "")) for job in jobs])
    parts = [labels if len(set(labels)) > 1 else [""] * len(jobs), words]
    named = {}
    for job, *told in zip(jobs, *parts, strict=True):
        name = " · ".join(filter(None, told))
        if name:
            named[job.number] = plain(name, characters_max=NAME_CHARACTERS_MAX)
    return named


def differing(prompts: Sequence[str]) -> list[str]:
    """Of each prompt the words that not all have at its beginning or at its end; nothing where all are the same."""
    split = [prompt.split() for prompt in prompts]
    ahead = _shared(split)
    behind = _shared([words[ahead:][::-1] for words in split])
    return [" ".join(words[ahead : len(words) - behind]).strip(",.;:!?") for words in split]


def _shared(lists: Sequence[Sequence[str]]) -> int:
    """With how many words, the same ones, all of these begin."""
    return sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, zip(*lists, strict=False)))


def in_order(named: Mapping[int, str], numbers: Iterable[int]) -> list[tuple[int, int, str]]:
    """The names of images in the order in which they stand: first and last place (from 1) that have it, and the name."""
    placed = enumerate((named.get(number, "") for number in sorted(numbers)), start=1)
    told = []
    for name, group in groupby(placed, key=lambda each: each[1]):
        places = [place for place, _ in group]
        if name:
            told.append((places[0], places[-1], name))
    return told
