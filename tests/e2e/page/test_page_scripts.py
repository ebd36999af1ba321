"""The page's own modules that know no page: markdown, options, times; run in the browser that they are for."""

import pytest
import pytest_asyncio

from tests.e2e.page.stage import chromium, needs_chromium, screen, showcased

pytestmark = [pytest.mark.asyncio(loop_scope="module"), needs_chromium]
module_fixture = pytest_asyncio.fixture(scope="module", loop_scope="module")


@module_fixture
async def page():
    async with chromium() as browser, showcased() as local, screen(browser, local.url) as window:
        await window.look()
        yield window.page


async def call(page, module, function, *arguments):
    script = f"async (given) => (await import('/page/app/{module}.js')).{function}(...given)"
    return await page.evaluate(script, list(arguments))


def text(words):
    return {"type": "text", "content": words}


def plain(nodes):
    """Return a tree as short nested lists: type, then what is inside."""
    return [node["content"] if node["type"] == "text" else [node["type"], *_inside(node)] for node in nodes]


def _inside(node):
    if "items" in node:
        return [plain(item) for item in node["items"]]
    if isinstance(node.get("content"), list):
        return plain(node["content"])
    return [node[name] for name in ("content", "id", "name", "atMs", "style") if name in node]


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("plain words", ["plain words"]),
        ("**a *b* c**", [["strong", "a ", ["em", "b"], " c"]]),
        ("***both***", [["em", ["strong", "both"]]]),
        ("__u__ ~~s~~ ||x||", [["underline", "u"], " ", ["strike", "s"], " ", ["spoiler", "x"]]),
        ("snake_case_name 2*3*4", ["snake_case_name 2", ["em", "3"], "4"]),
        (r"\*not\* \_this\_ \#", ["*not* _this_ #"]),
        ("`a*b*` ``c`d``", [["inlineCode", "a*b*"], " ", ["inlineCode", "c`d"]]),
        ("```\na\n  b\n```after", [["codeBlock", "a\n  b"], "after"]),
        ("# one\n## two\ntext # no", [["heading", "one"], ["heading", "two"], "text # no"]),
        ("#### four", ["#### four"]),
        ("-# small\nlarge", [["subtext", "small"], "large"]),
        ("> a\n> b\nc", [["quote", "a\nb"], "c"]),
        (">>> a\n# b", [["quote", "a\n", ["heading", "b"]]]),
        ("> > deep", [["quote", "> deep"]]),
        ("- a\n- b\n  - c\nd", [["list", ["a"], ["b", ["list", ["c"]]]], "d"]),
        ("3. a\n4. b", [["list", ["a"], ["b"]]]),
        ("- a\n1. b", [["list", ["a"]], ["list", ["b"]]]),
        ("-not a list", ["-not a list"]),
        ("<@123456789012345678>!", [["user", "123456789012345678"], "!"]),
        ("<@&123456789012345678>", [["role", "123456789012345678"]]),
        ("<#123456789012345678>", [["channel", "123456789012345678"]]),
        ("</a b:123456789012345678>", [["command", "123456789012345678", "a b"]]),
        ("<:wave:123456789012345678>", [["emoji", "wave"]]),
        ("<t:1700000000:R> <t:0>", [["time", 1_700_000_000_000, "R"], " ", ["time", 0, "f"]]),
        ("hi @everyone", ["hi ", ["everyone", "everyone"]]),
        ("<@12> <t:x>", ["<@12> <t:x>"]),
        ("[a **b**](https://x.example/)", [["link", "a ", ["strong", "b"]]]),
        ("[a](javascript:alert(1))", ["[a](javascript:alert(1))"]),
        (
            "see https://x.example/a_b, or <https://y.example>.",
            ["see ", ["link", "https://x.example/a_b"], ", or ", ["link", "https://y.example"], "."],
        ),
        ("a<b & c>d \u200b<script>", ["a<b & c>d \u200b<script>"]),
        ("**open *and ~~never closed", ["**open *and ~~never closed"]),
    ],
)
async def test_a_text_is_read_as_discord_reads_it(page, written, tree):
    assert plain(await call(page, "markdown", "parse", written)) == tree


@pytest.mark.parametrize("piece", ["**", "||a", "[a](", "> ", "`", "*a ", "- \n", "<t:", "_", "\\"])
async def test_a_text_made_to_be_slow_is_read_soon(page, piece):
    script = "async (t) => { const { parse } = await import('/page/app/markdown.js'); const from = performance.now(); parse(t); return performance.now() - from; }"
    assert await page.evaluate(script, (piece * 4000)[:4000]) < 500


PROMPT = {"name": "prompt", "type": 3, "required": True, "choices": [], "min_length": 1, "max_length": 5}
COUNT = {"name": "count", "type": 4, "required": False, "choices": [], "min_value": 1, "max_value": 4}
WEIGHT = {"name": "weight", "type": 10, "required": False, "choices": []}


@pytest.mark.parametrize(
    ("option", "given", "read"),
    [
        (PROMPT, "abc", {"value": "abc"}),
        (PROMPT, "", {"error": "This option is required."}),
        (PROMPT, "abcdef", {"error": "Must have 1 to 5 characters: this has 6."}),
        (PROMPT, "🎨🎨🎨🎨🎨", {"value": "🎨🎨🎨🎨🎨"}),
        (COUNT, "", {}),
        (COUNT, "4", {"value": 4}),
        (COUNT, "5", {"error": "Must be 1 to 4."}),
        (COUNT, "1.5", {"error": "This is not a whole number."}),
        (COUNT, "two", {"error": "This is not a number."}),
        (WEIGHT, "1,5", {"value": 1.5}),
        ({**WEIGHT, "type": 5}, False, {"value": False}),
    ],
)
async def test_an_option_is_checked_as_discord_checks_it(page, option, given, read):
    assert await call(page, "options", "read", option, given) == read


async def test_names_that_begin_with_what_was_typed_come_first(page):
    commands = [
        {"label": label, "description": words}
        for label, words in (("unmake", "x"), ("draw", "make art"), ("make", "y"))
    ]
    found = await call(page, "options", "matchingCommands", commands, "/ma")
    assert [each["label"] for each in found] == ["make", "unmake", "draw"]


@pytest.mark.parametrize(
    ("seconds", "locale", "words"),
    [
        (5, "en-US", "in 5 seconds"),
        (0, "en-US", "now"),
        (-61, "en-US", "1 minute ago"),
        (7200, "de", "in 2 Stunden"),
        (-86_400, "fr", "il y a 1 jour"),
    ],
)
async def test_a_time_says_how_long_it_is_in_the_persons_language(page, seconds, locale, words):
    assert await call(page, "time", "relative", 1_000_000_000 + seconds * 1000, 1_000_000_000, locale) == words
