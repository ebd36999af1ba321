import json
from dataclasses import replace

import pytest

from bot.catalog import IMAGEN_4, IMAGEN_4_FAST, MODELS, Catalog
from bot.fields import Choice, Number, Text, Toggle, Whole
from bot.offers import MODEL, offers
from bot.text import FOLDER, Texts
from cogs.commands import Words, build_command, describe
from tests.cogs.stage import TEXTS, staged, until

pytestmark = pytest.mark.asyncio

# Names of other commands' options and choices that other languages have names of their own for.
NAMED = ("name.option.date", "name.option.kind", "name.choice.day")


async def _registered(catalog: Catalog | None = None) -> dict[str, dict]:
    async with staged(catalog=catalog) as stage:
        await stage.client.log_in(stage.discord.token)
        return {each["name"]: each for each in stage.discord.core.commands.all(None)}


def _default(value: str) -> str:
    return TEXTS("en", "option.default", value=value)


def _times_sent(stage) -> int:
    return sum(call.method == "PUT" for call in stage.discord.calls)


def _expected(field, labels):
    match field:
        case Text():
            return {"type": 3, "min_length": field.low, "max_length": field.high}
        case Choice():
            return {"type": 3, "choices": [{"name": labels.get(each, each), "value": each} for each in field.choices]}
        case Whole():
            return {"type": 4, "min_value": field.low, "max_value": field.high}
        case Number():
            return {"type": 10, "min_value": field.low, "max_value": field.high}
        case Toggle():
            return {"type": 5}


async def test_every_command_has_exactly_the_options_of_the_catalog_with_their_bounds_and_choices():
    registered = await _registered()
    assert list(registered) == [offer.command for offer in offers(Catalog())]
    for offer in offers(Catalog()):
        told = registered[offer.command]["options"]
        assert [each["name"] for each in told] == [option.name for option in offer.options]
        for each, option in zip(told, offer.options, strict=True):
            labels = {model.key: model.label for model in offer.models} if option.name == MODEL else {}
            for name, value in _expected(option.field, labels).items():
                assert each[name] == value, (offer.command, option.name, name)


async def test_a_prompt_is_required_and_nothing_else_is():
    for command in (await _registered()).values():
        assert {each["name"] for each in command["options"] if each.get("required")} == {"prompt"}


async def test_commands_work_in_servers_only():
    for command in (await _registered()).values():
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]


async def test_descriptions_name_the_defaults_and_who_takes_an_option():
    registered = await _registered()
    imagen = {each["name"]: each["description"] for each in registered["imagen"]["options"]}
    fast = {each["name"]: each["description"] for each in registered["imagen-fast"]["options"]}
    assert imagen["aspect_ratio"].endswith(_default("4:3 (Imagen 4), 16:9 (Imagen 3)"))
    only = TEXTS("en", "option.only", models="Imagen 4")
    assert imagen["negative_prompt"].endswith(f" {only} " + _default("blurry, pixelated"))
    assert imagen["model"].endswith(_default("Imagen 4"))
    assert imagen["count"].endswith(_default("1"))
    assert fast["negative_prompt"].endswith(_default(TEXTS("en", "option.empty")))
    assert fast["guidance_scale"].endswith(_default("7.5"))
    assert fast["aspect_ratio"].endswith(_default(TEXTS("en", "option.aspect_ratio.unset")))


async def test_every_default_of_the_catalog_stands_whole_in_a_description():
    registered = await _registered()
    for offer in offers(Catalog()):
        told = {each["name"]: each["description"] for each in registered[offer.command]["options"]}
        for option in offer.options:
            for _, field in option.takers:
                if field.default not in (None, ""):
                    assert str(field.default) in told[option.name]


async def test_no_description_is_longer_than_discord_allows():
    long = "A description that an operator wrote without any thought for how much Discord shows of it. " * 3
    models = (
        replace(IMAGEN_4, fields=(*IMAGEN_4.fields, Text(name="style", default="oil " * 40, description=long))),
        replace(MODELS[1], fields=(*MODELS[1].fields, Whole(name="depth", low=0, high=9, default=3, description=long))),
    )
    registered = await _registered(Catalog(models))
    told = {each["name"]: each["description"] for each in registered["imagen"]["options"]}
    assert max(map(len, told.values())) <= 100
    assert told["depth"].endswith("… " + TEXTS("en", "option.only", models="Imagen 3") + " " + _default("3"))
    assert told["style"].endswith("…")


async def test_an_operators_own_words_are_shown():
    model = replace(IMAGEN_4, fields=(IMAGEN_4.fields[0], Toggle(name="hdr", default=True, description="More light.")))
    registered = await _registered(Catalog((model,)))
    assert registered["imagen"]["options"][1]["description"] == "More light. " + _default("yes")


async def test_an_operators_own_command_is_described_by_its_models():
    model = replace(IMAGEN_4_FAST, key="flux", command="flux", label="Flux")
    registered = await _registered(Catalog((model,)))
    assert registered["flux"]["description"] == TEXTS("en", "command.other", models="Flux")


async def test_an_option_that_nobody_described_is_described_by_its_name():
    model = replace(IMAGEN_4, fields=(IMAGEN_4.fields[0], Whole(name="zoom", low=1, high=2)))
    option = offers(Catalog((model,)))[0].options[1]
    assert describe(option, {}, TEXTS, "en") == "zoom"


async def test_a_language_with_a_catalogue_is_told_to_discord_and_no_other(tmp_path):
    (tmp_path / "en.po").write_text((FOLDER / "en.po").read_text())
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "command.imagen"\nmsgstr "Male ein Bild"\n\nmsgid "option.default"\nmsgstr "Sonst: {value}"\n'
    )
    texts = Texts(tmp_path)
    async with staged() as stage:
        command = build_command(offers(Catalog())[0], run=None, texts=texts)
        payload = await command.get_translated_payload(stage.client.tree, Words(texts))
    ratio = payload["options"][2]
    assert payload["description_localizations"] == {"de": "Male ein Bild"}
    shape = TEXTS("en", "option.aspect_ratio")
    assert ratio["description_localizations"] == {"de": f"{shape} Sonst: 4:3 (Imagen 4), 16:9 (Imagen 3)"}
    assert "name_localizations" not in ratio


async def test_what_an_operator_calls_something_is_called_so_in_every_language():
    own = (Text(name="date"), Choice(name="kind", choices=("limited", "day"), default="day"))
    model = replace(IMAGEN_4, command="flux", fields=(*IMAGEN_4.fields, *own))
    flux = (await _registered(Catalog((model,))))["flux"]
    assert {"name.option.date", "name.option.kind", "name.choice.day"} == set(filter(TEXTS.has, NAMED))
    assert not flux["name_localizations"]
    for option in flux["options"]:
        assert not option.get("name_localizations")
        assert not any(choice.get("name_localizations") for choice in option.get("choices") or ())


async def test_commands_are_sent_once_and_again_only_when_they_changed():
    async with staged() as stage:
        for _ in range(2):
            await stage.client.log_in(stage.discord.token)
            await stage.client.http.close()
        assert _times_sent(stage) == 1
        stage.client.tree.remove_command("imagen-fast")
        await stage.client.log_in(stage.discord.token)
        assert _times_sent(stage) == 2


async def test_another_application_is_told_the_commands_too():
    async with staged() as stage:
        stage.memory.kept["commands:1"] = "what another application was told"
        await stage.client.log_in(stage.discord.token)
        assert _times_sent(stage) == 1
        assert len(stage.memory.kept) == 2
        assert json.dumps(stage.memory.kept)  # plain words only


async def test_options_arrive_as_they_were_given():
    async with staged() as stage:
        await stage.connect()
        await stage.use("imagen-fast", prompt="  \n a cabin ", guidance_scale=8, seed=-1, negative_prompt="fog")
        await until(lambda: stage.tracker.requests)
        assert stage.tracker.requests[0].values == {
            "prompt": "  \n a cabin ",
            "guidance_scale": 8,
            "seed": -1,
            "negative_prompt": "fog",
        }
