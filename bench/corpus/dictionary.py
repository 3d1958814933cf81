"""Makes the dictionary by which notices are packed: ``python -m bench.corpus.dictionary store/engine/notices.zstd``.

One that stores were written with is never changed: its frames could not be read. A better one gets a file and a
``NUMBER`` of its own, beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import zstandard

from bot.channel.mail_merge import Blanks
from bot.languages.catalogue import languages
from bot.model.facts import BatchSection
from bot.notices.catalogue import NOTICES
from bot.notices.examples import AT
from bot.render.renderer import Renderer
from bot.template_check.sample import SECTIONS, sample
from channels.email.outbound.compose import compose_body

SIZE = 64 << 10
NUMBER = 32_768
"""The first that nobody may register (RFC 8878, section 5.1)."""


def main() -> int:
    """Render every notice in every language, and train."""
    samples = [*_bodies(Renderer())]
    trained = zstandard.train_dictionary(SIZE, samples, dict_id=NUMBER, level=1)
    Path(sys.argv[1]).write_bytes(trained.as_bytes())
    print(f"{len(samples)} bodies, {len(trained)} bytes")
    return 0


def _bodies(renderer: Renderer) -> Iterator[bytes]:
    for name, notice in NOTICES.items():
        for language in languages():
            for bare in (False, True):
                facts = sample(notice, bare=bare)
                if name in SECTIONS:
                    facts["sections"] = tuple(_section(renderer, one, language) for one in SECTIONS[name])
                words = renderer.words(notice, language, **facts)
                yield compose_body(words, Blanks(), (), number=0, plain=True).content


def _section(renderer: Renderer, name: str, language: str) -> BatchSection:
    return renderer.section(NOTICES[name], language, at=AT, **sample(NOTICES[name]))


if __name__ == "__main__":
    sys.exit(main())
