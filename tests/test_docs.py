"""What is written down for people is made from the tables, and it is up to date."""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from bot.catalog import Catalog
from bot.config import Config
from bot.offers import offers
from bot.reference import env_example, reference
from bot.setting_fields import SettingField
from bot.settings import OPERATOR_SETTINGS, SETTINGS
from bot.text import Texts

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("path", "made", "command"),
    [
        ("docs/reference.md", reference(Catalog(), Texts()), "python -m bot.reference > docs/reference.md"),
        (".env.example", env_example(), "python -m bot.reference env > .env.example"),
    ],
)
def test_the_file_on_disk_is_the_one_that_the_tables_make(path, made, command):
    assert (ROOT / path).read_text(encoding="utf-8") == made, f"run: {command}"


def test_the_reference_page_leaves_nothing_out():
    page = reference(Catalog(), Texts())
    names = [option.name for offer in offers(Catalog()) for option in offer.options]
    names += [name.upper() for name in Config.model_fields]
    names += [setting.name for setting in (*SETTINGS, *OPERATOR_SETTINGS)]
    names += [model.slug for model in Catalog().models]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_kind_of_setting_is_described():
    page = reference(Catalog(), Texts())
    kinds = {type(setting.field) for setting in (*SETTINGS, *OPERATOR_SETTINGS)}
    assert kinds == set(get_args(SettingField))
    for setting in (*SETTINGS, *OPERATOR_SETTINGS):
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |"))
        assert all(cell.strip() for cell in row.strip("|").split("|"))


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    lines = reference(Catalog(), Texts()).splitlines()
    for above, below in itertools.pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert above.count("|") == below.count("|")


def test_a_copy_of_the_example_lacks_the_two_keys_and_nothing_else():
    wanted = re.findall(r"(?m)^([A-Z_]+)=$", env_example())
    assert wanted == [name.upper() for name, field in Config.model_fields.items() if field.is_required()]


def test_every_variable_of_the_example_stands_there_once_below_its_meaning():
    lines = env_example().splitlines()
    for name, field in Config.model_fields.items():
        (at,) = (i for i, line in enumerate(lines) if re.match(rf"(# )?{name.upper()}=", line))
        assert lines[at - 1] == f"# {field.description}"


def test_the_defaults_of_the_example_are_those_of_the_program(tmp_path, monkeypatch):
    for name in Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    path = tmp_path / ".env"
    path.write_text(re.sub(r"(?m)^# ([A-Z_]+=)", r"\1", env_example()).replace("=\n", "=x\n", 2))
    assert Config(_env_file=path) == Config(_env_file=None, discord_token="x", segmind_api_key="x")


@pytest.mark.parametrize(("arguments", "begins"), [([], "# Reference"), (["env"], "# Copy this to .env")])
def test_the_files_can_be_made_from_the_command_line(arguments, begins):
    made = subprocess.run(
        [sys.executable, "-m", "bot.reference", *arguments], cwd=ROOT, capture_output=True, check=True
    )
    assert made.stdout.decode().startswith(begins)
