from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Config, load_config
from bot.errors import ConfigError
from bot.periods import Per
from bot.setting_fields import Allowance, Budget, BudgetKind
from bot.settings import BALANCE_WARNING, CEILING_PER_DAY, CEILING_PER_MONTH, DEFAULT_BUDGET, OPERATOR_SETTINGS

KEYS = {"DISCORD_TOKEN": "discord-secret", "SEGMIND_API_KEY": "segmind-secret"}


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """A folder of its own, and an environment without any of our names."""
    monkeypatch.chdir(tmp_path)
    for name in Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def environment(monkeypatch):
    def put(**values):
        for name, value in {**KEYS, **values}.items():
            monkeypatch.setenv(name, value)

    return put


def problems():
    with pytest.raises(ConfigError) as caught:
        load_config()
    return caught.value.problems


def test_two_keys_are_enough(environment):
    environment()
    config = load_config()
    assert config.discord_token.get_secret_value() == "discord-secret"
    assert config.segmind_api_key.get_secret_value() == "segmind-secret"
    assert config.discord_api_url == "https://discord.com/api/v10"
    assert config.segmind_base_url == "https://api.segmind.com"
    assert config.segmind_history_url == "https://api.spotprod.segmind.com"
    assert config.database_path == Path("data/imagen.db")
    assert config.safety_ceiling == "BLOCK_LOW_AND_ABOVE"
    assert config.models_file is None
    assert (config.uploads_at_once, config.connections) == (8, 50)


def test_everything_missing_is_told_at_once_by_name():
    assert [problem.split()[0] for problem in problems()] == ["DISCORD_TOKEN", "SEGMIND_API_KEY"]


@pytest.mark.parametrize("nothing", ["", "   ", "\n"])
def test_a_key_of_nothing_but_spaces_is_not_set(environment, nothing):
    environment(SEGMIND_API_KEY=nothing)
    assert problems() == ["SEGMIND_API_KEY is not set. The API key, from Segmind's console."]


def test_the_line_end_of_a_secrets_file_is_no_part_of_the_secret(environment):
    environment(DISCORD_TOKEN="discord-secret\r\n")
    assert load_config().discord_token.get_secret_value() == "discord-secret"


# A value, and a word of the reason.
WRONG = {
    "DISCORD_API_URL": ("discord.com/api", "address"),
    "SEGMIND_BASE_URL": ("ftp://segmind.com", "address"),
    "SEGMIND_HISTORY_URL": ("https://:x", "address"),
    "DATABASE_URL": ("postgres://localhost/imagen", "sqlite:///"),
    "IMAGES_QUOTA_MIB": ("a lot", "integer"),
    "IMAGES_RETENTION_DAYS": ("0", "greater"),
    "OPERATOR_IDS": ("mia", "numbers"),
    "OPERATOR_GUILD_IDS": ("99999999999999999999", "numbers"),
    "OPERATOR_CHANNEL_ID": ("#general", "a number"),
    "MONTHLY_LIMIT_CREDITS": ("-1", "greater"),
    "CEILING_PER_DAY_CREDITS": ("0.0000001", "6 digits"),
    "CEILING_PER_MONTH_CREDITS": ("10000001", "less"),
    "BALANCE_WARNING_CREDITS": ("five", "decimal"),
    "DIRECT_MESSAGES": ("perhaps", "boolean"),
    "USER_INSTALL": ("perhaps", "boolean"),
    "DIRECT_LIMIT_CREDITS": ("-0.5", "greater"),
    "SAFETY_CEILING": ("NONE", "BLOCK_LOW_AND_ABOVE"),
    "SEGMIND_REQUESTS_PER_MINUTE": ("1", "greater"),
    "JOBS_IN_FLIGHT": ("1e9", "integer"),
    "UPLOADS_AT_ONCE": ("101", "less"),
    "CONNECTIONS": ("1.5", "integer"),
    "LOG_LEVEL": ("LOUD", "DEBUG"),
    "LOG_FORMAT": ("xml", "json"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_told_by_name_and_never_repeated(environment, name):
    value, reason = WRONG[name]
    environment(**{name: value})
    (problem,) = problems()
    assert problem.startswith(f"{name}: ")
    assert reason in problem
    assert value not in problem.removeprefix(name) or value in {"0", "1", "-1"}


def test_every_wrong_value_is_told_at_once(environment):
    environment(**{name: value for name, (value, _) in WRONG.items()})
    assert {problem.split(":")[0] for problem in problems()} == set(WRONG)


AMOUNTS = [name for name in WRONG if name.endswith("_CREDITS")]


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("amount", ["NaN", "Infinity", "ten", "10000001", "-0.1", "0.0000001", "1.2345678"])
def test_a_limit_is_an_amount_that_somebody_could_have_and_none_is_rounded(environment, name, amount):
    environment(**{name: amount})
    assert name in problems()[0]


@pytest.mark.parametrize(
    ("amount", "microcredits"),
    [("0.06", 60_000), ("0", 0), ("10000000", 10**13), ("1e1", 10**7), ("0.000001", 1), ("2.5000000", 2_500_000)],
)
def test_limits_are_reckoned_exactly_and_are_such_as_a_command_may_set(environment, amount, microcredits):
    environment(**dict.fromkeys(AMOUNTS, amount))
    defaults = load_config().setting_defaults
    monthly = Budget(BudgetKind.LIMITED, Allowance(microcredits, Per.MONTH))
    assert load_config().monthly_limit_microcredits == microcredits
    assert defaults[DEFAULT_BUDGET.name] == monthly
    for setting in (CEILING_PER_DAY, CEILING_PER_MONTH, BALANCE_WARNING):
        assert setting.field.parse(defaults[setting.name]) == microcredits


@pytest.mark.parametrize("switch", ["DIRECT_MESSAGES", "USER_INSTALL"])
def test_outside_of_servers_nobody_may_use_it_unless_the_operator_says_so(environment, switch):
    environment(DIRECT_LIMIT_CREDITS="0.25")
    assert load_config().outside_microcredits is None
    environment(**{switch: "true"})
    assert load_config().outside_microcredits == 250_000


def test_every_setting_of_the_operator_has_a_default(environment):
    environment()
    defaults = load_config().setting_defaults
    for setting in OPERATOR_SETTINGS:
        assert setting.field.parse(defaults.get(setting.name, setting.default)) is not None


def test_nobody_is_an_operator_and_no_server_has_the_commands_unless_they_are_named(environment):
    environment()
    config = load_config()
    assert (config.operators, config.operator_guilds, config.operator_channel_id) == (frozenset(), (), None)


def test_operators_and_their_servers_are_named_by_ids_with_commas(environment):
    environment(OPERATOR_IDS="7, 9007199254740993 ,7", OPERATOR_GUILD_IDS="5,4,5", OPERATOR_CHANNEL_ID=" 123 ")
    config = load_config()
    assert config.operators == {7, 2**53 + 1}
    assert config.operator_guilds == (5, 4)
    assert config.operator_channel_id == 123


@pytest.mark.parametrize("ids", ["7,", "7;8", "7 8", "-7", "0", "7.0", "\u0667", "<@7>", str(2**63)])
def test_what_is_no_id_is_refused_by_name(environment, ids):
    environment(OPERATOR_IDS=ids, OPERATOR_GUILD_IDS=ids, OPERATOR_CHANNEL_ID=ids)
    found = problems()
    assert [problem.split(":")[0] for problem in found] == ["OPERATOR_IDS", "OPERATOR_GUILD_IDS", "OPERATOR_CHANNEL_ID"]
    assert all("number" in problem for problem in found)


def test_what_is_set_to_nothing_has_its_default(environment):
    environment(MODELS_FILE="", IMAGES_QUOTA_MIB="", DATABASE_URL="")
    config = load_config()
    assert config.models_file is None
    assert config.images_quota_mib == Config.model_fields["images_quota_mib"].default


def test_an_address_needs_no_stroke_at_its_end(environment):
    environment(SEGMIND_BASE_URL="http://127.0.0.1:8080/")
    assert load_config().segmind_base_url == "http://127.0.0.1:8080"


def test_a_database_may_stand_anywhere_on_the_disk(environment):
    environment(DATABASE_URL="sqlite:////var/lib/imagen.db")
    assert load_config().database_path == Path("/var/lib/imagen.db")


def test_an_env_file_is_read_and_the_environment_wins(environment, tmp_path):
    environment(LOG_LEVEL="DEBUG")
    (tmp_path / ".env").write_text('LOG_LEVEL=ERROR\nCONNECTIONS=7\nSOMETHING_ELSE="x"\n')
    config = load_config()
    assert (config.log_level, config.connections) == ("DEBUG", 7)


def test_a_byte_order_mark_does_not_hide_the_first_name(tmp_path):
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in KEYS.items()), encoding="utf-8-sig")
    assert load_config().discord_token.get_secret_value() == "discord-secret"


def test_an_env_file_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path):
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe")
    assert problems()[0].startswith(".env cannot be read")


def test_what_the_program_says_wins_over_the_environment(environment):
    environment(SEGMIND_BASE_URL="https://elsewhere.example")
    assert load_config(segmind_base_url="http://127.0.0.1:1").segmind_base_url == "http://127.0.0.1:1"


def test_no_secret_shows_when_the_configuration_is_printed(environment):
    environment()
    shown = f"{load_config()!r} {load_config()}"
    assert "secret" not in shown.replace("SecretStr", "")


def test_the_configuration_cannot_be_changed_later(environment):
    environment()
    with pytest.raises(ValidationError):
        load_config().connections = 5


def test_every_variable_says_what_it_means_in_one_line():
    for name, field in Config.model_fields.items():
        assert field.description, name
        assert len(field.description) <= 100, name


def test_defaults_are_values_that_would_be_taken(environment):
    environment(
        **{
            name.upper(): str(field.default)
            for name, field in Config.model_fields.items()
            if not field.is_required() and field.default is not None
        }
    )
    assert load_config().monthly_limit_credits == Decimal(10)
