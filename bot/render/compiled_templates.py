"""Compiled templates, kept in a signed file: a start compiles none, and loads only those it needs."""

from __future__ import annotations

import hmac
import json
import marshal
import os
import sys
import tempfile
import time
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.config.load import Config

FOLDER = "casebot.cache"
"""In the state folder. It may be removed at any time."""
_FORM = b"casebot compiled templates 1\n"
_SUFFIX, _DRAFT = ".templates", ".draft"
_UNUSED = 30 * 24 * 3600.0
"""Seconds after which a file that no start has used is removed."""
_ABANDONED = 3600.0
"""The same for a draft, whose process must have died."""


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """Where compiled templates are kept, and the secret that they are signed with.

    They are code: whoever can write to the folder, and does not know the secret, must not have us run theirs.
    Beside our own code there is no secret: who can write there can change that, too.
    """

    path: Path
    secret: str = field(default="", repr=False)

    def signature(self, content: bytes) -> bytes:
        """HMAC-SHA256, by a key that is used for nothing else; 32 bytes."""
        key = hmac.digest(self.secret.encode(), _FORM, "sha256")
        return hmac.digest(key, content, "sha256")


def cache_folder(config: Config) -> CacheFolder | None:
    """The folder of this desk; None where it has no secret."""
    from bot.config.state_files import state_folder

    if not config.desk.secrets:
        return None
    return CacheFolder(state_folder(config) / FOLDER, config.desk.secrets[0].get_secret_value())


def beside_code(package: Path) -> CacheFolder:
    """The folder where Python keeps what it has compiled of the package in that folder (``__pycache__``)."""
    return CacheFolder(Path(cache_from_source(str(package / "__init__.py"))).parent)


def key_of(kind: str, name: str) -> str:
    """The key of a compiled template; ``kind``: what else but its name makes its code what it is."""
    return f"{kind}|{name}"


def kind_of(key: str) -> str:
    """The kind in such a key."""
    return key.rpartition("|")[0]


class Codes:
    """Where the loaders of a wording look for what was compiled before; at first nowhere."""

    def __init__(self) -> None:
        self.find: Callable[[str], CodeType | None] = lambda key: None


class CompiledTemplates:
    """The compiled templates in one file.

    It is open for as long as this lives: whoever replaces it does not change what this process says.
    """

    def __init__(self, descriptor: int, places: Mapping[str, tuple[int, int, str]], complete: bool) -> None:
        """``places``: of each template its offset and length in octets, and the SHA-256 of what stands there."""
        self._descriptor, self._places, self.complete = descriptor, places, complete
        weakref.finalize(self, os.close, descriptor)

    @property
    def count(self) -> int:
        """How many templates there are."""
        return len(self._places)

    def code(self, key: str) -> CodeType | None:
        """The code of a template; None if it is not there, or damaged."""
        octets = self._octets(key)
        code = marshal.loads(zlib.decompress(octets)) if octets else None  # noqa: S302 - signed by us, or beside our code
        return code if isinstance(code, CodeType) else None

    def whole(self, kinds: Set[str]) -> bool:
        """Is everything in it as it was written, and has it each of these kinds? (``key_of``)"""
        kinds_there = {kind_of(key) for key in self._places}
        return self.complete and kinds <= kinds_there and all(map(self._octets, self._places))

    def _octets(self, key: str) -> bytes:
        offset, length, digest = self._places.get(key, (0, 0, ""))
        try:
            octets = os.pread(self._descriptor, length, offset) if length else b""
        except OSError:
            return b""
        return octets if sha256(octets).hexdigest() == digest else b""


class KeptTemplates:
    """What is kept of one choice of folders: used where it is there, written once all of it is compiled."""

    def __init__(
        self, places: Sequence[CacheFolder], folders: Sequence[Path], codes: Codes, *, name: str
    ) -> None:
        """``places``: where it is looked for; it is kept in the first that takes it.

        ``codes``: shown what is kept; ``name``: of the environment, which makes other code of the same.
        """
        self._places, self._codes = places, codes
        self._name = "|".join((name, *map(str, folders)))
        self._stamp = stamp_of(folders) if places else ""
        self._done = False
        self._file: CompiledTemplates | None = None
        self._place: CacheFolder | None = None
        """Where that is."""
        self.look_again()

    def look_again(self) -> None:
        """Use what is kept by now, by whatever process; of several places the fullest."""
        there = [(place, file) for place in self._places if (file := opened(place, self._stamp, self._name))]
        if there:
            self._place, self._file = max(there, key=lambda pair: (pair[1].complete, pair[1].count))
            self._codes.find = self._file.code

    def whole(self, kinds: Set[str]) -> bool:
        """Is there nothing to compile?"""
        if not self._done and self._file and self._file.whole(kinds):
            self._finish()
        return self._done

    @property
    def there(self) -> bool:
        """Is anything kept, be it a part?"""
        return self._file is not None

    def begin(self, compiled: dict[str, CodeType]) -> None:
        """Keep a part: whoever starts before all is compiled need not begin anew."""
        self._write(compiled, complete=False)

    def keep(self, compiled: dict[str, CodeType]) -> bool:
        """Keep what was compiled, in memory if not in the file; was it written?"""
        self._codes.find = compiled.get
        self._write(compiled, complete=True)
        self._finish()
        return self._file is not None

    def _write(self, compiled: dict[str, CodeType], *, complete: bool) -> None:
        written = partial(write, stamp=self._stamp, name=self._name, codes=compiled, complete=complete)
        if any(map(written, self._places)):
            self.look_again()

    def _finish(self) -> None:
        self._done = True
        for place in self._places:
            tidy(place, self._name if place == self._place else "")


def opened(folder: CacheFolder, stamp: str, name: str) -> CompiledTemplates | None:
    """The file of that name; None if there is none, or it is not ours, or of other templates."""
    try:
        descriptor = os.open(_file(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        index = _index(folder, descriptor, {"name": name, "stamp": stamp})
    except (OSError, ValueError, KeyError, TypeError):
        index = None
    if index is None:
        os.close(descriptor)
        return None
    return CompiledTemplates(descriptor, *index)


def _index(
    folder: CacheFolder, descriptor: int, expected: Mapping[str, str]
) -> tuple[dict[str, tuple[int, int, str]], bool] | None:
    """Where each template stands, and whether all are there; None if it is not ours, or of others."""
    start = len(_FORM) + 32 + 8
    head = os.pread(descriptor, start, 0)
    length = int.from_bytes(head[-8:])
    if not head.startswith(_FORM) or length > os.fstat(descriptor).st_size:
        return None
    written = os.pread(descriptor, length, start)
    if not hmac.compare_digest(head[len(_FORM) : -8], folder.signature(written)):
        return None
    index: Any = json.loads(written)
    if index["of"] != expected:
        return None
    begun = start + length
    places = {
        key: (begun + offset, octets, digest) for key, (offset, octets, digest) in index["places"].items()
    }
    return places, index["complete"]


def write(
    folder: CacheFolder, stamp: str, name: str, codes: Mapping[str, CodeType], *, complete: bool = True
) -> bool:
    """Write the file, entirely or not at all: was it written? A full or read-only disk is no error.

    Beside the code nothing is written where Python was told not to.
    """
    if not folder.secret and sys.dont_write_bytecode:
        return False
    pieces = {key: zlib.compress(marshal.dumps(code), 1) for key, code in codes.items()}
    places, offset = {}, 0
    for key, piece in pieces.items():
        places[key] = (offset, len(piece), sha256(piece).hexdigest())
        offset += len(piece)
    index = json.dumps(
        {"of": {"name": name, "stamp": stamp}, "places": places, "complete": complete}
    ).encode()
    head = _FORM + folder.signature(index) + len(index).to_bytes(8)
    try:
        _make(folder)
        _replace(_file(folder, name), (head, index, *pieces.values()), mode=0o600 if folder.secret else 0o644)
    except OSError:
        return False
    return True


def _make(folder: CacheFolder) -> None:
    """Casebot's umask (077) is for what is a desk's own; of what is beside the code all desks have use."""
    with suppress(FileExistsError):
        folder.path.mkdir(mode=0o700, parents=not folder.secret)
        if not folder.secret:
            folder.path.chmod(0o755)


def _replace(file: Path, pieces: Sequence[bytes], *, mode: int) -> None:
    """Put a new file in the place of the old; of two that do it at once, one stays.

    Not synced: what a loss of power leaves of it does not carry our signature, and is written anew.
    """
    descriptor, draft = tempfile.mkstemp(suffix=_DRAFT, dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as writing:
            writing.writelines(pieces)
            os.fchmod(descriptor, mode)
        os.replace(draft, file)
    except OSError:
        with suppress(OSError):
            os.unlink(draft)
        raise


def tidy(folder: CacheFolder, name: str) -> None:
    """Note that the file of that name, if any, is in use, and remove those that have long not been."""
    now = time.time()
    with suppress(OSError):
        if name:
            os.utime(_file(folder, name))
        for file in folder.path.iterdir():
            allowed = {_SUFFIX: _UNUSED, _DRAFT: _ABANDONED}.get(file.suffix)
            if allowed is not None and now - file.stat().st_mtime > allowed:
                file.unlink()


def _file(folder: CacheFolder, name: str) -> Path:
    """Each version of Python has its own, as of its modules."""
    digest = sha256(f"{sys.implementation.cache_tag}|{name}".encode()).hexdigest()
    return folder.path / f"{digest[:16]}{_SUFFIX}"


def stamp_of(folders: Sequence[Path]) -> str:
    """Changes whenever what is compiled from these folders might: templates, Python, Jinja, settings.

    Templates count by name, size and moment of change, as Python's modules do.
    """
    digest = sha256(_program())
    for folder in folders:
        for path, size, changed in sorted(_templates(str(folder))):
            digest.update(f"{path}\0{size}\0{changed}\n".encode())
    return digest.hexdigest()


def _templates(folder: str) -> Iterator[tuple[str, int, int]]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _templates(entry.path)
            elif entry.name.endswith(".j2"):
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns


@cache
def _program() -> bytes:
    """Python, Jinja, and this package: its filters are carried out on constants while Jinja compiles."""
    own = (file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return b"\0".join((sys.version.encode(), version("jinja2").encode(), *own))
