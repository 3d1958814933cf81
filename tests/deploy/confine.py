"""Confines a process as the unit's filters do, then becomes it: ``python -m tests.deploy.confine UNIT COMMAND…``.

What systemd would install: no new privileges, the list of system calls, address families, no memory that is
writable and executable.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
ALLOW, ERRNO_EPERM = 0x7FFF0000, 0x00050000 | 1
EQUAL = 4


class Comparison(ctypes.Structure):
    """``struct scmp_arg_cmp`` of libseccomp."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def settings(unit: str, key: str) -> list[str]:
    """All values of a key in a unit."""
    return re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)


def calls(group: str) -> Iterator[str]:
    """The system calls of a group (``@system-service``), as systemd knows it."""
    if not group.startswith("@"):
        yield group
        return
    command = ["systemd-analyze", "syscall-filter", "--no-pager", group]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in text.splitlines()[1:]:
        name = line.strip()
        if name and not name.startswith("#"):
            yield from calls(name)


def allowed(unit: str) -> set[str]:
    """The system calls that a unit allows."""
    names = {"execve", "exit", "exit_group", "rt_sigreturn", "sigreturn", "getrlimit", "time"}
    names |= {"clock_gettime", "clock_nanosleep", "nanosleep", "gettimeofday"}  # systemd's @default
    for value in settings(unit, "SystemCallFilter"):
        listed = {name for group in value.lstrip("~").split() for name in calls(group)}
        names = names - listed if value.startswith("~") else names | listed | set(calls("@default"))
    return names


def confine(unit: str) -> None:
    """Confine this process, and whatever it becomes."""
    libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ERRNO_EPERM))
    families = [getattr(socket, name) for name in settings(unit, "RestrictAddressFamilies")[0].split()]
    for name in allowed(unit) - {"socket"}:
        if (number := seccomp.seccomp_syscall_resolve_name(name.encode())) >= 0:
            assert seccomp.seccomp_rule_add_array(context, ALLOW, number, 0, None) == 0, name
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        only = (Comparison * 1)(Comparison(0, EQUAL, family, 0))
        assert seccomp.seccomp_rule_add_array(context, ALLOW, number, 1, only) == 0
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if settings(unit, "MemoryDenyWriteExecute") == ["yes"]:
        libc.prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)  # kernels since 6.3
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    confine(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.execv(sys.argv[2], sys.argv[2:])
