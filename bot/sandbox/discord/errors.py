"""How the local Discord says no: status, code and words as Discord's own."""

from typing import Any

Errors = dict[str, Any]


class ApiError(Exception):
    """An answer that is an error; `errors` is the tree of a 50035, `extra` goes beside code and message."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: Errors | None = None,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.extra = extra or {}
        self.headers = headers or {}

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that Discord answers with."""
        body: dict[str, Any] = {"message": self.message, "code": self.code, **self.extra}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


# What tests may name on demand: code → (HTTP status, Discord's words).
KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10066: (404, "Unknown application command permissions"),
    20001: (403, "Bots cannot use this endpoint"),
    30015: (400, "Maximum number of attachments in a message reached (10)"),
    30032: (400, "Maximum number of application commands reached"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "This interaction has reached the maximum number of follow up messages"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50146: (400, "Uploaded file not found."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    200000: (400, "Message was blocked by automatic moderation"),
    240000: (400, "Message blocked by harmful links filter"),
}


def error(code: int) -> ApiError:
    """Return the error of a known code; KeyError for one that is not in KNOWN."""
    status, message = KNOWN[code]
    return ApiError(status, code, message)


def unknown_route() -> ApiError:
    return ApiError(404, 0, "404: Not Found")


def unauthorized() -> ApiError:
    return error(0)


def invalid_form(errors: Errors) -> ApiError:
    """Return a 50035 with its tree of what is wrong where."""
    status, message = KNOWN[50035]
    return ApiError(status, 50035, message, errors=errors)


def problem(code: str, message: str) -> Errors:
    """Return a leaf of that tree."""
    return {"_errors": [{"code": code, "message": message}]}


def at(path: tuple[str, ...], leaf: Errors) -> Errors:
    """Return a tree whose only leaf lies at the path."""
    for name in reversed(path):
        leaf = {name: leaf}
    return leaf
