"""What is kept, and what has to go for it."""

from bot.kept import Kept


def kept(*pairs, weight_max=10):
    found = Kept(weight_max=weight_max, weigh=len)
    for key, value in pairs:
        found.put(key, value)
    return found


def test_what_was_used_last_stays():
    found = kept((1, "aaaa"), (2, "bbbb"))
    assert found.get(1) == "aaaa"
    found.put(3, "cccc")
    assert [found.get(key) for key in (1, 2, 3)] == ["aaaa", None, "cccc"]
    assert len(found) == 2


def test_what_is_put_in_the_place_of_something_weighs_no_more_than_itself():
    found = kept((1, "aaaaaaaaa"), (1, "a"), (2, "bbbbbbbbb"))
    assert 1 in found
    assert 2 in found


def test_what_weighs_more_than_all_may_is_kept_alone():
    found = kept((1, "a"), (2, "b" * 20))
    assert 1 not in found
    assert found.get(2) == "b" * 20


def test_there_is_an_end_to_what_weighs_nothing():
    assert len(kept(*((number, "") for number in range(99)))) == 10


def test_all_that_is_kept_can_be_changed():
    found = kept((1, "ab"), (2, "cd"))
    found.change_all(str.upper)
    found.drop(1)
    assert [found.get(key) for key in (1, 2)] == [None, "CD"]
