"""The pool of reading children: a mail that kills one costs no other mail."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.channel.context import ChannelContext
from bot.channel.protocols import Context, Inbound, Letter, Mailbox, Unreadable
from bot.model.errors import Refusal
from bot.model.message import Attachment
from channels.email.auth.evidence import Claimed
from channels.email.config.settings import Settings
from channels.email.sandbox import answer, protocol
from channels.email.sandbox.answer import ReadMail, SentFile, Unread
from channels.email.sandbox.process import Died, Item, NotReady, ReaderProcess

BATCH_BYTES = 16 << 20
"""Raw bytes handed to a child at once; a larger mail goes alone."""
ReadResult = Inbound | Unreadable | Claimed


class ReaderPool:
    """A few child processes that read mail; thread-safe, each call waits for a free one."""

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._receive = context.receive
        desk = _child_config(context)
        self._workers = [ReaderProcess(desk) for _ in range(context.settings.children)]
        self._free: queue.SimpleQueue[ReaderProcess] = queue.SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[ReadResult]:
        """One result for each letter, in order; its attachments are in the file store by then.

        Never raises for a mail.
        """
        items = list(zip(letters, contexts, strict=True))
        with self._worker() as worker:
            return [result for batch in _batches(items) for result in self._batch(worker, batch)]

    def close(self) -> None:
        """End the children; mails that are being read stay unread."""
        for worker in self._workers:
            worker.retire()

    @contextmanager
    def _worker(self) -> Iterator[ReaderProcess]:
        worker = self._free.get()
        try:
            yield worker
        finally:
            self._free.put(worker)

    def _batch(self, worker: ReaderProcess, items: list[Item]) -> list[ReadResult]:
        """Read a batch; if the child dies, its mail is tried alone, then the rest as a batch."""
        results: list[ReadResult] = []
        try:
            for reply, blobs in worker.ask(items):
                results.append(self._taken(reply, blobs))
        except NotReady as error:
            return results + [Unreadable(str(error), fault="house")] * (len(items) - len(results))
        except Died:
            suspect, others = items[len(results)], items[len(results) + 1 :]
            results.append(self._alone(worker, suspect))
            return results + (self._batch(worker, others) if others else [])
        return results

    def _alone(self, worker: ReaderProcess, item: Item) -> ReadResult:
        try:
            ((reply, blobs),) = worker.ask([item])
            return self._taken(reply, blobs)
        except Died as death:
            return Unreadable(death.why)
        except NotReady as error:
            return Unreadable(str(error), fault="house")

    def _taken(self, reply: ReadMail | Unread, blobs: list[bytes]) -> ReadResult:
        """The child's answer, its files put into the file store."""
        if isinstance(reply, Unread):
            return Unreadable(reply.why)
        try:
            files = tuple(self._stored(file, blob) for file, blob in zip(reply.files, blobs, strict=True))
        except (OSError, Refusal) as error:
            return Unreadable(f"its files could not be kept ({type(error).__name__})", fault="house")
        inbound = answer.inbound(reply, files)
        return Claimed(inbound, answer.claims(reply.claims)) if reply.claims else inbound

    def _stored(self, file: SentFile, blob: bytes) -> Attachment:
        stored = self._receive((blob,))
        return Attachment(file.name, file.type, stored.size, stored.sha256, file.inline)


def _batches(items: list[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    room = BATCH_BYTES
    for item in items:
        room -= len(item[0].raw)
        if batch and room < 0:
            yield batch
            batch, room = [], BATCH_BYTES - len(item[0].raw)
        batch.append(item)
    if batch:
        yield batch


def _child_config(context: ChannelContext[Settings]) -> protocol.DeskConfig:
    """The part of the config that a child needs."""
    first = context.mailboxes[0].address.rpartition("@")[2] if context.mailboxes else ""
    return protocol.DeskConfig(
        tuple(map(_of_mailbox, context.mailboxes)),
        tuple(context.settings.trusted_networks),
        context.settings.hostname or first,
        context.settings.verify,
    )


def _of_mailbox(box: Mailbox) -> protocol.Box:
    """A mailbox without its passwords."""
    sent_keys = ("microsoft_results", "arc_sealers", "form_senders")
    settings = {key: box.settings[key] for key in sent_keys if key in box.settings}
    return protocol.Box(box.address, box.name, box.authserv_id, tuple(box.own_list_ids), settings)
