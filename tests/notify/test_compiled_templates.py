"""Compiled templates are kept for the next start: only ours are ever run, and nothing depends on them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment

from bot.channel.outbound import Words
from bot.model.channel_profile import HTML
from bot.notices.catalogue import NOTICES
from bot.render import compiled_templates, renderer
from bot.render.compiled_templates import CacheFolder, key_of, opened, stamp_of, write
from bot.render.renderer import SHIPPED, Renderer, Wording
from bot.render.template_set import TrustedContext
from bot.template_check.sample import sample

SECRET = "a secret of tests that is long enough to pass"
ADDED = NOTICES["added"]
SEEN: list[str] = []
"""What a forger's code has done."""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shipped templates, but few."""
    folder = tmp_path_factory.mktemp("templates")
    shutil.copytree(SHIPPED / "email", folder / "email")
    for name in ("words/de.j2", *(f"notices/{code}/{file}.j2" for code in ("en", "de") for file in FILES)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SHIPPED / name, folder / name)
    return folder


FILES = ("phrases", "added", "answer")


@pytest.fixture
def folder(tmp_path: Path, ours: Path) -> CacheFolder:
    """The folder as a first start leaves it."""
    made = CacheFolder(tmp_path / "casebot.cache", SECRET)
    assert compile_all(started(made, ours)) > 0
    return made


def started(cache: CacheFolder | None, *folders: Path) -> Wording:
    """The templates as a start finds them; those of an operator come first."""
    kind = SandboxedEnvironment if len(folders) > 1 else TrustedContext
    return Wording(folders, kind, [HTML], (cache,) if cache else ())


def said(wording: Wording, language: str = "en") -> Words:
    return wording.words(ADDED, language, sample(ADDED), markup=HTML)


@pytest.fixture
def nobody_compiles(folder: CacheFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder, "that was before"

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was compiled again")

    monkeypatch.setattr(Environment, "compile", refuse)


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    SEEN.clear()
    yield
    SEEN.clear()


def compile_all(wording: Wording | Renderer) -> int:
    """As the precompiler does it after the start; how many steps it took."""
    steps = 0
    for step in wording.prepared():
        step()
        steps += 1
    return steps


def file_of(folder: CacheFolder) -> Path:
    (file,) = folder.path.iterdir()
    return file


def kept(cache: CacheFolder | None) -> None:
    """As a first start and its precompiler do it."""
    first = Renderer(cache=cache)
    first.prepare()
    assert compile_all(first) > 500


def second_start(*cache: str) -> list[str]:
    """How many templates a process has to compile, which cannot, and how many notices it says."""
    return subprocess.check_output((sys.executable, "-c", SECOND, *cache), text=True).split()


def test_the_second_start_compiles_nothing_in_any_language(python_keeps: Path) -> None:
    kept(None)
    assert second_start() == ["0", str(len(NOTICES) * 3)], "of any desk"
    (file,) = python_keeps.rglob("*.templates")
    assert file.parent == Path(cache_from_source(str(SHIPPED / "__init__.py"))).parent
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o755, "whoever runs our code may read it"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.usefixtures("python_keeps_nothing")
def test_where_the_code_is_not_ours_to_write_to_the_desk_keeps_it(tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path / "casebot.cache", SECRET)
    kept(cache)
    assert second_start(str(cache.path), SECRET) == ["0", str(len(NOTICES) * 3)]
    assert stat.S_IMODE(cache.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(file_of(cache).stat().st_mode) == 0o600


def test_where_python_is_to_keep_nothing_nothing_is_kept_beside_the_code(
    python_keeps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    cache = CacheFolder(tmp_path / "casebot.cache", SECRET)
    kept(cache)
    assert file_of(cache)
    assert not python_keeps.exists()


def test_an_image_is_made_with_all_of_it(python_keeps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # images often say so; here it is asked for
    command = (sys.executable, "-m", "bot.cli", "templates", "compile")
    assert "compiled" in subprocess.check_output(command, text=True)
    assert list(python_keeps.rglob("*.templates"))
    assert second_start("every channel") == ["0", str(len(NOTICES) * 3)]


@pytest.mark.usefixtures("python_keeps_nothing")
def test_an_image_that_cannot_have_it_is_not_made() -> None:
    command = (sys.executable, "-m", "bot.cli", "templates", "compile")
    process = subprocess.run(command, text=True, capture_output=True, check=False)
    assert process.returncode == 1
    assert "cannot be kept beside the code" in process.stderr


def test_of_two_places_the_fuller_one_counts(python_keeps: Path, tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path / "casebot.cache", SECRET)
    begun = Renderer(cache=cache)
    begun.prepare()
    (part,) = python_keeps.rglob("*.templates")
    english = part.read_bytes()
    assert not begun.whole()
    shutil.rmtree(python_keeps)
    python_keeps.touch()  # from now on nothing can be written there
    renderer._shipped.cache_clear()
    kept(cache)
    python_keeps.unlink()
    part.parent.mkdir(parents=True)
    part.write_bytes(english)
    renderer._shipped.cache_clear()
    assert Renderer(cache=cache).whole()


SECOND = """
import sys
from pathlib import Path
from jinja2 import Environment
from bot.channel.installed import sections
from bot.model.channel_profile import profile_of
from bot.notices.catalogue import NOTICES
from bot.render.compiled_templates import CacheFolder
from bot.render.renderer import Renderer
from bot.template_check.sample import sample

del Environment.compile
cache = CacheFolder(Path(sys.argv[1]), sys.argv[2]) if sys.argv[2:] else None
profiles = map(profile_of, sections().values()) if sys.argv[1:] == ["every channel"] else ()
renderer = Renderer(cache=cache, markups=[profile.markup for profile in profiles])
print(len(list(renderer.prepared())))
said = [renderer.words(n, code, **sample(n)) for code in ("en", "de", "ja") for n in NOTICES.values()]
print(len(said))
"""


@pytest.mark.usefixtures("nobody_compiles")
def test_what_is_kept_is_what_is_said(folder: CacheFolder, ours: Path) -> None:
    second = started(folder, ours)
    assert compile_all(second) == 0
    assert "Ana" in said(second, "de").text


def forged(secret: str, folder: CacheFolder, ours: Path) -> Wording:
    """A start after everything was replaced by whoever has that secret."""
    evil = compile("import tests.notify.test_compiled_templates as t; t.SEEN.append('run')", "evil", "exec")
    names = [file.relative_to(ours).as_posix() for file in ours.rglob("*.j2")]
    codes = {key_of(kind, name): evil for kind in ("True", "False") for name in names}
    assert write(CacheFolder(folder.path, secret), stamp_of([ours]), f"TrustedContext|{ours}", codes)
    assert file_of(folder), "it is in the very place"
    return started(folder, ours)


def test_what_is_not_signed_by_this_desk_is_never_run(folder: CacheFolder, ours: Path) -> None:
    wording = forged("another secret that is just as long as ours", folder, ours)
    assert said(wording) == said(started(None, ours))
    assert compile_all(wording) > 0, "and it is written anew"
    assert SEEN == []
    assert compile_all(started(folder, ours)) == 0


def test_a_forger_with_the_secret_would_be_run(folder: CacheFolder, ours: Path) -> None:
    with pytest.raises(KeyError):  # it is no template
        said(forged(SECRET, folder, ours))
    assert SEEN, "or the test above shows nothing"


def test_a_file_that_we_signed_for_other_templates_is_not_taken(
    folder: CacheFolder, ours: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    compile_all(started(folder, own, ours))
    one, other = sorted(folder.path.iterdir())
    shutil.copy(one, tmp_path / "one")
    os.replace(other, one)
    os.replace(tmp_path / "one", other)
    assert compile_all(started(folder, ours)) > 0


@pytest.mark.parametrize("place", [0, 40, 70, 1000, 20_000, -1])
def test_a_damaged_file_says_nothing_wrong_and_is_mended(folder: CacheFolder, ours: Path, place: int) -> None:
    octets = bytearray(file_of(folder).read_bytes())
    octets[place] ^= 1
    file_of(folder).write_bytes(octets)
    wording = started(folder, ours)
    for language in ("en", "de"):
        assert said(wording, language) == said(started(None, ours), language)
    assert compile_all(wording) > 0
    assert compile_all(started(folder, ours)) == 0


@pytest.mark.parametrize("size", [0, 10, 75, 1000, 20_000])
def test_a_file_that_was_cut_off_is_no_error(folder: CacheFolder, ours: Path, size: int) -> None:
    os.truncate(file_of(folder), size)
    wording = started(folder, ours)
    assert said(wording, "de") == said(started(None, ours), "de")
    assert compile_all(wording) > 0


def test_where_nothing_can_be_written_all_is_compiled_and_said(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wording = started(CacheFolder(tmp_path / "file" / "casebot.cache", SECRET), ours)
    assert compile_all(wording) > 0
    assert compile_all(wording) == 0, "it is in memory"
    assert "Ana" in said(wording).text


def test_a_full_disk_leaves_no_half_a_file(folder: CacheFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(folder)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert not write(folder, "another", "name", {})
    assert file_of(folder).read_bytes() == before


def test_a_template_laid_over_ours_is_seen_at_the_next_start(
    folder: CacheFolder, ours: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    file = own / "notices/en/added.j2"
    file.parent.mkdir(parents=True)
    says = "{{% block subject %}}{}{{% endblock %}}{{% block body %}}{{% endblock %}}"
    file.write_text(says.format("first"))
    running = started(folder, own, ours)
    compile_all(running)
    assert said(running).subject == "first"
    assert compile_all(started(folder, own, ours)) == 0
    file.write_text(says.format("other"))  # as long as before
    assert said(running).subject == "first", "who runs says what it began with"
    assert said(started(folder, own, ours)).subject == "other"
    file.unlink()
    assert said(started(folder, own, ours)) == said(started(None, ours))


def test_a_running_desk_keeps_to_the_file_that_it_opened(folder: CacheFolder, ours: Path) -> None:
    running = started(folder, ours)
    shutil.rmtree(folder.path)
    assert said(running, "de") == said(started(None, ours), "de")


def test_another_python_or_jinja_takes_nothing_from_it(
    folder: CacheFolder, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened(folder, stamp_of([ours]), f"TrustedContext|{ours}")
    compiled_templates._program.cache_clear()
    monkeypatch.setattr(sys, "version", "3.99.0")
    after = stamp_of([ours])
    compiled_templates._program.cache_clear()
    assert opened(folder, after, f"TrustedContext|{ours}") is None


def test_several_processes_at_once_leave_one_good_file(folder: CacheFolder) -> None:
    codes = {key_of("True", str(n)): compile(f"{n}", "n", "eval") for n in range(200)}

    def start(_: int) -> bool:
        write(folder, "stamp", "name", codes)
        file = opened(folder, "stamp", "name")
        return file is not None and file.whole({"True"}) and file.code("True|7") == codes["True|7"]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(start, range(40)))
    assert len(list(folder.path.iterdir())) == 2


def test_what_no_start_has_used_for_long_is_removed(folder: CacheFolder, ours: Path) -> None:
    in_use = file_of(folder)
    old, used, draft = (folder.path / name for name in ("a.templates", "b.templates", "c.draft"))
    for file, days in ((old, 31), (used, 29), (draft, 1), (in_use, 400)):
        file.open("a").close()
        os.utime(file, (time.time() - days * 86400,) * 2)
    assert compile_all(started(folder, ours)) == 0
    assert sorted(folder.path.iterdir()) == sorted([in_use, used])
