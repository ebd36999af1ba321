import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import catalog_file
from bot.catalog import IMAGEN_4, Catalog
from bot.catalog_file import load_catalog, read_catalog
from bot.command_names import COMMANDS, own_names
from bot.errors import ConfigError
from bot.fields import Choice, Number, Text, Toggle, Whole
from bot.text import FOLDER, Texts

NAMES = own_names(Texts())

NEW = """\
# A model of our own
[models.sdxl]
command = "sdxl"
label = "SDXL"
price = 0.0125
latency_s = 4
fields = [
  { name = "prompt", type = "text", max_length = 500, required = true },
  { name = "style", type = "choice", choices = ["base", "anime"], default = "base" },
  { name = "samples", type = "integer", min = 1, max = 4, default = 1 },
  { name = "strength", type = "number", min = 0, max = 1.0, default = 0.5, description = "How strong." },
  { name = "upscale", type = "boolean", default = false },
]
"""


def read(source):
    return read_catalog(source, name="models.toml", catalog=Catalog(), names=NAMES)


def problems(source):
    with pytest.raises(ConfigError) as caught:
        read(source)
    return caught.value.problems


def field(line):
    """NEW with this entry among its fields, on line 9."""
    lines = NEW.splitlines()
    return "\n".join([*lines[:8], f"  {line},", *lines[8:]])


def test_the_example_in_the_modules_own_words_can_be_read():
    source = catalog_file.__doc__.split("\n\n", maxsplit=1)[1]
    catalog = read(source)
    assert catalog["imagen-4"].successor == "imagen-5"
    assert catalog.offered("imagen")[-1].label == "Imagen 5"


def test_an_empty_file_changes_nothing():
    assert read("").models == Catalog().models


def test_a_new_model_has_fields_of_every_type():
    model = read(NEW)["sdxl"]
    assert (model.slug, model.price_microcredits, model.latency_s) == ("sdxl", 12_500, 4.0)
    assert model.fields == (
        Text(name="prompt", low=1, high=500, required=True),
        Choice(name="style", choices=("base", "anime"), default="base"),
        Whole(name="samples", low=1, high=4, default=1),
        Number(name="strength", low=0.0, high=1.0, default=0.5, description="How strong."),
        Toggle(name="upscale", default=False),
    )


def test_a_price_is_exact_to_the_millionth():
    assert read("[models.imagen-4]\nprice = 0.070001")["imagen-4"].price_microcredits == 70_001
    assert read("[models.imagen-4]\nprice = 1")["imagen-4"].price_microcredits == 1_000_000


def test_what_an_entry_does_not_mention_stays():
    changed = read('[models.imagen-4]\nlabel = "Painter"')["imagen-4"]
    assert (changed.label, changed.fields, changed.price_microcredits) == ("Painter", IMAGEN_4.fields, 60_000)


def test_a_model_can_be_switched_off_and_its_command_goes_with_it():
    assert "imagen-ultra" not in read("[models.imagen-4-ultra]\nenabled = false").commands


def test_a_retired_slug_can_be_followed_by_another():
    catalog = read('[models.imagen-4]\nsuccessor = "imagen-4-ultra"\n[models.imagen-3]\nslug = "imagen-3.5"')
    assert catalog["imagen-4"].successor == "imagen-4-ultra"
    assert catalog["imagen-3"].slug == "imagen-3.5"


# What is wrong, on which line, and a word of the reason.
BROKEN = {
    "not TOML at all": ("[models.imagen-4]\nprice = = 1", 2, "Invalid value"),
    "a table that does not exist": ('[model.imagen-4]\nlabel = "x"', 1, "model"),
    "a name that does not exist": ("[models.imagen-4]\nprice = 1\ncost = 1", 3, "cost"),
    "a price in quotation marks": ('[models.imagen-4]\nprice = "1"', 2, "price"),
    "a price below nothing": ("[models.imagen-4]\n\nprice = -0.01", 3, "greater"),
    "a price of truth": ("[models.imagen-4]\nprice = true", 2, "price"),
    "a price that is no number": ("[models.imagen-4]\nprice = nan", 2, "price"),
    "a switch in words": ('[models.imagen-4]\nenabled = "no"', 2, "enabled"),
    "a slug that would change the address": ('[models.imagen-4]\nslug = "../v1/x"', 2, "slug"),
    "a command that Discord refuses": ('[models.imagen-4]\ncommand = "Imagen 4"', 2, "command"),
    "the second of two models": ('[models.imagen-4]\nprice = 1\n[models.imagen-3]\nprice = "1"', 4, "price"),
    "a model whose name begins another's": (
        '[models.imagen-4-ultra]\nprice = 1\n[models.imagen-4]\nprice = "1"',
        4,
        "price",
    ),
    "a new model that lacks almost everything": ("# hm\n[models.sdxl]\nprice = 1", 2, "command, label, fields"),
    "a successor that nobody knows": ('[models.imagen-4]\nsuccessor = "imagen-9"', 2, "imagen-9"),
    "a successor of itself": ('[models.imagen-4]\nsuccessor = "imagen-4"', 2, "no other model"),
    "a successor that is switched off": (
        '[models.imagen-4]\nsuccessor = "imagen-3"\n[models.imagen-3]\nenabled = false',
        2,
        "offered",
    ),
    "a successor named before a broken header": (
        '[models.imagen-3]\nsuccessor = "sdxl"\n[models.sdxl]\nprice = 1',
        3,
        "needs",
    ),
    "two models nobody could tell apart": ('[models.imagen-3]\nlabel = "Imagen 4"', 1, "same label"),
    "one option of two types": (
        (
            "[models.imagen-3]\nfields = [\n"
            '  { name = "prompt", type = "text", required = true },\n'
            '  { name = "aspect_ratio", type = "text" },\n]'
        ),
        4,
        "different types",
    ),
    "a field of no known type": (field('{ name = "x", type = "colour" }'), 9, "colour"),
    "a field without a bound": (field('{ name = "x", type = "integer", min = 1 }'), 9, "max"),
    "bounds the wrong way round": (field('{ name = "x", type = "integer", min = 2, max = 1 }'), 9, "above max"),
    "more than Discord can count": (
        field('{ name = "x", type = "integer", min = 0, max = 9007199254740993 }'),
        9,
        "9007199254740992",
    ),
    "a default out of bounds": (field('{ name = "x", type = "number", min = 0, max = 1, default = 2 }'), 9, "default"),
    "a default that is no choice": (
        field('{ name = "x", type = "choice", choices = ["a"], default = "b" }'),
        9,
        "default",
    ),
    "a choice twice": (field('{ name = "x", type = "choice", choices = ["a", "a"] }'), 9, "twice"),
    "a choice of nothing": (field('{ name = "x", type = "choice", choices = [] }'), 9, "choices"),
    "a choice that is no word": (field('{ name = "x", type = "choice", choices = ["a", 1] }'), 9, "choices"),
    "a description too long": (
        field(f'{{ name = "x", type = "boolean", description = "{"a" * 61}" }}'),
        9,
        "description",
    ),
    "a name with a dash": (field('{ name = "my-style", type = "boolean" }'), 9, "name"),
    "a name in capitals": (field('{ name = "Style", type = "boolean" }'), 9, "name"),
    "a name of the bot's own": (field('{ name = "count", type = "boolean" }'), 9, "taken"),
    "a name that Python keeps for itself": (field('{ name = "lambda", type = "boolean" }'), 9, "taken"),
    "a name that the rim keeps for itself": (field('{ name = "interaction", type = "boolean" }'), 9, "taken"),
    "a seed in words": (field('{ name = "seed", type = "text" }'), 9, "seed"),
    "a seed below zero": (field('{ name = "seed", type = "integer", min = -9, max = -1 }'), 9, "seed"),
    "a safety level nobody can rank": (
        field('{ name = "safety_filter_level", type = "choice", choices = ["BLOCK_NONE"] }'),
        9,
        "BLOCK_ONLY_HIGH",
    ),
    "a safety level in free words": (field('{ name = "safety_filter_level", type = "text" }'), 9, "choice"),
    "more options than Discord takes": (
        "\n".join(
            (
                NEW.rstrip().removesuffix("]"),
                *(f'{{ name = "x{number}", type = "boolean" }},' for number in range(17)),
                "]",
            )
        ),
        2,
        "26 options",
    ),
    "no prompt": ('[models.imagen-4]\nfields = [{ name = "seed", type = "integer", min = 0, max = 9 }]', 2, "prompt"),
    "no prompt, but one in the next model": (
        '[models.imagen-4]\nfields = [{ name = "seed", type = "integer", min = 0, max = 9 }]\n' + NEW,
        2,
        "prompt",
    ),
    "a prompt that may be missing": ('[models.imagen-4]\nfields = [{ name = "prompt", type = "text" }]', 2, "prompt"),
    "a prompt longer than Discord takes": (
        '[models.imagen-4]\nfields = [{ name = "prompt", type = "text", required = true, max_length = 6001 }]',
        2,
        "6000",
    ),
    "everything switched off": (
        "".join(f"[models.{model.key}]\nenabled = false\n" for model in Catalog().models),
        None,
        "switched off",
    ),
}


@pytest.mark.parametrize(("source", "line", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_the_line_and_the_reason(source, line, reason):
    found = problems(source)
    assert any(reason in problem for problem in found), found
    assert all(problem.startswith("models.toml") for problem in found)
    if line is not None:
        assert any(f"line {line}" in problem for problem in found), found


SHAPED = """\
[models.sized]
command = "sized"
label = "Sized"
price = 1
fields = [
  {{ name = "prompt", type = "text", required = true }},
  {{ name = "aspect_ratio", type = "choice", choices = ["{ratio}"] }},
  {{ name = "width", type = "integer", min = 256, max = 1024, default = 512 }},
  {{ name = "height", type = "integer", min = 256, max = 1024, default = 512 }},
]
"""


def test_beside_width_and_height_a_ratio_must_be_one_that_can_be_reckoned_with():
    assert read(SHAPED.format(ratio="2:1"))["sized"].payload({"prompt": "a", "aspect_ratio": "2:1"})["height"] == 512
    assert "such as 16:9" in problems(SHAPED.format(ratio="square"))[0]


def test_beside_width_and_height_a_ratio_must_fit_into_their_bounds():
    (problem,) = problems(SHAPED.format(ratio="9:1"))
    assert "no room for the aspect_ratio 9:1" in problem


def test_fields_may_also_be_written_as_tables_of_their_own():
    source = (
        '[models.sdxl]\ncommand = "sdxl"\nlabel = "SDXL"\nprice = 1\n'
        '[[models.sdxl.fields]]\nname = "prompt"\ntype = "text"\nrequired = true\n'
        '[[models.sdxl.fields]]\nname = "steps"\ntype = "integer"\nmin = 1\nmax = {}\n'
    )
    assert read(source.format(9))["sdxl"].field("steps") == Whole(name="steps", low=1, high=9)
    assert "line 13" in problems(source.format('"nine"'))[0]


def test_everything_wrong_is_told_at_once():
    found = problems('[models.imagen-4]\nprice = "1"\nenabled = 1\n[models.imagen-3]\nlabel = ""')
    assert [problem.split(":")[0] for problem in found] == [
        "models.toml, line 2",
        "models.toml, line 3",
        "models.toml, line 5",
    ]


@given(source=st.text(max_size=60))
def test_any_text_at_all_is_read_or_refused(source):
    try:
        read(source)
    except ConfigError as error:
        assert error.problems


@pytest.mark.parametrize(
    ("command", "whose"), [("help", "/help in the language en"), ("hilfe", "/help in the language de")]
)
def test_a_model_is_not_called_like_a_command_of_the_bots_own_in_any_language(command, whose):
    (problem,) = problems(NEW.replace('command = "sdxl"', f'command = "{command}"'))
    assert problem == f"models.toml, line 3: models.sdxl.command: /{command} is the bot's own {whose}"


def test_a_field_is_not_called_like_an_option_of_the_bots_own_in_any_language():
    (problem,) = problems(field('{ name = "privat", type = "boolean" }'))
    said = "models.sdxl.fields.privat: it is the bot's own option private in the language de"
    assert problem == f"models.toml, line 9: {said}"


def test_every_command_that_a_catalogue_names_is_known_not_to_be_free():
    named = set(re.findall(r'(?m)^msgid "name\.([a-z-]+)"$', (FOLDER / "de.po").read_text(encoding="utf-8")))
    assert named - {"option", "choice"} <= set(COMMANDS)


def test_without_a_file_the_catalog_is_as_it_is():
    assert load_catalog(None, Catalog(), names=NAMES) == Catalog()


def test_a_file_is_read_even_if_an_editor_put_a_byte_order_mark_before_it(tmp_path):
    path = tmp_path / "models.toml"
    path.write_bytes(b"\xef\xbb\xbf[models.imagen-4]\r\nprice = 2\r\n")
    assert load_catalog(path, Catalog(), names=NAMES)["imagen-4"].price_microcredits == 2_000_000


@pytest.mark.parametrize("content", [None, b"label = '\xff'"])
def test_a_file_that_cannot_be_read_is_named_with_its_setting(tmp_path: Path, content):
    path = tmp_path / "models.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"MODELS_FILE .*models\.toml"):
        load_catalog(path, Catalog(), names=NAMES)
