"""The table of drafts: what somebody is asked about before it is made. See schema.py."""

# `draft_id` is the interaction that asked, `press_id` the one that took it; used is what a request of that press tells.
_DRAFTS = """
CREATE TABLE drafts (
    draft_id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    guild_id BIGINT NOT NULL,
    ask TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    press_id BIGINT
)"""

DRAFT_TABLES = (_DRAFTS,)
DRAFT_INDEXES = (
    "CREATE INDEX drafts_by_user ON drafts (user_id)",
    "CREATE INDEX drafts_by_time ON drafts (created_ms)",
)
