"""The tables of moderators: cases, what was done about them, pauses, and images kept as evidence. See schema.py."""

# Each is one thing that moderators may want to know of. `once` names what must not become two cases, `press_id` the use
# of a command or button that made it. `texts_sha256` stands for the words of a prompt that the server's rules blocked,
# `strike` says that the block counts for the server's strike rule. The card in the log shows `shown_revision`, and
# should show `revision`; `posting_ms` was written before it was posted.
_CASES = """
CREATE TABLE cases (
    case_id BIGINT PRIMARY KEY,
    once TEXT NOT NULL UNIQUE,
    guild_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('block', 'flag', 'report', 'review', 'pause', 'deletion')),
    user_id BIGINT NOT NULL,
    by_id BIGINT,
    channel_id BIGINT,
    interaction_id BIGINT,
    private BOOLEAN NOT NULL,
    prompt TEXT,
    details TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    source TEXT CHECK (source IN ('server', 'provider')),
    press_id BIGINT,
    strike BOOLEAN NOT NULL,
    texts_sha256 TEXT,
    appeal_reason TEXT,
    appealed_ms BIGINT,
    appeal_approved BOOLEAN,
    revision BIGINT NOT NULL,
    shown_revision BIGINT NOT NULL,
    log_channel_id BIGINT,
    log_message_id BIGINT,
    posting_ms BIGINT,
    CHECK ((source IS NULL) = (kind <> 'block'))
)"""

# What somebody did about a case. `press_id` is there where Discord telling of one press twice must not do anything twice.
_CASE_ACTIONS = """
CREATE TABLE case_actions (
    action_id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (case_id),
    act TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    images BIGINT NOT NULL,
    press_id BIGINT UNIQUE
)"""

# Who may make no images in a server, until an instant or until it is lifted; the last of each member. It outlives its
# case, which is why that is no reference.
_PAUSES = """
CREATE TABLE pauses (
    guild_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    until_ms BIGINT,
    by_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    lifted_ms BIGINT,
    PRIMARY KEY (guild_id, user_id)
)"""

# Images that are kept for as long as their case is, whatever becomes of them otherwise.
_EVIDENCE = """
CREATE TABLE evidence (
    case_id BIGINT NOT NULL REFERENCES cases (case_id),
    sha256 TEXT NOT NULL,
    content_type TEXT NOT NULL,
    PRIMARY KEY (case_id, sha256)
)"""

MODERATION_TABLES = (_CASES, _CASE_ACTIONS, _PAUSES, _EVIDENCE)
MODERATION_INDEXES = (
    "CREATE INDEX cases_by_member ON cases (guild_id, user_id, at_ms)",
    "CREATE INDEX cases_by_kind ON cases (guild_id, kind, at_ms)",
    "CREATE INDEX cases_by_request ON cases (interaction_id) WHERE interaction_id IS NOT NULL",
    "CREATE INDEX cases_by_time ON cases (at_ms)",
    "CREATE INDEX cases_by_user ON cases (user_id)",
    "CREATE INDEX cases_by_bringer ON cases (by_id) WHERE by_id IS NOT NULL",
    "CREATE INDEX cases_behind ON cases (case_id) WHERE shown_revision < revision",
    "CREATE INDEX case_actions_by_case ON case_actions (case_id, action_id)",
    "CREATE INDEX evidence_by_image ON evidence (sha256)",
    "CREATE INDEX requests_by_message ON requests (message_id) WHERE message_id IS NOT NULL",
)

# A block may join an earlier one, its lead, whose card tells of both; it has no card of its own then. `grows` says that a
# case may be joined (still), `told_id` which is the newest of those that joined it of which its card tells. The card was
# last brought up at `shown_ms`, and what makes it different since `pressing_revision` waits for no pace. The lead is
# purged before those that joined it, which is why that is no reference.
CASE_GROUPS = (
    "ALTER TABLE cases ADD COLUMN lead_id BIGINT",
    "ALTER TABLE cases ADD COLUMN grows BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE cases ADD COLUMN told_id BIGINT",
    "ALTER TABLE cases ADD COLUMN shown_ms BIGINT",
    "ALTER TABLE cases ADD COLUMN pressing_revision BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX cases_by_lead ON cases (lead_id, case_id) WHERE lead_id IS NOT NULL",
)
