"""Why nothing can be done with a card, in words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bot.cards.album import CardTrouble, Lack
from cogs.serving import Wrong

LACKS: Mapping[Lack, str] = {
    Lack.GONE: "button.gone",
    Lack.ELSEWHERE: "button.elsewhere",
    Lack.OUTSIDE: "button.outside",
    Lack.PRIVATE: "button.private",
    Lack.REMOVED: "button.removed",
    Lack.FORGOTTEN: "button.forgotten",
    Lack.NO_IMAGES: "button.no_images",
    Lack.BLOCKED: "button.blocked",
    Lack.HIDDEN: "button.hidden",
    Lack.NOT_OWN: "button.not_own",
    Lack.SPOILER: "button.favourite.hidden",
}


@contextmanager
def told() -> Iterator[None]:
    """A CardTrouble that is raised inside becomes the Wrong that says it."""
    try:
        yield
    except CardTrouble as trouble:
        raise Wrong(LACKS[trouble.lack]) from None
