"""People outside of servers: in direct messages, in groups of people, and in servers that the bot is not in. Pure.

Each person has a place of their own there, which everything below the rim takes for a server with one member: its id is
the person's with a minus sign. docs/decisions/0016-outside-of-servers.md tells why.
"""

from collections.abc import Mapping
from typing import Any

from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import BUDGET, INSTALLATION, MEMBER_ALLOWANCE

# The place of those whose data was deleted; nobody has the id 1.
FORGOTTEN = -1


def home_of(user_id: int) -> int:
    """The id of a person's own place; no server's id is negative."""
    return -user_id


def is_outside(guild_id: int) -> bool:
    """Whether this is a person's own place, and no server."""
    return guild_id < INSTALLATION


def rules_outside(allowance_microcredits: int) -> Mapping[str, Any]:
    """What is set in every such place, as the database would hold it: an allowance by the month, and no budget beside it."""
    allowance = Allowance(allowance_microcredits, Per.MONTH)
    return {
        MEMBER_ALLOWANCE.name: MEMBER_ALLOWANCE.field.stored(allowance),
        BUDGET.name: BUDGET.field.stored(Budget(BudgetKind.UNLIMITED)),
    }
