import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import clipped
from bot.ports import Card, CardAct, CardButton, CardImage
from cogs.cards.ids import CardAddress, read_card_address
from cogs.widgets import ACCENTS, card_view, fitted, notice


def image(number=1, **changes):
    values = {
        "filename": f"imagen-abc-{number}.png",
        "path": "",
        "alt": "Image made by Imagen 4",
        "spoiler": False,
        "attachment_id": None,
    }
    return CardImage(**{**values, **changes})


def card(**changes):
    values = {
        "interaction_id": 7,
        "title": "**Your image**",
        "lines": ("> a cozy cabin", "Expected soon."),
        "small": "Imagen 4 · ref abc",
        "images": (),
        "accent": "done",
    }
    return Card(**{**values, **changes})


ROWS = (
    (
        CardButton(does=CardAct.AGAIN, label="Again", style="primary"),
        CardButton(does=CardAct.REDO, label="With Imagen 3", arg="imagen-3"),
    ),
    (CardButton(does=CardAct.DELETE, label="Delete", style="danger"),),
)


def _bounds(view):
    """Characters, bytes and number of components, as Discord counts them."""
    texts, count, waiting = [], 0, view.to_components()
    while waiting:
        component = waiting.pop()
        count += 1
        waiting += component.get("components", [])
        if component["type"] == 10:
            texts.append(component["content"])
    return sum(map(len, texts)), sum(len(text.encode()) + 12 for text in texts), count


def test_a_card_is_one_container_with_its_texts_in_order_and_its_images_above_the_small_print():
    (container,) = card_view(card(images=(image(1), image(2, spoiler=True)))).to_components()
    assert container["accent_color"] == ACCENTS["done"].value
    title, prompt, line, gallery, small = container["components"]
    assert [each["content"] for each in (title, prompt, line, small)] == [
        "**Your image**",
        "> a cozy cabin",
        "Expected soon.",
        "-# Imagen 4 · ref abc",
    ]
    assert gallery["items"] == [
        {
            "media": {"url": "attachment://imagen-abc-1.png"},
            "description": "Image made by Imagen 4",
            "spoiler": False,
        },
        {"media": {"url": "attachment://imagen-abc-2.png"}, "description": "Image made by Imagen 4", "spoiler": True},
    ]


def test_a_mention_stands_above_the_card():
    call, container = card_view(card(), mention="<@1>").to_components()
    assert call["content"] == "<@1>"
    assert container["type"] == 17


def test_a_card_without_small_print_or_images_has_neither():
    (container,) = card_view(card(small="")).to_components()
    assert [each["type"] for each in container["components"]] == [10, 10, 10]


@pytest.mark.parametrize("sign", ["x", "界", "🏠", "*", "\n"])
def test_no_card_is_over_the_limits_of_one_message(sign):
    lines = tuple(clipped(sign * 2600, characters_max=9000, bytes_max=90000) for _ in range(60))
    button = CardButton(does=CardAct.REDO, label=sign * 80, arg="imagen-4")
    full = card(lines=lines, small=sign * 3000, images=tuple(map(image, range(10))), rows=((button,) * 5,) * 2)
    characters, size_bytes, components = _bounds(card_view(full, mention="<@1>"))
    assert characters <= 4000
    assert size_bytes <= 10_000
    assert components + len(full.images) <= 40


def test_a_card_that_is_too_long_keeps_its_small_print_and_loses_of_its_longest_text():
    (container,) = card_view(card(lines=("> " + "a" * 5000, "Expected soon."))).to_components()
    title, prompt, line, small = (each["content"] for each in container["components"])
    assert prompt.endswith("…")
    assert (title, line, small) == ("**Your image**", "Expected soon.", "-# Imagen 4 · ref abc")


def test_texts_that_fit_are_left_alone():
    texts = ["a" * 2000, "b" * 2000]
    assert fitted(texts) == texts


def test_a_cut_leaves_no_lone_backslash():
    (cut,) = fitted(["\\*" * 3000])
    assert not cut.removesuffix("…").endswith("\\")


def test_alt_text_is_as_long_as_discord_allows():
    (container,) = card_view(card(images=(image(alt="a" * 3000),))).to_components()
    assert len(container["components"][3]["items"][0]["description"]) == 1024


def test_nothing_of_ours_is_kept_to_wait_for_clicks():
    for view in (card_view(card(images=(image(),))), notice("No.")):
        assert not view.is_dispatchable()
        assert view.timeout is None


@pytest.mark.asyncio
async def test_nor_is_a_card_with_buttons_which_say_themselves_what_they_mean():
    view = card_view(card(rows=ROWS))
    assert view.is_dispatchable()
    assert view.is_finished()


def test_the_buttons_of_a_card_stand_in_their_rows_below_everything_else():
    (container,) = card_view(card(rows=ROWS, images=(image(),))).to_components()
    *_, small, first, second = container["components"]
    assert small["content"] == "-# Imagen 4 · ref abc"
    told = [
        [(each["label"], each["custom_id"], each["style"]) for each in row["components"]] for row in (first, second)
    ]
    assert told == [
        [("Again", "card:1:again:7", 1), ("With Imagen 3", "card:1:redo:7:imagen-3", 2)],
        [("Delete", "card:1:delete:7", 4)],
    ]


# ---------------------------------------------------------------- what a custom_id says


@given(
    does=st.sampled_from(CardAct),
    interaction_id=st.integers(0, 2**63 - 1),
    arg=st.from_regex(r"[A-Za-z0-9_.-]{0,48}", fullmatch=True),
)
def test_what_a_custom_id_says_comes_back_as_it_was(does, interaction_id, arg):
    address = CardAddress(does, interaction_id, arg)
    assert len(address.custom_id()) <= 100
    assert read_card_address(address.custom_id()) == address


@pytest.mark.parametrize(
    "custom_id",
    [
        "",
        "card:",
        "card:2:again:7",
        "card:1:dance:7",
        "card:1:again:",
        "card:1:again:7:",
        "card:1:again:-7",
        "case:1:again:7",
    ],
)
def test_a_custom_id_that_this_version_did_not_make_says_nothing(custom_id):
    assert read_card_address(custom_id) is None
