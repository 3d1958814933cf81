"""The web door's application: every route, and what holds for all of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.channel.protocols import House, NoMemory
from channels.form_memory import Holdings
from channels.web.health import Health
from channels.web.http.security_headers import Shield
from channels.web.pages.article_redirect import Articles
from channels.web.pages.new_case import NewCases
from channels.web.pages.pages import Pages
from channels.web.templating.templating import Paper
from channels.web.uploads.incoming import Rooms
from channels.web.uploads.page import Uploads
from channels.web.uploads.resumable import Resumed


def build(house: House, forms: Holdings) -> ASGIApp:
    """The pages, health, and what other doors have put into ``house.routes`` by now."""
    paper = Paper(house)
    health, pages = Health(house), Pages(house, paper, forms)
    rooms = Rooms(house)
    new, uploads = NewCases(house, paper, rooms, forms), Uploads(house, paper, rooms, forms)
    resumed = Resumed(house, paper, rooms)
    app = Starlette(
        routes=[
            Route("/", pages.front),
            Route("/survey/{token}", pages.survey, methods=["GET", "POST"]),
            Route("/case/{token}", pages.case, methods=["GET", "POST"]),
            Route("/case/{token}/file/{file}", pages.file),
            Route("/my/{token}", pages.my),
            Route("/new", new.anybody, methods=["GET", "POST"]),
            Route("/new/{token}", new.known, methods=["GET", "POST"]),
            Route("/upload/{token}", uploads.page, methods=["GET", "POST"]),
            Route("/upload/{token}/{draft}", resumed.draft, methods=["GET", "PUT"]),
            Route("/upload.js", pages.script),
            Route("/new.js", pages.script),
            Route("/suggest", new.suggest),
            Route("/article/{article}", Articles(house, paper).read),
            Route("/solved/{token}", pages.solved, methods=["GET", "POST"]),
            Route("/mail/{token}", pages.mail),
            Route("/files/{token}", pages.files),
            Route("/files/{token}/file/{file}", pages.file),
            Route("/healthz", health.healthz),
            *house.routes,
        ],
        exception_handlers={
            HTTPException: paper.refused,
            NoMemory: paper.crowded,
            Exception: paper.failed,
        },
    )
    app.router.redirect_slashes = False  # it would redirect to whatever the Host header says
    return Shield(app, paper.style, busy=paper.busy)


def monitoring(house: House) -> ASGIApp:
    """What monitoring asks, and nobody else is to read."""
    health = Health(house)
    return Starlette(
        routes=[
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
        ]
    )
