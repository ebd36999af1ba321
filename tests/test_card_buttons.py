from dataclasses import replace

import pytest

from bot.cards.buttons import LABEL_CHARACTERS_MAX, CardButtons
from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, IMAGEN_4_ULTRA, Catalog
from bot.jobs import Outcome, Remover, State
from bot.ports import CardAct
from bot.text import Texts
from tests.test_cards import compared, done, failed, jobs_of, request

BUTTONS = CardButtons(texts=Texts(), catalog=Catalog())
AT_ITS_END = [done(sha256="ab")]


def rows(changes=({},), *, asked=None, over=False, fetching=False, has_images=False, buttons=BUTTONS, locale="en-US"):
    asked = asked or request(count=len(changes))
    jobs = [replace(job, **change) for job, change in zip(jobs_of(asked), changes, strict=True)]
    return buttons.rows(locale, asked, jobs, over=over, fetching=fetching, has_images=has_images)


def ended(changes=(), **how):
    return rows(changes or AT_ITS_END, over=True, has_images=True, **how)


def acts(shown):
    return [[button.does for button in row] for row in shown]


def redone(shown):
    return {button.arg: button.label for row in shown for button in row if button.does is CardAct.REDO}


@pytest.mark.parametrize("state", [State.ACCEPTED, State.SUBMITTING, State.RUNNING])
def test_what_is_under_way_can_be_cancelled_and_nothing_else(state):
    assert acts(rows([{"state": state}])) == [[CardAct.CANCEL]]
    assert acts(rows([{"state": state}, done()], has_images=True)) == [[CardAct.CANCEL]]


def test_when_the_card_says_that_only_fetching_is_left_there_is_nothing_to_cancel():
    assert rows([done()], fetching=True) == ()


def test_an_image_that_is_finished_does_not_change_the_card_before_it_is_on_it():
    assert rows([done()]) == rows([{"state": State.RUNNING}])


def test_a_card_with_an_image_has_all_that_can_be_done_with_it():
    assert acts(ended()) == [
        [CardAct.AGAIN, CardAct.EDIT, CardAct.REDO, CardAct.REDO, CardAct.REDO],
        [CardAct.DETAILS, CardAct.FAVOURITE, CardAct.SEND, CardAct.DELETE],
    ]


def test_only_a_private_card_can_be_shared():
    shared = acts(ended(asked=request(private=True)))
    assert shared[1] == [CardAct.DETAILS, CardAct.FAVOURITE, CardAct.SEND, CardAct.SHARE, CardAct.DELETE]


def test_a_card_without_an_image_can_be_tried_again_changed_and_read():
    shown = rows([failed(Outcome.BLOCKED_WORDS)], over=True)
    assert acts(shown) == [[CardAct.AGAIN, CardAct.EDIT, CardAct.DETAILS]]


@pytest.mark.parametrize("by", Remover)
def test_a_removed_card_has_no_buttons(by):
    assert ended(asked=replace(request(), removed=by)) == ()
    assert rows(asked=replace(request(), removed=by)) == ()


def test_what_costs_says_so_for_all_the_images_that_it_will_make():
    shown = ended([done(sha256="ab")] * 3)
    assert shown[0][0].label == "Again · 0.18 credits"
    assert redone(shown) == {
        "imagen-3": "With Imagen 3 · 0.18 credits",
        "imagen-4-ultra": "With Imagen 4 Ultra · 0.225 credits",
        "imagen-4-fast": "With Imagen 4 Fast · 0.075 credits",
    }


def test_after_a_comparison_the_others_are_offered_with_as_many_images_as_each_model_made():
    jobs = [replace(job, **done(sha256="ab")) for job in compared(models=(IMAGEN_4, IMAGEN_3), prompts=("a", "a"))]
    shown = BUTTONS.rows("en-US", request(), jobs, over=True, fetching=True, has_images=True)
    assert shown[0][0].label == "Again · 0.24 credits"
    assert redone(shown) == {
        "imagen-4-ultra": "With Imagen 4 Ultra · 0.15 credits",
        "imagen-4-fast": "With Imagen 4 Fast · 0.05 credits",
    }


def test_what_is_free_names_no_price():
    free = CardButtons(texts=Texts(), catalog=Catalog((replace(IMAGEN_4, price_microcredits=0),)))
    assert ended(buttons=free)[0][0].label == "Again"


def test_a_model_that_is_switched_off_is_neither_offered_nor_asked_again():
    off = CardButtons(texts=Texts(), catalog=Catalog((replace(IMAGEN_4, enabled=False), IMAGEN_4_FAST)))
    assert acts(ended(buttons=off))[0] == [CardAct.EDIT, CardAct.REDO]
    gone = CardButtons(texts=Texts(), catalog=Catalog((replace(IMAGEN_3, enabled=False), IMAGEN_4_FAST)))
    assert acts(ended(buttons=gone))[0] == [CardAct.EDIT, CardAct.REDO]


def test_three_other_models_are_offered_at_the_most_however_many_there_are():
    many = tuple(replace(IMAGEN_4_ULTRA, key=f"ultra-{n}") for n in range(20))
    assert len(redone(ended(buttons=CardButtons(texts=Texts(), catalog=Catalog((IMAGEN_4, *many)))))) == 3


def test_the_price_stays_on_the_button_however_long_a_model_is_called():
    named = replace(IMAGEN_3, label="Painter " * 12)
    (label,) = redone(ended(buttons=CardButtons(texts=Texts(), catalog=Catalog((IMAGEN_4, named))))).values()
    assert len(label) <= LABEL_CHARACTERS_MAX
    assert label.endswith("… · 0.06 credits")


@pytest.mark.parametrize("locale", Texts().locales)
def test_every_language_has_labels_that_discord_takes(locale):
    for shown in (rows(locale=locale), ended(locale=locale), ended(asked=request(private=True), locale=locale)):
        assert all(0 < len(button.label) <= LABEL_CHARACTERS_MAX for row in shown for button in row)
