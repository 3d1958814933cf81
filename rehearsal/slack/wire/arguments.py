"""A Web API call's arguments, from wherever Slack takes them: query, form, multipart or JSON, and the token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from rehearsal.slack.wire.wire import Json, SlackError


class Arguments:
    """The arguments of a call; one method for each type that an argument may have."""

    def __init__(self, given: Mapping[str, Any], *, token: str = "") -> None:
        self.given = {key: value for key, value in given.items() if key != "token"}
        self.token = token or str(given.get("token") or "")

    def text(self, name: str) -> str:
        """A string; "" where it was not given."""
        value = self.given.get(name)
        return "" if value is None else str(value)

    def needed(self, name: str) -> str:
        """A string that must be there (``invalid_arguments``)."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", messages=[f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """``true``, ``1`` or JSON's true."""
        return self.text(name).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self.given.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments", messages=[f"{name} must be an integer"]) from None

    def json(self, name: str) -> Any:
        """An object or a list, as such or as JSON in a string; None where it was not given."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise SlackError(code, messages=[f"{name} is not JSON"]) from None


async def read(request: Request) -> Arguments:
    """Read the arguments and the token of a request.

    docs.slack.dev: "Using the Slack Web API", sections "POST bodies" and "Authentication and authorization".
    """
    given: Json = dict(request.query_params)
    if request.method == "POST":
        given |= await _body(request)
    header = request.headers.get("authorization", "")
    return Arguments(
        given, token=header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""
    )


async def _body(request: Request) -> Json:
    content = request.headers.get("content-type", "").partition(";")[0].strip()
    if content == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return body
    async with request.form() as form:
        return {
            key: await _file(value) if isinstance(value, UploadFile) else value for key, value in form.items()
        }


async def _file(upload: UploadFile) -> bytes:
    return await upload.read()
