"""Sign-ins as the desk and the command line see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.channel.capabilities import SelfCheck, SignInState
from bot.languages.locale_formats import moment
from channels.email.sign_in.grants import NoToken
from channels.email.sign_in.tokens import Tokens


def state_of(tokens: Tokens, *, sends: bool, servers: Collection[str]) -> SignInState:
    """What is the matter with it, if something is; asks nobody. ``servers``: those that it opens."""
    lapse = tokens.lapse()
    return SignInState(
        tokens.address,
        f"{tokens.settings.provider}, {tokens.settings.way}",
        sends,
        lapsed=lapse.why if lapse else "",
        since=lapse.since if lapse else None,
        by_login=tokens.settings.by_login,
        works=lapse is None and tokens.let_in.issuperset(servers),
    )


def token_check(tokens: Tokens) -> SelfCheck:
    """Does its provider give a token?"""
    try:
        tokens.token()
        who, at = tokens.who()
    except NoToken as error:
        return SelfCheck(False, f"{error}")
    since = f" since {moment(datetime.fromisoformat(at), 'en')}" if at else ""
    by = f" by {who}" if who and who.lower() != tokens.address else ""
    until = moment(tokens.expires, "en") if tokens.expires else "some time"
    words = f"signed in{since}{by}; the present token is good until {until} and renewed by itself"
    return SelfCheck(True, f"{tokens.address}: {words}")


def login_checks(what: str, problems: Iterable[str]) -> Iterable[SelfCheck]:
    """Whether a server lets us in: its problems, or that there are none."""
    failures = [SelfCheck(False, f"{what}: {problem}") for problem in problems]
    return failures or [SelfCheck(True, f"{what}: the server lets us in")]
