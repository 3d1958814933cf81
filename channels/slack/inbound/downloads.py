"""Downloads of files from Slack, in threads of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog

from bot.model.message import Attachment
from channels.slack.workspace.files import NoFile

log = structlog.get_logger("slack")
AT_ONCE = 4
TOGETHER = 2.0
"""Seconds that words wait for their files; nobody waits while one that was waited for is still under way."""
MOST = 1000
"""Files that are remembered; then those that nobody has collected are forgotten, and fetched again."""


class Downloads:
    """Fetches each file once, however often it is asked for; used by one thread."""

    def __init__(self, fetch: Callable[[str], Attachment]) -> None:
        self._fetch = fetch
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-files")
        self._begun: dict[str, Future[Attachment]] = {}
        self._late: list[Future[Attachment]] = []

    def get(self, ids: Sequence[str]) -> dict[str, Attachment | NoFile]:
        """Those that are here, and why others are not; what is missing here is still under way."""
        futures = {one: self._begun.get(one) or self._begin(one) for one in ids}
        self._late = [future for future in self._late if not future.done()]
        wait(futures.values(), timeout=0.0 if self._late else TOGETHER)
        self._late += [future for future in futures.values() if not future.done()]
        found = {one: _result(future) for one, future in futures.items() if future.done()}
        self.forget(one for one, result in found.items() if isinstance(result, NoFile))
        return found

    def forget(self, ids: Iterable[str]) -> None:
        """They are where they belong, or to be tried again."""
        for one in ids:
            self._begun.pop(one, None)

    def close(self) -> None:
        """Begin nothing more."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _begin(self, file_id: str) -> Future[Attachment]:
        if len(self._begun) >= MOST:
            self.forget([one for one, future in self._begun.items() if future.done()])
        self._begun[file_id] = future = self._hands.submit(self._fetch, file_id)
        return future


def _result(future: Future[Attachment]) -> Attachment | NoFile:
    try:
        return future.result()
    except NoFile as error:
        return error
    except Exception as error:
        log.error("a file could not be fetched", error=type(error).__name__, exc_info=error)
        return NoFile("it could not be kept", again=True)
