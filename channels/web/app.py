"""The web door's application: every route, and what holds for all of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.channel import House
from channels.web.health import Health
from channels.web.pages import Pages
from channels.web.paper import Paper
from channels.web.shield import Shield


def build(house: House) -> ASGIApp:
    """The pages, health, and what other doors have put into ``house.routes`` by now."""
    paper = Paper(house)
    health, pages = Health(house), Pages(house, paper)
    app = Starlette(
        routes=[
            Route("/", pages.front),
            Route("/survey/{token}", pages.survey, methods=["GET", "POST"]),
            Route("/case/{token}", pages.case, methods=["GET", "POST"]),
            Route("/solved/{token}", pages.solved, methods=["GET", "POST"]),
            Route("/mail/{token}", pages.mail),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
            *house.routes,
        ],
        exception_handlers={HTTPException: paper.refused, Exception: paper.failed},
    )
    app.router.redirect_slashes = False  # it would redirect to whatever the Host header says
    return Shield(app, paper.style)
