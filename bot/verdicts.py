"""What was found in the words of a request, and what follows from it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.asking.wildcards import combinations, expand
from bot.catalog import PROMPT, Catalog
from bot.fields import Choice, Field
from bot.intake import Refusal
from bot.jobs import IMAGES_MAX, Request
from bot.judgement import Judgement
from bot.markdown import clipped
from bot.words.rules import Effect

# Who learns about so many words at once knows enough.
SHOWN_MAX = 5
WORD_CHARACTERS_MAX = 60
# What Discord allows for AutoMod's own messages is 150.
MESSAGE_CHARACTERS_MAX = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of a request that a rule objects to; `message` is what the server has members told then, if anything.

    `automod` says that it is a rule of the server's AutoMod.
    """

    effect: Effect
    words: str
    message: str | None = None
    automod: bool = False


def texts_of(request: Request, catalog: Catalog) -> list[str]:
    """Whatever the person wrote: every text among the options that is not one of a few given words.

    Of a prompt with choices each prompt that it means, where they are not more than are ever made.
    """
    chosen = {field.name for field in _fields(request, catalog) if isinstance(field, Choice)}
    texts = {name: value for name, value in request.values.items() if isinstance(value, str) and name not in chosen}
    prompt = texts.get(PROMPT.name)
    if prompt is None or not request.expand or combinations(prompt) > IMAGES_MAX:
        return list(texts.values())
    others = [value for name, value in texts.items() if name != PROMPT.name]
    return [*expand(prompt), *others]


def _fields(request: Request, catalog: Catalog) -> Iterable[Field]:
    for key in request.all_models:
        model = catalog.get(key)
        yield from () if model is None else model.fields


def judged(found: Iterable[Finding]) -> Judgement:
    """What follows: blocked by any is blocked; otherwise all that there is to look at and to hide."""
    findings = list(found)
    blocked = [each for each in findings if each.effect is Effect.BLOCK]
    spoiler = any(each.effect is Effect.SPOILER for each in findings)
    if blocked:
        # Moderators may let it be made after all, and then what is to be hidden still is.
        return Judgement(
            refusal=_refusal(blocked),
            spoiler=spoiler,
            blocked=_each_once(each.words for each in blocked),
            automod=blocked[0].automod,
        )
    return Judgement(hits=_each_once(each.words for each in findings if each.effect is Effect.FLAG), spoiler=spoiler)


def _refusal(blocked: list[Finding]) -> Refusal:
    """In private the words that are to go; in public none of them.

    Where the server's AutoMod has its own message, that stands in the place of what the server says to all refusals.
    """
    words = ", ".join(
        _shown(each, WORD_CHARACTERS_MAX) for each in _each_once(each.words for each in blocked)[:SHOWN_MAX]
    )
    message = next((each.message for each in blocked if each.message), None)
    if message is None:
        return Refusal("words.blocked", public_id="words.public", of_server=True, words=words)
    shown = _shown(message, MESSAGE_CHARACTERS_MAX)
    return Refusal("words.automod", public_id="words.public", words=words, message=shown)


def _shown(words: str, characters_max: int) -> str:
    return clipped(words, characters_max=characters_max, bytes_max=3 * characters_max)


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple({each.casefold(): each for each in words}.values())
