"""django-helpdesk's reading of mail on SQLite, run by the Python that it is installed in.

``helpdesk_driver.py HOME``: a fresh project there, with one queue. A line of standard input is a folder of mails to
take, one of the output what the project has then. What it sends is rendered, and dropped.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

APPS = ("contenttypes", "auth", "sessions", "sites", "messages", "staticfiles", "admin", "humanize")

PAGES = """
from django.urls import include, path
urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
"""


def configured(home: Path) -> None:
    """Settings as its manual has them, as few as it takes."""
    (home / "project_pages.py").write_text(PAGES)
    sys.path.insert(0, str(home))
    settings.configure(
        SECRET_KEY="of a bench",
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "rest_framework", "helpdesk"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "db.sqlite3")}},
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        ROOT_URLCONF="project_pages",
        MEDIA_ROOT=str(home / "media"),
        SITE_ID=1,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        USE_TZ=True,
        LANGUAGE_CODE="en",
    )
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)


def main() -> None:
    """Take what is named on standard input, until it ends."""
    home = Path(sys.argv[1])
    home.mkdir(parents=True)
    configured(home)
    from django.core import mail
    from django.utils.encoding import force_str
    from helpdesk.email import extract_email_metadata
    from helpdesk.models import FollowUp, Queue, Ticket

    logger = logging.getLogger("helpdesk")
    logger.setLevel(logging.ERROR)
    queue = Queue.objects.create(title="Support", slug="support", email_address="support@desk.example")
    mail.outbox = []
    told = 0
    print("ready", flush=True)
    for line in sys.stdin:
        for file in sorted(Path(line.strip()).iterdir()):
            extract_email_metadata(force_str(file.read_bytes(), errors="replace"), queue, logger)
            if mail.outbox:  # composed, as its server would have been handed it
                told += len([message.message().as_bytes() for message in mail.outbox])
                mail.outbox.clear()
        counts = {"cases": Ticket.objects.count(), "entries": FollowUp.objects.count(), "told": told}
        print(json.dumps(counts), flush=True)


main()
