"""What ``CASEBOT_…`` variables set; imported only where there are any.

Its library takes as long to import as all else that a config needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from bot.config.errors import PREFIX


def values(shape: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the environment, by section; ``shape``: what ``create_model`` makes the sections from."""
    model: Any = create_model("Environment", __base__=_EnvironmentValues, **shape)
    return dict(_Source(model, env_prefix=PREFIX, env_nested_delimiter="__")())


class _EnvironmentValues(BaseSettings):
    """Strict, so that the source reads numbers out of strings where a number is expected."""

    model_config = SettingsConfigDict(strict=True)


class _Source(EnvSettingsSource):
    """Reads ``CASEBOT_STORE__URL=…``: lists may be JSON, or simply separated by commas."""

    def decode_complex_value(self, field_name: str, field: Any, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return [item.strip() for item in str(value).split(",") if item.strip()]

    def next_field(self, field: Any, key: str, case_sensitive: bool | None = None) -> Any:
        """The first table of a list of tables for ``MAILBOX__0__ADDRESS``."""
        of = getattr(field, "annotation", field)
        if key.isdigit() and get_origin(of) is tuple:
            return get_args(of)[0]
        return super().next_field(field, key, case_sensitive)
