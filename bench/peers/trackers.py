"""Other trackers, each in an environment of its own, in process: without SMTP, which is to their advantage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.peers.batch import Batch, Missing, Opens
from bench.support import cost

DRIVERS = Path(__file__).parent / "drivers"
ROUNDUP, HELPDESK = "roundup==2.6.0", "django-helpdesk==2.6.1"
RT_SETUP = "/usr/sbin/rt-setup-database-5"
RT_SETTINGS = """
Set($rtname, 'desk.example');
Set($Organization, 'desk.example');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($CorrespondAddress, 'support@desk.example');
Set($CommentAddress, 'comment@desk.example');
Set($WebDomain, '127.0.0.1');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
1;
"""


@dataclass(frozen=True, slots=True)
class Driver:
    """A tracker in a process of its own: a line names a folder of mails, the answer is what it has then."""

    process: subprocess.Popen[str]
    log: Path

    def cpu(self) -> float:
        return cost.cpu_of_tree(self.process.pid)

    def take(self, batch: Batch) -> Mapping[str, int]:
        assert self.process.stdin
        self.process.stdin.write(f"{batch.folder}\n")
        self.process.stdin.flush()
        counts: dict[str, int] = json.loads(self.line())
        return counts

    def line(self) -> str:
        """The next one that it says; ``RuntimeError`` with its last words if it has ended."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"it ended:\n{self.log.read_text()[-3000:]}")
        return line


def roundup(folder: Path, cache: Path, *, rounds: str) -> AbstractContextManager[Driver]:
    """Roundup's mail gateway; ``rounds`` of PBKDF2 for a new person's password, empty: as shipped."""
    return driven(
        [installed(cache, ROUNDUP), str(DRIVERS / "roundup_driver.py"), str(folder), rounds], folder
    )


def helpdesk(folder: Path, cache: Path) -> AbstractContextManager[Driver]:
    """django-helpdesk's reading of mail."""
    return driven([installed(cache, HELPDESK), str(DRIVERS / "helpdesk_driver.py"), str(folder)], folder)


def request_tracker(folder: Path, cache: Path) -> AbstractContextManager[Driver]:
    """Request Tracker's ``Gateway()`` on SQLite."""
    if not Path(RT_SETUP).exists():
        raise Missing("apt-get install request-tracker5 rt5-db-sqlite")
    nothing = folder / "nothing.d"
    nothing.mkdir(parents=True)
    settings = folder / "RT_SiteConfig.pm"
    settings.write_text(RT_SETTINGS.format(folder=folder))
    environment = {**os.environ, "RT_SITE_CONFIG": str(settings), "RT_SITE_CONFIG_DIR": str(nothing)}
    setup = [RT_SETUP, "--action", "init", "--skip-create"]
    subprocess.run(setup, check=True, capture_output=True, env=environment)
    return driven(["perl", str(DRIVERS / "rt_driver.pl")], folder, environment)


@contextmanager
def driven(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Driver]:
    """Start a driver, and wait until it is ready."""
    log = folder.with_suffix(".log")
    with (
        log.open("w") as words,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, text=True, env=environment
        ) as process,
    ):
        try:
            driver = Driver(process, log)
            driver.line()
            yield driver
        finally:
            process.kill()


def installed(cache: Path, requirement: str) -> str:
    """The Python of an environment that has it, made the first time; ``Missing`` if it cannot be had."""
    place = cache / requirement
    python = place / "bin" / "python"
    if not python.exists():
        try:
            venv.create(place, with_pip=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
            subprocess.run(pip, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(place, ignore_errors=True)
            raise Missing(f"{sys.executable} -m pip install {requirement}: {error}") from error
    return str(python)


TRACKERS: Mapping[str, Opens] = {
    "Roundup, 10,000 rounds": partial(roundup, rounds="10000"),
    "Roundup as shipped": partial(roundup, rounds=""),
    "django-helpdesk": helpdesk,
    "Request Tracker 5": request_tracker,
}
