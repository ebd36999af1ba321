"""The code as the tests read it: each file is parsed and walked once a process, and only when a test asks."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


@cache
def files() -> tuple[Path, ...]:
    """Every file of the bot."""
    return tuple(path for folder in ("bot", "cogs") for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def spoken_files() -> dict[str, Path]:
    """Every file but those of the sandbox, which speaks to its own user only; by module, such as `bot/cards/writer`."""
    return {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in files() if "sandbox" not in path.parts}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All that stands in a file."""
    return tuple(ast.walk(tree(path)))


@cache
def calls_in(path: Path) -> dict[str, tuple[ast.Call, ...]]:
    """Every call in a file, by the name of the function or method."""
    found: dict[str, list[ast.Call]] = {}
    for node in nodes(path):
        if isinstance(node, ast.Call):
            for name in {getattr(node.func, "id", None), getattr(node.func, "attr", None)} - {None}:
                found.setdefault(name, []).append(node)
    return {name: tuple(calls) for name, calls in found.items()}


def calls(name: str, *, within: Iterable[str] | None = None) -> Iterator[ast.Call]:
    """Every call of a function or method of this name in these modules, or in all that speak to people."""
    spoken = spoken_files()
    for module in spoken if within is None else within:
        yield from calls_in(spoken[module]).get(name, ())
