"""The supervisor: a worker that crashes is started again; the process ends if that is not possible."""

from __future__ import annotations

import http.client
import socket
import threading

import pytest
import uvicorn
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.channel.capabilities import CannotListen
from bot.runtime import supervisor
from bot.runtime.supervisor import Supervisor
from channels.web.http.connection import WebConnections
from channels.web.http.proxies import Proxies
from channels.web.server import WebWorker
from rehearsal.ports import free_port
from store.revision import SchemaMismatch
from tests.support.houses.house import until


class Waiting:
    """A worker that works until it is asked to leave."""

    name = "waiting"

    def __init__(self) -> None:
        self._leaving = threading.Event()

    def run(self) -> None:
        self._leaving.wait(30)

    def leave(self) -> None:
        self._leaving.set()

    @property
    def left(self) -> bool:
        return self._leaving.is_set()


class Crashing(Waiting):
    """A worker with a fault: it raises at each start but the last of ``starts``."""

    name = "crashing"

    def __init__(self, error: Exception, *, starts: int) -> None:
        super().__init__()
        self._error = error
        self._left = starts
        self.works = threading.Event()

    def run(self) -> None:
        self._left -= 1
        if self._left:
            raise self._error
        self.works.set()
        super().run()


class Unrepeatable(Crashing):
    """One that cannot be started again, as the writer after a failed fsync."""

    restarts = False


def test_worker_that_crashes_is_started_again_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    crashing, waiting = Crashing(KeyError("row"), starts=3), Waiting()
    process = Supervisor([waiting, crashing])
    codes: list[int] = []
    with capture_logs() as lines:
        thread = threading.Thread(target=lambda: codes.append(process.run()))
        thread.start()
        assert crashing.works.wait(20)
        assert not waiting.left
        process.close()
        thread.join(20)
    assert codes == [0]
    crashes = [line for line in lines if line["event"] == "worker thread crashed"]
    assert [line["error"] for line in crashes] == ["KeyError", "KeyError"]


@pytest.mark.parametrize(
    ("worker", "traced"),
    [
        (Crashing(CannotListen("web.listen: cannot be opened"), starts=2), False),
        (Crashing(SchemaMismatch("the store is newer"), starts=2), False),
        (Unrepeatable(KeyError("row"), starts=2), True),
    ],
)
def test_worker_that_cannot_be_started_again_ends_the_process(worker: Crashing, traced: bool) -> None:
    with capture_logs() as lines:
        assert Supervisor([Waiting(), worker]).run() == 1
    assert any("exception" in line for line in lines if line["log_level"] == "error") is traced
    assert lines[-1]["event"] == "stopped: a worker thread crashed"
    assert lines[-1]["worker"] == "crashing"
    assert "row" not in str(lines), "a text may quote a customer"


def test_web_server_that_crashes_listens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    port, tick, ticks = free_port(), uvicorn.Server.on_tick, list[int]()

    async def on_tick(self: uvicorn.Server, counter: int) -> bool:
        ticks.append(counter)
        if len(ticks) == 1:
            raise KeyError("row")
        return await tick(self, counter)

    monkeypatch.setattr(uvicorn.Server, "on_tick", on_tick)
    connections = WebConnections(5, 5, Proxies([]))
    worker = WebWorker("web", "web.listen", f"127.0.0.1:{port}", Starlette, connections)
    process, codes = Supervisor([worker]), list[int]()
    thread = threading.Thread(target=lambda: codes.append(process.run()))
    thread.start()
    assert until(lambda: len(ticks) > 1 or not thread.is_alive())
    assert thread.is_alive()
    socket.create_connection(("127.0.0.1", port), 20).close()
    process.close()
    thread.join(20)
    assert codes == [0]


def test_fault_while_connections_are_tidied_ends_neither_the_server_nor_a_connection() -> None:
    port, looks = free_port(), list[int]()

    def scarce() -> bool:
        looks.append(len(looks))
        if len(looks) == 1:
            raise KeyError("row")
        return False

    connections = WebConnections(5, 5, Proxies([]), scarce=scarce)
    worker = WebWorker("web", "web.listen", f"127.0.0.1:{port}", Starlette, connections)
    process, codes = Supervisor([worker]), list[int]()
    thread = threading.Thread(target=lambda: codes.append(process.run()))
    with capture_logs() as lines:
        thread.start()
        assert worker.opened.wait(20)
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        client.auto_open = False
        client.connect()
        for least in (0, 1, 3):
            assert until(lambda least=least: len(looks) >= least)
            client.request("GET", "/")
            assert client.getresponse().read() == b"Not Found"
        client.close()
        process.close()
        thread.join(20)
    assert codes == [0]
    assert "worker thread crashed" not in {line["event"] for line in lines}
