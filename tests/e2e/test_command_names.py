"""What the commands of the whole bot are called, in every language, as Discord is told of them."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot import app
from bot.asking.plans import COMPARE
from bot.catalog import Catalog
from bot.clock import SystemClock
from bot.command_names import name_id, shown_command
from bot.sandbox.discord.command_names import CommandType, OptionType
from bot.sandbox.session import sandbox
from bot.text import FALLBACK, Texts
from tests.cogs.stage import until
from tests.test_text import MESSAGES

Json = Mapping[str, Any]
TEXTS = Texts()
LANGUAGES = [locale for locale in TEXTS.locales if locale != FALLBACK]
COMMANDS_OF_MODELS = {*Catalog().commands, COMPARE}
BRANCHES = {OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP}
CHARACTERS_MAX = 8_000


async def _told(folder) -> list[Json]:
    """All that Discord was told by a running bot: everywhere, and in the operator's servers."""

    async def run(config, stop, started):
        await app.run(config, stop=stop, started=started)

    async with sandbox(run, folder=folder, clock=SystemClock(), speed=100.0) as box:
        kept, guilds = box.discord.core.commands, box.discord.world.guilds
        await until(lambda: any(kept.all(guild_id) for guild_id in guilds))
        own = {each["name"]: each for guild_id in guilds for each in kept.all(guild_id)}
        return [*kept.all(None), *own.values()]


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> list[Json]:
    return asyncio.run(_told(tmp_path_factory.mktemp("names")))


@pytest.fixture(scope="module")
def slash(told) -> list[Json]:
    return [each for each in told if each["type"] == CommandType.CHAT_INPUT]


def named_by_us(commands) -> list[Json]:
    """Those that have their names from the catalogues of words; the others have them from the catalogue of models."""
    return [each for each in commands if each["name"] not in COMMANDS_OF_MODELS]


def nodes(command: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Json]]:
    """A command and all its subcommands, each with all of its words."""
    here = (*path, command["name"])
    yield " ".join(here), command
    for option in command.get("options") or ():
        if option["type"] in BRANCHES:
            yield from nodes(option, here)


def all_nodes(commands) -> list[tuple[str, Json]]:
    return [node for command in commands for node in nodes(command)]


def options(commands) -> list[Json]:
    return [
        option
        for _, node in all_nodes(commands)
        for option in node.get("options") or ()
        if option["type"] not in BRANCHES
    ]


def choices(commands) -> list[Json]:
    return [choice for option in options(commands) for choice in option.get("choices") or ()]


def shown(node: Json, locale: str, what: str = "name") -> str:
    return (node.get(f"{what}_localizations") or {}).get(locale) or node.get(what) or ""


def ids(beginning: str) -> set[str]:
    return {each for each in MESSAGES if each.startswith(beginning)}


def test_every_command_but_those_of_models_stands_in_the_catalogue_under_the_name_that_it_is_registered_with(slash):
    registered = {name_id(path): node["name"] for path, node in all_nodes(named_by_us(slash))}
    named = ids("name.") - ids("name.option.") - ids("name.choice.")
    assert {each: TEXTS(FALLBACK, each) for each in named} == registered


def test_every_option_but_those_of_models_stands_in_the_catalogue_under_its_own_name(slash):
    own = {option["name"] for option in options(named_by_us(slash))}
    assert {each: TEXTS(FALLBACK, each) for each in ids("name.option.")} == {
        f"name.option.{name}": name for name in own
    }


def test_every_choice_but_those_of_models_is_shown_in_words_of_the_catalogue(slash):
    ours = choices(named_by_us(slash))
    assert ours
    for choice in ours:
        assert choice.get("name_localizations", {}).keys() >= {*LANGUAGES}, choice
    used = {f"name.choice.{choice['value']}": choice["name"] for choice in ours}
    assert {each: TEXTS(FALLBACK, each) for each in ids("name.choice.")}.items() <= used.items()


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_of_models_and_all_that_they_take_are_called_the_same_in_every_language(slash, language):
    of_models = [each for each in slash if each not in named_by_us(slash)]
    assert {each["name"] for each in of_models} == COMMANDS_OF_MODELS
    for each in (*of_models, *options(of_models), *choices(of_models)):
        assert shown(each, language) == each["name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_calls_everything_else_by_its_own_names(slash, language):
    ours = named_by_us(slash)
    for path, node in all_nodes(ours):
        assert shown(node, language) == TEXTS(language, name_id(path))
    for option in options(ours):
        assert shown(option, language) == TEXTS(language, f"name.option.{option['name']}")
    for choice in choices(ours):
        wanted = f"name.choice.{choice['value']}"
        assert not TEXTS.has(wanted) or shown(choice, language) == TEXTS(language, wanted)


def test_german_has_names_of_its_own(slash):
    by_name = dict(all_nodes(slash))
    assert shown(by_name["history"], "de") == "verlauf"
    assert shown(by_name["words add"], "de") == "hinzufügen"


@pytest.mark.parametrize("locale", [FALLBACK, *LANGUAGES])
def test_names_are_such_as_discord_takes(slash, locale):
    for each in [node for _, node in all_nodes(slash)] + options(slash):
        name = shown(each, locale)
        assert re.fullmatch(r"[-_'\w]{1,32}", name), name
        assert name == name.lower()
    assert all(1 <= len(shown(choice, locale)) <= 100 for choice in choices(slash))


@pytest.mark.parametrize("locale", [FALLBACK, *LANGUAGES])
def test_no_two_things_beside_each_other_have_the_same_name(told, slash, locale):
    twice = [name for name, count in Counter((each["type"], shown(each, locale)) for each in told).items() if count > 1]
    assert twice == []
    for path, node in all_nodes(slash):
        beside = [shown(option, locale) for option in node.get("options") or ()]
        assert len(set(beside)) == len(beside), path
    for option in options(slash):
        beside = [shown(choice, locale) for choice in option.get("choices") or ()]
        assert len(set(beside)) == len(beside), option["name"]


def characters(node: Json) -> int:
    """What Discord counts: each name and description in its longest language, and the values of choices."""
    own = sum(max(len(shown(node, locale, what)) for locale in TEXTS.locales) for what in ("name", "description"))
    value = len(str(node["value"])) if "value" in node else 0
    return own + value + sum(map(characters, [*(node.get("options") or ()), *(node.get("choices") or ())]))


def test_no_command_says_more_than_discord_takes(slash):
    most = max(map(characters, slash))
    assert 1_000 < most <= CHARACTERS_MAX, "it counts something, and not too much"


@pytest.mark.parametrize(
    ("locale", "command", "said"),
    [
        ("en-US", "words add", "/words add"),
        ("de", "words add", "/wörter hinzufügen"),
        ("de", "imagen-fast", "/imagen-fast"),
        ("fr", "history", "/history"),
        ("de", "flux", "/flux"),
    ],
)
def test_a_command_is_told_the_way_that_people_type_it(locale, command, said):
    assert shown_command(TEXTS, locale, command) == said
