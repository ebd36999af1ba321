"""Slash commands made from the catalog: names, bounds, choices and words; none is written out by hand."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any, assert_never

import discord
from discord import AppCommandOptionType as OptionType
from discord import app_commands

from bot.asking.presets import OPTION as PRESET
from bot.command_names import choice_id, name_id, option_id
from bot.fields import Choice, Field, Number, Text, Toggle, Whole
from bot.markdown import ELLIPSIS
from bot.offers import MODEL, Offer, Option
from bot.text import FALLBACK, Texts
from cogs.places import SERVERS_ONLY

DESCRIPTION_MAX = 100

Run = Callable[[discord.Interaction, Offer, Mapping[str, Any]], Awaitable[None]]
Suggest = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]


class FieldOption(app_commands.Transformer):
    """One option as Discord is to enforce it; the value arrives as it was given.

    `labels` are what people see in place of a choice, where that differs from its value.
    """

    def __init__(self, field: Field, labels: Mapping[str, str]) -> None:
        self._field = field
        self._labels = labels

    @property
    def type(self) -> OptionType:
        match self._field:
            case Text() | Choice():
                return OptionType.string
            case Whole():
                return OptionType.integer
            case Number():
                return OptionType.number
            case Toggle():
                return OptionType.boolean
            case _:
                assert_never(self._field)

    @property
    def choices(self) -> list[app_commands.Choice[str | int | float]] | None:
        if not isinstance(self._field, Choice):
            return None
        return [app_commands.Choice(name=self._labels.get(value, value), value=value) for value in self._field.choices]

    @property
    def min_value(self) -> int | float | None:
        return self._field.low if isinstance(self._field, Text | Whole | Number) else None

    @property
    def max_value(self) -> int | float | None:
        return self._field.high if isinstance(self._field, Text | Whole | Number) else None

    async def transform(self, interaction: discord.Interaction, value: Any, /) -> Any:  # noqa: ARG002 - discord.py's own
        return value


class Words(app_commands.Translator):
    """Words of commands in every language that has a catalogue; Discord shows English where there is none.

    Descriptions bring their own words along (`localised`). Names are looked up by what they name: `name.words.add` is
    the command /words add, `name.option.member` an option, `name.choice.limited` a choice. Commands of models have no
    such id: they and what they take are called the same in every language, as the operator may have named them.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        # discord.py asks for each word in each of Discord's languages, most of which have no catalogue.
        self._spoken = frozenset(locale for locale in discord.Locale if texts.spoken(str(locale)) != FALLBACK)

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        if locale not in self._spoken:
            return None
        name = str(locale)
        render = string.extras.get("render")
        if render is not None:
            return str(render(name))
        message_id = _name_id(context)
        return self._texts(name, message_id) if message_id is not None and self._texts.has(message_id) else None


def _name_id(context: app_commands.TranslationContextTypes) -> str | None:
    """The message that holds the name of what is translated; None for what is no name."""
    place = app_commands.TranslationContextLocation
    match context.location:
        case place.command_name | place.group_name:
            return name_id(context.data.qualified_name)
        case place.parameter_name:
            return option_id(context.data.name)
        case place.choice_name:
            return choice_id(context.data.value)
        case _:
            return None


def _localised(render: Callable[[str], str]) -> app_commands.locale_str:
    return app_commands.locale_str(render(FALLBACK), render=render)


def _clipped(words: str, *, room: int) -> str:
    return words if len(words) <= room else words[: max(0, room - 1)].rstrip(" .,") + ELLIPSIS


def _shown(value: object, labels: Mapping[str, str], texts: Texts, locale: str) -> str:
    match value:
        case bool():
            return texts(locale, "option.yes" if value else "option.no")
        case "":
            return texts(locale, "option.empty")
        case _:
            return labels.get(str(value), str(value))


def _default(option: Option, labels: Mapping[str, str], texts: Texts, locale: str) -> str | None:
    """The option's default in words; with the models' names where they differ; None where nothing tells it."""
    defaults = {model.label: field.default for model, field in option.takers} or {"": option.field.default}
    shown = {label: _shown(value, labels, texts, locale) for label, value in defaults.items() if value is not None}
    if not shown:
        unset = f"option.{option.name}.unset"
        return texts(locale, unset) if texts.has(unset) else None
    if len(set(shown.values())) == 1:
        return next(iter(shown.values()))
    return ", ".join(f"{value} ({label})" for label, value in shown.items())


def describe(option: Option, labels: Mapping[str, str], texts: Texts, locale: str) -> str:
    """What an option does, who takes it and its default; at most 100 characters, and the default is cut last."""
    message_id = f"option.{option.name}"
    words = option.field.description or (texts(locale, message_id) if texts.has(message_id) else option.name)
    facts = []
    if not option.for_all:
        facts.append(texts(locale, "option.only", models=", ".join(model.label for model, _ in option.takers)))
    default = _default(option, labels, texts, locale)
    if default is not None:
        facts.append(texts(locale, "option.default", value=default))
    tail = _clipped(" ".join(facts), room=DESCRIPTION_MAX)
    words = _clipped(words, room=DESCRIPTION_MAX - len(tail) - 1) if tail else _clipped(words, room=DESCRIPTION_MAX)
    return f"{words} {tail}".strip() if len(words) > 1 else tail


def _describe_command(offer: Offer, texts: Texts, locale: str) -> str:
    models = ", ".join(model.label for model in offer.models)
    message_id = f"command.{offer.command}"
    words = texts(locale, message_id if texts.has(message_id) else "command.other", models=models)
    return _clipped(words, room=DESCRIPTION_MAX)


def _parameters(offer: Offer, labels: Mapping[str, str]) -> Iterable[Parameter]:
    yield Parameter("interaction", Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)
    for option in offer.options:
        required = isinstance(option.field, Text) and option.field.required
        yield Parameter(
            option.name,
            Parameter.KEYWORD_ONLY,
            annotation=FieldOption(option.field, labels if option.name == MODEL else {}),
            default=Parameter.empty if required else None,
        )


def build_command(
    offer: Offer, *, run: Run, texts: Texts, suggest: Suggest | None = None, words: str | None = None
) -> app_commands.Command[Any, ..., None]:
    """The slash command of an offer; `run` is called with the options that were given.

    `suggest` completes the names of presets; `words` is the id of its description, where that is not the offer's own.
    """
    labels = {model.key: model.label for model in offer.models}

    async def callback(interaction: discord.Interaction, **options: Any) -> None:
        await run(interaction, offer, {name: value for name, value in options.items() if value is not None})

    # discord.py reads a command's options from its signature, so that is where they are written.
    callback.__signature__ = Signature(list(_parameters(offer, labels)))  # type: ignore[attr-defined]

    def description_of(option: Option) -> app_commands.locale_str:
        own = labels if option.name == MODEL else {}
        return _localised(lambda locale: describe(option, own, texts, locale))

    app_commands.describe(**{option.name: description_of(option) for option in offer.options})(callback)
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=offer.command,
        description=_localised(
            lambda locale: texts(locale, words) if words else _describe_command(offer, texts, locale)
        ),
        callback=callback,
        **SERVERS_ONLY,
        # What makes images is called the same in every language, also where an operator chose the name.
        auto_locale_strings=False,
    )
    if suggest is not None and any(option.name == PRESET.name for option in offer.options):
        command.autocomplete(PRESET.name)(suggest)
    return command
