"""A line as people type it: what it becomes, and what is said where it is none."""

import pytest

from bot.sandbox.command_line import BadLine, read_line

TEXT = {"name": "reason", "type": 3}
COUNT = {"name": "count", "type": 4}
COMMANDS = {
    "me": {"name": "me"},
    "imagen": {"name": "imagen", "options": [{"name": "prompt", "type": 3}, COUNT]},
    "credits": {
        "name": "credits",
        "options": [
            {"name": "give", "type": 1, "options": [{"name": "member", "type": 6}, TEXT]},
            {"name": "all", "type": 1},
        ],
    },
}


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("/me", ("me", {})),
        ("/imagen prompt: a fox count: 2", ("imagen", {"prompt": "a fox", "count": 2})),
        ('/imagen prompt: " a fox"', ("imagen", {"prompt": " a fox"})),
        ("/credits give reason: a contest", ("credits", {"give": {"reason": "a contest"}})),
        ("/credits all", ("credits", {"all": {}})),
    ],
)
def test_a_line_becomes_a_command_and_its_options(line, read):
    assert read_line(line, COMMANDS) == read


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("me", "type one of /me"),
        ("/nothing", "type one of /me"),
        ("/me now", "/me takes no options"),
        ("/credits", "type one of /credits give, /credits all"),
        ("/credits borrow", "type one of /credits give, /credits all"),
        ("/credits all of them", "/credits all takes no options"),
        ("/credits give member: mia", "chosen in the page"),
        ("/imagen a fox", "/imagen takes prompt:, count:"),
        ("/imagen prompt: a fox count: two", "is not a whole number"),
    ],
)
def test_a_line_that_is_no_command_is_answered_with_what_to_type(line, told):
    with pytest.raises(BadLine, match=told):
        read_line(line, COMMANDS)
