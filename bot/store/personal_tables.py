"""The tables of data rights: who was told what becomes of prompts, and which accounts are to lose their owner."""

_TOLD = """
CREATE TABLE told (
    user_id BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL
)"""

# A person's account whose deletion was asked for while a used allowance ran: it is anonymous once that is over.
_FORGETTING = """
CREATE TABLE forgetting (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (account_id),
    asked_ms BIGINT NOT NULL
)"""

PERSONAL_TABLES = (_TOLD, _FORGETTING)
PERSONAL_INDEXES = (
    "CREATE INDEX requests_by_user ON requests (user_id, created_ms)",
    "CREATE INDEX requests_with_reply ON requests (created_ms) WHERE reply IS NOT NULL",
    # The texts that stand for forgotten ones are ERASED of personal.py.
    """CREATE INDEX requests_with_texts ON requests (created_ms) WHERE options <> '{"prompt": ""}'""",
    "CREATE INDEX notices_ended ON notices (ended_ms) WHERE ended_ms IS NOT NULL",
    "CREATE INDEX changes_by_time ON changes (at_ms)",
)
