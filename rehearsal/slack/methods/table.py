"""Every method there is, by its name."""

from __future__ import annotations

from rehearsal.slack.methods import auth, chat, conversations, files, reactions, users, views
from rehearsal.slack.methods.method import Method

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **users.METHODS,
    **views.METHODS,
}
