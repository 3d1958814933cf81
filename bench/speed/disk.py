"""How much disk and memory a desk takes: ``python -m bench.speed.disk [--mails 1700] [--size 100000]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench.support.databases import Look
from bench.support.house import House
from bench.support.load import send
from bench.support.relay import Relay


def main() -> None:
    """The usual mix of mails, at a pace; then what lies on the disk, for each thousand cases."""
    parser = argparse.ArgumentParser(prog="bench.speed.disk", description=__doc__)
    parser.add_argument("--mails", type=int, default=1700, help="about 1,200 cases")
    parser.add_argument(
        "--size", type=int, default=100_000, help="bytes of a mail with an attachment, one of ten"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casebot-disk-") as place, Relay() as relay:
        house = House(Path(place), relay=relay.port, staff=1)
        house.start()
        try:
            house.wait()
            house.rest()
            empty = house.memory()
            sent = send(house.port, asked.mails, prefix="d", seed=1, rate=20, size=asked.size)
            look = Look(house.url)
            while look.waiting():
                time.sleep(0.2)
            full = house.memory()
            house.stop()
        finally:
            house.kill()
        thousands = len(sent.begun) / 1000
        database = sum(file.stat().st_size for file in Path(place).glob("casebot.db*"))
        files = sum(file.stat().st_size for file in Path(place, "files").rglob("*") if file.is_file())
    on_disk = f"database {database / thousands / 1e6:.0f} MB, attachments {files / thousands / 1e6:.0f} MB"
    in_memory = f"memory {empty / 1e6:.0f} MB at rest, {full / 1e6:.0f} MB afterwards"
    cases = f"{asked.mails} mails, {len(sent.begun)} cases"
    sys.stdout.write(f"{cases}; for each 1,000 cases: {on_disk}; {in_memory}\n")


if __name__ == "__main__":
    main()
