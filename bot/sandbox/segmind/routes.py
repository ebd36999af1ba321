"""Which address is which call."""

import re

from bot.sandbox.segmind.weather import CallKind

_HISTORY = "/inference-request/request-history"

# In the order in which they are tried. The file of a second output is named with a number behind the id.
ROUTES: tuple[tuple[str, str, CallKind], ...] = (
    ("GET", r"/v2/requests/{request_id:[^/]+}/status", CallKind.STATUS),
    ("GET", r"/v2/requests/{request_id:[^/]+}", CallKind.RESULT),
    ("POST", r"/v2/{slug:[^/]+}", CallKind.SUBMIT),
    ("GET", r"/v1/get-user-credits", CallKind.BALANCE),
    ("POST", r"/v1/{slug:[^/]+}", CallKind.V1),
    ("GET", _HISTORY, CallKind.HISTORY),
    ("GET", _HISTORY + r"/{request_id:[^/]+}", CallKind.HISTORY),
    ("GET", r"/generations/{request_id:[0-9a-f-]+}{number:(?:_[0-9]+)?}.{extension:[a-z]+}", CallKind.IMAGE),
)
_PARAMETER = re.compile(r"{(\w+):([^}]+)}")
_PATTERNS = tuple((method, re.compile(_PARAMETER.sub(r"(?P<\1>\2)", path)), kind) for method, path, kind in ROUTES)


def find(method: str, path: str) -> tuple[CallKind, dict[str, str]] | None:
    """The kind of call and the parameters in its path; None for an address that Segmind does not have."""
    for expected, pattern, kind in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and method == expected:
            return kind, match.groupdict()
    return None
