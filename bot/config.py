"""The operator's configuration: environment and `.env` become one frozen object. Nothing else reads the environment."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.catalog import SAFETY_LEVELS
from bot.errors import ConfigError
from bot.money import MICROCREDITS_PER_CREDIT
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import BALANCE_WARNING, BUDGET, CEILING_PER_DAY, CEILING_PER_MONTH, DEFAULT_BUDGET

SQLITE = "sqlite:///"
ID_MAX = 2**63 - 1
_url = TypeAdapter(HttpUrl)


def _whole_microcredits(value: Decimal) -> Decimal:
    if value * MICROCREDITS_PER_CREDIT % 1:
        raise ValueError("may have at most 6 digits after the point")
    return value


# 1 credit is 1 US dollar; at most what the fields of bot/setting_fields.py take.
Credits = Annotated[Decimal, Field(ge=0, le=10_000_000), AfterValidator(_whole_microcredits)]


C = TypeVar("C", bound="StoreConfig")


class StoreConfig(BaseSettings):
    """Where the database is: all that is needed to look into it."""

    # Some editors begin a file with a byte order mark; what is set to nothing counts as not set.
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8-sig", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: str = Field("sqlite:///data/imagen.db", description="Where jobs, credits and settings are kept.")

    @field_validator("database_url")
    @classmethod
    def _is_sqlite(cls, value: str) -> str:
        if not value.startswith(SQLITE) or not value.removeprefix(SQLITE):
            raise ValueError("must be sqlite:/// and a file name, for example sqlite:///data/imagen.db")
        return value

    @property
    def database_path(self) -> Path:
        return Path(self.database_url.removeprefix(SQLITE))


class Config(StoreConfig):
    """Everything the operator can set; each name in capitals is an environment variable."""

    discord_token: SecretStr = Field(min_length=1, description="The bot's token, from Discord's Developer Portal.")
    segmind_api_key: SecretStr = Field(min_length=1, description="The API key, from Segmind's console.")
    discord_api_url: str = Field("https://discord.com/api/v10", description="Where Discord's API is.")
    segmind_base_url: str = Field("https://api.segmind.com", description="Where Segmind's API is.")
    segmind_history_url: str = Field(
        "https://api.spotprod.segmind.com", description="Where Segmind's request history is; it is sent the key, too."
    )
    images_dir: Path = Field(Path("data/images"), description="Where finished images are kept.")
    images_quota_mib: int = Field(5_000, ge=10, le=10_000_000, description="How much room the images may take, in MiB.")
    images_retention_days: int = Field(30, ge=1, le=3650, description="How long the images are kept, in days.")
    prompts_retention_days: int = Field(
        30, ge=2, le=3650, description="How long prompts and options are kept after a request, in days."
    )
    notices_retention_days: int = Field(
        60, ge=32, le=3650, description="How long it is kept that a server or you were told something, in days."
    )
    changes_retention_days: int = Field(
        365, ge=1, le=3650, description="How long it is kept who changed which setting, in days."
    )
    cases_retention_days: int = Field(
        90, ge=7, le=3650, description="How long blocks, reports and what moderators did are kept, in days."
    )
    left_servers_retention_days: int = Field(
        30, ge=1, le=3650, description="How long a server's settings are kept after the bot left it, in days."
    )
    models_file: Path | None = Field(None, description="A TOML file that changes or adds models.")
    operator_ids: str = Field("", description="Who may use /operator: Discord ids of people, with commas between them.")
    operator_guild_ids: str = Field("", description="Your own servers, by id, with commas: only they have /operator.")
    operator_channel_id: int | None = Field(
        None, description="A channel, by id, for warnings that no direct message to you gets through with."
    )
    monthly_limit_credits: Credits = Field(
        Decimal(10), description="What a new server may spend in a month, in credits (1 = 1 US dollar)."
    )
    ceiling_per_day_credits: Credits = Field(
        Decimal(25), description="What all servers together may spend in a day (UTC), in credits."
    )
    ceiling_per_month_credits: Credits = Field(
        Decimal(250), description="What all servers together may spend in a month (UTC), in credits."
    )
    balance_warning_credits: Credits = Field(
        Decimal(5), description="You are warned when your account at Segmind holds fewer credits than this."
    )
    direct_messages: bool = Field(
        default=False, description="Whether people may use the bot in direct messages with it, too."
    )
    user_install: bool = Field(
        default=False,
        description="Whether people may install the bot for themselves, and use it wherever Discord lets them.",
    )
    direct_limit_credits: Credits = Field(
        Decimal("0.5"), description="What each person may spend in a month outside of servers, in credits."
    )
    safety_ceiling: str = Field(
        SAFETY_LEVELS[0],
        description="The loosest safety_filter_level that anybody may ask for; the default is the strictest.",
    )
    segmind_requests_per_minute: int = Field(60, ge=5, le=100_000, description="What your Segmind plan allows.")
    jobs_in_flight: int = Field(200, ge=1, le=10_000, description="How many images are made at once, at the most.")
    jobs_per_member: int = Field(
        4, ge=1, le=10_000, description="How many images of one member are made at once; more wait for their turn."
    )
    jobs_per_server: int = Field(
        20, ge=1, le=10_000, description="How many images of one server are made at once; more wait for their turn."
    )
    uploads_at_once: int = Field(8, ge=1, le=100, description="How many images are sent to Discord at once.")
    connections: int = Field(50, ge=2, le=1000, description="How many connections to Discord and to Segmind, each.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["text", "json"] = Field("text", description="How a log line looks.")

    @field_validator("discord_token", "segmind_api_key", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        # A secret that was read from a file often ends with a new line, which no HTTP header may hold.
        return value.strip() if isinstance(value, str) else value

    @field_validator("discord_api_url", "segmind_base_url", "segmind_history_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        try:
            _url.validate_python(value)
        except ValidationError:
            raise ValueError("must be an address such as https://example.com") from None
        return value.rstrip("/")

    @field_validator("operator_ids", "operator_guild_ids")
    @classmethod
    def _are_ids(cls, value: str) -> str:
        if value and not all(map(_is_id, value.split(","))):
            raise ValueError("must be ids of Discord's, which are numbers, with commas between them")
        return value

    @field_validator("operator_channel_id", mode="before")
    @classmethod
    def _is_channel_id(cls, value: object) -> object:
        if value is not None and not _is_id(str(value)):
            raise ValueError("must be one id of Discord's, which is a number")
        return value

    @field_validator("safety_ceiling")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value not in SAFETY_LEVELS:
            raise ValueError("must be one of " + ", ".join(SAFETY_LEVELS))
        return value

    @property
    def operators(self) -> frozenset[int]:
        """Who may use /operator; empty where nobody is named."""
        return frozenset(_ids(self.operator_ids))

    @property
    def operator_guilds(self) -> tuple[int, ...]:
        """The servers that have /operator, each once."""
        return tuple(dict.fromkeys(_ids(self.operator_guild_ids)))

    @property
    def monthly_limit_microcredits(self) -> int:
        return _microcredits(self.monthly_limit_credits)

    @property
    def outside_microcredits(self) -> int | None:
        """What each person may spend outside of servers in a month; None where nobody may use the bot there."""
        return _microcredits(self.direct_limit_credits) if self.direct_messages or self.user_install else None

    @property
    def setting_defaults(self) -> Mapping[str, Any]:
        """What counts where the operator has set nothing by command; by the names of bot/settings.py, typed."""
        budget = Budget(BudgetKind.LIMITED, Allowance(self.monthly_limit_microcredits, Per.MONTH))
        return {
            BUDGET.name: budget,
            DEFAULT_BUDGET.name: budget,
            CEILING_PER_DAY.name: _microcredits(self.ceiling_per_day_credits),
            CEILING_PER_MONTH.name: _microcredits(self.ceiling_per_month_credits),
            BALANCE_WARNING.name: _microcredits(self.balance_warning_credits),
        }


def _microcredits(amount: Decimal) -> int:
    return int(amount * MICROCREDITS_PER_CREDIT)


def _is_id(text: str) -> bool:
    digits = text.strip()
    return digits.isascii() and digits.isdigit() and 0 < int(digits) <= ID_MAX


def _ids(text: str) -> list[int]:
    return [int(part) for part in text.split(",")] if text else []


def _problem(error: dict[str, object], name: str) -> str:
    """One line for one thing that is wrong; never with the value, which may be a secret."""
    if error["type"] in {"missing", "string_too_short", "too_short"} and name in {"DISCORD_TOKEN", "SEGMIND_API_KEY"}:
        description = Config.model_fields[name.lower()].description
        return f"{name} is not set. {description}"
    return f"{name}: {str(error['msg']).removeprefix('Value error, ')}"


def load_config(**overrides: object) -> Config:
    """The configuration; raises ConfigError that lists everything missing or wrong at once.

    `overrides` win over the environment; the sandbox points the bot at its stand-ins with them.
    """
    return _loaded(Config, overrides)


def load_store_config() -> StoreConfig:
    """The part of it that needs no key; raises ConfigError."""
    return _loaded(StoreConfig, {})


def _loaded(kind: type[C], overrides: Mapping[str, object]) -> C:
    try:
        return kind(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = [_problem(dict(one), str(one["loc"][0]).upper()) for one in error.errors(include_url=False)]
        raise ConfigError(problems) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f".env cannot be read: {error}"]) from None
