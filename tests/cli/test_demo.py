"""The demo's mail program and its parts, as its page uses them; the whole of it is in test_demo_story."""

from __future__ import annotations

import ast
import base64
import json
import mailbox
import smtplib
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.channel.installed import sections
from bot.config.load import load
from rehearsal.demo import config, story, world
from rehearsal.demo.mailboxes import Mailboxes
from rehearsal.demo.relay import Relay
from rehearsal.demo.site import Site
from rehearsal.ports import free_port
from rehearsal.slack.server import Server
from tests.support.houses.console import told
from tests.support.mail.sink import Sink

ANA, DESK = "ana@acme.example", "support@example.com"


class Program:
    """Ana's mail program: the demo's site, with a sink where casebot would listen and another one as its relay."""

    def __init__(self, url: str, casebot: Sink, relay: Relay | Sink, folder: Path) -> None:
        self.url, self.casebot, self.relay, self.folder = url, casebot, relay, folder

    def get(self, path: str, **headers: str) -> Any:
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def send(self, **letter: Any) -> tuple[int, Any]:
        told = {
            "from": f"Ana Ferrer <{ANA}>",
            "to": DESK,
            "subject": "No delivery",
            "text": "Since noon.",
            **letter,
        }
        return self.post(json.dumps(told).encode())

    def post(self, body: bytes) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"{self.url}/mail/send", body, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def box(self, owner: str = ANA) -> list[Any]:
        mails: list[Any] = self.get("/mail/state")["mailboxes"][owner]
        return mails

    def deliver(self, **headers: str) -> None:
        """A mail of casebot's, with a page's link and a file."""
        mail = EmailMessage()
        for name, value in {
            "From": f"Support <{DESK}>",
            "To": ANA,
            "Subject": "[CS-000001] Hello",
            **headers,
        }.items():
            mail[name] = value
        mail.set_content("See https://x.example/case/a.b_c-d. Bye.\n")
        mail.add_alternative("<p>See <a href='https://x.example/case/a'>it</a></p>", subtype="html")
        mail.add_attachment(b"\0\xff<b>", maintype="text", subtype="html", filename="é.html")
        with smtplib.SMTP("127.0.0.1", self.relay.port, timeout=60) as client:
            client.sendmail("bounce@example.com", [ANA], mail.as_bytes())


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    mailboxes = Mailboxes(tmp_path / "mails", [ANA])
    with Sink() as casebot, Relay(mailboxes.take) as relay:
        about = {"desk": DESK, "people": {}, "ports": {"smtp": casebot.port}}
        site = Site(mailboxes, smtp=casebot.port, about=lambda: about)
        with Server(routes=site.routes()) as server:
            yield Program(server.site, casebot, relay, tmp_path / "mails")
            site.end()


def test_mail_that_is_sent_goes_out_by_smtp_and_is_in_its_senders_mailbox(program: Program) -> None:
    files = [{"name": "a.csv", "base64": base64.b64encode(b"1;2\r\n").decode()}]
    status, answer = program.send(files=files)
    assert (status, answer["ok"], answer["code"]) == (200, True, 250)
    (taken,) = program.casebot.taken
    assert (taken.sender, taken.recipients) == (ANA, (DESK,))
    (mail,) = program.box()
    assert mail == answer["mail"]
    assert (mail["sent"], mail["subject"], mail["text"]) == (True, "No delivery", "Since noon.\n")
    assert (mail["message_id"], mail["attachments"][0]["name"]) == (taken.message_id, "a.csv")
    with urllib.request.urlopen(program.url + mail["attachments"][0]["url"]) as file:
        assert file.read() == b"1;2\r\n"


def test_what_the_relay_takes_is_in_the_mailbox_with_its_links_and_files(program: Program) -> None:
    program.deliver(**{"Reply-To": "support+abc@example.com"})
    (mail,) = program.box()
    assert (mail["sent"], mail["from"]) == (False, f"Support <{DESK}>")
    assert mail["links"] == ["https://x.example/case/a.b_c-d"]
    assert mail["html"].startswith("<p>See")
    assert mail["reply_to"] == "support+abc@example.com"
    assert (mail["attachments"][0]["name"], mail["attachments"][0]["size"]) == ("é.html", 5)
    with urllib.request.urlopen(program.url + mail["attachments"][0]["url"]) as file:
        assert file.read() == b"\0\xff<b>"
        assert file.headers["Content-Type"] == "application/octet-stream"
        assert file.headers["Content-Disposition"] == "attachment"


def test_answer_is_threaded_and_quotes(program: Program) -> None:
    program.deliver(**{"Message-ID": "<2@example.com>", "References": "<1@acme.example>"})
    program.send(subject="Re: Hello", text="Thanks!", in_reply_to="<2@example.com>")
    mail = program.box()[-1]
    assert mail["in_reply_to"] == "<2@example.com>"
    assert mail["references"] == ["<1@acme.example>", "<2@example.com>"]
    assert mail["text"].startswith("Thanks!\n\nOn ")
    assert "wrote:\n> See https://x.example/case/a.b_c-d. Bye." in mail["text"]


def test_refusal_is_told_and_the_mail_was_not_sent(program: Program) -> None:
    program.casebot.say("RCPT", "550 5.1.1 Nobody here by that name")
    status, answer = program.send(to="nobody@example.com")
    assert (status, answer["ok"], answer["code"]) == (200, False, 550)
    assert "Nobody here" in answer["reply"]
    assert program.box() == []


@pytest.mark.parametrize(
    "letter",
    [
        {"to": ""},
        {"subject": "two\nlines"},
        {"from": "Ana <ana@acme.example>\r\nBcc: eve@evil.example"},
        {"files": [{"name": "a"}]},
        {"files": [{"name": "a", "base64": "abc"}]},
        {"files": 7},
    ],
)
def test_what_makes_no_mail_is_refused(program: Program, letter: dict[str, Any]) -> None:
    status, answer = program.send(**letter)
    assert (status, answer["ok"]) == (400, False)
    assert answer["error"]
    assert program.casebot.taken == []


def test_nonsense_is_refused(program: Program) -> None:
    for body in (b"", b"[]", b"\xff", b'"x"', b"{}"):
        assert program.post(body)[0] == 400


def test_news_are_heard_at_once(program: Program) -> None:
    before = program.get("/mail/state")["seq"]
    timer = threading.Timer(0.2, program.deliver)
    timer.start()
    with urllib.request.urlopen(f"{program.url}/mail/events?since={before}", timeout=60) as stream:
        lines = [stream.readline().decode().strip() for _ in range(4)]
    timer.join()
    change = json.loads(lines[3].removeprefix("data: "))
    assert lines[2] == f"id: {change['seq']}"
    assert (change["mailbox"], change["seq"]) == (ANA, before + 1)
    assert program.get("/mail/state")["seq"] == change["seq"]


def test_nobody_who_listens_is_told_as_such(tmp_path: Path) -> None:
    site = Site(Mailboxes(tmp_path, [ANA]), smtp=free_port(), about=dict)
    with Server(routes=site.routes()) as server, Sink() as sink:
        status, answer = Program(server.site, sink, sink, tmp_path).send()
    assert status == 503
    assert "does not listen" in answer["error"]


def test_each_mailbox_is_a_maildir(program: Program) -> None:
    program.deliver()
    program.send()
    box = mailbox.Maildir(program.folder / ANA, create=False)
    assert [mail["Subject"] for mail in box] == ["[CS-000001] Hello"]
    assert [mail["Subject"] for mail in box.get_folder("Sent")] == ["No delivery"]


def test_page_and_the_workspace_are_on_the_same_port_and_nothing_foreign_runs_there(program: Program) -> None:
    assert program.get("/rehearsal/state")["ok"]
    assert program.get("/demo/state")["desk"] == DESK
    with urllib.request.urlopen(f"{program.url}/") as page:
        policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_demos_config_is_one_without_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        config.text(
            config.Places(
                smtp=2525,
                relay=2526,
                web=8081,
                slack_api="http://127.0.0.1:3000/api/",
                bot_token="xoxb-1",
                app_token="xapp-1",
            )
        )
    )
    read = load(file, sections())
    assert [member.addresses["slack"][-5:] for member in read.staff] == ["U0SAM", "U0KIM", "U0MIA"]
    assert {member.manager for member in read.staff} == {"", "mia@example.com"}


def test_story_and_its_world_import_nothing_of_casebot() -> None:
    folder = Path(config.__file__).parent
    for name in ("story.py", "world.py"):
        for node in ast.walk(ast.parse((folder / name).read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            foreign = [each for each in names if each.partition(".")[0] not in sys.stdlib_module_names]
            assert set(foreign) <= {"rehearsal.demo.world"}


def test_story_that_goes_wrong_says_what_was_expected_and_what_was_seen(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "PATIENCE", 1)
    said: list[str] = []
    assert not story.tell(world.World(program.url), said.append)
    assert "is now case CS-" in said[-1]
    assert said[-1].endswith("seen:     no mail")
    program.casebot.say("DATA", "451 4.3.0 Later")
    assert not story.tell(world.World(program.url), said.append)
    assert "expected: a mail to be taken" in said[-1]
    assert "451" in said[-1]


def test_folder_that_holds_something_is_left_as_it_is() -> None:
    Path("mine").mkdir()
    Path("mine/letter").touch()
    assert "not empty" in told("demo", "--story", "--keep", "mine", code=2)
    assert [file.name for file in Path("mine").iterdir()] == ["letter"]
