"""How settings read, and that every setting of servers has its words."""

from dataclasses import replace

import pytest

from bot.admin.panel_text import NAMED_MAX, Phrases
from bot.catalog import IMAGEN_4, MODELS
from bot.fields import BadValue
from bot.periods import Per
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS, Allowance, TargetKind
from bot.settings import (
    ALLOWED_CHANNELS,
    LOG_CHANNEL,
    MEMBER_ALLOWANCE,
    MODEL_COUNTS,
    SAFETY_SETTINGS,
    SETTINGS,
    TIME_ZONE,
)
from bot.text import Texts

TEXTS = Texts()
GONE = 404


def phrases(*, locale="en-US", models=MODELS):
    return Phrases(texts=TEXTS, locale=locale, models=models, has=lambda _, target_id: target_id != GONE)


@pytest.mark.parametrize(
    ("microcredits", "per", "words"),
    [
        (2_500_000, Per.DAY, "2.5 credits a day (about 41 images with Imagen 4)"),
        (60_000, Per.WEEK, "0.06 credits a week (about 1 image with Imagen 4)"),
        (59_999, Per.MONTH, "0.059999 credits a month (too little for an image with Imagen 4)"),
        (0, Per.DAY, "0 credits a day (too little for an image with Imagen 4)"),
        (AMOUNT_MAX_MICROCREDITS, Per.DAY, "10,000,000 credits a day (about 166,666,666 images with Imagen 4)"),
    ],
)
def test_an_allowance_says_how_many_images_it_is(microcredits, per, words):
    assert phrases().allowance(Allowance(microcredits, per)) == words


@pytest.mark.parametrize("models", [(), (replace(IMAGEN_4, price_microcredits=0),)])
def test_where_nobody_can_tell_how_many_images_it_is_nothing_is_said(models):
    assert phrases(models=models).allowance(Allowance(1_000_000, Per.DAY)) == "1 credit a day"


def test_an_allowance_for_ever_is_none():
    with pytest.raises(ValueError, match="ever"):
        phrases().allowance(Allowance(1, Per.EVER))


def test_what_is_not_set_is_said_in_the_settings_own_words():
    own = phrases()
    assert own.empty(ALLOWED_CHANNELS) == "everywhere"
    assert own.empty(MEMBER_ALLOWANCE) == "no limit, except by role"
    assert own.empty(TIME_ZONE) == "none"
    assert own.empty(LOG_CHANNEL).startswith("none")


def test_what_was_deleted_is_not_mentioned_but_said_to_be_gone():
    own = phrases()
    assert own.target(TargetKind.ROLE, 1) == "<@&1>"
    assert own.target(TargetKind.CHANNEL, 1) == "<#1>"
    assert own.target(TargetKind.ROLE, GONE) == "a role that was deleted (404)"
    assert own.target(TargetKind.CHANNEL, GONE) == "a channel that was deleted (404)"


def test_of_many_channels_the_rest_is_counted():
    assert phrases().channels([1, 2]) == "<#1>, <#2>"
    assert phrases().channels(range(1, NAMED_MAX + 1)).endswith(f"<#{NAMED_MAX}>")
    assert phrases().channels(range(1, 201)).endswith(", and 175 more")


def test_a_model_that_nobody_set_has_the_most():
    own = phrases()
    assert own.count_of(MODEL_COUNTS.field, {}, IMAGEN_4) == "up to 4 images at a time"
    assert own.count_of(MODEL_COUNTS.field, {"imagen-4": 1}, IMAGEN_4) == "1 image at a time"
    assert own.count_of(MODEL_COUNTS.field, {"imagen-4": 0}, IMAGEN_4) == "off"


def test_a_refusal_names_the_setting_as_people_see_it():
    words = phrases().refused(BadValue("log_channel", "id"), LOG_CHANNEL)
    assert "**Log channel**" in words
    assert words.endswith("Nothing was changed.")


@pytest.mark.parametrize("setting", [*SETTINGS, *SAFETY_SETTINGS], ids=lambda setting: setting.name)
def test_every_setting_has_a_name_and_one_line_of_help(setting):
    own = phrases()
    assert 0 < len(own.name(setting)) <= 45, "it is the title of a form, too"
    assert 0 < len(own.help(setting)) <= 160
    assert "\n" not in own.name(setting) + own.help(setting)
    assert TEXTS.has(f"page.{setting.page.value}")
