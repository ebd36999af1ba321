"""The tables of those who administer: changes, servers, bars, notices, and what usage adds up to. See schema.py."""

# Who changed what: settings, credits given and taken, bars. `subject` names what was changed, as its table does.
# `interaction_id` is there where Discord telling of one use twice must not change anything twice.
_CHANGES = """
CREATE TABLE changes (
    change_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    old TEXT,
    new TEXT,
    reason TEXT,
    user_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    interaction_id BIGINT UNIQUE
)"""

_GUILDS = """
CREATE TABLE guilds (
    guild_id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    joined_ms BIGINT NOT NULL,
    left_ms BIGINT,
    welcomed_ms BIGINT
)"""

_BARS = """
CREATE TABLE bars (
    kind TEXT NOT NULL CHECK (kind IN ('user', 'guild')),
    id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
)"""

# What is still to be told to a server or to the operator; `once` names what must not be told twice.
_NOTICES = """
CREATE TABLE notices (
    notice_id BIGINT PRIMARY KEY,
    once TEXT UNIQUE,
    guild_id BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    params TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    ended_ms BIGINT
)"""

# What ended jobs add up to, by the server's own day in which they were accepted. `topic` says of what `key` is the name.
_USAGE_DAYS = """
CREATE TABLE usage_days (
    guild_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    topic TEXT NOT NULL CHECK (topic IN ('all', 'member', 'role', 'channel', 'model')),
    key TEXT NOT NULL,
    images BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    spent_microcredits BIGINT NOT NULL,
    PRIMARY KEY (guild_id, topic, day, key)
)"""

# How many jobs took how long: each bucket is about 5 % wide (bot/usage/report.py).
_USAGE_TIMES = """
CREATE TABLE usage_times (
    guild_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    leg TEXT NOT NULL CHECK (leg IN ('waiting', 'rendering')),
    bucket BIGINT NOT NULL,
    jobs BIGINT NOT NULL,
    PRIMARY KEY (guild_id, leg, day, bucket)
)"""

# Which words a server allows in prompts: one verdict on each pattern.
_WORD_RULES = """
CREATE TABLE word_rules (
    guild_id BIGINT NOT NULL,
    pattern TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('block', 'flag', 'spoiler', 'allow')),
    PRIMARY KEY (guild_id, pattern)
)"""

# Each change of a server's word rules has a number of its own.
_WORD_BOOKS = """
CREATE TABLE word_books (
    guild_id BIGINT PRIMARY KEY,
    revision BIGINT NOT NULL
)"""

ADMINISTRATION_TABLES = (_CHANGES, _GUILDS, _BARS, _NOTICES, _USAGE_DAYS, _USAGE_TIMES)
WORD_TABLES = (_WORD_RULES, _WORD_BOOKS)
