"""A small language for rules about JSON: a rule looks at a value and complains with a JSON pointer, as Slack does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

Rule = Callable[[object, str], Iterator[str]]
"""``rule(value, pointer)`` yields complaints; none if all is well."""


def says(words: str, pointer: str) -> str:
    """A complaint in Slack's form."""
    return f"{words} [json-pointer:{pointer}]"


def string(most: int = 3000, *, least: int = 0) -> Rule:
    """A string of so many characters."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield says("must be a string", pointer)
        elif len(value) > most:
            yield says(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            yield says(f"must be more than {least - 1} characters", pointer)

    return rule


def whole(least: int, most: int) -> Rule:
    """A whole number between two."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield says("must be an integer", pointer)
        elif not least <= value <= most:
            yield says(f"must be between {least} and {most}", pointer)

    return rule


def boolean(value: object, pointer: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield says("must be a boolean", pointer)


def anything(value: object, pointer: str) -> Iterator[str]:
    """The rule for any value."""
    return iter(())


def one_of(*values: object) -> Rule:
    """The rule for one of these values."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if value not in values:
            yield says(f"must be one of {', '.join(map(str, values))}", pointer)

    return rule


def array(each: Rule, most: int, *, least: int = 1) -> Rule:
    """The rule for a list of so many items, each by its rule."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield says("must be an array", pointer)
            return
        if len(value) > most:
            yield says(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield says(f"no fewer than {least} items allowed", pointer)
        for index, item in enumerate(value):
            yield from each(item, f"{pointer}/{index}")

    return rule


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *more: Rule) -> Rule:
    """The rule for an object with these fields and no others.

    ``more``: rules for the whole object, checked if its fields are right.
    """
    fields = {**required, **(optional or {})}

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield says("must be an object", pointer)
            return
        complaints = list(_fields(value, pointer, required, fields))
        yield from complaints
        if not complaints:
            for each in more:
                yield from each(value, pointer)

    return rule


def _fields(
    value: dict[str, object], pointer: str, required: Mapping[str, Rule], fields: Mapping[str, Rule]
) -> Iterator[str]:
    for name in required:
        if name not in value:
            yield says(f"missing required field: {name}", pointer)
    for name, item in value.items():
        if name in fields:
            yield from fields[name](item, f"{pointer}/{name}")
        else:
            yield says(f"invalid additional property: {name}", pointer)


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """The rule for an object whose ``type`` chooses its rule."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            yield says(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from kinds[kind](value, pointer)

    return rule
