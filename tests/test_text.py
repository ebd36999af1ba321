import ast
import asyncio
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from string import Formatter

import pytest
from babel.messages.pofile import PoFileError, read_po

from bot.admission import check_count, check_limits, check_open
from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, PROMPT, Catalog
from bot.clock import SystemClock
from bot.errors import StoreError, StoreFull
from bot.fields import Text, Toggle
from bot.intake import Refusal, decide
from bot.jobs import Outcome, Remover, Request
from bot.levels import Level
from bot.limits import Source, claims
from bot.offers import offers
from bot.ports import CardAct
from bot.safety import Category
from bot.settings import OPERATOR_SETTINGS, SAFETY_SETTINGS, SETTINGS, Page
from bot.text import FALLBACK, FOLDER, Texts
from bot.tracker.alerts import QUIET_MS, Alerts
from cogs.asking.asking import Asking
from cogs.commands import build_command, describe
from cogs.permissions import NEEDED, WANTED
from tests.limits.support import BLOCKED, NOON_MS, allowed, asker, budget, ruled
from tests.sources import calls, nodes, spoken_files

TEXTS = Texts()
OUT = (Outcome.MODEL_RETIRED, Outcome.NOT_AVAILABLE, Outcome.OUT_OF_CREDITS)


def english():
    with (FOLDER / f"{FALLBACK}.po").open("rb") as source:
        return {message.id if isinstance(message.id, str) else message.id[0]: message for message in read_po(source)}


MESSAGES = {message_id: message for message_id, message in english().items() if message_id}


def all_nodes():
    """All that stands in every module, with the module."""
    return ((module, node) for module, path in spoken_files().items() for node in nodes(path))


@cache
def texts_in_code():
    return {node.value for _, node in all_nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def named():
    """Names that stand for one text in a module, such as `_PUBLIC = "limit.public"`."""
    return {
        (module, target.id): node.value.value
        for module, node in all_nodes()
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


def literal(node):
    return node.value if isinstance(node, ast.Constant) else None


def literals(node, module):
    """What a message id can be: a text, either of two, or a name for one."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=other):
            return [*literals(body, module), *literals(other, module)]
        case ast.Name(id=name) if (module, name) in named():
            return [named()[module, name]]
        case _:
            return []


def leading(node):
    """The text that an f-string begins with."""
    first = node.values[0]
    return first.value if isinstance(first, ast.Constant) else ""


def refusals():
    """Every message id that a Refusal is raised with, as written, with the names of the values that come along."""
    for module in spoken_files():
        for call in calls("Refusal", within=[module]):
            public = [keyword.value for keyword in call.keywords if keyword.arg == "public_id"]
            names = {keyword.arg for keyword in call.keywords}
            yield from ((name, names) for node in [*call.args[:1], *public] for name in literals(node, module))


# What a form sends, and the button of a question, which says what it does in words of its own.
WITHOUT_BUTTON = {CardAct.SEND_EDIT, CardAct.DELETE_YES, CardAct.DELETE_NO}
# A message id that the code puts together begins like one of these, and which ones there are follows from a closed set.
FAMILIES = {
    "alert.": [],  # the calls of `tell` name them
    "bad_value.": [],  # the calls of `BadValue` name them
    "card.removed.": [f"card.removed.{remover.value}" for remover in Remover],
    "card.button.": [f"card.button.{act.value}" for act in CardAct if act not in WITHOUT_BUTTON],
    "category.": [f"category.{category.value}" for category in Category],
    # Of the commands of the whole bot; tests/e2e/test_command_names.py holds them against those.
    "name.": [message_id for message_id in MESSAGES if message_id.startswith("name.")],
    "name.choice.": [],
    "name.option.": [],
    "command.": [f"command.{offer.command}" for offer in offers(Catalog())],
    "level.": [f"level.{level.value}" for level in Level],
    "limit.": [f"refusal.limit.{source.value}" for source in Source if source not in {Source.EXTRA, Source.TOP_UP}],
    "option.": [],  # the options of the commands name them
    "out.": [f"refusal.out.{outcome.value}" for outcome in OUT],
    "outcome.": [f"outcome.{outcome.value}" for outcome in Outcome],
    "page.": [f"page.{page.value}" for page in Page if page not in {Page.BUDGET, Page.INSTALLATION}],
    "permission.": [f"permission.{name}" for name, told in NEEDED | WANTED if told],
    "refusal.": [],  # the calls of `Refusal` and `BadValue` name them
    "refusal.bad_value.": [],
    "setting.": [
        f"setting.{setting.name}{part}"
        for setting in (*SETTINGS, *SAFETY_SETTINGS, *OPERATOR_SETTINGS)
        for part in ("", ".help")
    ],
    "words.reason.": [],  # the calls of `BadRule` name them
}
# Words that are there for some members of a family only.
OPTIONAL = {f"setting.{setting.name}.empty" for setting in (*SETTINGS, *SAFETY_SETTINGS)}


def found_in_code():
    for members in FAMILIES.values():
        yield from members
    yield from ("outcome.model_retired.successor", "refusal.out.model_retired.successor")
    yield from (f"refusal.bad_value.{literal(call.args[1])}" for call in calls("BadValue"))
    yield from (f"words.reason.bad_rule.{literal(call.args[1])}" for call in calls("BadRule"))
    yield from (f"refusal.{name}" for name, _ in refusals())
    yield from (f"alert.{name}" for name in (literal(call.args[0]) for call in calls("tell") if call.args) if name)
    for offer in offers(Catalog()):
        yield from (f"option.{option.name}" for option in offer.options if option.field.description is None)
        yield from (f"option.{f.name}.unset" for f in fields_without_default(offer))
    yield from (text for text in texts_in_code() if MESSAGE_ID.fullmatch(text) and text.split(".")[0] in WHOLE)
    yield from (name for name in texts_in_code() | OPTIONAL if name in MESSAGES)


MESSAGE_ID = re.compile(r"[a-z_]+(\.[a-z_]+)+")
# Below these, a literal that looks like a message id is one.
WHOLE = {"card", "hint", "level", "notice", "operator", "panel", "safety", "usage"}


def fields_without_default(offer):
    for option in offer.options:
        required = isinstance(option.field, Text) and option.field.required
        if option.field.default is None and not required:
            yield option.field


@cache
def asked_for():
    """Every message id that the code can ask for."""
    return frozenset({*found_in_code(), "refusal.option_not_taken", "refusal.option_unknown"})


def test_every_message_that_the_code_asks_for_is_there():
    missing = sorted(message_id for message_id in asked_for() if not TEXTS.has(message_id))
    assert missing == [], missing


def test_no_message_stands_there_unused():
    assert MESSAGES.keys() - asked_for() == set()


def test_the_reasons_of_refusals_and_alerts_were_found():
    # Guards the scan above: were it to find nothing, it would demand nothing.
    found = asked_for()
    assert {"refusal.bad_value.shape", "refusal.stopping", "alert.lost", "refusal.limit.public"} <= found
    assert {"refusal.limit.role", "refusal.server_barred", "refusal.models_off", "hint.fewer", "notice.budget"} <= found


def test_every_message_id_that_is_put_together_belongs_to_a_family_that_is_known_here():
    known = {message_id.split(".")[0] for message_id in MESSAGES} | {"bad_value", "limit", "out"}
    begun = {leading(node) for _, node in all_nodes() if isinstance(node, ast.JoinedStr)}
    ids = {text for text in begun if text.endswith(".") and text.split(".")[0] in known}
    assert ids - FAMILIES.keys() == set()
    assert "limit." in ids


def test_every_limit_that_can_be_short_is_one_that_the_words_are_looked_for():
    by_member = ruled(member_allowance=allowed(1), channel_allowances={2: allowed(1)})
    by_role = ruled(role_allowances={5: allowed(1)})
    asked = [claim for rules in (by_member, by_role) for claim in claims(asker(5), rules, now_ms=NOON_MS)]
    short = {claim[0].source for claim in asked}
    assert {f"refusal.limit.{source.value}" for source in short} == set(FAMILIES["limit."])


def words_of(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def faults(message_id, words):
    """Everything about a message that does not read like one."""
    if any(line != " ".join(line.split()) for line in words.replace("\u00a0", "_").split("\n")):
        yield "stray spaces"
    if len(words) > 250:
        yield "too long"
    if message_id.startswith(("refusal.", "alert.", "error.")):
        if not words.endswith((".", "}")):
            yield "no end"
        if not (words[0].isupper() or words[0] in "*{"):
            yield "no beginning"


def test_every_message_reads_like_one():
    every = ((message_id, words) for message_id, message in MESSAGES.items() for words in words_of(message))
    found = [(message_id, fault) for message_id, words in every for fault in faults(message_id, words)]
    assert found == [], found


def reasons(modules):
    return {f"bad_value.{literal(call.args[1])}" for call in calls("BadValue", within=modules)}


def is_of_settings(module):
    return module in {"bot/money", "bot/safety_fields", "bot/setting_fields"} or module.startswith("cogs/panels")


@cache
def for_settings_only():
    """The reasons that nobody meets who asks for an image."""
    modules = spoken_files()
    return reasons(filter(is_of_settings, modules)) - reasons(each for each in modules if not is_of_settings(each))


def test_every_refusal_says_that_nothing_was_charged_or_changed():
    refusing = {message_id for message_id in MESSAGES if message_id.startswith("refusal.")}
    unchanged = {f"refusal.{reason}" for reason in for_settings_only()}
    ending = {each: "Nothing was changed." if each in unchanged else "Nothing was charged." for each in refusing}
    silent = [each for each in refusing if not all(words.endswith(ending[each]) for words in words_of(MESSAGES[each]))]
    assert refusing
    assert silent == [], silent


def test_no_outcome_that_is_the_operators_matter_sounds_like_the_members_fault():
    for outcome in ("out_of_credits", "not_available"):
        for message_id in (f"outcome.{outcome}", f"refusal.out.{outcome}"):
            words = TEXTS("en", message_id, model="Imagen 4", successor="")
            assert "not your fault" in words
            assert "credit" not in words


# ---------------------------------------------------------------- what the code passes is what the words need


def request(model="imagen-4", command="imagen", **values):
    return Request(
        interaction_id=77,
        guild_id=1,
        channel_id=2,
        place_id=2,
        user_id=3,
        locale="en-US",
        guild_locale="en-GB",
        command=command,
        model=model,
        values={"prompt": "a cat", **values},
        private=False,
        spoiler=False,
        created_ms=0,
        reply=None,
        filesize_limit_bytes=1,
    )


RETIRED = Catalog((replace(IMAGEN_4, successor="imagen-3"), IMAGEN_3))
TOGGLED = Catalog((replace(IMAGEN_4, fields=(PROMPT, Toggle(name="hd"))),))
FAST = {"model": "imagen-4-fast", "command": "imagen-fast"}
REFUSED = {
    "model_not_offered": (request("dall-e"), {}),
    "option_not_taken": (request("imagen-3", negative_prompt="x"), {}),
    "option_unknown": (request(steps=1), {}),
    "safety_ceiling": (request("imagen-3", safety_filter_level="BLOCK_ONLY_HIGH"), {}),
    "level_option": (request("imagen-3", person_generation="ALLOW_ADULT"), {"level": Level.GUARDED}),
    "level_model": (request(), {"level": Level.GUARDED}),
    "level_models": (request(), {"level": Level.GUARDED, "catalog": Catalog((IMAGEN_4,))}),
    "bad_value.not_text": (request(prompt=1), {}),
    "bad_value.length": (request(prompt="a" * 2001), {}),
    "bad_value.blank": (request(prompt=" "), {}),
    "bad_value.unreadable": (request(prompt="\ud800"), {}),
    "bad_value.choice": (request(aspect_ratio="2:1"), {}),
    "bad_value.range": (request(count=9), {}),
    "bad_value.not_toggle": (request(hd="x"), {"catalog": TOGGLED}),
    "bad_value.shape": (request(**FAST, aspect_ratio="1:1", width=300, height=400), {}),
    "bad_value.shape_range": (request(**FAST, aspect_ratio="16:9", width=256), {}),
    "out.model_retired": (request(), {"out": {"imagen-4": Outcome.MODEL_RETIRED}}),
    "out.model_retired.successor": (request(), {"out": {"imagen-4": Outcome.MODEL_RETIRED}, "catalog": RETIRED}),
    "out.not_available": (request(), {"out": {"imagen-4": Outcome.NOT_AVAILABLE}}),
    "out.out_of_credits": (request(), {"out": {"imagen-4": Outcome.OUT_OF_CREDITS}}),
}


def refusal_of(asked, known):
    known = {"catalog": Catalog(), "ceiling": "BLOCK_LOW_AND_ABOVE", "level": Level.STANDARD, "out": {}, **known}
    with pytest.raises(Refusal) as caught:
        decide(asked, rng=Random(0), now_ms=0, **known)
    return caught.value


def said(error, *, public):
    """The words in which the rim tells a member of this error."""
    asking = Asking(tracker=None, first_note=None, texts=TEXTS, clock=SystemClock())

    async def tell():
        deciding = asyncio.get_running_loop().create_future()
        deciding.set_exception(error)
        return (await asking._refusal(deciding, request(), public=public)).words

    return asyncio.run(tell())


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("message_id", REFUSED)
def test_every_refusal_brings_what_its_words_need(message_id, public):
    refused = refusal_of(*REFUSED[message_id])
    assert refused.message_id == message_id
    assert "{" not in said(refused, public=public)


def test_every_reason_that_a_value_can_be_refused_for_was_tried():
    of_a_form = {"bad_value.not_taken"}  # tests/test_edits.py
    assert reasons(spoken_files()) - for_settings_only() - of_a_form <= set(REFUSED)
    assert "bad_value.zone" in for_settings_only()


def test_every_refusal_is_raised_with_what_its_words_need():
    raised = list(refusals())
    assert raised
    missing = [(message_id, names_in(MESSAGES[f"refusal.{message_id}"]) - given(names)) for message_id, names in raised]
    lacking = [each for each in missing if each[1]]
    assert lacking == [], lacking


def given(names):
    """The values in words that come of an error's own: amounts are told without their unit."""
    return {part for name in names for part in (name, name.removesuffix("_microcredits"))}


def names_in(message):
    return {name for words in words_of(message) for _, name, _, _ in Formatter().parse(words) if name}


# ---------------------------------------------------------------- who may spend what


def limited(rules, *, count=1):
    """What is said to somebody who asks for so many images while nothing was used yet."""
    known = {"catalog": Catalog(), "ceiling": "BLOCK_ONLY_HIGH", "level": Level.STANDARD, "out": {}}
    jobs = decide(request(count=count), rng=Random(0), now_ms=0, **known)
    with pytest.raises(Refusal) as caught:
        check_limits(jobs, claims(asker(5), rules, now_ms=NOON_MS), {}, rules=rules, catalog=Catalog())
    return caught.value


SMALL = allowed(50_000)
LIMITED = {
    Source.MEMBER: ruled(member_allowance=SMALL),
    Source.ROLE: ruled(role_allowances={5: SMALL}),
    Source.CHANNEL: ruled(channel_allowances={2: SMALL}),
    Source.BUDGET: ruled(budget=budget(50_000)),
    Source.CEILING_DAY: ruled({"ceiling_per_day": 50_000}),
    Source.CEILING_MONTH: ruled({"ceiling_per_month": 50_000}),
}


@pytest.mark.parametrize("source", LIMITED)
def test_a_limit_is_told_in_private_with_its_figures_and_in_public_without(source):
    refused = limited(LIMITED[source], count=4)
    assert refused.message_id == f"limit.{source.value}"
    words = said(refused, public=False)
    assert "0.24 credits" in words
    assert "0.05" in words
    assert re.search(r"<t:\d+:R>", words)
    assert ("<@&5>" in words) is (source is Source.ROLE)
    assert "None" not in words
    assert not any(sign.isdigit() for sign in said(refused, public=True))


def test_what_would_still_work_is_told_in_private_only():
    rules = ruled(member_allowance=allowed(140_000))
    refused = limited(rules, count=4)
    first, fewer, cheaper = said(refused, public=False).splitlines()
    assert first.endswith("Nothing was charged.")
    assert fewer == "2 images of this would still fit."
    assert cheaper == "Imagen 4 Fast (/imagen-fast) would still fit, at 0.025 credits an image."
    assert len(said(refused, public=True).splitlines()) == 1


def test_one_image_that_would_still_fit_is_one():
    words = said(limited(ruled(member_allowance=allowed(70_000)), count=4), public=False)
    assert "\n1 image of this would still fit." in words


CLOSED = {
    "stopped_by_operator": ruled({"stopped": True}),
    "server_blocked": ruled(budget=BLOCKED),
    "bot_off": ruled(enabled=False),
    "channel_not_allowed": ruled(allowed_channels=(7, 8)),
    "channel_denied": ruled(denied_channels=(2,)),
}


@pytest.mark.parametrize("message_id", CLOSED)
def test_whoever_may_not_ask_here_is_told_why(message_id):
    with pytest.raises(Refusal) as caught:
        check_open(request(), CLOSED[message_id])
    assert caught.value.message_id == message_id
    assert "{" not in said(caught.value, public=True)


@pytest.mark.parametrize(
    ("counts", "message_id", "words"),
    [
        ({"imagen-4": 0}, "model_off", "Imagen 3 (/imagen)"),
        ({model.key: 0 for model in Catalog().models}, "models_off", "/limits"),
        ({"imagen-4": 2}, "count_over", "is 2"),
    ],
)
def test_a_model_that_is_not_offered_so_is_refused_with_what_is(counts, message_id, words):
    with pytest.raises(Refusal) as caught:
        check_count(IMAGEN_4, 3, rules=ruled(model_counts=counts), catalog=Catalog())
    assert caught.value.message_id == message_id
    assert words in said(caught.value, public=False)


@pytest.mark.parametrize("error", [Refusal("stopping"), StoreFull("x"), StoreError("x")], ids=repr)
def test_what_the_bot_itself_cannot_do_now_is_said_too(error):
    assert said(error, public=True).endswith("Nothing was charged.")


class Clock:
    ms = 0

    def now_ms(self):
        return self.ms

    async def sleep(self, seconds):
        self.ms += round(seconds * 1000)


class Listener:
    """A line to the operator, who hears alerts while `reached`."""

    def __init__(self):
        self.heard = []
        self.reached = True

    async def alert(self, text):
        if self.reached:
            self.heard.append(text)
        return self.reached


def alerts():
    for call in calls("tell"):
        if call.args and literal(call.args[0]):
            yield literal(call.args[0]), [keyword.arg for keyword in call.keywords]


def test_every_alert_is_given_what_its_words_need():
    told = list(alerts())
    needed = {alert: names_in(MESSAGES[f"alert.{alert}"]) for alert, _ in told}
    assert told
    wrong = [(alert, names) for alert, names in told if needed[alert] != set(names)]
    assert wrong == [], wrong
    unfilled = [words for alert, names in told for words in heard(alert, names) if "{" in words]
    assert unfilled == [], unfilled


def heard(alert, names):
    """The message in which the operator is told of this; just one."""
    listener = Listener()
    values = {name: 60_000 if name in {"balance", "credits", "cost", "price"} else "w*rds" for name in names}
    asyncio.run(Alerts(line=listener, texts=TEXTS, clock=Clock()).tell(alert, **values))
    assert len(listener.heard) == 1, alert
    return listener.heard


def test_what_befalls_hundreds_of_requests_is_one_message_an_hour():
    listener, clock = Listener(), Clock()
    alerts = Alerts(line=listener, texts=TEXTS, clock=clock)

    async def tell_of(*refs):
        for ref in refs:
            await alerts.tell("lost", ref=ref, credits=60_000)

    asyncio.run(tell_of("a", "b", "c"))
    assert [words[:9] for words in listener.heard] == ["Request a"]
    assert "only the log" in listener.heard[0]
    asyncio.run(alerts.tell("overrun", ref="d", cost=90_000, price=60_000))
    clock.ms = QUIET_MS
    asyncio.run(tell_of("e", "f"))
    assert [words[:9] for words in listener.heard] == ["Request a", "Request d", "Request e"]


def test_what_nobody_was_told_is_told_with_the_next_of_its_kind():
    listener = Listener()
    alerts = Alerts(line=listener, texts=TEXTS, clock=Clock())
    for listener.reached in (False, True, True):
        asyncio.run(alerts.tell("account", detail="x"))
    assert len(listener.heard) == 1


def test_what_the_operator_has_to_mend_is_always_told():
    listener = Listener()
    alerts = Alerts(line=listener, texts=TEXTS, clock=Clock())
    for _ in range(2):
        asyncio.run(alerts.tell("out_of_credits", balance=0))
        asyncio.run(alerts.tell("resumed"))
    assert len(listener.heard) == 4


# ---------------------------------------------------------------- commands and options


@pytest.mark.parametrize("offer", offers(Catalog()), ids=lambda offer: offer.command)
def test_every_description_fits_into_discords_hundred_characters_with_its_default(offer):
    labels = {model.key: model.label for model in offer.models}
    for option in offer.options:
        words = describe(option, labels if option.name == "model" else {}, TEXTS, "en")
        assert TEXTS("en", f"option.{option.name}") in words, "it was cut"
        assert "…" not in words
        assert len(words) <= 100
        assert len(TEXTS("en", f"option.{option.name}")) <= 60
    command = build_command(offer, run=None, texts=TEXTS)
    assert "…" not in str(command.description)


@pytest.mark.parametrize(("name", "default"), [(f.name, f.default) for f in IMAGEN_4_FAST.fields if f.default])
def test_the_default_of_an_option_stands_in_its_description(name, default):
    (fast,) = (offer for offer in offers(Catalog()) if offer.command == "imagen-fast")
    option = next(option for option in fast.options if option.name == name)
    assert describe(option, {}, TEXTS, "en").endswith(f"Default: {default}")


# ---------------------------------------------------------------- languages

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: {}\\n"\n"Plural-Forms: {}\\n"\n\n'
)
TWO_FORMS = "nplurals=2; plural=(n != 1);"
POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


@pytest.fixture
def languages(tmp_path: Path):
    catalogues = {
        "en": (
            TWO_FORMS,
            (
                'msgid "hello"\nmsgstr "Hello, {name}"\n\n'
                'msgid "images"\nmsgid_plural "images"\nmsgstr[0] "{count} image"\nmsgstr[1] "{count} images"\n'
            ),
        ),
        "pl": (
            POLISH,
            (
                'msgid "images"\nmsgid_plural "images"\n'
                'msgstr[0] "{count} obraz"\nmsgstr[1] "{count} obrazy"\nmsgstr[2] "{count} obrazów"\n'
            ),
        ),
        "pt-BR": (TWO_FORMS, 'msgid "hello"\nmsgstr "Olá, {name}"\n\nmsgid "images"\nmsgstr ""\n'),
    }
    for locale, (plurals, messages) in catalogues.items():
        (tmp_path / f"{locale}.po").write_text(HEADER.format(locale, plurals) + messages, encoding="utf-8")
    return Texts(tmp_path)


def test_a_language_speaks_for_itself_and_for_its_regions(languages):
    assert languages("pt-BR", "hello", name="Ana") == "Olá, Ana"
    assert languages("en-GB", "hello", name="Ana") == "Hello, Ana"
    assert languages("pl-PL", "images", count=1) == "1 obraz"


@pytest.mark.parametrize(("count", "words"), [(1, "1 obraz"), (2, "2 obrazy"), (5, "5 obrazów"), (22, "22 obrazy")])
def test_a_language_counts_in_its_own_way(languages, count, words):
    assert languages("pl", "images", count=count) == words


@pytest.mark.parametrize("locale", ["pl", "ja", "zh-TW", "", "pt"])
def test_what_a_language_lacks_is_said_in_english(languages, locale):
    assert languages(locale, "hello", name="Ana") == "Hello, Ana"


def test_a_message_that_is_not_translated_yet_is_said_in_english(languages):
    assert languages("pt-BR", "images", count=3) == "3 images"


def test_what_people_write_is_no_template(languages):
    assert languages("en", "hello", name="{name} {0} {secret.key}") == "Hello, {name} {0} {secret.key}"


def test_a_message_that_nobody_knows_is_an_error(languages):
    with pytest.raises(KeyError):
        languages("en", "goodbye")
    assert not languages.has("goodbye")


def test_a_value_that_is_missing_is_an_error(languages):
    with pytest.raises(KeyError):
        languages("en", "hello")


def test_a_broken_catalogue_is_found_at_the_start(tmp_path):
    (tmp_path / "en.po").write_text('msgid "a"\nmsgid "b"\nmsgstr "c"\n', encoding="utf-8")
    with pytest.raises(PoFileError):
        Texts(tmp_path)


def test_the_languages_are_those_of_the_folder(languages):
    assert languages.locales == ("en", "pl", "pt-BR")
