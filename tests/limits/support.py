"""Rules, requests and a catalog as the tests of credits and limits need them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, Catalog
from bot.jobs import Request
from bot.limits import Asker, Rules
from bot.periods import Per, ZoneChange
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import (
    BALANCE_WARNING,
    BUDGET,
    CEILING_PER_DAY,
    CEILING_PER_MONTH,
    DEFAULT_BUDGET,
    OPERATOR_SETTINGS,
    SAFETY_SETTINGS,
    SETTINGS,
    Settings,
)

# Prices of an image: 0.06, 0.06 and 0.025 credits.
MODELS = Catalog((IMAGEN_4, IMAGEN_3, IMAGEN_4_FAST))
PRICE = IMAGEN_4.price_microcredits
FAST_PRICE = IMAGEN_4_FAST.price_microcredits

GUILD, PLACE, USER = 1, 2, 3
# 2026-11-20, 12:00 in UTC: a Friday.
NOON_MS = 1_795_176_000_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

UNLIMITED = Budget(BudgetKind.UNLIMITED)
BLOCKED = Budget(BudgetKind.BLOCKED)
PLENTY = 1_000_000_000
BY_NAME = {setting.name: setting for setting in (*SETTINGS, *SAFETY_SETTINGS, *OPERATOR_SETTINGS)}


def allowed(amount_microcredits: int, per: Per = Per.DAY) -> Allowance:
    return Allowance(amount_microcredits, per)


def budget(amount_microcredits: int, per: Per = Per.MONTH) -> Budget:
    return Budget(BudgetKind.LIMITED, Allowance(amount_microcredits, per))


# The operator's configuration where a test says nothing of it: nobody meets a limit.
DEFAULTS = {
    BUDGET.name: budget(PLENTY),
    DEFAULT_BUDGET.name: budget(PLENTY),
    CEILING_PER_DAY.name: PLENTY,
    CEILING_PER_MONTH.name: PLENTY,
    BALANCE_WARNING.name: 5_000_000,
}


def ruled(installation: Mapping[str, Any] | None = None, zones: Sequence[ZoneChange] = (), **guild: Any) -> Rules:
    """The rules of a server where these settings were made, and the operator made those of `installation`."""
    return Rules(guild=settings(guild), installation=settings(installation or {}), zones=zones)


def settings(made: Mapping[str, Any]) -> Settings:
    return Settings({name: BY_NAME[name].field.stored(value) for name, value in made.items()}, DEFAULTS)


def asker(*role_ids: int, place_id: int = PLACE) -> Asker:
    return Asker(guild_id=GUILD, place_id=place_id, user_id=USER, role_ids=role_ids)


def request(
    interaction_id: int = 77,
    *,
    guild_id: int = GUILD,
    place_id: int = PLACE,
    channel_id: int | None = None,
    user_id: int = USER,
    role_ids: tuple[int, ...] = (),
    model: str = "imagen-4",
    count: int = 1,
    created_ms: int = NOON_MS,
    private: bool = False,
    age_restricted: bool = False,
    models: tuple[str, ...] = (),
    expand: bool = False,
    **options: Any,
) -> Request:
    """A request for so many images, made in the channel whose rules count unless it was in a thread of it."""
    command = next(found.command for found in MODELS.models if found.key == model)
    return Request(
        interaction_id=interaction_id,
        guild_id=guild_id,
        channel_id=channel_id or place_id,
        place_id=place_id,
        user_id=user_id,
        locale="en-US",
        guild_locale="en-GB",
        command=command,
        model=model,
        values={"prompt": "a cat", "count": count, **options},
        private=private,
        spoiler=False,
        created_ms=created_ms,
        reply="address",
        filesize_limit_bytes=10 * 2**20,
        role_ids=role_ids,
        age_restricted=age_restricted,
        models=models,
        expand=expand,
    )
