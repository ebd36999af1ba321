"""Components are judged as Discord judges them, also where its own description cannot say it."""

import pytest

from bot.sandbox.discord.components import check
from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.modal_forms import MODAL
from tests.sandbox import specs
from tests.sandbox.discord_rig import codes, rigged


def text(words="x"):
    return {"type": 10, "content": words}


def button(custom_id="a", **more):
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} | more


def row(*components):
    return {"type": 1, "components": list(components)}


def box(*components, **more):
    return {"type": 17, "components": list(components)} | more


def gallery(count=1, **more):
    item = {"media": {"url": "https://example.org/a.png"}} | more
    return {"type": 12, "items": [item] * count}


def select(**more):
    return {"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}]} | more


def options(count):
    return [{"label": str(number), "value": str(number)} for number in range(count)]


def section(count=1, accessory=None):
    return {"type": 9, "components": [text()] * count, "accessory": accessory or button()}


def judged(components, *, is_v2=True):
    """Return the codes of what is wrong; nothing where nothing is."""
    try:
        check(components, is_v2=is_v2)
    except ApiError as refused:
        return codes(refused.body)
    return set()


GOOD = [
    [box(text(), gallery(), row(button("a"), button("b")), accent_color=0xFFFFFF)],
    [text("x" * 4000)],
    [text("日" * 3386)],
    [text()] * 40,
    [gallery(10, description="x" * 1024)],
    [row(*[button(str(number)) for number in range(5)])],
    [row(select(options=options(25), max_values=25))],
    [section(3), {"type": 14, "spacing": 2, "divider": False}],
    [section(1, {"type": 11, "media": {"url": "attachment://a.png"}})],
    [{"type": 13, "file": {"url": "attachment://a.txt"}}],
    [row({"type": 2, "style": 5, "label": "Out", "url": "https://example.org"})],
    [row({"type": 2, "style": 2, "custom_id": "e", "emoji": {"name": "🎨"}})],
    [box(text(), id=7), {"type": 10, "content": "y", "id": 8}],
]

# What Discord's description catches, too.
BAD_BY_FIELD = [
    ([text("x" * 4001)], "BASE_TYPE_BAD_LENGTH"),
    ([text("")], "BASE_TYPE_BAD_LENGTH"),
    ([{"type": 10}], "BASE_TYPE_REQUIRED"),
    ([gallery(11)], "BASE_TYPE_BAD_LENGTH"),
    ([gallery(0)], "BASE_TYPE_BAD_LENGTH"),
    ([gallery(1, description="x" * 1025)], "BASE_TYPE_BAD_LENGTH"),
    ([row(button(label="x" * 81))], "BASE_TYPE_MAX_LENGTH"),
    ([row(button("x" * 101))], "BASE_TYPE_BAD_LENGTH"),
    ([row(*[button(str(number)) for number in range(6)])], "BASE_TYPE_BAD_LENGTH"),
    ([box(button())], "UNION_TYPE_CHOICES"),
    ([button()], "UNION_TYPE_CHOICES"),
    ([box(box(text()))], "UNION_TYPE_CHOICES"),
    ([box()], "BASE_TYPE_BAD_LENGTH"),
    ([box(text(), accent_color=0x1000000)], "NUMBER_TYPE_MAX"),
    ([section(4)], "BASE_TYPE_BAD_LENGTH"),
    ([section(1, text())], "UNION_TYPE_CHOICES"),
    ([row(select(options=options(26)))], "BASE_TYPE_BAD_LENGTH"),
    ([row(select(placeholder="x" * 151))], "BASE_TYPE_MAX_LENGTH"),
    ([row(select(options=[{"label": "x" * 101, "value": "a"}]))], "BASE_TYPE_BAD_LENGTH"),
    ([{"type": 99}], "UNION_TYPE_CHOICES"),
    (
        [row({"type": 2, "style": 5, "label": "Out", "url": "https://e.org/" + "x" * 500})],
        "BASE_TYPE_MAX_LENGTH",
    ),
    ([{"type": 14, "spacing": 3}], "BASE_TYPE_CHOICES"),
]

# What only Discord itself catches.
BAD_IN_ALL = [
    ([text()] * 41, "BASE_TYPE_MAX_LENGTH"),
    ([box(*[text()] * 40)], "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    ([box(*[section()] * 14)], "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    ([text("x" * 2000), box(text("x" * 2001))], "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    ([row(button("a"), button("a"))], "COMPONENT_CUSTOM_ID_DUPLICATED"),
    ([row(button("a")), box(row(button("a")))], "COMPONENT_CUSTOM_ID_DUPLICATED"),
    ([text() | {"id": 3}, text() | {"id": 3}], "COMPONENT_ID_DUPLICATED"),
    ([row(select(), button())], "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    ([row(select(max_values=2))], "SELECT_COMPONENT_OPTIONS_INVALID"),
    ([row(select(options=[{"label": "A", "value": "a"}] * 2))], "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
    ([row({"type": 2, "style": 1, "label": "x"})], "BASE_TYPE_REQUIRED"),
    ([row({"type": 2, "style": 5, "label": "x"})], "BASE_TYPE_REQUIRED"),
    ([row(button(url="https://example.org"))], "BUTTON_COMPONENT_INVALID_FIELD"),
    ([row({"type": 2, "style": 1, "custom_id": "a"})], "BUTTON_COMPONENT_CANNOT_HAVE_EMPTY_LABEL_AND_EMOJI"),
    ([gallery(1, media={"url": "file:///etc/passwd"})], "STRING_TYPE_REGEX"),
    ([{"type": 13, "file": {"url": "https://example.org/a.txt"}}], "STRING_TYPE_REGEX"),
]


@pytest.mark.parametrize("components", GOOD)
def test_what_discord_takes_is_taken(components):
    assert judged(components) == set()


@pytest.mark.parametrize(("components", "code"), BAD_BY_FIELD + BAD_IN_ALL)
def test_what_discord_refuses_is_refused(components, code):
    assert judged(components) == {code}


def test_texts_that_are_too_large_when_processed_break_discord_itself():
    with pytest.raises(ApiError) as broken:
        check([text("日" * 3387)], is_v2=True)
    assert broken.value.status == 500


def test_without_the_flag_only_rows_are_components():
    assert judged([row(button())], is_v2=False) == set()
    assert judged([text()], is_v2=False) == {"UNION_TYPE_CHOICES"}
    assert judged([row(button(str(number))) for number in range(6)], is_v2=False) == {"BASE_TYPE_MAX_LENGTH"}


def label(component, **more):
    return {"type": 18, "label": "Words", "component": component} | more


def modal(*components, **more):
    return {"custom_id": "m", "title": "Title", "components": list(components)} | more


INPUT = {"type": 4, "custom_id": "i", "style": 1}
GROUP = {"type": 22, "custom_id": "g", "options": options(10)}


@pytest.mark.parametrize(
    "good",
    [
        modal(label(INPUT)),
        modal({"type": 1, "components": [INPUT | {"label": "Old"}]}, title="x" * 45),
        modal(label({"type": 21, "custom_id": "r", "options": options(2)}), text()),
        modal(label(GROUP), label({"type": 23, "custom_id": "c"}), label({"type": 19, "custom_id": "f"})),
        modal(
            label(INPUT | {"max_length": 4000, "value": "x" * 4000, "placeholder": "x" * 100}, description="x" * 100)
        ),
    ],
)
def test_a_modal_within_bounds_is_taken(good):
    assert MODAL(good) == {}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (modal(), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(INPUT), title="x" * 46), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(INPUT, label="x" * 46)), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(INPUT | {"max_length": 4001})), "NUMBER_TYPE_MAX"),
        (modal(label({"type": 21, "custom_id": "r", "options": options(1)})), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(GROUP | {"options": options(11)})), "BASE_TYPE_BAD_LENGTH"),
        (modal(*[label(INPUT | {"custom_id": str(number)}) for number in range(6)]), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(button())), "UNION_TYPE_CHOICES"),
        (modal({"type": 1, "components": [INPUT]}), "BASE_TYPE_REQUIRED"),
    ],
)
def test_a_modal_out_of_bounds_is_refused(bad, code):
    assert codes({"errors": MODAL(bad)}) == {code}


@specs.needs_specs
@pytest.mark.asyncio
async def test_our_judgement_of_fields_is_discords_own():
    async with rigged() as rig:
        record = await rig.deferred()
        for components in GOOD:
            await rig.edit(record, {"flags": 1 << 15, "components": components})
            assert specs.request_errors(rig.local.calls[-1]) == [], components
        for components, _ in BAD_BY_FIELD:
            status, _ = await rig.edit(record, {"flags": 1 << 15, "components": components})
            assert status == 400
            assert specs.request_errors(rig.local.calls[-1]) != [], components


@specs.needs_specs
@pytest.mark.asyncio
async def test_every_component_comes_back_as_described():
    async with rigged() as rig:
        record = await rig.deferred()
        for components in GOOD:
            if "attachment://" not in str(components):
                status, _ = await rig.edit(record, {"flags": 1 << 15, "components": components})
                assert status == 200
                assert specs.answer_errors(rig.local.calls[-1]) == [], components
        files = [{"type": 13, "file": {"url": "attachment://a.txt"}}, section(1, thumbnail("attachment://a.txt"))]
        await rig.edit(record, {"flags": 1 << 15, "components": files}, files={"a.txt": b"x"})
        assert specs.answer_errors(rig.local.calls[-1]) == []


def thumbnail(url):
    return {"type": 11, "media": {"url": url}}
