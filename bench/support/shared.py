"""What several machines share in a bench: one PostgreSQL, watched, and one object store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.support import cost
from bench.support.databases import Look, server
from bench.support.house import House
from tests.support.setup.object_store import BUCKET, ObjectStore


def with_files(store: ObjectStore) -> dict[str, str]:
    """The environment of a house whose files lie there."""
    given = {f"CASEBOT_STORE__S3__{name.upper()}": value for name, value in store.options().items()}
    return {"CASEBOT_STORE__FILES": f"s3://{BUCKET}/bench", **given}


def machines(
    count: int,
    folder: Path,
    *,
    url: str,
    relay: int,
    files: Mapping[str, str],
    gather: int = 0,
    staff: int = 1,
    more: str = "",
) -> list[House]:
    """So many houses on one store, each in a folder of its own; none is started yet. ``more``: TOML."""
    return [
        House(
            folder / f"machine{number}", url=url, relay=relay, staff=staff, gather=gather, environment=files,
            backlog=20_000, more=more,
        )
        for number in range(count)
    ]  # fmt: skip


def server_cpu(folder: Path) -> float:
    """Seconds that the PostgreSQL of ``databases.fresh`` in this folder has used, its ended sessions' too."""
    return cost.cpu_of_tree(server(folder))


def deadlocks(look: Look) -> int:
    """How often PostgreSQL ended one of two transactions that waited for each other."""
    question = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(look.rows(question)[0][0][0])


def logged(houses: Sequence[House], words: str) -> list[str]:
    """Lines with these words in all logs."""
    lines = (line for house in houses for line in house.log.read_text(errors="replace").splitlines())
    return [line for line in lines if words in line]
