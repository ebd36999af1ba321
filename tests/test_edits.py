"""From a card to what is asked for next: what is kept, what is left out, what is wrong."""

from dataclasses import replace

import pytest

from bot.asking.asks import Ask, ask_json, ask_of
from bot.asking.edits import Edited, Mistakes, Source, Typed, again, finished, read, redo, typed_of, unfinished
from bot.asking.value_lines import Switch, Why
from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, IMAGEN_4_ULTRA, Catalog
from bot.intake import Refusal
from tests.store.support import JOB, REQUEST

MODELS = Catalog()
GERMAN = Switch("ja", "nein")


def source(model=IMAGEN_4_FAST, **values):
    """A public card of this model, made with these values; as they are sent by default."""
    given = {"prompt": "a house", **values}
    own = {name: value for name, value in given.items() if name != "count"}
    request = replace(
        REQUEST, command=model.command, model=model.key, values=given, private=False, spoiler=False, parent_id=3
    )
    return Source(request, [replace(JOB, model=model.key, slug=model.slug, payload=model.payload(own))])


def sent(card, catalog=MODELS, **typed):
    """What the form of a card comes to, with this typed into it."""
    return read(replace(typed_of(card, catalog), **typed), card, catalog)


def asked(edited):
    assert isinstance(edited, Edited), edited
    return edited.ask.values


# ---------------------------------------------------------------- again, and with another model


def test_again_follows_from_nothing_and_is_as_it_was():
    card = source(steps=30, count=2)
    ask = again(replace(card, request=replace(card.request, private=True, spoiler=True, expand=True)))
    assert ask == Ask(
        command="imagen-fast",
        models=("imagen-4-fast",),
        values={"prompt": "a house", "steps": 30, "count": 2},
        private=True,
        spoiler=True,
        expand=True,
    )


@pytest.mark.parametrize("model", MODELS.models)
@pytest.mark.parametrize("before", MODELS.models)
def test_any_model_can_redo_what_any_made_in_its_shape(before, model):
    card = source(before, count=3)
    edited = redo(card, model)
    assert edited.left_out == ()
    assert (edited.ask.command, edited.ask.models, edited.ask.parent_id) == (model.command, (model.key,), 1)
    payload = model.payload({name: value for name, value in edited.ask.values.items() if name != "count"})
    assert payload["aspect_ratio"] == card.sent["aspect_ratio"]
    assert edited.ask.values["count"] == 3


def test_choices_in_braces_mean_what_they_meant_with_another_model_too():
    card = source()
    for expand in (True, False):
        meant = replace(card, request=replace(card.request, expand=expand))
        assert redo(meant, IMAGEN_4).ask.expand is expand


def test_what_another_model_does_not_take_is_left_out_and_named():
    edited = redo(source(steps=30, seed=5, negative_prompt="rain"), IMAGEN_3)
    assert asked(edited) == {"prompt": "a house", "aspect_ratio": "1:1"}
    assert edited.left_out == ("steps", "seed", "negative_prompt")


def test_a_value_that_another_model_has_no_room_for_is_left_out_too():
    few = replace(IMAGEN_4_FAST, key="few", fields=tuple(_at_most(field, 20) for field in IMAGEN_4_FAST.fields))
    edited = redo(source(steps=30), few)
    assert "steps" not in asked(edited)
    assert edited.left_out == ("steps",)


def _at_most(field, high):
    return replace(field, high=high) if field.name == "steps" else field


def test_a_size_without_a_shape_of_the_other_models_is_left_out():
    card = source(width=300, height=900)
    assert asked(redo(card, IMAGEN_4)) == {"prompt": "a house"}
    assert redo(card, IMAGEN_4).left_out == ("width", "height")
    assert asked(redo(card, replace(IMAGEN_4_FAST, key="other"))) == {"prompt": "a house", "width": 300, "height": 900}


def test_a_shape_that_another_model_has_no_size_for_is_left_out_and_named():
    tall = replace(IMAGEN_4_FAST, key="tall", fields=tuple(_at_least(field, 600) for field in IMAGEN_4_FAST.fields))
    edited = redo(source(IMAGEN_4, aspect_ratio="16:9"), tall)
    assert asked(edited) == {"prompt": "a house"}
    assert edited.left_out == ("aspect_ratio",)


def _at_least(field, low):
    return replace(field, low=low, default=low) if field.name == "height" else field


# ---------------------------------------------------------------- the form


@pytest.mark.parametrize("model", MODELS.models)
def test_a_form_that_is_sent_as_it_opened_makes_the_same(model):
    card = source(model, count=2)
    edited = sent(card)
    assert edited.left_out == ()
    values = {name: value for name, value in asked(edited).items() if name != "count"}
    assert model.payload(values) == card.sent
    assert edited.ask.parent_id == 1


def test_the_form_opens_with_what_was_given_and_no_more():
    card = source(steps=30, count=2, width=512)
    assert typed_of(card, MODELS) == Typed(
        prompt="a house", negative_prompt="", model="imagen-4-fast", shape="", lines="width: 512\nsteps: 30\ncount: 2"
    )


def test_who_sees_it_and_whether_it_is_hidden_stands_in_the_lines_in_ones_own_language():
    card = source()
    hidden = replace(card, request=replace(card.request, private=True, spoiler=True))
    assert typed_of(hidden, MODELS, switch=GERMAN).lines == "private: ja\nspoiler: ja"
    kept = read(typed_of(hidden, MODELS, switch=GERMAN), hidden, MODELS, switch=GERMAN)
    assert (kept.ask.private, kept.ask.spoiler) == (True, True)
    opened = sent(hidden, lines="private: no")
    assert (opened.ask.private, opened.ask.spoiler) == (False, False)
    assert asked(opened) == {"prompt": "a house", "negative_prompt": ""}


def test_nothing_to_leave_out_is_a_wish_of_its_own():
    assert asked(sent(source(IMAGEN_4_ULTRA), negative_prompt=""))["negative_prompt"] == ""


def test_what_was_there_and_the_chosen_model_does_not_take_is_left_out_and_named():
    edited = sent(source(steps=30, negative_prompt="rain"), model="imagen-3")
    assert asked(edited) == {"prompt": "a house"}
    assert set(edited.left_out) == {"steps", "negative_prompt"}


def test_what_is_typed_anew_and_the_chosen_model_does_not_take_is_a_mistake():
    wrong = sent(source(steps=30), model="imagen-3", lines="steps: 31")
    assert isinstance(wrong, Mistakes)
    assert [(each.line, each.why, each.typed) for each in wrong.lines] == [(1, Why.NOT_TAKEN, "steps")]


def test_a_line_keeps_its_number_where_one_before_it_was_left_out():
    wrong = sent(source(steps=30), model="imagen-3", lines="steps: 30\ncolour: red")
    assert [(each.line, each.typed) for each in wrong.lines] == [(2, "colour")]


def test_all_that_is_wrong_is_told_together():
    wrong = sent(source(), prompt=" ", negative_prompt="x" * 2001, shape="2:1", lines="steps: 0")
    assert [(each.name, each.reason) for each in wrong.inputs] == [
        ("prompt", "blank"),
        ("negative_prompt", "length"),
        ("aspect_ratio", "choice"),
    ]
    assert [each.why for each in wrong.lines] == [Why.VALUE]


def test_a_size_that_has_not_the_shape_is_a_mistake():
    wrong = sent(source(), shape="16:9", lines="width: 512\nheight: 512")
    assert [(each.name, each.reason) for each in wrong.inputs] == [("aspect_ratio", "shape")]


def test_what_has_an_input_of_its_own_is_no_line():
    wrong = sent(source(), lines="prompt: a dog\naspect_ratio: 1:1")
    assert [each.why for each in wrong.lines] == [Why.UNKNOWN, Why.UNKNOWN]


@pytest.mark.parametrize("key", ["imagen-2", "", "imagen-3"])
def test_a_model_that_is_not_offered_is_refused(key):
    catalog = Catalog((replace(IMAGEN_3, enabled=False), IMAGEN_4_FAST))
    with pytest.raises(Refusal, match="model_not_offered"):
        sent(source(), catalog, model=key)


def test_a_card_of_a_model_that_is_gone_can_be_made_with_another():
    catalog = Catalog((IMAGEN_4,))
    assert asked(sent(source(steps=30), catalog, model="imagen-4", negative_prompt="fog")) == {
        "prompt": "a house",
        "negative_prompt": "fog",
    }


def test_a_form_with_mistakes_is_kept_as_it_was_typed():
    typed = Typed(prompt="a", negative_prompt="b", model="imagen-3", shape="", lines="c\nd: e")
    kept = ask_of(ask_json(unfinished(typed, of=7)))
    assert finished(kept, of=7) == typed
    assert finished(kept, of=8) is None
    assert finished(again(source()), of=3) is None


def test_what_to_leave_out_is_a_mistake_where_it_was_typed_anew_for_a_model_that_does_not_take_it():
    wrong = sent(source(negative_prompt="rain"), model="imagen-3", negative_prompt="fog")
    assert isinstance(wrong, Mistakes)
    assert [(each.name, each.reason) for each in wrong.inputs] == [("negative_prompt", "not_taken")]


def test_of_what_only_the_model_before_left_out_nothing_is_said():
    edited = sent(source(IMAGEN_4), model="imagen-3")
    assert edited.left_out == ()
    assert "negative_prompt" not in asked(edited)
