"""What people read: every notice in both forms, complete, escaped, and nothing internal for customers."""

import re
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from bot.channel.outbound import GAP
from bot.languages import locale_formats
from bot.model.facts import CaseFacts
from bot.notices.catalogue import NOTICES
from bot.notify import batch
from bot.render.renderer import InternalWords, Renderer
from bot.render.translations import SHIPPED
from bot.template_check.lint import TemplateLint
from channels.email.replies.own_text import MARKERS
from channels.slack.workspace.settings import Settings
from tests.support.data.facts import AT, CASE, DESK, FACTS, HOSTILE, NOTE, NOTE_TO, OF_NO_CASE, SAID

RENDERER = Renderer()
SLACK = Settings.PROFILE.markup


def say(name, renderer=RENDERER, language="en", **more):
    facts = {"desk": DESK, "to": "Maria", "case": CASE, **FACTS[name], **more}
    return renderer.words(NOTICES[name], language, **facts)


class Tags(HTMLParser):
    """Every tag with its attributes, and that what is opened is closed."""

    VOID = ("meta", "br")

    def __init__(self, html):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_every_notice_has_a_template_and_every_template_a_notice():
    assert {p.name for p in (SHIPPED / "notices").glob("*.j2")} - {"common.j2"} == {
        notice.template for notice in NOTICES.values()
    }


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_one_line_of_subject_and_two_well_made_bodies(name):
    words = say(name)
    of_none = (
        "Mail to support@",
        "The week of ",
        "We could not open",
        "The link to your cases",
        "#support-desk ",
        "Are you ",
        "Your cases are ",
        "Your broadcast is out",
        "Slack",
        "Pager",
        "Which case",
        "Shall this be",
    )
    assert words.subject.startswith(of_none if name in OF_NO_CASE else "[CS-000123] ")
    assert "\n" not in words.subject
    assert words.text.startswith("— Please write above this line —\n\n")
    assert words.text.endswith("\n")
    assert not re.search(r"\n\n\n|[\x00-\x09\x0b-\x1f]", words.text.replace(HOSTILE, "x"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", words.html)
    assert "support@acme.com" in words.text
    assert "https://docs.acme.com/?a=1&b=2" in words.text
    assert "None" not in words.text + words.html
    assert Tags(words.html).open == []


NO_WORDS = ("mark", "letter")
"""Facts by which a channel finds a message again; nobody reads them."""


@pytest.mark.parametrize("name", NOTICES)
def test_nothing_that_people_wrote_becomes_markup_or_template(name):
    words = say(name)
    assert not {tag for tag, _ in Tags(words.html).seen} & {
        "script",
        "img",
        "iframe",
        "link",
        "form",
        "b>.csv",
    }
    said = {fact: value for fact, value in FACTS[name].items() if fact not in NO_WORDS}
    if HOSTILE in repr(said).replace("\\n", "\n").replace("\\'", "'"):
        assert "{{ 7*7 }}" in words.text
        assert "{{ 7*7 }}" in words.html
        assert "&lt;script&gt;" in words.html


@pytest.mark.parametrize("name", NOTICES)
def test_nothing_is_fetched_from_anywhere(name):
    for tag, attributes in Tags(say(name).html).seen:
        assert not attributes.keys() & {"src", "background", "srcset"}, tag
        assert "url(" not in attributes.get("style", "")
        assert attributes.get("href", "mailto:").startswith(("mailto:", "https://docs.acme.com/"))


def test_text_is_not_escaped_and_keeps_its_lines():
    text = say("customer replied").text
    assert "> <script>alert(1)</script>\n>   & \"q\" {{ 7*7 }} 'x'\n" in text
    assert "  + a<b>.csv (48 kB)" in text


def test_the_answer_reads_like_a_persons_mail_with_no_quotation_marks():
    words = say("answer")
    assert "Maria Jones · 5 Nov 2026, 14:03 UTC\n\nHello,\n\n<script>" in words.text
    assert "workaround" in words.text
    assert "workaround" not in say("answer", workaround=False).text


def test_the_acknowledgement_has_no_word_of_the_sender():
    words = say(
        "acknowledgement", to="Pay me $100", case=CaseFacts("CS-000123", "Buy pills", "new", "Blocker")
    )
    everything = words.subject + words.text + words.html
    assert "CS-000123" in everything
    assert not re.search("Pay me|pills|Blocker", everything)


def test_what_is_absent_leaves_no_trace():
    words = say("confirmation", missing=(), added=(), addable=(), proposed=(), english_hint=False, to="")
    assert words.text.count("Hello,") == 2  # ours, and the customer's own
    assert not re.search("help us|informed|Not told|English", words.text)


@pytest.mark.parametrize("name", ["confirmation", "concern received", "split off"])
def test_who_wrote_much_is_told_that_all_of_it_is_kept(name):
    sentence = "This is the beginning of what you wrote. All of it is kept on the case."
    assert sentence in say(name).text
    assert sentence in say(name).html
    assert "beginning" not in say(name, whole=True).text + say(name, whole=True).html


def test_fact_lines_are_aligned_and_empty_ones_left_out():
    text = say("assigned", case=CaseFacts("CS-000123", "S", "open", "low", requester="Maria")).text
    assert "Requester   Maria\nOwner       nobody yet\n" in text
    assert "Type" not in text
    assert "Low · In progress" in text


def test_in_a_chat_what_the_card_shows_is_marked_as_such():
    blocks = RENDERER.words(
        NOTICES["customer replied"],
        "en",
        desk=DESK,
        to="",
        case=CASE,
        markup=SLACK,
        **FACTS["customer replied"],
    ).marked.split(GAP)
    assert [block for block in blocks if "Owner" in block and not block.startswith("\x1c")] == []
    assert blocks[1].startswith("*Ana Lima ")
    assert blocks[1].endswith("* replied.")


def test_how_long_something_takes_is_a_number_and_a_word():
    assert [locale_formats.duration(text, "en") for text in ("15m", "1h30m", "90s", "2d", "soon", "")] == [
        "15 minutes", "1 hour 30 minutes", "90 seconds", "2 days", "soon", "",
    ]  # fmt: skip


def test_staff_are_told_how_to_answer_and_where_notes_go():
    for name, notice in NOTICES.items():
        if name not in OF_NO_CASE:
            assert (NOTE_TO in say(name).text) == (notice.audience == "staff")


@pytest.mark.parametrize("hiding", [NOTE, (SAID, NOTE), [{"x": (NOTE,)}], CaseFacts("1", NOTE, "new", "low")])
@pytest.mark.parametrize("name", [n.name for n in NOTICES.values() if n.audience != "staff"])
def test_an_internal_entry_is_never_said_to_customers(name, hiding):
    with pytest.raises(InternalWords):
        say(name, entry=hiding)


def test_a_missing_fact_is_an_error():
    with pytest.raises(UndefinedError, match=r"entry|correction"):
        RENDERER.words(NOTICES["answer"], "en", desk=DESK, to="", case=CASE, workaround=False, closed="")


def test_a_language_without_words_is_said_in_english():
    for language in ("eo", "eo-BE", "../../etc", "", "zz_ZZ"):
        assert say("added", language=language) == say("added")


def write(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_an_operators_template_comes_first_and_other_notices_stay(tmp_path):
    write(
        tmp_path,
        "notices/added.j2",
        "{% block subject %}Hi{% endblock %}{% block body %}{{ w.p('<Moin> ' ~ to) }}{% endblock %}",
    )
    renderer = Renderer(tmp_path)
    assert renderer.problems == ()
    assert say("added", renderer, to="<b>").subject == "Hi"
    assert "&lt;Moin&gt; &lt;b&gt;" in say("added", renderer, to="<b>").html
    assert say("answer", renderer) == say("answer")


def test_an_operators_language_takes_its_own_words_and_english_for_the_rest(tmp_path):
    write(tmp_path, "locale/eo/LC_MESSAGES/casebot.po", 'msgid "Create a case"\nmsgstr "Krei kazon"\n')
    renderer = Renderer(tmp_path)
    assert "Krei kazon" in say("added", renderer, "eo-BE").text
    assert '<html lang="eo">' in say("added", renderer, "eo-BE").html
    assert "has added you" in say("added", renderer, "eo").text


def test_the_first_of_two_folders_has_the_last_word(tmp_path):
    hello = "{{% block subject %}}{}{{% endblock %}}{{% block body %}}{{% endblock %}}"
    write(tmp_path, "brand/notices/added.j2", hello.format("The brand's"))
    write(tmp_path, "desk/notices/added.j2", hello.format("The desk's"))
    write(tmp_path, "desk/notices/merged.j2", hello.format("The desk's"))
    renderer = Renderer(tmp_path / "brand", tmp_path / "desk")
    assert say("added", renderer).subject == "The brand's"
    assert say("merged", renderer).subject == "The desk's"
    assert say("answer", renderer) == say("answer")


def test_dates_and_sizes_are_written_as_the_language_does(tmp_path):
    written = {
        "en": "5 Nov 2026, 14:03 UTC", "fr": "5\xa0nov. 2026 à 14:03\xa0UTC", "de": "5. Nov. 2026, 14:03 Uhr UTC",
        "ja": "2026年11月5日 14:03 UTC",
    }  # fmt: skip
    for language, date in written.items():
        assert date in say("answer", language=language).text
        assert date in say("answer", language=language).html
    assert "(48\xa0ko)" in say("answer", language="fr").text
    write(tmp_path, "notices/answer.eo.j2", (SHIPPED / "notices/answer.j2").read_text(encoding="utf-8"))
    assert "2026-11-05 14:03 UTC" in say("answer", Renderer(tmp_path), "eo").text


@pytest.mark.parametrize(
    "slip",
    [
        "{% block subject %}{{ oops",
        "{% block body %}no subject{% endblock %}",
        "{% block subject %}{{ custmer }}{% endblock %}{% block body %}{% endblock %}",
        "{% block subject %}{{ w.__class__.__mro__ }}{% endblock %}{% block body %}{% endblock %}",
        "{% block subject %}{{ 1 // 0 }}{% endblock %}{% block body %}{% endblock %}",
    ],
)
def test_a_slip_in_an_operators_template_loses_no_mail(tmp_path, slip):
    write(tmp_path, "notices/added.j2", slip)
    assert say("added", Renderer(tmp_path)) == say("added")


def test_what_does_not_compile_is_named(tmp_path):
    write(tmp_path, "notices/added.j2", "{% block subject %}\n{{ oops")
    (problem,) = Renderer(tmp_path).problems
    assert "added.j2" in problem
    assert "line 2" in problem
    write(tmp_path, "email/html.j2", "{% macro p(")
    (problem,) = Renderer(tmp_path).problems
    assert "not used" in problem


def test_no_notice_switches_escaping_off():
    files = [*(SHIPPED / "notices").rglob("*.j2")]
    assert len(files) >= len(NOTICES)
    for file in files:
        assert not re.search(r"safe|autoescape|Markup", file.read_text(encoding="utf-8")), file


def test_the_marker_is_the_one_that_is_read_back():
    assert "en" in TemplateLint().languages()
    for language in TemplateLint().languages():
        words = TemplateLint().words(NOTICES["added"], language)
        assert words.text.splitlines()[0] in MARKERS
        assert words.text.splitlines()[0] in words.html


def test_a_section_of_a_mail_keeps_the_lines_of_a_chat_message() -> None:
    section = batch.section("It was the <filter> & you.\nPlease try again.", at=AT)
    words = say("news", sections=(section,))
    assert words.subject == "[CS-000123] No delivery"
    when = "5 Nov 2026, 14:03 UTC\n---------------------\n\n"
    assert f"{when}It was the <filter> & you.\nPlease try again.\n" in words.text
    assert "<p>It was the &lt;filter&gt; &amp; you.<br>Please try again.</p>" in words.html


def test_what_may_be_undeliverable_has_a_name_that_people_understand() -> None:
    named = {name: kind.called for name, kind in NOTICES.items() if kind.audience != "staff"}
    assert named["added"] == "the news that they take part in the case"
    assert not [name for name, words in named.items() if not words.startswith("the ") or "“" in words]
