"""Requests, deliveries and jobs as rows, and back. A column is named like its field; `values` is `options` in SQL."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.jobs import Api, Delivery, Job, Outcome, Reach, Remover, Request, Shown, State, Way
from bot.store.database import Row

_REQUEST = tuple(field.name for field in fields(Request))
_DELIVERY = tuple(field.name for field in fields(Delivery))
_JOB = tuple(field.name for field in fields(Job))


def request_row(request: Request) -> dict[str, Any]:
    row = {name: storable(getattr(request, name)) for name in _REQUEST}
    del row["values"]
    return row | {
        "options": json.dumps(dict(request.values)),
        "role_ids": json.dumps(request.role_ids),
        "models": json.dumps(request.models),
    }


def request_of(row: Row) -> Request:
    found = _columns(row)
    found["values"] = json.loads(found["options"])
    columns = {name: found[name] for name in _REQUEST}
    for name in ("private", "spoiler", "age_restricted", "expand", "hide_words"):
        columns[name] = bool(columns[name])
    for name in ("role_ids", "models"):
        columns[name] = () if columns[name] == "[]" else tuple(json.loads(columns[name]))
    columns["reach"] = Reach(columns["reach"])
    columns["removed"] = None if columns["removed"] is None else Remover(columns["removed"])
    return Request(**columns)


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {name: storable(getattr(delivery, name)) for name in _DELIVERY}


def delivery_of(row: Row) -> Delivery:
    columns = {name: row[name] for name in _DELIVERY}
    columns["shown"], columns["way"] = Shown(columns["shown"]), Way(columns["way"])
    columns["retouched"] = bool(columns["retouched"])
    return Delivery(**columns)


def job_row(job: Job) -> dict[str, Any]:
    row = {name: storable(getattr(job, name)) for name in _JOB if name != "payload"}
    return row | {"payload": json.dumps(dict(job.payload))}


def job_of(row: Row) -> Job:
    found = _columns(row)
    columns = {name: found[name] for name in _JOB}
    columns["payload"] = json.loads(columns["payload"])
    columns["state"], columns["api"] = State(columns["state"]), Api(columns["api"])
    columns["outcome"] = None if columns["outcome"] is None else Outcome(columns["outcome"])
    return Job(**columns)


def _columns(row: Row) -> dict[str, Any]:
    """The row by name at once: SQLite goes through all names of a row for each one that it is asked for."""
    return dict(zip(row.keys(), row, strict=True))  # type: ignore[call-overload]  # each engine's rows give their values


def insert_into(table: str, row: Mapping[str, Any]) -> str:
    """Write the INSERT for a row; its values go along as `$1`, `$2`, …, in the row's order."""
    places = ", ".join(f"${position}" for position in range(1, len(row) + 1))
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608 - names of ours


def storable(value: Any) -> Any:
    """Return what the database can hold.

    Texts from outside may contain half of a surrogate pair, which is not UTF-8, or NUL, which PostgreSQL refuses; a job
    must not fail to end for that.
    """
    if isinstance(value, str):
        return str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return value
