"""How changes of settings read: who, when, from what to what."""

import json

import pytest

from bot.admin.change_text import ENTRIES_MAX, Told, change_line
from bot.admin.panel_text import Phrases
from bot.admin.strike_text import strike_words
from bot.catalog import MODELS
from bot.safety_fields import STRIKE_HOURS, STRIKE_PAUSES, StrikeRule
from bot.settings import SAFETY_SETTINGS, SETTINGS
from bot.text import Texts

GONE = 404
BY_NAME = {setting.name: setting for setting in (*SETTINGS, *SAFETY_SETTINGS)}
PHRASES = Phrases(texts=Texts(), locale="en", models=MODELS, has=lambda _, target_id: target_id != GONE)
STRIKES = {"blocks": 3, "within_hours": 24, "pause": "pause_day"}
DAILY = {"amount_microcredits": 60_000, "per": "day"}


def said(name, old, new):
    line = change_line(PHRASES, BY_NAME[name], Told(old=old, new=new, user_id=5, at_ms=7_999))
    start = f"<t:7:R> <@5>: **{PHRASES.name(BY_NAME[name])}**: "
    assert line.startswith(start)
    return line.removeprefix(start)


DAILY_WORDS = "0.06 credits a day (about 1 image with Imagen 4)"


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("enabled", None, False, "on → off"),
        ("time_zone", None, "Europe/Rome", "UTC → Europe/Rome"),
        ("log_channel", 8, None, "<#8> → none"),
        ("member_allowance", None, DAILY, f"no limit, except by role → {DAILY_WORDS}"),
        ("safety_level", None, "open", "Standard → Open"),
        ("channel_levels", {"8": "open"}, {"8": "guarded", "404": "open"}, None),
        ("role_allowances", {"9": DAILY}, {}, f"<@&9>: {DAILY_WORDS} → none"),
        ("model_counts", {"imagen-4": 0, "gone*": 2}, {"gone*": 1}, None),
        ("denied_channels", [7, 8], [8, 9], "added <#9>, removed <#7>"),
        ("refusal_words", None, "a *b*\nc", "none: only my own words are said → “a \\*b\\* c”"),
        ("strike_rule", STRIKES, STRIKES | {"within_hours": 1, "pause": "pause"}, None),
        ("safety_level", "older", "open", "changed by another version of the bot"),
    ],
)
def test_a_change_says_what_was_and_what_is(name, old, new, words):
    if name == "channel_levels":
        words = "<#8>: Open → Guarded, a channel that was deleted (404): none → Open"
    if name == "model_counts":
        words = "Imagen 4: off → up to 4 images at a time, gone\\*: up to 2 images at a time → 1 image at a time"
    if name == "log_channel":
        words = f"<#8> → {PHRASES.empty(BY_NAME[name])}"
    if name == "strike_rule":
        words = (
            "3 blocked prompts within 24 hours: paused for 1 day"
            " → 3 blocked prompts within 1 hour: paused until somebody lifts it"
        )
    assert said(name, old, new) == words


def test_of_many_entries_the_rest_is_counted():
    many = {str(channel): "open" for channel in range(1, 51)}
    assert said("channel_levels", {}, many).endswith(f", and {50 - ENTRIES_MAX} more")


def test_a_change_of_every_setting_can_be_told():
    # A setting whose kind of field has no words would break the page for everybody.
    for setting in BY_NAME.values():
        default = json.loads(json.dumps(setting.field.stored(setting.field.parse(setting.default))))
        assert said(setting.name, None, default) is not None


def test_every_strike_rule_has_words_of_its_own():
    rules = [StrikeRule(blocks=2, within_hours=hours, pause=pause) for hours in STRIKE_HOURS for pause in STRIKE_PAUSES]
    assert len({strike_words(PHRASES, rule) for rule in rules}) == len(rules)
