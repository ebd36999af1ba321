"""Every language but English against English: complete, with all that the code and Discord need of each message.

What is asked of every language alike stands here; whether it reads well only somebody who speaks it can tell.
"""

import ast
import gettext
import re
from collections import Counter
from fnmatch import fnmatchcase
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from discord import Locale

from bot.admin.level_text import level_paragraphs
from bot.admin.panel_text import Phrases
from bot.asking.plans import COMPARE
from bot.catalog import MODELS, SAFETY_LEVELS, Catalog
from bot.command_names import shown_command, shown_option
from bot.figures import number_text
from bot.levels import Level
from bot.limits import Source
from bot.money import credits_text
from bot.offers import offers
from bot.text import FALLBACK, FOLDER, Texts
from bot.usage.text import UsageText
from bot.wording import refusal_words
from cogs.commands import build_command, describe
from cogs.panels import drawing
from tests.sources import calls, spoken_files
from tests.test_text import LIMITED, MESSAGES, limited, words_of

TEXTS = Texts()
LANGUAGES = [locale for locale in TEXTS.locales if locale != FALLBACK]
# So many numbers show every plural form of every language that there is.
NUMBERS = range(1_000)


def file_of(language):
    return FOLDER / f"{language}.po"


def catalogue(language):
    with file_of(language).open("rb") as source:
        return read_po(source, abort_invalid=True)


CATALOGUES = {language: catalogue(language) for language in LANGUAGES}
TRANSLATED = {
    language: {message.id if isinstance(message.id, str) else message.id[0]: message for message in read if message.id}
    for language, read in CATALOGUES.items()
}


def both(language):
    """Each message in English and in this language."""
    for message_id, message in TRANSLATED[language].items():
        if message_id in MESSAGES:
            yield message_id, MESSAGES[message_id], message


def names(words):
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def filled(words, value):
    """The words with this in the place of every value."""
    return words.format_map(dict.fromkeys(names(words), value))


def ids_in(language):
    return re.findall(r'(?m)^msgid "(.+)"$', file_of(language).read_text(encoding="utf-8"))


def form_of(language):
    """Which plural form a number takes, by the catalogue's header."""
    return gettext.c2py(CATALOGUES[language].plural_expr)


def test_there_is_a_second_language():
    # Guards what follows: were there none, it would ask nothing of anybody.
    assert "de" in LANGUAGES


# ---------------------------------------------------------------- the catalogue


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_one_that_discord_has_and_its_header_names_it(language):
    known = {str(each) for each in Locale}
    assert language in known | {each.split("-")[0] for each in known}
    assert dict(CATALOGUES[language].mime_headers)["Language"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_message_of_english_once_in_the_same_order_and_no_other(language):
    found, wanted = ids_in(language), ids_in(FALLBACK)
    assert [each for each in wanted if each not in found] == [], "these are missing"
    assert [each for each in found if each not in wanted] == [], "English does not know these"
    assert found == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_fuzzy_or_only_a_remark(language):
    empty = [each for each, message in TRANSLATED[language].items() if not all(map(str.strip, words_of(message)))]
    assert empty == []
    assert [each for each, message in TRANSLATED[language].items() if message.fuzzy] == []
    assert not CATALOGUES[language].obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_that_counts_has_as_many_forms_as_the_header_says_and_numbers_for_each(language):
    forms = CATALOGUES[language].num_plurals
    for message_id, english, message in both(language):
        assert message.pluralizable == english.pluralizable, message_id
        assert len(words_of(message)) == (forms if message.pluralizable else 1), message_id
    assert {form_of(language)(number) for number in NUMBERS} == set(range(forms))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_english_has_are_not_left_in_english(language):
    same = [each for each, english, message in both(language) if words_of(english) == words_of(message)]
    longer = [
        each
        for each in same
        if len(re.findall(r"[a-z]{2,}", re.sub(r"\{.*?\}", "", str(words_of(MESSAGES[each]))))) > 2
    ]
    assert longer == []


# ---------------------------------------------------------------- what a message must have of the English one


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_a_message_has_the_same_values_as_in_english(language):
    of = Counter(map(form_of(language), NUMBERS))
    wrong = {}
    for message_id, english, message in both(language):
        wanted = set().union(*map(names, words_of(english)))
        for form, words in enumerate(words_of(message)):
            # A form for one number alone can say it in words, where English does.
            wordless = message.pluralizable and of[form] == 1 and "count" not in names(words_of(english)[0])
            if names(words) != wanted and not (wordless and names(words) == wanted - {"count"}):
                wrong[message_id] = names(words) ^ wanted
    assert wrong == {}


# The commands that the catalogue names, as they are registered: "words", "words add"; and those of models.
COMMANDS = {
    message_id.removeprefix("name.").replace(".", " ")
    for message_id in MESSAGES
    if message_id.startswith("name.") and not message_id.startswith(("name.option.", "name.choice."))
}
OF_MODELS = {*Catalog().commands, COMPARE}
OPTIONS = {message_id.removeprefix("name.option.") for message_id in MESSAGES if message_id.startswith("name.option.")}


def typed(language):
    """Each command as people of this language type it, and as it is registered; the longest first."""
    called = {shown_command(TEXTS, language, command): f"/{command}" for command in COMMANDS | OF_MODELS}
    return dict(sorted(called.items(), key=lambda each: -len(each[0])))


def registered(words, language):
    """The words with every command and option by the name that it is registered with."""
    called = typed(language)
    pattern = rf"(?<![\w/<])(?:{'|'.join(map(re.escape, called))})(?![\w-])"
    words = re.sub(pattern, lambda found: called[found[0]], words)
    options = {shown_option(TEXTS, language, option): option for option in OPTIONS}
    return re.sub(r"\*\*([\w]+)\*\*", lambda found: f"**{options.get(found[1], found[1])}**", words)


SUBCOMMANDS = sorted({command.split(" ")[1] for command in COMMANDS if " " in command})
KEPT = re.compile(
    rf"""
    \*\*[a-z_]+\*\*                                 # an option by its name
    | \*\*                                          # bold
    | `[^`]*`                                       # code
    | <t:\{{\w+\}}:[a-zA-Z]>                        # an instant in the reader's own time
    | <(?:@|@&|\#)\{{\w+\}}>                        # a mention
    | (?<![\w/`])/[a-z][a-z-]*(?:[ ](?:{"|".join(SUBCOMMANDS)})\b)?   # a command
    | \b[A-Z]+(?:_[A-Z]+)+\b                        # a variable of the configuration
    | ^(?:\#\#\#?|-\#|•)[ ]                         # a heading, small print, an entry
    | \n
    | [×→▲▼◀▶⏸✔⚠🛑]
    """,
    re.VERBOSE | re.MULTILINE,
)


def kept(words):
    return Counter(KEPT.findall(words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_formatting_instants_commands_and_signs_are_those_of_english(language):
    wrong = {}
    for message_id, english, message in both(language):
        wanted = [kept(words) for words in words_of(english)]
        for words in words_of(message):
            if kept(registered(words, language)) not in wanted:
                wrong[message_id] = (words, wanted)
    assert wrong == {}


def test_every_value_of_a_message_is_named_plainly_or_a_number_to_be_grouped():
    every = ((message_id, words) for _, said in SAID for message_id, it in said.items() for words in words_of(it))
    fields = ((message_id, field) for message_id, words in every for field in Formatter().parse(words))
    wrong = [
        (message_id, name, form, conversion)
        for message_id, (_, name, form, conversion) in fields
        if name is not None and not (name.isidentifier() and form in {"", ","} and conversion is None)
    ]
    assert wrong == [], wrong


def test_what_must_be_kept_is_found():
    words = "-# **count** is **2** at <t:{at_s}:R>, `x: y`; /words list and /me shows <@{id}> SEGMIND_API_KEY\n• a/b"
    found = ["-# ", "**count**", "**", "**", "<t:{at_s}:R>", "`x: y`", "/words list", "/me", "<@{id}>"]
    assert KEPT.findall(words) == [*found, "SEGMIND_API_KEY", "\n", "• "]


SAID = [(language, TRANSLATED.get(language, MESSAGES)) for language in TEXTS.locales]
MENTION = re.compile(r"(?<![\w/<:.{}])/[^\W\d_][\w-]*")


@pytest.mark.parametrize(("language", "said"), SAID)
def test_every_command_that_a_message_names_is_called_so_in_its_language(language, said):
    called = {typed.split(" ")[0] for typed in typed(language)}
    lost = {
        (message_id, mention)
        for message_id, message in said.items()
        for words in words_of(message)
        for mention in MENTION.findall(words)
        if mention not in called
    }
    assert lost == set()


@pytest.mark.parametrize(("language", "said"), SAID)
def test_every_subcommand_that_a_message_names_is_called_so_in_its_language(language, said):
    called = typed(language)
    wrong = {
        (message_id, f"{root} {word}")
        for message_id, message in said.items()
        for words in words_of(message)
        for root, word in re.findall(r"(?<![\w/<])(/[\w-]+) ([\w-]+)", words)
        if f"{called.get(root)} {word}" in called.values() and f"{root} {word}" not in called
    }
    assert wrong == set()


@pytest.mark.parametrize(("language", "said"), SAID)
def test_every_option_that_a_message_names_is_called_so_in_its_language(language, said):
    of_models = {option.name for offer in offers(Catalog()) for option in offer.options}
    wrong = {
        (message_id, option)
        for message_id, message in said.items()
        for words in words_of(message)
        for option in re.findall(r"\*\*(\w+)\*\*", words)
        if option in OPTIONS - of_models and shown_option(TEXTS, language, option) != option
    }
    assert wrong == set()


def test_commands_by_another_name_are_recognised():
    assert registered("`/wörter hinzufügen` und /wörter, **mitglied**, **Bild**", "de") == (
        "`/words add` und /words, **member**, **Bild**"
    )
    assert MENTION.findall("`/verlauf`, </ich:1>, und/oder, https://x.y/z, (/imagen-fast)") == [
        "/verlauf",
        "/imagen-fast",
    ]


CLOSING = ("Nothing was charged.", "Nothing was changed.", "Nothing was done.", "Nothing was sent.")


@pytest.mark.parametrize("closing", CLOSING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_did_not_happen_is_always_said_with_the_same_words(language, closing):
    ending = {
        message_id: re.split(r"(?<=[.:}!?“”»)]) ", words)[-1]
        for message_id, english, message in both(language)
        for words, there in zip(words_of(message), words_of(english), strict=False)
        if there.endswith(closing) and there != closing
    }
    usual, _ = Counter(ending.values()).most_common(1)[0]
    assert {message_id: words for message_id, words in ending.items() if words != usual} == {}


QUOTED = re.compile(r"„[^„“”]*“|“[^“”]*”|”[^”]*”|«[^«»]*»|»[^«»]*«|「[^「」]*」")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_a_sentence_in_english_is_one(language):
    wrong = [
        (message_id, words)
        for message_id, english, message in both(language)
        for words in words_of(message)
        if words.endswith((".", "。", "।")) not in {there.endswith(".") for there in words_of(english)}
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_set_as_people_read_it(language):
    pairs = set()
    for message_id, _, message in both(language):
        for words in words_of(message):
            lines = words.replace("\u00a0", "_").split("\n")
            assert all(line == " ".join(line.split()) for line in lines), f"stray spaces: {message_id}"
            assert not re.search(r"""["']|\.\.\.|---?""", words), f"typed, not set: {message_id}"
            assert not re.search("[„“”«»「」]", QUOTED.sub("", words)), f"a quotation has no end: {message_id}"
            pairs |= {quotation[0] + quotation[-1] for quotation in QUOTED.findall(words)}
    assert len(pairs) == 1, "one way to quote"


# ---------------------------------------------------------------- whether it fits


# The most characters that Discord takes in a place (of settings: what panels are laid out for), and the messages that
# stand there. The first that fits counts, so that what stands in two places comes with the narrower one.
PLACES = (
    (32, "the name in the menu of a message", "report.menu moderation.menu edit.menu"),
    (100, "a line of a menu, or a choice", "page.* usage.topic.* usage.period.* words.verdict.* panel.count"),
    (100, "a choice in a form", "panel.field.per.* level.guarded level.standard level.relaxed level.open"),
    (
        100,
        "the help of a field",
        "panel.field.*.help setting.*.*.help *.form.help *.form.help.* *.form.*.help *.form.hint *.lines.help *.import.field.help",
    ),
    (
        45,
        "the title of a form, or the label of a field",
        "*.form *.form.* panel.field.* safety.import safety.import.field",
    ),
    (
        45,
        "the label of a field",
        "edit.prompt edit.negative edit.model edit.shape edit.lines defaults.negative defaults.shape",
    ),
    (190, "the help of a setting", "setting.*.help"),
    (100, "what it means that nothing is set", "setting.*.empty"),
    (45, "the name of a setting, which is the title of its form", "setting.*"),
    (80, "a button of a panel", "panel.turn_* panel.change panel.no_limit panel.add panel.again safety.export"),
    (80, "a button that turns pages", "*.previous *.next *.newer *.older"),
    (80, "a button", "*.button case.do.* welcome.switch_* privacy.file privacy.delete usage.custom usage.csv"),
    (80, "a button", "card.button.* defaults.clear defaults.set.* draft.cancel draft.plain draft.make edit.correct"),
    (80, "a button", "delete.cancel *.search *.newest"),
    (
        150,
        "what stands in a menu before anything is chosen",
        "panel.pick_* panel.take level.pick usage.choose_period compare.choose history.open",
    ),
    (100, "a command, or an option", "*.command *.command.* command.* *.option.* moderation.duration.*"),
)
# Panels and cards are laid out for English words of up to 250 characters; other languages may need a fifth more.
CHARACTERS_MAX = 300


def room(message_id):
    """How many characters a message has room for."""
    found = (most for most, _, places in PLACES for each in places.split() if fnmatchcase(message_id, each))
    return next(found, CHARACTERS_MAX)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_fits_into_its_place(language):
    long = {}
    for message_id, _, message in both(language):
        for words in words_of(message):
            if len(filled(words, 1234)) > room(message_id):
                long[message_id] = len(filled(words, 1234)) - room(message_id)
    assert long == {}


# Where the code hands words to something that Discord limits: the name, the argument, and how long it may be.
LIMITED_ARGUMENTS = (
    ("Button", "label", 80),
    ("CaseButton", "label", 80),
    ("Select", "placeholder", 150),
    ("ChannelSelect", "placeholder", 150),
    ("SelectOption", "label", 100),
    ("RadioGroupOption", "label", 100),
    ("RadioGroupOption", "description", 100),
    ("Label", "text", 45),
    ("Label", "description", 100),
    ("Modal", "title", 45),
    ("_button", None, 80),
    ("button", None, 80),
    ("change_button", None, 80),
    ("localised", None, 100),
    ("slash", None, 100),
    ("slash_group", None, 100),
)


def handed():
    """Every message id that the code hands to one of them as it stands, and how long it may be there."""
    within = [module for module in spoken_files() if module.startswith(("cogs/", "bot/moderation/"))]
    for name, argument, most in LIMITED_ARGUMENTS:
        for call in calls(name, within=within):
            given = [keyword.value for keyword in call.keywords if argument in {None, keyword.arg}]
            for node in [*given, *(call.args if argument is None else ())]:
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and part.value in MESSAGES:
                        yield part.value, most


def test_every_place_with_a_limit_that_the_code_names_is_looked_at():
    found = set(handed())
    assert {("panel.next", 80), ("panel.field.per", 45), ("level.pick", 150), ("me.command", 100)} <= found
    assert {message_id: most for message_id, most in found if room(message_id) > most} == {
        "panel.entry": 100  # it is cut to its place
    }


def test_no_place_is_looked_at_in_vain():
    patterns = [each for _, _, places in PLACES for each in places.split()]
    assert [each for each in patterns if not any(fnmatchcase(message_id, each) for message_id in MESSAGES)] == []


@pytest.mark.parametrize("offer", offers(Catalog()), ids=lambda offer: offer.command)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_description_of_a_command_or_an_option_is_cut(language, offer):
    labels = {model.key: model.label for model in offer.models}
    for option in offer.options:
        words = describe(option, labels if option.name == "model" else {}, TEXTS, language)
        assert TEXTS(language, f"option.{option.name}") in words
        assert not re.search(r"\b(?:True|False|None)\b", words), "words of Python"
        assert "…" not in words
        assert len(words) <= 100
    command = build_command(offer, run=None, texts=TEXTS)
    assert "…" not in command._locale_description.extras["render"](language)


@pytest.mark.parametrize("ceiling", SAFETY_LEVELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_safety_levels_do_fits_onto_one_sheet(language, ceiling):
    phrases = Phrases(texts=TEXTS, locale=language, models=MODELS, has=lambda *_: True)
    told = [phrases("setting.safety_level.help"), *level_paragraphs(phrases, Level.STANDARD, ceiling=ceiling)]
    assert sum(map(len, told)) <= drawing.CHARACTERS_MAX - 100
    assert sum(len(words.encode()) for words in told) <= drawing.BYTES_MAX - 300


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("source", [Source.MEMBER, Source.BUDGET])
@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_are_written_the_way_of_the_language(language, source):
    words = refusal_words(TEXTS, language, limited(LIMITED[source], count=4), public=False)
    assert TEXTS.spoken(language) == language
    assert credits_text(240_000, language) in words
    assert credits_text(50_000, language) in words
    assert credits_text(240_000, "de") == "0,24"
    text = UsageText(TEXTS, language)
    assert (text.number(1_234), text.credits(1_500_000)) == (
        number_text(1_234, language),
        credits_text(1_500_000, language),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_grouped_as_in_english_where_the_language_does_not(language):
    if number_text(1_234_567, language) == "1,234,567":
        pytest.skip("it groups as English does")
    counted = [
        each
        for each, message in TRANSLATED[language].items()
        if message.pluralizable or "count" in names(message.string)
    ]
    values = {each: dict.fromkeys(set().union(*map(names, words_of(MESSAGES[each]))), "x") for each in counted}
    said = {each: TEXTS(language, each, **{**values[each], "count": 1_234_567}) for each in counted}
    assert {each: words for each, words in said.items() if "1,234,567" in words} == {}
