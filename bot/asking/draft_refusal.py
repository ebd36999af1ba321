"""Whether what is only asked about yet would be refused: the decision of bot/tracker/desk.py, without writing. Pure."""

from random import Random

from bot.admission import check_choices, check_count, check_level, check_limits
from bot.catalog import Catalog
from bot.intake import Refusal, choose_models, count_of, decide
from bot.jobs import Request
from bot.settings import REFUSAL_WORDS
from bot.standing import Standing


def refusal_now(request: Request, standing: Standing, *, catalog: Catalog, ceiling: str) -> Refusal | None:
    """Why this would be refused if it were asked for now, by whoever stands like this; its words are not judged.

    The steps and their order are those of bot/tracker/desk.py.
    """
    rules = standing.rules
    try:
        if standing.refusal is not None:
            raise standing.refusal
        level = check_level(request, rules, ceiling=ceiling)
        check_choices(request, rules=rules)
        chance = Random(0)  # of what is drawn nothing is kept
        jobs = decide(request, catalog=catalog, ceiling=ceiling, level=level, out={}, rng=chance, now_ms=0)
        for model in choose_models(request, catalog):
            check_count(model, count_of(request), rules=rules, catalog=catalog, out=standing.out)
        check_limits(jobs, standing.claims, standing.usages, rules=rules, catalog=catalog, out=standing.out)
    except Refusal as refusal:
        if refusal.of_server:
            refusal.server_words = rules.guild[REFUSAL_WORDS]
        return refusal
    return None
