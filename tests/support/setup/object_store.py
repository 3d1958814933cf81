"""A real object store for tests: SeaweedFS, which speaks S3, in a process of its own on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

from rehearsal.ports import free_port

BUCKET, KEY, SECRET = "cases", "casebot", "a secret of the object store"
_MAKER = "maker"
_ALL = ("Admin", "Read", "List", "Write", "Tagging")
PATIENCE = 60.0
"""Seconds within which it answers; it takes four."""


class ObjectStore:
    """A server with one bucket; it can be killed, and started again with what it had."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._port = free_port()
        self._ports = [free_port() for _ in range(7)]
        self._process: subprocess.Popen[bytes] | None = None
        identities = [
            _identity(_MAKER, _ALL),
            _identity(KEY, [f"{action}:{BUCKET}" for action in ("Read", "List", "Write")]),
        ]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def options(self, **other: str) -> dict[str, str]:
        """How it is reached, as obstore names it."""
        given = {"endpoint": self.endpoint, "access_key_id": KEY, "secret_access_key": SECRET}
        return {**given, "region": "us-east-1", **other}

    def section(self, prefix: str, *, bucket: str = BUCKET, **other: str) -> tuple[str, str]:
        """The line of ``[store]`` that names it, and ``[store.s3]``."""
        keys = "\n".join(f'{name} = "{value}"' for name, value in self.options(**other).items())
        return f'files = "s3://{bucket}/{prefix}"', f"\n[store.s3]\n{keys}\n"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        master, volume, filer, *grpc = self._ports
        words = {
            "dir": self._folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "master.telemetry": "false",
            "master.port": master, "volume.port": volume, "filer": "true", "filer.port": filer, "s3": "true",
            "s3.port": self._port, "s3.config": self._folder / "s3.json", "master.volumeSizeLimitMB": 64,
            "volume.max": 12, "master.port.grpc": grpc[0], "volume.port.grpc": grpc[1],
            "filer.port.grpc": grpc[2], "s3.port.grpc": grpc[3],
            "s3.port.iceberg": 0, "s3.port.lance": 0,
        }  # fmt: skip
        weed = Path(sys.executable).with_name("weed")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [weed, "server", *(f"-{name}={value}" for name, value in words.items())],
                stdout=log, stderr=log, cwd=self._folder, env={**os.environ, "HOME": str(self._folder)},
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text()[-4000:])
            time.sleep(0.05)
        self._use()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def objects(self, prefix: str) -> list[str]:
        """The names of what lies there."""
        return sorted(each["path"] for each in self._as(_MAKER).list(f"{prefix}/").collect())

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self.endpoint, timeout=1).close()
        except urllib.error.HTTPError as error:
            return error.code == 403
        except OSError:
            return False
        return True

    def _use(self) -> None:
        """Make the bucket, which it does for whoever may do everything, once its volumes have come up."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                store = self._as(_MAKER)
                store.put("made", b"made")
                store.get("made").bytes()
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
            else:
                return

    def _as(self, key: str) -> Any:
        from obstore.store import S3Store

        given: Any = self.options(access_key_id=key)
        return S3Store(BUCKET, client_options={"allow_http": True}, **given)


def _identity(key: str, actions: Any) -> dict[str, Any]:
    credentials = [{"accessKey": key, "secretKey": SECRET}]
    return {"name": key, "credentials": credentials, "actions": list(actions)}
