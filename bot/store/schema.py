"""The tables. MIGRATIONS only grows: a database in the field remembers what it was made with.

Whole milliseconds since 1970 end in `_ms`; amounts are whole micro-credits. Ids of Discord need 64 bits. JSON is text.
"""

from bot.store.administration_tables import ADMINISTRATION_TABLES, WORD_TABLES
from bot.store.copies import COPIES
from bot.store.draft_tables import DRAFT_INDEXES, DRAFT_TABLES
from bot.store.history_tables import HISTORY_INDEXES, HISTORY_SQLITE, HISTORY_TABLES, REQUESTS_BY_OWNER
from bot.store.migrations import Migration
from bot.store.moderation_tables import CASE_GROUPS, MODERATION_INDEXES, MODERATION_TABLES
from bot.store.personal_tables import PERSONAL_INDEXES, PERSONAL_TABLES

_REQUESTS = """
CREATE TABLE requests (
    interaction_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role_ids TEXT NOT NULL,
    locale TEXT NOT NULL,
    guild_locale TEXT NOT NULL,
    command TEXT NOT NULL,
    model TEXT NOT NULL,
    options TEXT NOT NULL,
    private BOOLEAN NOT NULL,
    spoiler BOOLEAN NOT NULL,
    created_ms BIGINT NOT NULL,
    reply TEXT,
    filesize_limit_bytes BIGINT NOT NULL,
    shown TEXT NOT NULL CHECK (shown IN ('open', 'delivered', 'kept')),
    way TEXT NOT NULL CHECK (way IN ('reply', 'message', 'channel', 'direct', 'kept')),
    posting_ms BIGINT,
    message_id BIGINT,
    message_channel_id BIGINT
)"""

# A job is open while it has no finished_ms; so the index of open jobs stays small however many have ended.
_JOBS = """
CREATE TABLE jobs (
    interaction_id BIGINT NOT NULL REFERENCES requests (interaction_id),
    number BIGINT NOT NULL,
    model TEXT NOT NULL,
    slug TEXT NOT NULL,
    payload TEXT NOT NULL,
    price_microcredits BIGINT NOT NULL CHECK (price_microcredits >= 0),
    state TEXT NOT NULL
        CHECK (state IN ('accepted', 'submitting', 'running', 'done', 'failed', 'lost', 'cancelled')),
    accepted_ms BIGINT NOT NULL,
    api TEXT NOT NULL CHECK (api IN ('v2', 'v1')),
    request_id TEXT UNIQUE,
    submitting_ms BIGINT,
    running_ms BIGINT,
    finished_ms BIGINT,
    outcome TEXT,
    category TEXT,
    detail TEXT,
    result_url TEXT,
    cost_microcredits BIGINT,
    render_ms BIGINT,
    sha256 TEXT,
    content_type TEXT,
    attachment_id BIGINT,
    attachment_name TEXT,
    counted BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (interaction_id, number),
    CHECK ((finished_ms IS NULL) = (state IN ('accepted', 'submitting', 'running')))
)"""

_MEDIA = """
CREATE TABLE media (
    sha256 TEXT PRIMARY KEY,
    size_bytes BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    width_px BIGINT NOT NULL,
    height_px BIGINT NOT NULL,
    stored_ms BIGINT NOT NULL,
    used_ms BIGINT NOT NULL
)"""

# Without its owner an account is nobody's, and its entries stay as they are: so a person can be forgotten.
_ACCOUNTS = """
CREATE TABLE accounts (
    account_id BIGINT PRIMARY KEY,
    owner TEXT UNIQUE
)"""

# A period that never ends has no ends_ms.
_BALANCES = """
CREATE TABLE balances (
    account_id BIGINT NOT NULL REFERENCES accounts (account_id),
    period TEXT NOT NULL,
    granted BIGINT NOT NULL CHECK (granted >= 0),
    held BIGINT NOT NULL CHECK (held >= 0),
    spent BIGINT NOT NULL CHECK (spent >= 0),
    ends_ms BIGINT,
    PRIMARY KEY (account_id, period),
    CHECK (held + spent <= granted)
)"""

# An entry holds the changes it makes, so that a balance is nothing but the sum of its entries.
_ENTRIES = """
CREATE TABLE entries (
    account_id BIGINT NOT NULL REFERENCES accounts (account_id),
    period TEXT NOT NULL,
    kind TEXT NOT NULL,
    interaction_id BIGINT,
    number BIGINT,
    granted BIGINT NOT NULL,
    held BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    CHECK ((interaction_id IS NULL) = (kind IN ('grant', 'correct', 'expire'))),
    CHECK ((number IS NULL) = (kind IN ('grant', 'correct', 'expire'))),
    CHECK (CASE kind
        WHEN 'grant' THEN granted > 0 AND held = 0 AND spent = 0
        WHEN 'correct' THEN granted < 0 AND held = 0 AND spent = 0
        WHEN 'expire' THEN granted < 0 AND held = 0 AND spent = 0
        WHEN 'hold' THEN granted = 0 AND held >= 0 AND spent = 0
        WHEN 'settle' THEN granted = 0 AND held <= 0 AND spent >= 0 AND spent <= -held
        WHEN 'release' THEN granted = 0 AND held <= 0 AND spent = 0
        WHEN 'overrun' THEN granted > 0 AND held = 0 AND spent = granted
        WHEN 'provision' THEN granted > 0 AND held = 0 AND spent = granted
        ELSE FALSE END)
)"""

_GUILD_SETTINGS = """
CREATE TABLE guild_settings (
    guild_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (guild_id, name)
)"""

_LATENCIES = """
CREATE TABLE latencies (
    slug TEXT PRIMARY KEY,
    jobs BIGINT NOT NULL,
    sum_ln DOUBLE PRECISION NOT NULL,
    sum_ln_squared DOUBLE PRECISION NOT NULL,
    refused DOUBLE PRECISION NOT NULL
)"""

_INDEXES = (
    "CREATE INDEX requests_open ON requests (created_ms, interaction_id) WHERE shown = 'open'",
    "CREATE INDEX jobs_open ON jobs (state, accepted_ms, interaction_id, number) WHERE finished_ms IS NULL",
    "CREATE INDEX jobs_by_slug ON jobs (slug, finished_ms)",
    "CREATE INDEX jobs_by_image ON jobs (sha256) WHERE sha256 IS NOT NULL",
    """CREATE INDEX jobs_uncounted ON jobs (interaction_id, number)
        WHERE finished_ms IS NOT NULL AND counted = FALSE""",
    "CREATE INDEX requests_by_guild ON requests (guild_id, created_ms)",
    "CREATE INDEX changes_by_subject ON changes (guild_id, subject, at_ms)",
    "CREATE INDEX notices_open ON notices (created_ms, notice_id) WHERE ended_ms IS NULL",
    "CREATE INDEX balances_by_end ON balances (ends_ms) WHERE ends_ms IS NOT NULL",
    "CREATE INDEX entries_by_balance ON entries (account_id, period)",
    "CREATE UNIQUE INDEX entries_one_hold ON entries (interaction_id, number, account_id) WHERE kind = 'hold'",
    """CREATE UNIQUE INDEX entries_one_closing ON entries (interaction_id, number, account_id)
        WHERE kind IN ('settle', 'release')""",
    """CREATE UNIQUE INDEX entries_one_booking ON entries (interaction_id, number, account_id)
        WHERE kind IN ('overrun', 'provision')""",
)

_APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER entries_no_{verb} BEFORE {verb} ON entries"
    " BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END"
    for verb in ("UPDATE", "DELETE")
)

MIGRATIONS = (
    Migration(
        plain=(
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
            _REQUESTS,
            _JOBS,
            _MEDIA,
            _ACCOUNTS,
            _BALANCES,
            _ENTRIES,
            _GUILD_SETTINGS,
            _LATENCIES,
            *ADMINISTRATION_TABLES,
            *_INDEXES,
        ),
        sqlite=_APPEND_ONLY_SQLITE,
    ),
    Migration(plain=WORD_TABLES),
    Migration(plain=(*PERSONAL_TABLES, *PERSONAL_INDEXES)),
    Migration(plain=("ALTER TABLE requests ADD COLUMN age_restricted BOOLEAN NOT NULL DEFAULT FALSE",)),
    Migration(plain=(*MODERATION_TABLES, *MODERATION_INDEXES)),
    Migration(
        plain=(
            "ALTER TABLE requests ADD COLUMN removed TEXT CHECK (removed IN ('owner', 'moderator'))",
            "ALTER TABLE requests ADD COLUMN retouched BOOLEAN NOT NULL DEFAULT FALSE",
        )
    ),
    Migration(plain=("ALTER TABLE notices ADD COLUMN user_id BIGINT",)),
    Migration(plain=(*HISTORY_TABLES, *HISTORY_INDEXES), sqlite=HISTORY_SQLITE),
    Migration(plain=tuple(COPIES)),
    Migration(plain=(*DRAFT_TABLES, *DRAFT_INDEXES)),
    Migration(
        plain=(
            "ALTER TABLE requests ADD COLUMN models TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE requests ADD COLUMN parent_id BIGINT",
            "ALTER TABLE requests ADD COLUMN expand BOOLEAN NOT NULL DEFAULT FALSE",
            "ALTER TABLE requests ADD COLUMN reply_ms BIGINT",
            REQUESTS_BY_OWNER,
        )
    ),
    Migration(
        plain=(
            """ALTER TABLE requests ADD COLUMN reach TEXT NOT NULL DEFAULT 'channel'
                CHECK (reach IN ('channel', 'direct', 'reply'))""",
        )
    ),
    Migration(plain=CASE_GROUPS),
    Migration(plain=("ALTER TABLE requests ADD COLUMN hide_words BOOLEAN NOT NULL DEFAULT FALSE",)),
)
