"""The web door itself: its headers, its refusals, its languages, and links that nobody can bend."""

from __future__ import annotations

import http.client
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from channels.web.templating.templating import best_language
from tests.support.houses.browser import ANA, DESK, Page, WebHouse, case_link, get, page_link, post
from tests.support.houses.house import words
from tests.support.setup import databases


def opened(house: WebHouse, text: str = "It stopped yesterday.") -> str:
    house.send(ANA, DESK, "No delivery", text)
    (confirmation,) = house.mails("ana@")
    return case_link(confirmation)


def raw(house: WebHouse, request: str) -> str:
    """Whatever the socket answers to exactly these bytes."""
    place = urlsplit(house.web)
    with socket.create_connection((place.hostname, place.port), timeout=60) as wire:
        wire.sendall(request.replace("\n", "\r\n").encode())
        return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


def test_it_works(house: WebHouse) -> None:
    page = get(house.web)
    assert page.status == 200
    links = [have["href"] for tag, have in page.tags if tag == "a"]
    assert "mailto:support@example.com" in links
    assert not any("%23my" in link for link in links)
    assert "link" in page.forms


def test_every_answer_carries_the_shield(house: WebHouse) -> None:
    link = opened(house)
    answers = [
        get(house.web), get(link), get(link, "HEAD"), get(f"{house.web}/nothing"), get(f"{house.web}/case/x.y.z"),
        get(f"{house.web}/healthz"), get(f"{house.web}/readyz"), get(f"{house.web}/metrics"),
        get(link, "DELETE"), post(link, {"action": "nonsense"}), post(link, {"action": "reply"}),
        get(link).send("reply", text="Hello"),
    ]  # fmt: skip
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert not [tag for tag, _ in answer.tags if tag in ("img", "iframe", "link")]
        scripts = {have["src"] for tag, have in answer.tags if tag == "script"}
        assert scripts <= {f"../{name}.js" for name in ("upload", "language", "time")}
        assert "style=" not in answer.html


def test_refusals_are_pages_with_what_to_do(house: WebHouse) -> None:
    link = opened(house)
    refusals: list[tuple[int, Page]] = [
        (404, get(f"{house.web}/nothing")),
        (404, get(f"{link}x")),
        (404, get(f"{house.web}/case/%00%ff")),
        (404, get(f"{house.web}/survey/{'a' * 5000}")),
        (404, get(f"{house.web}/healthz/")),
        (405, get(link, "DELETE")),
        (405, post(house.web, {})),
        (400, post(link, {"action": "open"})),
        (413, post(link, {"action": "reply", "text": "x" * 1_000_001})),
    ]
    for status, page in refusals:
        assert page.status == status
        assert f"You can always write to {DESK}." in page.words
        assert "Traceback" not in page.html
    assert "GET" in refusals[5][1].headers["Allow"]
    multipart = {"Content_Type": "multipart/form-data; boundary=x"}
    assert post(link, {"action": "close"}, **multipart).status == 400
    assert post(link, {str(n): "x" for n in range(30)}).status == 400
    assert house.history() == ["opened"]


def test_a_body_without_a_length_is_bounded_too(house: WebHouse) -> None:
    place = urlsplit(opened(house))
    client = http.client.HTTPConnection(place.netloc, timeout=60)
    chunks = (b"text=" + b"x" * 100_000 for _ in range(12))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    client.request("POST", place.path, chunks, headers, encode_chunked=True)
    assert client.getresponse().status == 413
    client.close()
    assert house.history() == ["opened"]


def test_a_token_opens_nothing_but_what_it_was_made_for(house: WebHouse) -> None:
    link = opened(house)
    base, _, token = link.rpartition("/")
    form = get(link).forms["reply"]["nonce"]
    for path in (f"/survey/{token}", f"/case/{form}", f"/survey/{form}"):
        assert get(house.web + path).status == 404
    payload, stamp, mac = token.split(".")
    for bent in (
        f"WzEsMl0.{stamp}.{mac}",
        f"{payload}.{stamp}.{mac[:-2]}AA",
        payload,
        f"{token}.",
        f".{token}",
    ):
        assert get(f"{base}/{bent}").status == 404


def test_the_host_header_bends_no_link(house: WebHouse) -> None:
    link = opened(house)
    path = urlsplit(link).path
    page = raw(
        house,
        f"GET {path} HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: evil.example\nConnection: close\n\n",
    )
    assert page.startswith("HTTP/1.1 200")
    assert "evil" not in page
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    body = f"action=reply&text=Hello&nonce={nonce[1]}"
    answer = raw(
        house,
        f"POST {path} HTTP/1.1\nHost: evil.example\nContent-Type: application/x-www-form-urlencoded\n"
        f"Content-Length: {len(body)}\nConnection: close\n\n{body}",
    )
    assert answer.startswith("HTTP/1.1 303")
    assert "location: ?done=reply" in answer
    assert "evil" not in answer
    house.send(ANA, DESK, "Another", "Another one.")
    (confirmation,) = house.mails("ana@")
    assert case_link(confirmation).startswith(house.web)


def test_links_begin_as_configured(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path, base_url="https://help.acme.example/desk") as house:
        house.send(ANA, DESK, "No delivery", "It stopped.")
        (confirmation,) = house.mails("ana@")
        upload, link, mine = re.findall(r"https://\S+", words(confirmation))
        assert upload.startswith("https://help.acme.example/desk/upload/")
        assert mine.startswith("https://help.acme.example/desk/my/")
        assert link.startswith("https://help.acme.example/desk/case/")
        page = get(house.web + link.removeprefix("https://help.acme.example/desk"))
        assert page.send("reply", text="Hello").status == 200


def test_what_was_done_is_a_code_and_never_somebodys_words(house: WebHouse) -> None:
    link = opened(house)
    for forged in ("your+account+is+blocked", "__class__", "rate%00"):
        page = get(f"{link}?done={forged}")
        assert page.status == 200
        assert "blocked" not in page.html


def test_a_page_speaks_the_readers_language(house: WebHouse) -> None:
    link = opened(house, "12333")
    assert "Verlauf" in get(link, Accept_Language="de-AT").words
    assert "Échanges" in get(link, Accept_Language="xx, fr;q=0.8, en;q=0.5").words
    assert "Conversation" in get(link, Accept_Language="xx").words
    house.send("li@acme.example", DESK, "Livraison", "Bonjour, la livraison est arrêtée depuis hier.")
    (confirmation,) = house.mails("li@")
    page = get(case_link(confirmation), Accept_Language="de")
    assert "Échanges" in page.words
    german = "Guten Tag, es wird leider immer noch nichts ausgeliefert. Könnten Sie bitte nachsehen?"
    assert "Verlauf" in page.send("reply", text=german).words
    missing = get(f"{house.web}/nothing", Accept_Language="fr")
    assert missing.status == 404
    assert "Nous ne trouvons pas cette page" in missing.words


@pytest.mark.parametrize(
    ("accepted", "found"),
    [("", "de"), ("en", "en"), ("fr;q=0.2,en;q=0.9", "en"), ("*", "de"), ("fr;q=0", "de"), ("x;q=y,,;", "de"),
     ("FR-ca", "fr"), ("es", "de"), ("," * 5000, "de")],
)  # fmt: skip
def test_the_best_language(accepted: str, found: str) -> None:
    assert best_language(accepted, {"en", "de", "fr"}, "de-AT") == found


@pytest.mark.parametrize("lines", [1, 20_000])
def test_the_desk_fetches_a_mail_as_it_came(house: WebHouse, lines: int) -> None:
    """A large one, which lies in the file store, leaves from there: part of it can be had alone."""
    house.send(ANA, DESK, "No delivery", "A long line of words.\n" * lines)
    (told,) = house.mails("sam@")
    link = page_link(told, "mail")
    mail = get(link)
    assert mail.headers["Content-Type"].startswith("message/rfc822")
    assert re.fullmatch(r'attachment; filename="CS-000001-\d+\.eml"', mail.headers["Content-Disposition"])
    assert "default-src 'none'" in mail.headers["Content-Security-Policy"]
    assert mail.html.count("A long line of words.") == lines
    if lines > 1:
        part = get(link, Range="bytes=100-199")
        assert (part.status, part.html) == (206, mail.html[100:200])
    assert get(f"{link}x").status == 404


def test_other_doors_may_add_routes(tmp_path: Path) -> None:
    house = WebHouse(databases.sqlite(tmp_path), tmp_path)
    house.app.routes.append(
        Route("/slack/events", lambda request: PlainTextResponse("hello"), methods=["POST"])
    )
    with house:
        assert post(f"{house.web}/slack/events", {}).html == "hello"


def test_what_could_not_be_saved_stays_in_the_form_and_acts_once_when_it_can(
    house: WebHouse, caplog: pytest.LogCaptureFixture
) -> None:
    link = opened(house)
    with closing(sqlite3.connect(house.folder / "casebot.db")) as store:
        store.execute(
            "CREATE TRIGGER fault BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'a fault'); END"
        )
    page = get(link).send("reply", text="Keep this.")
    assert page.status == 503
    (fault,) = [record for record in caplog.records if "a form could not be handled" in record.message]
    assert fault.exc_info
    assert "insert into receipt" in str(fault.exc_info[1]).lower()
    assert "Keep this." not in str(fault.exc_info[1])
    assert "nothing will be done twice" in page.words
    assert page.forms["reply"]["text"] == "Keep this."
    assert house.history() == ["opened"]
    with closing(sqlite3.connect(house.folder / "casebot.db")) as store:
        store.execute("DROP TRIGGER fault")
    for _ in range(2):
        assert page.send("reply").status == 200
    assert [entry.text for entry in house.case().entries[1:]] == ["Keep this."]


def test_no_token_gets_into_the_log(house: WebHouse, capsys: pytest.CaptureFixture[str]) -> None:
    link = opened(house)
    page = get(link)
    house.app.database.close()
    house.app.desk._database = None  # type: ignore[assignment]
    assert get(link).status == 500
    assert "went wrong on our side" in get(link).words
    assert link.rpartition("/")[2] not in "".join(capsys.readouterr())
    assert page.status == 200
