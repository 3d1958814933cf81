"""Files: what was uploaded, and what Slack says about it."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field

from rehearsal.slack.wire.wire import Json


@dataclass(slots=True)
class File:
    """A file; it belongs to whoever uploaded it, and is seen in the channels it was shared in."""

    id: str
    name: str
    user: str
    data: bytes = b""
    mimetype: str = ""
    title: str = ""
    length: int = 0
    """As announced to ``files.getUploadURLExternal``; the bytes must be as many."""
    complete: bool = False
    created: int = 0
    channels: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mimetype = self.mimetype or mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        self.title = self.title or self.name

    def wire(self, site: str) -> Json:
        """A file object (docs.slack.dev: "File object"); ``site``: this server's URL without a final slash."""
        url = f"{site}/files-pri/{self.id}/download/{self.name}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2].lower() if "." in self.name else "binary",
            "user": self.user,
            "size": len(self.data),
            "mode": "hosted",
            "is_external": False,
            "file_access": "visible",
            "url_private": url.replace("/download/", "/"),
            "url_private_download": url,
            "permalink": f"{site}/files/{self.id}",
            "channels": list(self.channels),
        }
