"""What somebody wants, as it is kept until they confirm it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.asking.asks import Ask, ask_json, ask_of
from tests.test_intake import request

values = st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False))
asks = st.builds(
    Ask,
    command=st.text(),
    models=st.lists(st.text(), min_size=1).map(tuple),
    values=values,
    private=st.booleans(),
    spoiler=st.booleans(),
    parent_id=st.none() | st.integers(1, 2**63 - 1),
    expand=st.booleans(),
)


@given(asks)
def test_what_is_kept_is_what_was_wanted(ask):
    assert ask_of(ask_json(ask)) == ask


def test_what_was_wanted_with_a_request_can_be_wanted_again():
    asked = replace(request(count=2), private=True, spoiler=True, parent_id=5, expand=True)
    assert Ask.of(asked) == Ask(
        command="imagen",
        models=("imagen-4",),
        values={"prompt": "a cat", "count": 2},
        private=True,
        spoiler=True,
        parent_id=5,
        expand=True,
    )


def test_of_a_comparison_all_models_are_wanted_again():
    compared = replace(request(), models=("imagen-4", "imagen-3"))
    assert Ask.of(compared).models == ("imagen-4", "imagen-3")
