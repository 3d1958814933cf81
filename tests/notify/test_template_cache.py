"""Compiled templates are cached for the next start. Only code that this account has written is executed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from bot.render.environment import environment
from bot.render.template_cache import TemplateCache, prepare
from tests.support.houses.desk_process import DeskProcess, patient

CONFIG = '\n[[mailbox]]\naddress = "support@example.com"\ntemplate_folder = "own"\n'
OWN = (
    "{{% block subject %}}[{{{{ case.number }}}}] {}{{% endblock %}}{{% block body %}}Hello.{{% endblock %}}"
)
MANY = """
import sys
from pathlib import Path
from jinja2 import Environment
from bot.notices.catalogue import NOTICES
from bot.render.renderer import Renderer
from bot.template_check.sample import sample

compiled = []
original = Environment.compile
def compile(self, source, name=None, *args, **options):
    compiled.append(name)
    return original(self, source, name, *args, **options)
Environment.compile = compile
renderer = Renderer(cache=Path(sys.argv[1]))
notices = list(NOTICES.values())[:5]
words = [renderer.words(notice, code, **sample(notice)) for code in ("en", "de") for notice in notices]
print(len(compiled), len([each for each in words if each.text and each.html]))
"""
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
"""No file can have content, as on a full disk."""
SEEN: list[str] = []
"""Marks that forged bytecode left when it ran in this process."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The cache folder, as ``casebot run`` creates it."""
    created = tmp_path / "casebot.cache"
    prepare(created)
    return created


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    SEEN.clear()
    yield
    SEEN.clear()


def render(folder: Path, source: str, kind: type[Environment] = Environment, *, escapes: bool = True) -> str:
    cache = TemplateCache(folder, kind, escapes=escapes)
    made = environment(DictLoader({"a": source}), kind, escapes=escapes, bytecode_cache=cache)
    return made.get_template("a").render()


def forge(folder: Path) -> None:
    """Replace the code in each cached file by code that notes that it was executed."""
    made = Environment(loader=DictLoader({"a": ""}))
    for file in folder.iterdir():
        bucket = TemplateCache(folder, Environment, escapes=True).get_bucket(made, "a", None, "Hello")
        bucket.code = compile(
            "import tests.notify.test_template_cache as t; t.SEEN.append('run')", "a", "exec"
        )
        with file.open("wb") as stream:
            bucket.write_bytecode(stream)


def start(folder: Path, program: str = MANY) -> subprocess.Popen[str]:
    command = (sys.executable, "-c", program, str(folder))
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def counts(process: subprocess.Popen[str]) -> list[int]:
    """How many templates the process has compiled, and how many notices it has rendered."""
    output, _ = process.communicate(timeout=240)
    return [int(word) for word in output.split()]


@pytest.mark.wire
def test_a_second_process_compiles_nothing(folder: Path) -> None:
    compiled, rendered = counts(start(folder))
    assert compiled > 10
    assert rendered == 10
    assert counts(start(folder)) == [0, 10]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.wire
def test_processes_that_compile_at_once_leave_complete_files(folder: Path) -> None:
    assert [counts(process)[1] for process in [start(folder) for _ in range(4)]] == [10] * 4
    assert not list(folder.glob("*.tmp"))
    assert counts(start(folder)) == [0, 10]


@pytest.mark.wire
def test_a_full_disk_only_means_that_templates_are_compiled_again(folder: Path) -> None:
    for _ in range(2):
        compiled, rendered = counts(start(folder, LIMITED + MANY))
        assert compiled > 10
        assert rendered == 10
        assert not list(folder.iterdir())


@pytest.mark.parametrize("length", [0, 3, 25, 60, 120])
def test_a_truncated_file_is_replaced(folder: Path, length: int) -> None:
    render(folder, "Hello {{ 1 + 1 }}")
    (file,) = folder.iterdir()
    complete = file.read_bytes()
    assert length < len(complete)
    os.truncate(file, length)
    assert render(folder, "Hello {{ 1 + 1 }}") == "Hello 2"
    assert file.read_bytes() == complete


def test_a_replaced_template_is_used(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "a"

    def rendered() -> str:
        cache = TemplateCache(folder, Environment, escapes=True)
        made = environment(FileSystemLoader([tmp_path]), bytecode_cache=cache)
        return made.get_template("a").render()

    source.write_text("first")
    before = source.stat()
    assert rendered() == "first"
    source.write_text("other")  # the same size, and below the same time
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert rendered() == "other"


def test_a_sandbox_never_executes_what_was_compiled_without_one(folder: Path) -> None:
    source = "{{ '{0.__class__}'.format(1) }}"
    assert "int" in render(folder, source, escapes=False)
    with pytest.raises(SecurityError):
        render(folder, source, SandboxedEnvironment, escapes=False)
    assert len(list(folder.iterdir())) == 2


def test_text_and_html_are_compiled_apart(folder: Path) -> None:
    assert render(folder, "{{ '<b>' }}", escapes=False) == "<b>"
    assert render(folder, "{{ '<b>' }}") == "&lt;b&gt;"


def test_code_in_a_folder_of_our_own_is_executed(folder: Path) -> None:
    render(folder, "Hello")
    forge(folder)
    with pytest.raises(KeyError):  # it is no template
        render(folder, "Hello")
    assert SEEN, "or the next test shows nothing"


@pytest.mark.parametrize("case", ["group", "others", "link", "owner"])
def test_code_that_others_may_have_written_is_not_executed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    render(folder, "Hello")
    forge(folder)
    forged = {file.name: file.read_bytes() for file in folder.iterdir()}
    if case == "link":
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    elif case == "owner":
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    else:
        folder.chmod({"group": 0o770, "others": 0o707}[case])
    prepare(folder)
    assert render(folder, "Hello") == "Hello"
    assert SEEN == []
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == forged, "nothing was written either"


def test_old_and_unfinished_files_are_removed(folder: Path) -> None:
    render(folder, "Hello")
    (current,) = folder.iterdir()
    (folder / "0123456789abcdef.templates").touch()
    (folder / "Environment-True-0123456789abcdef-1").touch()
    (folder / f"{current.name}.tmp").touch()
    prepare(folder)
    assert list(folder.iterdir()) == [current]


@pytest.mark.wire
def test_a_desk_caches_in_its_state_folder_and_says_if_it_cannot(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, f"sqlite:///{tmp_path}/casebot.db", more=CONFIG)
    cache, own = tmp_path / "casebot.cache", tmp_path / "own/notices/en/confirmation.j2"
    own.parent.mkdir(parents=True)
    own.write_text(OWN.format("first"))
    confirm(desk, "first")
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    names = {file.name for file in cache.iterdir()}
    assert any(name.startswith("SandboxedEnvironment-True-") for name in names)
    assert "compiled templates are not cached" not in desk.log()
    own.write_text(OWN.format("other"))
    confirm(desk, "other")
    assert {file.name for file in cache.iterdir()} == names, "each template has one file"
    cache.chmod(0o777)
    confirm(desk, "again", expected="other")
    assert "compiled templates are not cached" in desk.log()


def confirm(desk: DeskProcess, subject: str, *, expected: str = "") -> None:
    """Start the desk, and wait until a mail is confirmed by the operator's template."""
    before = len(desk.sent())
    with desk:
        desk.send(subject)
        assert patient(lambda: len(desk.sent()) > before)
    assert any(f"] {expected or subject}" in file.read_text() for file in desk.sent()[before:])
