"""Rows changed, or added, by their key, without loading them: filing passes here for every document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Insert, Table, Update, bindparam, insert, update
from sqlalchemy.orm import Session

from dipro_scan.ledger.tables import Base

Executing = Session | Connection
"""A transaction, with or without mapped objects."""

_KEY = "wanted_key"


def change(transaction: Executing, kind: type[Base], key: str, of: str, values: Mapping[str, Any]) -> bool:
    """Sets `values` (by column) in the row whose column `key` is `of`; tells whether there is one."""
    statement = _update(table_of(kind), key, tuple(values))
    result = cast("CursorResult[Any]", transaction.execute(statement, {_KEY: of, **values}))
    return bool(result.rowcount)


def put(
    transaction: Executing,
    kind: type[Base],
    key: str,
    of: str,
    values: Mapping[str, Any],
    first: Mapping[str, Any] | None = None,
) -> None:
    """As `change`; where there is no such row it is added, with the values of `first` besides."""
    if not change(transaction, kind, key, of, values):
        row = {key: of, **(first or {}), **values}
        transaction.execute(_insert(table_of(kind), tuple(row)), row)


def table_of(kind: type[Base]) -> Table:
    return cast("Table", kind.__table__)


@cache
def _update(table: Table, key: str, columns: tuple[str, ...]) -> Update:
    statement = update(table).where(table.c[key] == bindparam(_KEY))
    return statement.values({name: bindparam(name) for name in columns})


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Insert:
    return insert(table).values({name: bindparam(name) for name in columns})
