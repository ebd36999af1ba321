"""What is said about a file of settings: what is wrong with it, and what an import did. Pure."""

from collections.abc import Sequence

from bot.admin.change_text import short
from bot.admin.panel_text import Phrases
from bot.admin.settings_file import Problem, Stranger
from bot.settings import Setting

PROBLEMS_SHOWN_MAX = 15
STRANGERS_SHOWN_MAX = 8


def problem_words(phrases: Phrases, problems: Sequence[Problem]) -> str:
    """Everything that is wrong, one line each, below a line that says that nothing was changed."""
    lines = [f"• {_problem(phrases, each)}" for each in problems[:PROBLEMS_SHOWN_MAX]]
    return "\n".join([phrases("safety.import.refused"), *lines, *_more(phrases, problems, PROBLEMS_SHOWN_MAX)])


def _problem(phrases: Phrases, problem: Problem) -> str:
    if problem.refused is not None:
        setting, error = problem.refused
        return phrases("panel.entry", entry=f"**{phrases.name(setting)}**", value=phrases.refused(error, setting))
    values = dict(problem.values)
    if isinstance(setting := values.pop("setting", None), Setting):
        values["name"] = phrases.name(setting)
    elif "name" in values:
        values["name"] = short(values["name"])
    return phrases(problem.message_id, **values)


def import_words(phrases: Phrases, changed: Sequence[Setting[object]], strangers: Sequence[Stranger]) -> str:
    """What an import changed, and what it left out."""
    first = phrases("safety.import.done" if changed else "safety.import.same", count=len(changed))
    lines = [_stranger(phrases, each) for each in strangers[:STRANGERS_SHOWN_MAX]]
    return "\n".join([first, *lines, *_more(phrases, strangers, STRANGERS_SHOWN_MAX)])


def _stranger(phrases: Phrases, stranger: Stranger) -> str:
    return phrases(
        "safety.import.stays" if stranger.stays else "safety.import.left_out",
        name=phrases.name(stranger.setting),
        target=phrases.target(stranger.kind, stranger.target_id),
    )


def _more(phrases: Phrases, everything: Sequence[object], shown: int) -> list[str]:
    more = len(everything) - shown
    return [phrases("safety.import.more", count=more)] if more > 0 else []
