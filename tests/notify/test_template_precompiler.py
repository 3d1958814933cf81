"""The typesetter: once it is done, no notice has to be compiled while somebody waits."""

import threading

from bot.notices.catalogue import NOTICES
from bot.render.renderer import SHIPPED, Renderer
from bot.template_check.sample import sample
from bot.workers.template_precompiler import TemplatePrecompiler


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


def test_what_is_broken_stops_nothing(tmp_path):
    folder = tmp_path / "notices/en"
    folder.mkdir(parents=True)
    (folder / "merged.j2").write_text("{% block subject %}{{ oops")
    for ready in Renderer(tmp_path).prepared():
        ready()
    assert Renderer(tmp_path).problems
