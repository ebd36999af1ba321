"""The tables of histories: favourites, presets, what members set for themselves, and the words of prompts. See schema.py."""

# Scripts that put no spaces between words, and Korean, whose words take endings: Thai, Lao, Tibetan, Burmese, Hangul,
# Khmer, kana, Chinese. A class of GLOB, and of regular expressions too. Part of a migration: it never changes.
LETTER_BY_LETTER = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)

# A favourite is one image of a request of the member's own.
_FAVOURITES = """
CREATE TABLE favourites (
    user_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL REFERENCES requests (interaction_id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, interaction_id, number)
)"""

# `owner_id` is a server or a person, as `kind` says; `key` is the name as names are compared (bot/asking/presets.py).
_PRESETS = """
CREATE TABLE presets (
    kind TEXT NOT NULL CHECK (kind IN ('guild', 'user')),
    owner_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    prompt TEXT NOT NULL,
    options TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (kind, owner_id, key)
)"""

_MEMBER_DEFAULTS = """
CREATE TABLE member_defaults (
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user_id, name)
)"""

HISTORY_TABLES = (_FAVOURITES, _PRESETS, _MEMBER_DEFAULTS)
# Ids grow with time. Models and server stand here so that a page by either is found without reading other rows.
REQUESTS_BY_OWNER = "CREATE INDEX requests_by_owner ON requests (user_id, interaction_id, model, guild_id, models)"
HISTORY_INDEXES = (
    "CREATE INDEX favourites_by_request ON favourites (interaction_id)",
    "CREATE INDEX presets_by_author ON presets (user_id)",
)

_PART = 64  # letters

# Prompts are not kept a second time, only what words stand where in them. `whose` names the person and the server, so
# that a search passes over what is anybody else's.
_PROMPTS_SQLITE = """
CREATE VIRTUAL TABLE prompts USING fts5 (
    whose, words, content = '',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
)"""


def _count(last: str) -> str:
    """SQL: rows whose `key` is 0, 1, 2 … up to this number."""
    return f"json_each('[0' || replace(hex(zeroblob({last})), '00', ',0') || ']')"


def _words(options: str) -> str:
    """SQL: the prompt of these options, with spaces around each letter of scripts that are read letter by letter.

    LIMIT keeps SQLite from reading the options anew for each letter, and parts from counting each from the beginning.
    """
    prompt = f"json_extract({options}, '$.prompt')"
    parts = f"""SELECT substr(prompt, key * {_PART} + 1, {_PART}) AS part
        FROM (SELECT {prompt} AS prompt LIMIT 1) AS whole CROSS JOIN {_count(f"length(prompt) / {_PART}")} LIMIT -1"""  # noqa: S608
    letters = f"""SELECT substr(part, key + 1, 1) AS letter
        FROM ({parts}) AS parts CROSS JOIN {_count(str(_PART - 1))} LIMIT -1"""  # noqa: S608 - words of ours
    apart = f"""(SELECT group_concat(CASE WHEN letter GLOB '[{LETTER_BY_LETTER}]' THEN ' ' || letter || ' '
        ELSE letter END, '') FROM ({letters}) AS letters)"""  # noqa: S608 - words of ours
    return f"CASE WHEN {prompt} GLOB '*[{LETTER_BY_LETTER}]*' THEN {apart} ELSE {prompt} END"


def _enter(row: str) -> str:
    return f"""INSERT INTO prompts (rowid, whose, words)
        SELECT {row}.interaction_id, 'u' || {row}.user_id || ' g' || {row}.guild_id, {_words(f"{row}.options")}
        WHERE json_extract({row}.options, '$.prompt') <> '';"""


def _take_out(row: str) -> str:
    """Such an index is told what stood there: the very words that were entered."""
    return f"""INSERT INTO prompts (prompts, rowid, whose, words)
        SELECT 'delete', {row}.interaction_id, 'u' || {row}.user_id || ' g' || {row}.guild_id, {_words(f"{row}.options")}
        WHERE json_extract({row}.options, '$.prompt') <> '';"""


HISTORY_SQLITE = (
    _PROMPTS_SQLITE,
    f"CREATE TRIGGER prompts_enter AFTER INSERT ON requests BEGIN {_enter('new')} END",
    f"CREATE TRIGGER prompts_leave AFTER DELETE ON requests BEGIN {_take_out('old')} END",
    f"""CREATE TRIGGER prompts_change AFTER UPDATE OF interaction_id, user_id, guild_id, options ON requests
        BEGIN {_take_out("old")} {_enter("new")} END""",
    _enter("requests").replace("WHERE", "FROM requests WHERE").rstrip(";"),
)
