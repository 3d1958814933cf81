"""A certificate for ``localhost``, made for one test run."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Certificate:
    """PEM files, and the contexts of the two ends that use them."""

    file: str
    key: str

    @property
    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.file)

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def make(folder: Path) -> Certificate:
    """By the openssl program; the test is skipped where there is none."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl program")
    made = Certificate(str(folder / "localhost.pem"), str(folder / "localhost.key"))
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", *options.split(), *names, "-keyout", made.key, "-out", made.file]
    subprocess.run(command, check=True, capture_output=True)
    return made
