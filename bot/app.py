"""The composition root: builds config, store, desk, channels and workers, and closes them in reverse."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import BaseModel

from bot.channel.capabilities import Adviser, SelfCheck, SelfChecking
from bot.channel.context import ChannelContext, mailbox_of
from bot.channel.installed import installed, roles_of, sections
from bot.channel.memory_budget import MemoryBudget
from bot.channel.protocols import Channel, Door, Worker
from bot.channel.roles import ALL, COURIERS, DESK, NONE, Roles
from bot.channel.sole import Alone
from bot.channel.upload_drafts import UploadDrafts
from bot.config.load import Config
from bot.config.load import read as read_config
from bot.config.state_files import state_file
from bot.desk.desk import Desk
from bot.inbound.pipeline import Pipeline
from bot.languages import reader_zone
from bot.links.tokens import Links
from bot.model.message import Attachment
from bot.monitors.canary import CanaryMonitor
from bot.monitors.channel_outage import ChannelMonitor, channels_health
from bot.monitors.desk_metrics import DeskMetrics, HouseParts
from bot.monitors.misconfiguration import ExposureMonitor, VouchingMonitor, clocks, files_elsewhere
from bot.monitors.monitor import Monitor, MonitorContext
from bot.monitors.outage import OutageMonitor
from bot.monitors.oversize_mail import OversizeMailMonitor
from bot.monitors.sign_in import SignInMonitor
from bot.notify.batch_job import BatchJob
from bot.notify.compose import Composer
from bot.people.staff_sync import sync
from bot.privacy.disk_tasks import DiskTasks
from bot.privacy.retention import Retention
from bot.render.environment import page_environment
from bot.render.renderer import renderers_of
from bot.reports.week import WeekInBrief
from bot.reports.weekly_digest import Digest
from bot.runtime import hangup, metrics, service_manager
from bot.runtime.clock import Clock
from bot.runtime.group_commit import Writer
from bot.runtime.supervisor import Supervisor
from bot.workers.acceptance import Acceptance, StoreBacklog
from bot.workers.courier import Courier, CourierThread
from bot.workers.hold_watch import HoldWatch, held, hold_of
from bot.workers.intake import Intake
from bot.workers.lease_renewal import LeaseRenewal
from bot.workers.reload import Reload
from bot.workers.scheduler import Scheduler
from bot.workers.sole_holders import SoleHolders
from bot.workers.upkeep import Upkeep
from bot.workers.wake_ups import WakeUps
from store import channel_state, schema
from store.engine.announcement import INBOX, OUTBOX
from store.engine.lease import LEASE
from store.queues.inbox import Incoming

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

log = structlog.get_logger("house")
MONITORS: tuple[type[Monitor], ...] = (
    CanaryMonitor,
    VouchingMonitor,
    ExposureMonitor,
    ChannelMonitor,
    OutageMonitor,
    OversizeMailMonitor,
    SignInMonitor,
)


class App:
    """One ``casebot run``: everything is built, nothing has started yet."""

    def __init__(self, config: Config, *, roles: Roles = ALL, sync_staff: bool = True) -> None:
        """``roles``: what this process does of the desk's work; the rest it leaves to others.

        ``sync_staff``: write the config's staff and accounts over the store's; else only into a store just made.
        """
        self.config = config
        self.roles = roles
        reader_zone.settle(config.zone)
        self.files = config.store.opened_files()
        self.database, created = schema.opened(config.store.url)
        self.database.delivers = roles.has(COURIERS)
        self.writer = Writer(self.database)
        self.drafts = UploadDrafts(self.files)
        self.memory = MemoryBudget()
        self.doors: dict[str, Door] = {}
        self.channels: dict[str, Channel] = {}
        """The doors that messages come through and go out of."""
        links = Links([secret.get_secret_value() for secret in config.desk.secrets])
        self.renderers = renderers_of(config)
        """Each address's own, by the address."""
        self.routes: list[BaseRoute] = []
        """What other doors have the web door serve."""
        self.faults: list[Callable[[], str]] = []
        self.composer = composer = Composer(
            config, links, self.renderers.__getitem__, channels=self.channels, file=self.files.read
        )
        self.now = Clock()
        self.desk = Desk(config, self.database, self.writer, composer=composer, clock=self.now)
        self.sole = SoleHolders(self.writer, now=self.now)
        self.delivered: dict[str, datetime] = {}
        """When each channel last took something from this process."""
        self.monitors = MonitorContext(
            config,
            self.database,
            self.writer,
            composer,
            self.channels,
            self.files.put,
            self.now,
            self.delivered,
            here=self.attends,
        )
        self.digest = Digest(self.monitors)
        self.clock = Scheduler(
            self.writer,
            self.desk,
            [*(monitor(self.monitors) for monitor in MONITORS), self.digest],
            timers=roles.has(DESK),
        )
        self.reload = Reload(
            config, self.writer, read=lambda: read_config(config.file, sections()), now=self.now
        )
        self.disk = DiskTasks(self.database, self.writer, self.files, self.now)
        self.retention = Retention(config.retention, self.database, self.writer, self.now)
        self.batch_job = BatchJob(composer, now=self.now)
        self.courier = Courier(
            self.database,
            self.writer,
            self.channels,
            gather=self.batch_job.gather,
            now=self.now,
        )
        self.courier.delivered = self.delivered
        if roles.has(COURIERS):
            self.desk.hand_over = self.courier.hand_over
        self._pipeline = Pipeline(config, links, composer)
        self.intakes: dict[str, Intake] = {}
        """One for each channel."""
        self._elsewhere = StoreBacklog(self.database, config.limits.backlog)
        self.acceptance = Acceptance(
            config,
            self.writer,
            self.files,
            take=self._take,
            in_hand=self._waiting_of,
            urgent=lambda source: self.channels[source].traits.prompt,
            now=self.now,
            lease=LEASE if roles.has(DESK) else timedelta(0),
        )
        self.metrics = DeskMetrics(self._parts())
        self.hold = hold_of(self.database)
        """Of a restored store that nobody has released yet."""
        if sync_staff or created:
            with self.database.writing() as tx:
                sync(tx, config, now=self.now())

    def open_channels(self) -> None:
        """Open every channel there is: adding one is adding a folder."""
        for name, module in installed().items():
            self.doors[name] = opened = module.open_channel(self._context(name))
            if isinstance(opened, Channel):
                self.channels[name] = opened
                self.intakes[name] = self._intake(opened)

        metrics.declare(self.channels)

    def attends(self, door: str) -> bool:
        """Has this process one of a door's roles?"""
        return any(map(self.roles.has, roles_of(door)))

    def _take(self, row: Incoming) -> None:
        if self.roles.has(DESK):
            self.intakes[row.source].take(row)

    def _waiting_of(self, source: str) -> int:
        """How many messages wait to be handled: of this source in this process, or of all in the store."""
        return len(self.intakes[source].held) if self.roles.has(DESK) else self._elsewhere.waiting

    def _parts(self) -> HouseParts:
        return HouseParts(
            self.database,
            self.channels,
            priorities=self.config.lists.priorities,
            delivered=self.delivered,
            in_hand=self._in_hand,
            faults=self.faults,
            folder=str(self.files.folder),
            min_free=self.config.store.min_free,
            now=self.now,
        )

    def _in_hand(self) -> dict[str, int]:
        messages = sum(len(intake.held) for intake in list(self.intakes.values()))
        return {"inbox": messages, "outbox": len(self.courier.held)}

    def _intake(self, channel: Channel) -> Intake:
        return Intake(
            self.desk,
            self.database,
            self.writer,
            files=self.files,
            pipeline=self._pipeline,
            channel=channel,
        )

    def run(self, *, opened: Callable[[], None] | None = None) -> int:
        """Run until SIGTERM or SIGINT; returns the exit code. ``opened`` is called once all doors are open."""
        self.open_channels()
        for problem in self._template_problems():
            log.warning("a template is not used", why=problem)
        for problem in self.desk.pages.looks.problems:
            log.warning("a logo is not shown", why=problem)
        supervisor = Supervisor(self.workers())
        gc.freeze()  # what was built until now stays; looking through it again and again costs 2 % of a mail
        gc.set_threshold(20_000, 50, 50)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.close())
        hangup.answer(self.reload.ask)
        try:
            return supervisor.run(partial(_say_opened, opened))
        finally:
            self.close()

    def workers(self) -> list[Worker]:
        """The workers of this process's roles: first what others depend on; last the doors, which leave first."""
        here = self.roles.has
        claims = [name for role, name in ((DESK, INBOX), (COURIERS, OUTBOX)) if here(role)]
        lease_renewal = LeaseRenewal(
            self.writer,
            self.intakes,
            self.courier,
            drafts=self.drafts,
            now=self.now,
            claims=claims,
            each_round=(lambda: None) if here(DESK) else self._elsewhere.count,
        )
        workers: list[Worker] = [
            self.writer,
            lease_renewal,
            self.clock,
            self.reload,
        ]
        if not self.database.sqlite:
            workers.append(self.sole)
            if claims:
                workers.append(WakeUps(self.database, claims, lease_renewal.wake))
        if here(DESK):
            workers.append(Upkeep(self.disk, self.retention))
        if here(COURIERS):
            workers += (
                CourierThread(self.courier, name, number + 1)
                for name, channel in self.channels.items()
                for number in range(channel.traits.deliveries)
            )
        if here(DESK):
            workers += self.intakes.values()
        for name, door in self.doors.items():
            workers += self.roles.of_door(name, door.workers)
        if self.hold is None:
            return workers
        watch = HoldWatch(self.database, self.hold)
        self.faults.append(watch.fault)
        return held(workers, watch)

    def close(self) -> None:
        """Close connections and end child processes."""
        for opened in self.doors.values():
            opened.close()
        self.acceptance.close()
        self.database.close()

    def problems(self) -> Iterable[str]:
        """Try everything the house depends on; a sentence for each failure."""
        yield from self.own_problems()
        yield from (check.text for check in self.checks() if not check.ok)

    def own_problems(self) -> Iterable[str]:
        """What is wrong with the house itself, whatever its doors lead to."""
        yield from self._template_problems()
        yield from self.desk.pages.looks.problems
        yield from clocks(self.database.ahead())
        yield from self.files.problems()

    def checks(self) -> Iterable[SelfCheck]:
        """Try every door; what works is said where a door says it."""
        for opened in self.doors.values():
            if isinstance(opened, SelfChecking):
                yield from opened.checks()
            else:
                yield from (SelfCheck(False, problem) for problem in opened.problems())

    def _template_problems(self) -> Iterable[str]:
        problems = (problem for renderer in self.renderers.values() for problem in renderer.problems)
        return tuple(dict.fromkeys(problems))

    def advice(self) -> Iterable[str]:
        """A sentence for each thing that works, and could work better."""
        yield from self.desk.pages.looks.advice
        yield from files_elsewhere(self.database, self.files)
        for opened in self.doors.values():
            if isinstance(opened, Adviser):
                yield from opened.advice()

    def _context(self, name: str) -> ChannelContext[BaseModel]:
        return ChannelContext(
            settings=self.config.channels[name],
            mailboxes=tuple(map(mailbox_of, self.config.mailboxes)),
            desk=self.desk,
            keep=self.acceptance.keep,
            receive=self._receive,
            fetch=self.files.read,
            drafts=self.drafts,
            path_of=self.files.path,
            remember=self.remember,
            amend=self.amend,
            pages=page_environment(name, *self.config.templates()),
            routes=self.routes,
            memory=self.memory,
            sole=Alone() if self.database.sqlite else self.sole,
            faults=self.faults,
            states=self.states,
            metrics=self.metrics.collect,
            week=WeekInBrief(self.config, self.database, self.now),
            min_free=self.config.store.min_free,
            state_file=partial(state_file, self.config),
            files_folder=str(self.files.folder),
        )

    def states(self) -> dict[str, dict[str, Any]]:
        """Every channel's connection, backlog and last delivery."""
        health = channels_health(self.database, self.channels, self.delivered)
        return {name: channel.facts(self.now()) for name, channel in health.items()}

    def _receive(self, chunks: Iterable[bytes]) -> Attachment:
        digest, size = self.files.put(chunks)
        return Attachment(name="", type="application/octet-stream", size=size, sha256=digest)

    def remember(self, name: str, value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Read (``value`` None) or durably write a door's small state."""
        if value is None:
            with self.database.reading() as tx:
                return channel_state.read(tx, name)
        self.writer.write_urgent(channel_state.write, name, value)
        return value

    def amend(self, name: str, change: channel_state.Amend) -> Future[None]:
        """Have a door's small state rewritten, in the order in which it is called."""
        return self.writer.put(channel_state.amend_all, (name, change), urgent=True)


@contextmanager
def open_app(config: Config) -> Iterator[App]:
    """The whole app with only its writer working: the running casebot does the rest."""
    from threading import Thread

    app = App(config, roles=NONE, sync_staff=False)
    app.open_channels()
    thread = Thread(target=app.writer.run, name="writer", daemon=True)
    thread.start()
    try:
        yield app
    finally:
        app.writer.leave()
        thread.join()
        app.close()


def _say_opened(greet: Callable[[], None] | None) -> None:
    service_manager.tell_ready()
    if greet:
        greet()
