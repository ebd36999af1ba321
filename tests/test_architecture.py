"""The plan of the house, kept: who may know whom, and how large anything may grow."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.sources import ROOT, files, nodes

FILE_LINES_MAX = 260
FUNCTION_LINES_MAX = 45

# Rooms that decide: they import each other and the standard library, and nothing in them waits.
PURE = {
    "bot.asking.asks",
    "bot.asking.edits",
    "bot.asking.value_lines",
    "bot.asking.plans",
    "bot.asking.draft_text",
    "bot.asking.preset_text",
    "bot.finding.history",
    "bot.cards.buttons",
    "bot.cards.failures",
    "bot.cards.names",
    "bot.asking.presets",
    "bot.cards.progress",
    "bot.asking.wildcards",
    "bot.word_lines",
    "bot.kept",
    "bot.automod",
    "bot.admin.word_text",
    "bot.words.evidence",
    "bot.words.edges",
    "bot.words.keys",
    "bot.words.readings",
    "bot.words.sources",
    "bot.words.spelling",
    "bot.words.looks",
    "bot.words.lookalikes",
    "bot.words.letters",
    "bot.words.rules",
    "bot.words",
    "bot.admin.change_text",
    "bot.admin.file_text",
    "bot.admin.level_text",
    "bot.admin.panel_text",
    "bot.admin.settings_file",
    "bot.admin.strike_text",
    "bot.admission",
    "bot.cards.writer",
    "bot.catalog",
    "bot.charts.across",
    "bot.charts.chart",
    "bot.charts.look",
    "bot.errors",
    "bot.fields",
    "bot.intake",
    "bot.jobs",
    "bot.latency",
    "bot.levels",
    "bot.limits",
    "bot.markdown",
    "bot.moderation",
    "bot.moderation.cases",
    "bot.moderation.reading",
    "bot.moderation.strikes",
    "bot.moderation.troubles",
    "bot.offers",
    "bot.outside",
    "bot.pacing",
    "bot.periods",
    "bot.rights",
    "bot.safety",
    "bot.safety_fields",
    "bot.segmind.answers",
    "bot.segmind.calls",
    "bot.segmind.history",
    "bot.segmind.outputs",
    "bot.segmind.protocol",
    "bot.setting_fields",
    "bot.settings",
    "bot.shapes",
    "bot.cards.small_print",
    "bot.tracker.views",
    "bot.turn_lines",
    "bot.turns",
    "bot.usage.report",
    "bot.usage.chart",
    "bot.usage.span",
    "bot.usage.tally",
    "bot.usage.text",
    "bot.ways",
    "bot.wording",
}
# Pure as well, but each with a library that does its own trade.
PURE_WITH_LIBRARY = {
    "bot.words.matcher": {"ahocorasick_rs"},
    "bot.words.patterns": {"pydantic_core"},
    "bot.catalog_entries": {"pydantic"},
    "bot.catalog_file": {"pydantic"},
    "bot.config": {"pydantic", "pydantic_settings"},
    "bot.figures": {"babel"},
    "bot.money": {"babel"},
    "bot.text": {"babel"},
}
# Of the standard library: what waits, or talks to the world.
IMPURE = {"asyncio", "socket", "sqlite3", "ssl", "subprocess", "threading", "time"}
# Declares the two ports: nothing but data and signatures, some of which are awaited by those who use them.
PORTS = "bot.ports"


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in files()}


def nodes_of(name: str, *kinds: type[ast.AST]) -> list[ast.AST]:
    """All of these kinds that stands in a module."""
    return [node for node in nodes(MODULES[name]) if isinstance(node, kinds)]


@cache
def imports(name: str) -> list[tuple[str, int]]:
    """What a module imports, by full name, with the lines."""
    found = []
    for node in nodes_of(name, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        else:
            assert node.level == 0, f"{place(name, node.lineno)}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.append((inner if inner in MODULES else str(node.module), node.lineno))
    return found


def place(name: str, line: int) -> str:
    return f"{MODULES[name].relative_to(ROOT)}:{line}"


def is_in(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def importing(root: str, *, outside: tuple[str, ...]) -> Iterator[str]:
    for name in MODULES:
        if not is_in(name, *outside):
            yield from (place(name, line) for target, line in imports(name) if is_in(target, root))


def test_only_the_rim_and_the_composition_root_know_discord():
    assert list(importing("discord", outside=("cogs", "bot.app"))) == []


def test_only_the_composition_root_the_command_line_and_the_sandbox_know_the_rim():
    assert list(importing("cogs", outside=("cogs", "bot.app", "bot.__main__", "bot.sandbox"))) == []


def test_only_the_sandbox_knows_the_sandbox_and_the_command_line_starts_it():
    assert list(importing("bot.sandbox", outside=("bot.sandbox", "bot.__main__"))) == []


def test_only_the_store_knows_the_sqlite_driver():
    outside = ("bot.store",)
    assert [*importing("sqlite3", outside=outside), *importing("aiosqlite", outside=outside)] == []


def test_only_the_process_that_draws_charts_knows_the_library_that_draws():
    assert list(importing("matplotlib", outside=("bot.charts.drawing", "bot.charts.paper"))) == []
    assert list(importing("bot.charts.drawing", outside=("bot.charts.__main__",))) == []
    assert list(importing("bot.charts.paper", outside=("bot.charts.drawing",))) == []


SQL = re.compile(
    r"\A\s*(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|PRAGMA\s|BEGIN\b)"
)


def speaking_sql() -> Iterator[tuple[str, int]]:
    for name in MODULES:
        for node in nodes_of(name, ast.Constant):
            if isinstance(node.value, str) and SQL.match(node.value):
                yield name, node.lineno


def test_only_the_store_speaks_sql():
    found = list(speaking_sql())
    assert [place(name, line) for name, line in found if not is_in(name, "bot.store")] == []
    assert found, "the pattern would not even know the store's own SQL"


def test_only_the_configuration_reads_the_environment():
    found = [
        place(name, node.lineno)
        for name in MODULES
        if name != "bot.config"
        for node in nodes_of(name, ast.Attribute, ast.alias)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"})
        or (isinstance(node, ast.alias) and node.name in {"environ", "getenv"})
    ]
    assert found == []


def test_every_pure_room_is_there():
    assert PURE | PURE_WITH_LIBRARY.keys() <= MODULES.keys()


def test_a_pure_room_imports_only_pure_rooms_and_the_standard_library():
    rooms = PURE | PURE_WITH_LIBRARY.keys() | {PORTS}
    libraries = sys.stdlib_module_names - IMPURE
    found = [
        f"{place(name, line)}: {target}"
        for name in sorted(PURE | PURE_WITH_LIBRARY.keys())
        for target, line in imports(name)
        if target not in rooms and target.split(".")[0] not in PURE_WITH_LIBRARY.get(name, set()) | libraries
    ]
    assert found == [], found


def test_nothing_in_a_pure_room_waits():
    waits = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    rooms = sorted(PURE | PURE_WITH_LIBRARY.keys())
    found = [place(name, node.lineno) for name in rooms for node in nodes_of(name, *waits)]
    assert found == [], found


def test_the_ports_are_declarations_only():
    bodies = [(node.lineno, node.body[1:]) for node in nodes_of(PORTS, ast.AsyncFunctionDef)]
    ellipsis = "Expr(value=Constant(value=Ellipsis))"
    assert [place(PORTS, line) for line, rest in bodies if [*map(ast.dump, rest)] != [ellipsis]] == []


def test_no_module_knows_itself_over_others():
    graph = {name: {target for target, _ in imports(name) if target in MODULES and target != name} for name in MODULES}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_imports_stand_at_the_top_of_the_file():
    # But for the command line's: no verb waits for what only the others need.
    found = [
        place(name, node.lineno)
        for name in MODULES.keys() - {"bot.__main__"}
        for function in nodes_of(name, ast.FunctionDef, ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_no_file_grows_too_long():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert [place(name, lines) for name, lines in lengths.items() if lines > FILE_LINES_MAX] == []


def test_no_function_grows_too_long():
    found = [
        f"{place(name, node.lineno)}: {node.name}, {node.end_lineno - node.lineno + 1} lines"
        for name in MODULES
        for node in nodes_of(name, ast.FunctionDef, ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert found == []
