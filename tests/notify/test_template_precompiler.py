"""The template precompiler: once it is done, no notice has to be compiled while somebody waits."""

import threading

from bot.notices.catalogue import NOTICES
from bot.render.renderer import SHIPPED, Renderer
from bot.template_check.sample import sample
from bot.workers import template_precompiler
from bot.workers.template_precompiler import TemplatePrecompiler
from tests.support.houses.doors import wait_until


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
    thread.join(10)
    assert not thread.is_alive()
    assert renderer.words(NOTICES["added"], "eo", **sample(NOTICES["added"])).subject


def test_one_template_after_another_is_compiled_while_the_house_runs(monkeypatch):
    monkeypatch.setattr(
        template_precompiler, "REST", 9
    )  # as in earnest; tests/support/setup/pace.py rests longer
    renderer = Counted()
    room = TemplatePrecompiler([renderer])
    thread = threading.Thread(target=room.run)
    thread.start()
    goes_on = wait_until(lambda: renderer.compiled > 5)
    room.leave()
    thread.join(10)
    assert goes_on
    assert not thread.is_alive()
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
