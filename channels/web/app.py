"""The web door's application: every route, and what holds for all of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.channel.context import ChannelContext
from bot.channel.memory_budget import NoMemory
from channels.form_memory import FormMemories
from channels.web.health import HealthEndpoints
from channels.web.http.security_headers import SecurityHeaders
from channels.web.http.settings import Settings
from channels.web.pages.case_page import CasePages
from channels.web.pages.my_link import MyLinks
from channels.web.pages.new_case import NewCases
from channels.web.pages.pages import PageRoutes
from channels.web.templating.language_choice import LanguageKept
from channels.web.templating.templating import Templating
from channels.web.uploads.file_form import FileForms
from channels.web.uploads.incoming import UploadSpaces
from channels.web.uploads.page import Uploads
from channels.web.uploads.resumable import Resumed


def build(context: ChannelContext[Settings], forms: FormMemories) -> ASGIApp:
    """The pages, health, and what other doors have put into ``context.routes`` by now."""
    templating = Templating(context)
    health, pages = HealthEndpoints(context), PageRoutes(context, templating, forms)
    spaces = UploadSpaces(context)
    with_files = FileForms(context, spaces, forms)
    new = NewCases(context, templating, spaces, with_files)
    uploads = Uploads(context, templating, spaces, with_files)
    links = MyLinks(context, templating, forms)
    resumed = Resumed(context, templating, spaces)
    case = CasePages(context, templating, spaces, with_files, forms)
    app = Starlette(
        routes=[
            Route("/", pages.front),
            Route("/survey/{token}", pages.survey, methods=["GET", "POST"]),
            Route("/case/{token}", case.page, methods=["GET", "POST"]),
            Route("/case/{token}/file/{file}", case.file),
            Route("/case/{token}/picture/{file}", case.downloads.picture),
            Route("/case/{token}/thumbnail/{file}", case.downloads.thumbnail),
            Route("/case/{token}/draft/{draft}", resumed.case_draft, methods=["GET", "PUT"]),
            Route("/my/{token}", pages.my),
            Route("/link", links.page, methods=["GET", "POST"]),
            Route("/new", new.anybody, methods=["GET", "POST"]),
            Route("/new/{token}", new.known, methods=["GET", "POST"]),
            Route("/upload/{token}", uploads.page, methods=["GET", "POST"]),
            Route("/upload/{token}/{draft}", resumed.draft, methods=["GET", "PUT"]),
            Route("/logo/{name}", pages.logo),
            Route("/upload.js", pages.script),
            Route("/new.js", pages.script),
            Route("/time.js", pages.script),
            Route("/language.js", pages.script),
            Route("/suggest", new.suggest),
            Route("/article/{article}", pages.article),
            Route("/solved/{token}", pages.solved, methods=["GET", "POST"]),
            Route("/join/{token}", pages.join, methods=["GET", "POST"]),
            Route("/mail/{token}", pages.mail),
            Route("/files/{token}", pages.files),
            Route("/files/{token}/file/{file}", pages.desk_file),
            Route("/healthz", health.healthz),
            *context.routes,
        ],
        exception_handlers={
            HTTPException: templating.refused,
            NoMemory: templating.crowded,
            Exception: templating.failed,
        },
    )
    app.router.redirect_slashes = False  # it would redirect to whatever the Host header says
    choosing = LanguageKept(app, templating.languages, templating.base_url)
    return SecurityHeaders(choosing, [templating.style, *templating.brand_styles], busy=templating.busy)


def monitoring(context: ChannelContext[Settings]) -> ASGIApp:
    """The endpoints for monitoring, which nobody else should read."""
    health = HealthEndpoints(context)
    return Starlette(
        routes=[
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
        ]
    )
