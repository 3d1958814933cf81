"""What everything is compared with: a stock aiosmtpd server that answers 250 and keeps nothing."""

from __future__ import annotations

import argparse
import logging
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink


def main() -> None:
    """``python -m bench.support.noop PORT``"""
    parser = argparse.ArgumentParser(prog="bench.support.noop", description=__doc__)
    parser.add_argument("port", type=int)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # as ours: it would log every command
    Controller(Sink(), hostname="127.0.0.1", port=parser.parse_args().port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
