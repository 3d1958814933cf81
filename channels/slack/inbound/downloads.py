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
        """Files that have arrived, and why others failed; those missing here are still on their way."""
        futures = {file_id: self._begun.get(file_id) or self._begin(file_id) for file_id in ids}
        self._late = [future for future in self._late if not future.done()]
        wait(futures.values(), timeout=0.0 if self._late else TOGETHER)
        self._late += [future for future in futures.values() if not future.done()]
        results = {file_id: _result(future) for file_id, future in futures.items() if future.done()}
        self.forget(file_id for file_id, result in results.items() if isinstance(result, NoFile))
        return results

    def forget(self, ids: Iterable[str]) -> None:
        """Drop results: they were stored, or are to be tried again."""
        for file_id in ids:
            self._begun.pop(file_id, None)

    def close(self) -> None:
        """Start nothing more."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _begin(self, file_id: str) -> Future[Attachment]:
        if len(self._begun) >= MOST:
            self.forget([begun_id for begun_id, future in self._begun.items() if future.done()])
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
