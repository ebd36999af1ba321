"""No words for people stand in the code: all of them are in the catalogues.

Three nets. The first looks at every place from which words reach people (labels, titles, contents, descriptions) and
takes no text there that has a letter. The second looks at all other code and takes no text of two words, the third none
of one word with a capital letter; but for what developers read (docstrings, logs, texts of exceptions), and for modules
that speak to the operator's terminal or to another program, which are named here with the reason.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.sources import calls, spoken_files, tree
from tests.test_text import MESSAGES

# Whoever calls one of these hands words to people: in the arguments of these names or places; None is any name.
SHOWN: dict[str, tuple[str | int | None, ...]] = {
    name: arguments
    for names, arguments in (
        ("Button CardButton CaseButton", ("label",)),
        ("CheckboxGroupOption RadioGroupOption SelectOption", ("description", "label")),
        ("ChannelSelect MentionableSelect RoleSelect Select UserSelect", ("placeholder",)),
        ("File MediaGalleryItem Thumbnail", ("description",)),
        ("Command Group", ("description",)),
        ("send send_message", ("content", 0)),
        ("edit edit_message edit_original_response", ("content",)),
        ("describe rename", (None,)),
        ("paragraph sheet words_view", (0,)),
        ("ContextMenu app_commands.Choice", ("name",)),
        ("Embed", ("description", "title")),
        ("Label", ("description", "text")),
        ("Modal", ("title",)),
        ("Section", (0, 1, 2)),
        ("TextDisplay", ("content", 0)),
        ("TextInput", ("default", "label", "placeholder")),
    )
    for name in names.split()
}
SHAPING = {"capitalize", "format", "join", "lower", "lstrip", "removeprefix", "replace", "rstrip", "strip", "title"}
LOGS = {"critical", "debug", "error", "exception", "info", "warning"}
# Exceptions that people are told of: what they are raised with names a message.
TOLD = {"BadPreset", "BadRule", "BadSpan", "BadValue", "Refusal", "Wrong"}

# Modules whose words are no words for the people on Discord.
ELSEWHERE = {
    "bot/__main__": "the terminal of the operator",
    "bot/catalog": "names of models, and defaults that Segmind's pages give",
    "bot/catalog_file": "what is wrong with the operator's file of models; told in the terminal, at the start",
    "bot/charts/": "names of fonts and of places in a drawing; the words of a chart are handed to it",
    "bot/checks": "the terminal of the operator",
    "bot/config": "the operator's configuration; told in the terminal, at the start",
    "bot/offers": "what is wrong with the operator's file of models; told in the terminal, at the start",
    "bot/reference": "the page of the documentation that is made from the tables",
    "bot/safety": "phrases by which Segmind's answers are told apart",
    "bot/segmind/": "Segmind's protocol",
    "bot/store/": "SQL, and what is told about it in the log and the terminal",
    "bot/usage/command": "the terminal of the operator",
    "bot/words/": "names and tables of letters",
    "cogs/checks": "the terminal of the operator",
    "cogs/client": "what is wrong with the operator's configuration; told in the terminal, at the start",
}
# Texts elsewhere that only look like words for people.
NO_WORDS = {
    ("bot/admin/notices", "a notice was not told in time"): "for the log",
    ("bot/admin/notices", "nobody could be told"): "for the log",
    ("bot/admin/settings_file", "imagen-discord settings"): "by which a file is recognised",
    ("bot/media/fetch", "Location"): "a header of HTTP",
    ("bot/media/vault", "the disk is full"): "for the log",
    ("bot/periods", "Factory"): "a time zone's name",
    ("bot/asking/presets", "Zl"): "a kind of characters",
    ("bot/asking/presets", "Zp"): "a kind of characters",
    ("bot/tracker/collecting", "no picture came with the answer"): "kept with a job, for the operator",
}
LETTER = re.compile(r"[^\W\d_]")
# What Discord turns into something else: instants, mentions, files of the message.
MARKUP = re.compile(r"<t:\{\}(:[a-zA-Z])?>|attachment://\S*|https?://\S*")
WORDS = re.compile(r"[^\W\d_]{2,}[,;:.!?]?[ \n]+(?:[^\W\d_]{2,}|\{\})|\{\}[,;:.!?]?[ \n]+[^\W\d_]{2,}")
CAPITAL = re.compile(r"\W*[^\W\d_a-z][a-zà-ÿ]+\W*")


def name_of(call: ast.Call) -> str:
    called = call.func.value if isinstance(call.func, ast.Subscript) else call.func
    return getattr(called, "id", None) or getattr(called, "attr", "")


def text_of(node: ast.AST) -> str | None:
    """A text as it stands, with {} for each value in it; None for what is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(each) or "{}" for each in values)
        case _:
            return None


# ---------------------------------------------------------------- the first net


def visible(node: ast.AST | None, named: dict[str, ast.AST]) -> Iterator[ast.AST]:
    """The texts of which this is made; what a function returns is its own business."""
    match node:
        case ast.Constant() | ast.JoinedStr():
            yield node
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            yield from visible(one, named)
            yield from visible(other, named)
        case ast.BoolOp(values=several) | ast.List(elts=several) | ast.Tuple(elts=several):
            for each in several:
                yield from visible(each, named)
        case ast.Call(func=ast.Attribute(attr=attribute, value=of), args=arguments) if attribute in SHAPING:
            for each in (of, *arguments):
                yield from visible(each, named)
        case ast.Name(id=name) if name in named:
            yield from visible(named[name], {})
        case ast.GeneratorExp(elt=each) | ast.ListComp(elt=each):
            yield from visible(each, named)
        case ast.Starred(value=each) | ast.NamedExpr(value=each):
            yield from visible(each, named)


def handed(call: ast.Call) -> Iterator[ast.AST]:
    """The arguments of a call that people see."""
    wanted = SHOWN.get(name_of(call)) or SHOWN.get(ast.unparse(call.func), ())
    yield from (each for place, each in enumerate(call.args) if place in wanted)
    yield from (each.value for each in call.keywords if each.arg in wanted or None in wanted)


def shown(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text with a letter in it that people are shown as it stands in the code."""
    named = {
        target.id: node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        for argument in handed(call):
            for node in visible(argument, named):
                text = text_of(node)
                if text is not None and LETTER.search(MARKUP.sub("", text)):
                    yield node.lineno, text


# ---------------------------------------------------------------- the other two


def is_for_developers(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True  # a docstring
        case ast.Raise(exc=ast.Call() as call):
            return name_of(call) not in TOLD
        case ast.Call(func=ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super")))):
            return True  # the text of an exception
        case ast.Call(func=ast.Attribute(attr=attribute, value=ast.Name(id="log"))):
            return attribute in LOGS
        case ast.Call():
            return name_of(node) in {"TypeVar", "cast", "namedtuple"}
        case _:
            return False


def spoken(node: ast.AST) -> Iterator[ast.AST]:
    """Every text of the code but those that developers read and names of types."""
    if is_for_developers(node):
        return
    if text_of(node) is not None:
        yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            # The parts of a text were seen with it.
            if isinstance(child, ast.AST) and not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
                yield from spoken(child)


def loose(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text that reads like words."""
    for node in spoken(module):
        text = text_of(node) or ""
        if WORDS.search(text) or CAPITAL.fullmatch(text):
            yield node.lineno, text


# ---------------------------------------------------------------- the code


@cache
def loose_in_code() -> dict[str, list[tuple[int, str]]]:
    """Of every module."""
    return {module: list(loose(tree(path))) for module, path in spoken_files().items()}


def is_in(module: str, named: str) -> bool:
    return module == named or (named.endswith("/") and module.startswith(named))


def told_of(module: str, found: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{module}.py:{line}: {text}" for line, text in found]


def test_nothing_that_people_are_shown_stands_in_the_code():
    found = [each for module, path in spoken_files().items() for each in told_of(module, shown(tree(path)))]
    assert found == []


def test_no_other_text_of_the_code_reads_like_words_for_people():
    found = [
        each
        for module, texts in loose_in_code().items()
        if not any(is_in(module, each) for each in ELSEWHERE)
        for each in told_of(module, (it for it in texts if (module, it[1]) not in NO_WORDS))
    ]
    assert found == []


def test_every_exception_to_this_is_needed():
    found = {module: {text for _, text in texts} for module, texts in loose_in_code().items()}
    assert {key for key in NO_WORDS if key[1] not in found.get(key[0], ())} == set()
    needed = {each for each in ELSEWHERE for module in found if found[module] and is_in(module, each)}
    assert set(ELSEWHERE) - needed == set()


def test_what_exceptions_tell_people_is_a_message_of_the_catalogue():
    wrong = {
        (module, text)
        for module in spoken_files()
        for call in calls("Wrong", within=[module])
        if call.args
        for text in [text_of(call.args[0])]
        if text is not None and text not in MESSAGES
    }
    assert wrong == set()


# ---------------------------------------------------------------- whether it finds anything


def lines(found) -> list[str]:
    return [text for _, text in found]


@pytest.mark.parametrize(
    "code",
    [
        'ui.Button(label="Cancel", custom_id="x")',
        'ui.Button[ui.LayoutView](label="Cancel")',
        'ui.TextDisplay("ok")',
        'ui.TextDisplay(f"**{name}** is done")',
        'ui.TextDisplay("\\n".join(["a line", words]))',
        'ui.TextDisplay("for {}".format(name))',
        'LABEL = "Cancel"\nui.Button(label=LABEL)',
        'class A:\n    def do(self):\n        label = "on" if on else "off"\n        ui.Button(label=label)',
        'await interaction.response.send_message("oops", ephemeral=True)',
        'await interaction.edit_original_response(content=f"{name} done")',
        'ui.Modal(title="edit")',
        'ui.Label(text=self("a.b"), description="empty: none")',
        'ui.TextInput(placeholder="cat")',
        'discord.SelectOption(label=f"{price} credits", value="x")',
        'discord.MediaGalleryItem("attachment://a.png", description=f"image {number}")',
        'app_commands.describe(member="who")(callback)',
        'app_commands.Command(name=NAME, description="does it", callback=callback)',
        'app_commands.Choice(name="day", value=1)',
        'words_view(words or "nothing")',
    ],
)
def test_a_text_that_people_are_shown_is_found(code):
    assert lines(shown(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'ui.Button(label=self("card.cancel"), custom_id="card:cancel")',
        'ui.TextDisplay(f"## {title}\\n-# {words} · <t:{at_s}:R>")',
        'ui.TextDisplay("\\n".join(lines))',
        'ui.TextDisplay(texts(locale, "card.title"))',
        'discord.MediaGalleryItem("attachment://a.png", description=alt)',
        'discord.SelectOption(label="1:1", value="1:1")',
    ],
)
def test_what_is_looked_up_is_not_taken_for_words(code):
    assert lines(shown(ast.parse(code))) == []


@pytest.mark.parametrize(
    "code",
    [
        'told = "Nothing was charged."',
        'told = f"{count} images"',
        'told = f"image {number}"',
        'told = "of {} or more"',
        'WORDS = {"done": "Done"}',
        'raise Wrong("no such member")',
        'raise Refusal("not_now", detail="try again")',
        'return ["Default: none", value]',
        'def of(name="Nobody"):\n    pass',
    ],
)
def test_a_text_that_reads_like_words_is_found(code):
    assert lines(loose(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        '"""What this module does."""',
        'def do():\n    """Do it now."""',
        'log.warning("a thing went wrong", reason=f"no {thing} there")',
        'raise ValueError(f"no image has the extension {extension}")',
        'class Gone(Exception):\n    def __init__(self):\n        super().__init__("it is gone")',
        'deciding: "asyncio.Future[Wanted | Answer]" = cast("Future[Wanted, Answer]", other)',
        'message_id = "card.title"',
        'custom_id = f"card:{number}"',
        'raise Wrong("moderation.stale")',
        'KEY = "X-Rate-Limit"',
    ],
)
def test_what_developers_read_is_not_taken_for_words(code):
    assert lines(loose(ast.parse(code))) == []
