"""``[store] state_folder``: casebot writes its own small files there, beside a config that it may only read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from tests.support.houses.tenant import Tenant, tenant
from tests.support.setup.certificates import make
from tests.support.setup.config import PROMPT
from tests.support.setup.postgres import Server

ANA = "ana@acme.example"
SIGN_IN = """
[[email.sign_in]]
address = "support@example.com"
provider = "microsoft"
client_id = "11111111-2222"
tenant = "acme"
authority = "{authority}"
"""


class Installation:
    """A desk as docs/production.md installs it: its account reads ``etc`` and writes into ``var`` only."""

    def __init__(self, folder: Path, url: str, *, store: str = "", more: str = "") -> None:
        self.etc, self.var = folder / "etc", folder / "var"
        self.etc.mkdir()
        self.var.mkdir()
        text = PROMPT.replace('url = "{url}"', f'url = "{url}"\nfiles = "{self.var}/files"\n{store}')
        text += f'[email]\nlisten = ""\nrelay = "maildir:{self.var}/outgoing"\n[web]\nlisten = ""\n{more}'
        self.config = self.etc / "config.toml"
        self.config.write_text(text)

    def without_secret(self) -> None:
        """Leave it to casebot to make the secret."""
        self.config.write_text(re.sub(r"secrets = .*", "", self.config.read_text()))

    def set(self, line: str) -> None:
        """Add a line to ``[store]``."""
        self.config.write_text(self.config.read_text().replace("[store]", f"[store]\n{line}"))

    def casebot(self, *words: str, code: int = 0) -> str:
        """Run a command as an account that may not write into ``etc``; root has to obey modes, too."""
        self.etc.chmod(0o555)
        command = [sys.executable, "-m", "bot.cli", "--config", str(self.config), *words]
        if os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override", *command]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CASEBOT_")}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        self.etc.chmod(0o755)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def erase(self) -> str:
        """Have a person with a case, and erase them."""
        case = ["--config", str(self.config), "case", "new", "The bill is wrong", "--as", ANA]
        assert CliRunner().invoke(casebot, case).exit_code == 0  # a process of its own takes a second
        return self.casebot("people", "erase", ANA, "--close", "--yes")


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.with_schema() as url:
        yield url


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    certificate = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate.file)
    with tenant(certificate) as there:
        there.user = "support@example.com"
        yield there


def test_a_person_is_erased_beside_a_config_that_is_read_only(url: str, tmp_path: Path) -> None:
    desk = Installation(tmp_path, url)
    desk.without_secret()
    assert f"✓ state files: {desk.var}" in desk.casebot("check")
    assert f"Keep {desk.var}/casebot.erased with your backups" in desk.erase()
    assert {"casebot.erased", "casebot.secret"} <= set(os.listdir(desk.var))
    assert os.listdir(desk.etc) == ["config.toml"]


def test_a_sign_in_is_kept_and_renewed_beside_a_config_that_is_read_only(
    url: str, tmp_path: Path, there: Tenant
) -> None:
    desk = Installation(tmp_path, url, more=SIGN_IN.format(authority=there.https))
    there.lifetime = 1
    assert "Signed in" in desk.casebot("mail", "login")
    assert "✓" in desk.casebot("mail", "status")
    assert "refresh_token" in there.kinds(), "the first token had expired"
    assert max(there.refresh_tokens) in (desk.var / "casebot.tokens").read_text()
    assert os.listdir(desk.etc) == ["config.toml"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_folder_of_its_own_has_all_of_them_and_sqlite_stays(
    kind: str, tmp_path: Path, postgres: Server
) -> None:
    with postgres.with_schema() as other:
        place = tmp_path / "var" / "store"
        desk = Installation(
            tmp_path,
            other if kind == "postgresql" else f"sqlite:///{place}/casebot.db",
            store=f'state_folder = "{tmp_path}/var/state"',
        )
        desk.without_secret()
        place.mkdir()
        (desk.var / "state").mkdir()
        assert f"✓ state files: {desk.var}/state" in desk.casebot("check")
        desk.erase()
    assert set(os.listdir(desk.var / "state")) >= {"casebot.erased", "casebot.secret"}
    kept = {name for name in os.listdir(place) if not name.startswith("casebot.db-")}
    assert kept == ({"casebot.db"} if kind == "sqlite" else set())


def test_files_in_the_former_folder_are_used_until_they_are_moved_as_check_says(
    url: str, tmp_path: Path
) -> None:
    desk = Installation(tmp_path, url)
    desk.without_secret()
    secret = desk.etc / "casebot.secret"
    secret.write_text("the secret that links in the customers' mailboxes are signed with\n")
    desk.erase()
    assert not (desk.var / "casebot.secret").exists()
    assert "· state files are still in a former folder" in desk.casebot("check")

    (desk.var / "casebot.erased").rename(desk.etc / "casebot.erased")
    told = desk.casebot("check", code=1)
    assert "✗ state files are still in a former folder" in told, "nothing can be added to this one"
    command = re.search(r"then move them: (.*)", told)
    assert command
    subprocess.run(command[1], check=True, shell=True)
    assert "former folder" not in desk.casebot("check")
    assert "Erased." in desk.erase()
    assert len((desk.var / "casebot.erased").read_text().splitlines()) == 2
    assert (desk.var / "casebot.secret").read_text().startswith("the secret that links")


def test_a_file_is_found_after_the_folder_is_set(tmp_path: Path) -> None:
    desk = Installation(tmp_path, f"sqlite:///{tmp_path}/var/casebot.db")
    desk.erase()
    desk.set(f'state_folder = "{desk.var}/state"')
    assert f"✗ store.state_folder: there is no folder {desk.var}/state" in desk.casebot("check", code=1)
    (desk.var / "state").mkdir()
    assert f"mv {desk.var}/casebot.erased {desk.var}/state/" in desk.casebot("check")
    desk.erase()
    assert len((desk.var / "casebot.erased").read_text().splitlines()) == 2


def test_a_folder_that_casebot_may_not_write_to_is_named(url: str, tmp_path: Path) -> None:
    desk = Installation(tmp_path, url, store=f'state_folder = "{tmp_path}/etc"')
    assert f"✗ store.state_folder: this account cannot write to {desk.etc}" in desk.casebot("check", code=1)


def test_a_restored_desk_has_its_state_in_its_own_folder(tmp_path: Path) -> None:
    desk = Installation(
        tmp_path, f"sqlite:///{tmp_path}/var/casebot.db", store=f'state_folder = "{tmp_path}/var/state"'
    )
    (desk.var / "state").mkdir()
    desk.casebot("case", "new", "The bill is wrong", "--as", ANA)
    desk.casebot("backup", str(desk.var / "desk.tar"))
    desk.casebot("people", "erase", ANA, "--close", "--yes")
    new = tmp_path / "new"
    told = desk.casebot("restore", str(desk.var / "desk.tar"), "--to", str(new))
    assert "now erased again: 1" in told
    assert (new / "casebot.erased").is_file()
    desk.config = new / "config.toml"
    assert f"✓ state files: {new}" in desk.casebot("check")
