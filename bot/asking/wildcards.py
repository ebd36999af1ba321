"""Choices in a prompt: `a {red|blue} bird` means a red bird and a blue bird. Pure."""

from collections.abc import Iterable
from itertools import product
from math import prod


def combinations(prompt: str) -> int:
    """How many prompts this one means; 1 where there is nothing to choose. As many as may be, none of them is built."""
    return prod(len(choices) for _, _, choices in _groups(prompt))


def expand(prompt: str) -> list[str]:
    """Each prompt that this one means, the choices of its last group changing first.

    A group is a pair of braces with a bar in it. Braces without a bar are text, and so is a pair with braces in it. The
    list may be very long: see `combinations` first.
    """
    texts, choices, at = [], [], 0
    for start, end, found in _groups(prompt):
        texts.append(prompt[at:start])
        choices.append(found)
        at = end
    return [
        "".join(text + choice for text, choice in zip(texts, chosen, strict=True)) + prompt[at:]
        for chosen in product(*choices)
    ]


def _groups(prompt: str) -> Iterable[tuple[int, int, list[str]]]:
    """Where each group begins and ends, and its choices, each once and without the spaces around it."""
    for start, end in _outermost(prompt):
        inner = prompt[start + 1 : end - 1]
        if "|" in inner and "{" not in inner and "}" not in inner:
            yield start, end, list(dict.fromkeys(choice.strip() for choice in inner.split("|")))


def _outermost(prompt: str) -> list[tuple[int, int]]:
    """The pairs of braces that are in no other pair, in order; a brace without a partner is text."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, character in enumerate(prompt):
        if character == "{":
            opened.append(at)
        elif character == "}" and opened:
            start = opened.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, at + 1))
    return pairs
