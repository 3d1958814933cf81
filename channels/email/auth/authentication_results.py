"""``Authentication-Results`` read by a small strict grammar (RFC 8601, section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r'[ \t]+|"((?:[^"\\]|\\.)*)"|([;=()])|([^\s;=()"\\]+)')
_METHOD = re.compile(r"([a-z0-9][a-z0-9-]*)(?:/\d{1,4})?")
_PROPERTY = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9_-]*")
_LOOSE = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9_-]*)?")
LONGEST = 8192


@dataclass(frozen=True, slots=True)
class AuthResult:
    """One method's result: ``dkim``, ``pass``, ``{"header.d": "acme.com"}``; all lower case."""

    method: str
    result: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one server."""

    authserv_id: str
    results: tuple[AuthResult, ...]


def parse(value: str) -> Results | None:
    """The results, or None unless the value fits the grammar exactly: half-read is not authenticated."""
    clauses = _clauses(value)
    if not clauses or not clauses[0] or not _is_id(clauses[0]):
        return None
    results = [_result(clause) for clause in clauses[1:] if clause and clause != ["none"]]
    if any(result is None for result in results):
        return None
    return Results(clauses[0][0].lower(), tuple(result for result in results if result))


def of_microsoft(value: str) -> tuple[AuthResult, ...]:
    """Results as Exchange Online writes them: no id in front, and its own properties (``action``)."""
    results = [_result(clause, named=_LOOSE) for clause in _clauses(value) or () if clause]
    return () if None in results else tuple(result for result in results if result)


def of_sealer(value: str) -> tuple[AuthResult, ...] | None:
    """Results from an ARC set, after its number; None if they cannot be read.

    They are signed, and so not read as strictly.
    """
    clauses = _clauses(value)
    if not clauses or not clauses[0] or not _is_id(clauses[0]):
        return None
    results = [_result(clause, named=_LOOSE) for clause in clauses[1:] if clause and clause != ["none"]]
    return None if None in results else tuple(result for result in results if result)


def _clauses(value: str) -> list[list[str]] | None:
    """The words between semicolons, without comments (which nest), quoted strings unquoted."""
    clauses: list[list[str]] = [[]]
    at = depth = 0
    value = value.strip()
    while at < len(value):
        if depth:
            at, depth = _comment(value, at, depth)
            continue
        token = _TOKEN.match(value, at)
        if token is None or len(value) > LONGEST:
            return None
        at = token.end()
        if token[2] == "(":
            depth = 1
        elif token[2] == ")":
            return None
        elif token[2] == ";":
            clauses.append([])
        elif token[1] is not None:
            clauses[-1].append(re.sub(r"\\(.)", r"\1", token[1]))
        elif word := token[2] or token[3]:
            clauses[-1].append(word)
    return None if depth else clauses


_IN_COMMENT = re.compile(r"[^()\\]+|\\.|[()]", re.DOTALL)


def _comment(value: str, at: int, depth: int) -> tuple[int, int]:
    mark = _IN_COMMENT.match(value, at)
    if mark is None:
        return len(value), depth
    return mark.end(), depth + (mark[0] == "(") - (mark[0] == ")")


def _is_id(words: list[str]) -> bool:
    return len(words) == 1 or (len(words) == 2 and words[1].isdigit())


def _result(words: list[str], named: re.Pattern[str] = _PROPERTY) -> AuthResult | None:
    """A result from ``method = result [reason = value] *(type.property = value)``, or None."""
    if len(words) % 3 or any(words[n] != "=" for n in range(1, len(words), 3)):
        return None
    pairs = [(words[n].lower(), words[n + 2]) for n in range(0, len(words), 3)]
    method = _METHOD.fullmatch(pairs[0][0])
    names = [name for name, _ in pairs[1:] if name != "reason"]
    if method is None or not all(named.fullmatch(name) for name in names) or len(set(names)) < len(names):
        return None
    properties = {name: value.lower() for name, value in pairs[1:] if name != "reason"}
    return AuthResult(method[1], pairs[0][1].lower(), properties)
