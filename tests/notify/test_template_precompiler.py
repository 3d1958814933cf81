"""The template precompiler: once it is done, no notice has to be compiled while somebody waits."""

import threading
from contextlib import contextmanager

import psutil
import pytest
from jinja2 import Environment

from bot.notices.catalogue import NOTICES
from bot.render.compiled_templates import CacheFolder
from bot.render.renderer import SHIPPED, Renderer
from bot.template_check.sample import sample
from bot.workers import template_precompiler
from bot.workers.template_precompiler import TemplatePrecompiler
from tests.support.houses.doors import wait_until
from tests.support.setup.pace import PATIENCE


def test_everything_is_ready_soon_and_it_leaves_when_asked(tmp_path):
    folder = tmp_path / "notices/eo"
    folder.mkdir(parents=True)
    (folder / "added.j2").write_text((SHIPPED / "notices/en/added.j2").read_text(encoding="utf-8"))
    (folder / "merged.j2").write_text("{% block subject %}{{ oops")
    renderer = Renderer(tmp_path)
    room = TemplatePrecompiler([renderer, renderer])
    thread = threading.Thread(target=room.run)
    thread.start()
    room.leave()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert renderer.words(NOTICES["added"], "eo", **sample(NOTICES["added"])).subject


@contextmanager
def at_work(renderer):
    """A precompiler that begins at once, until it leaves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template_precompiler, "FIRST", 0.0)
        room = TemplatePrecompiler([renderer])
        thread = threading.Thread(target=room.run)
        thread.start()
        try:
            yield
        finally:  # or its process would be there in the next test
            room.leave()
            thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def cache(tmp_path):
    return CacheFolder(tmp_path / "casebot.cache", "a secret of tests that is long enough to pass")


@pytest.mark.wire
@pytest.mark.usefixtures("python_keeps")
def test_a_process_of_its_own_compiles_and_this_one_says_what_that_has_kept(cache, monkeypatch):
    renderer = Renderer(cache=cache)
    renderer.prepare()
    assert not renderer.whole()

    def refuse(*_, **__):
        raise AssertionError("it was compiled here")

    monkeypatch.setattr(Environment, "compile", refuse)
    with at_work(renderer):
        assert wait_until(renderer.whole, 4 * PATIENCE), "that process has the lowest priority"
    assert renderer.words(NOTICES["added"], "de", **sample(NOTICES["added"])).subject


@pytest.mark.usefixtures("python_keeps")
def test_who_leaves_takes_that_process_along(cache):
    renderer = Renderer(cache=cache)
    renderer.prepare()
    with at_work(renderer):
        assert wait_until(compiling)
    assert not compiling()


def compiling():
    return [one for one in psutil.Process().children() if "bot.render.compile_apart" in one.cmdline()]


@pytest.mark.wire
@pytest.mark.usefixtures("python_keeps_nothing")
@pytest.mark.parametrize("folder", [None, "a file/casebot.cache"])
def test_what_cannot_be_kept_is_compiled_here_one_template_after_another(tmp_path, folder):
    (tmp_path / "a file").touch()
    renderer = Counted(cache=CacheFolder(tmp_path / folder, "a secret of tests") if folder else None)
    renderer.prepare()
    with at_work(renderer):
        assert wait_until(lambda: renderer.compiled > 5)
        assert not compiling(), "what a child compiles could not be kept either"
    assert renderer.compiled < len(list(renderer.prepared())), "it leaves before it is done"


class Counted(Renderer):
    """Counts the templates that it is asked to compile."""

    compiled = 0

    def prepared(self):
        for ready in super().prepared():
            yield ready
            self.compiled += 1


def test_what_is_broken_stops_nothing(tmp_path):
    folder = tmp_path / "notices/en"
    folder.mkdir(parents=True)
    (folder / "merged.j2").write_text("{% block subject %}{{ oops")
    for ready in Renderer(tmp_path).prepared():
        ready()
    assert Renderer(tmp_path).problems
