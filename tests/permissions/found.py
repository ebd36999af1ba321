"""What the bot listens to, found in the code itself: families of custom ids, their acts, and everything else that answers."""

import ast
import importlib
import inspect
import pkgutil
from enum import StrEnum
from functools import cache
from pathlib import Path

from discord import ui
from discord.ext import commands

import cogs
from tests.sources import nodes, tree

# What the enums of acts are called.
OF_ACTS = ("Act", "Press", "Listed")
# Methods by which discord.py would answer for a view, a form or an item, past the families that are listened to.
BESIDE = frozenset({"callback", "on_submit", "interaction_check"})


@cache
def modules():
    """Everything in cogs/."""
    return [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(cogs.__path__, f"{cogs.__name__}.")
        if not found.ispkg or found.name != cogs.__name__
    ]


def families():
    """The families that are listened to, by their prefixes, each with the acts that its enums know."""
    return {module.PREFIX: _acts(module.PREFIX) for module in modules() if _listens(module)}


def _listens(module):
    return any(
        issubclass(found, commands.Cog)
        and found.__module__ == module.__name__
        and any(event == "on_interaction" for event, _ in found.__cog_listeners__)
        for _, found in inspect.getmembers(module, inspect.isclass)
    )


def _acts(prefix):
    """The values of the enums in the module that knows the family's custom ids."""
    (home,) = (module for module in modules() if _assigns_prefix(module) and prefix == module.PREFIX)
    enums = {
        found
        for _, found in inspect.getmembers(home, inspect.isclass)
        if issubclass(found, StrEnum) and found.__name__.endswith(OF_ACTS)
    }
    return frozenset(each.value for found in enums for each in found)


def _assigns_prefix(module):
    return any(
        isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "PREFIX" for to in node.targets)
        for node in tree(Path(module.__file__)).body
    )


def listeners_without_prefix():
    """Modules that listen to interactions and do not say to which."""
    return [module.__name__ for module in modules() if _listens(module) and not hasattr(module, "PREFIX")]


def dynamic_items():
    """The templates of the buttons that discord.py itself finds by their custom ids, in the bot that runs."""
    found, left = set(), [ui.DynamicItem]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        template = getattr(kind, "__discord_ui_compiled_template__", None)
        if template is not None and kind.__module__.startswith("cogs."):
            found.add(template.pattern)
    return found


def answering_beside():
    """Methods in cogs/ with which something would answer by itself, as `module.class.method`."""
    return {
        f"{module.__name__}.{node.name}.{method.name}"
        for module in modules()
        for node in nodes(Path(module.__file__))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name in BESIDE
    }
