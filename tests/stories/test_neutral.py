"""A desk that is set up for no trade, or for another: what its customers read speaks of theirs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.channel.installed import sections
from bot.commands.case import Open
from bot.commands.missing_fields import missing
from bot.config.choices import ListsSection
from bot.config.load import load
from bot.model.translatable import saying
from bot.presets import catalogue as presets
from bot.syntax.ids import ids
from channels.slack.text.i18n import translating
from channels.slack.views.case_forms import form
from channels.slack.views.new_case_form import FormDraft, new_case
from tests.house.test_sayings import LANGUAGES, RENDERER
from tests.support.houses.browser import ANA, DESK, WebHouse, get, page_link, send_files
from tests.support.houses.console import in_an_empty_folder, said, told
from tests.support.houses.house import words
from tests.support.houses.slack_house import words_of

__all__ = ["in_an_empty_folder"]

AD_TECH = re.compile(
    r"\b(?:deals?|campaigns?|impressions?|creatives?|Instant Insights|Maestro)\b|Kampagne|campagne|kampani"
    r"|campañ|campanha|ディール|キャンペーン",
    re.IGNORECASE,
)
NEUTRAL = "[lists]\nfeatures = []\n"
"""Of a house whose operator chose no trade."""


OWN_PRIORITIES = """[lists]
priorities = ["Urgent", "Normal"]
default_priority = "Normal"
blocker = "Urgent"
features = []
"""
BLOCKER = re.compile(r"blo[ckq]|緊急", re.IGNORECASE)
"""Our own word for the most urgent priority, in all languages."""


TRADES = ("shop", "software", "internal-it")


def lists_of(name: str, language: str = "en") -> ListsSection:
    return ListsSection(**tomllib.loads(presets.text(name, language)).get("lists", {}))


def own_words(lists: ListsSection) -> set[str]:
    """Phrases in the lists that are not shipped; single words are often the same in several languages."""
    texts = {lists.id_label, *lists.features, *lists.subject_examples, *lists.meanings.values()}
    for priority in lists.priorities:
        texts |= {*lists.examples(priority)}
    for kind, categories in lists.types.items():
        texts |= {kind, *categories}
    texts |= {question for questions in lists.guidance.values() for question in questions}
    return {text for text in texts if " " in text}


def comments(text: str) -> set[str]:
    """What stands behind a hash, without the commands and keys that are shown there."""
    return {
        line.partition("# ")[2]
        for line in text.splitlines()
        if "# " in line and " = " not in line.partition("# ")[2]
    }


def test_a_bakery_gets_a_desk_that_speaks_of_orders_story(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path, more=NEUTRAL) as house:
        house.send(
            ANA, DESK, "Order no. 4711 has not arrived", "Bestellnummer 4712 too, and I ordered 100 rolls."
        )
        (confirmation,) = house.mails("ana@")
        text = words(confirmation)
        assert not AD_TECH.search(text)
        assert "which feature" not in text
        assert house.case().ids == ("Order number 4711", "Bestellnummer 4712")
        page = get(page_link(confirmation, "my"))
        (link,) = {have["href"] for tag, have in page.tags if "/new/" in have.get("href", "")}
        page = get(link)
        assert not AD_TECH.search(page.words)
        for shown in ("Order or reference number", "Work stands still for many people", "nobody can sign in"):
            assert shown in page.words
        assert "about" not in page.forms["open"], "a desk without types asks for none"
        german = get(f"{house.web}/new", accept_language="de")
        assert "Bestell- oder Referenznummer" in german.words
        assert "niemand kann sich anmelden" in german.words


def test_the_page_asks_for_a_technical_contact_beside_a_blocker_alone(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path, more=NEUTRAL) as house:
        page = get(f"{house.web}/new")
        order = [
            have["name"]
            for _, have in page.tags
            if have.get("name") in ("subject", "text", "priority", "contact")
        ]
        assert list(dict.fromkeys(order)) == ["subject", "text", "priority", "contact"]
        assert order.index("contact") == order.index("priority") + 1, "beside the first choice, the Blocker"
        assert 'class="contact"' in page.html
        typed = {"subject": "Kept", "text": "Kept.", "address": "ana@acme.example", "contact": "no number"}
        failed = send_files(f"{house.web}/new", {**page.forms["open"], **typed})
        assert failed.status == 422
        assert 'class="contact shown"' in failed.html, "what is wrong with it is not hidden"
    with WebHouse(url, tmp_path, more=NEUTRAL + 'blocker = ""\n') as house:
        assert "contact" not in get(f"{house.web}/new").forms["open"]


def test_a_desk_with_priorities_of_its_own_speaks_of_no_blocker_story(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path, more=OWN_PRIORITIES) as house:
        for language in ("en", *LANGUAGES):
            page = get(f"{house.web}/new", accept_language=language)
            assert "contact" in page.forms["open"]
            assert not BLOCKER.search(page.words)
        house.send(ANA, DESK, "The oven is cold", "Priority: Urgent")
        (confirmation,) = house.mails("ana@")
        house.answer(confirmation, ANA, "#help")
        (help_,) = house.mails("ana@")
        assert "contact [name] phone" in words(help_)
        assert not BLOCKER.search(words(confirmation) + words(help_))
        page = get(page_link(confirmation, "case"))
        assert "contact" in page.forms
        assert not BLOCKER.search(page.words)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_forms_in_slack_speak_of_no_blocker_where_the_desk_has_none(language: str) -> None:
    lists = ListsSection(**tomllib.loads(OWN_PRIORITIES)["lists"])
    with translating(lambda text: RENDERER.in_words(text, language)):
        opening, contact = new_case(lists, FormDraft("Urgent")), form("contact", "CS-000001", meta="")
    assert any(block.get("block_id") == "phone" for block in opening["blocks"])
    assert not BLOCKER.search(words_of(opening["blocks"]) + words_of(contact["blocks"]))


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_neutral_form_has_no_word_of_advertising_in_any_language(language: str) -> None:
    with translating(lambda text: RENDERER.in_words(text, language)):
        for priority in ListsSection().priorities:
            view = words_of(new_case(ListsSection(), FormDraft(priority))["blocks"])
            assert not AD_TECH.search(view)
        shown = RENDERER.in_words(saying(ListsSection().subject_examples[0]), language)
    assert shown in words_of(new_case(ListsSection(), FormDraft())["blocks"]) or language != "en"
    assert [number.rpartition(" ")[2] for number in ids(shown, ())] == ["4711"], (
        "its own example is recognised"
    )


@pytest.mark.parametrize("name", presets.names())
def test_init_writes_the_lists_of_a_trade(name: str) -> None:
    said("init", "support@acme.com", "--like", name)
    text = Path("config.toml").read_text(encoding="utf-8")
    assert load(Path("config.toml"), sections()).lists == lists_of(name)
    assert text.count("\n[lists]\n") == (name != "neutral")
    said("--config", "plain.toml", "init", "support@acme.com")
    written, plain = (
        tomllib.loads(Path(file).read_text(encoding="utf-8")) for file in ("config.toml", "plain.toml")
    )
    assert [key for key in plain if plain[key] != written[key]] == ["desk"], "its secret"
    assert written.keys() - plain.keys() == ({"lists"} if name != "neutral" else set())
    for kind in lists_of(name).guidance:
        assert kind in lists_of(name).kinds


def test_a_preset_that_is_not_there_is_answered_with_those_that_are() -> None:
    answer = told("init", "support@acme.com", "--like", "bakery", code=2)
    for name in presets.names():
        assert name in answer
    assert not Path("config.toml").exists()


def test_the_adtech_preset_has_the_words_of_the_process() -> None:
    lists = lists_of("adtech")
    assert lists.features == ("Instant Insights", "Maestro API", "Delivery", "Interface", "Deal")
    assert [*lists.types][:3] == [
        "Accounts & User Management",
        "Activation & Mapping Requests",
        "Activation Module",
    ]
    assert lists.subject_examples[1] == "Report Task ID 1254332 failed to load"
    assert "One campaign, deal, user or feature is normally not a Blocker" in lists.meanings["Blocker"]
    assert lists.examples("Critical")[0] == "live deal not delivering"
    assert ids("Deal ID 12333, campaign 77-4312", lists.id_names) == ("Deal ID 12333", "Campaign ID 77-4312")


def test_an_operators_own_words_are_shown_as_written() -> None:
    lists = ListsSection(
        id_label="Pupil's number",
        priority_meanings={"Blocker": "The school is closed."},
        subject_examples=("Trip of 3b",),
    )
    with translating(lambda text: RENDERER.in_words(text, "de")):
        shown = words_of(new_case(lists, FormDraft("Blocker"))["blocks"])
    for own in ("Pupil's number", "The school is closed.", "Trip of 3b"):
        assert own in shown
    assert "niemand kann sich anmelden" not in shown, "our examples stand beside our meaning only"
    assert "Etwas Wichtiges geht nicht" in shown
    with pytest.raises(ValueError, match="priority_meanings must name priorities"):
        ListsSection(priority_meanings={"Blocked": "No."})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TRADES)
def test_init_speaks_the_language_of_the_desk(name: str, language: str) -> None:
    answer = said("init", "support@acme.com", "--language", language, "--like", name)
    assert "Next" not in answer
    text = Path("config.toml").read_text(encoding="utf-8")
    config, english, own = load(Path("config.toml"), sections()), lists_of(name), lists_of(name, language)
    assert config.desk.language == language
    assert config.lists == own
    said("--config", "plain.toml", "init", "support@acme.com", "--like", name)
    assert not comments(text) & comments(Path("plain.toml").read_text(encoding="utf-8")) - {
        "[[staff]]",
        "[email]",
        "",
    }
    assert not own_words(own) & own_words(english)
    assert [len(categories) for categories in own.types.values()] == [
        len(categories) for categories in english.types.values()
    ]
    assert len(own.guidance) == len(english.guidance)
    numbers = ids(own.subject_examples[0], own.id_names)
    assert [number.rpartition(" ")[2].partition("-")[0] for number in numbers] == ["4711"] * bool(
        ids(english.subject_examples[0], english.id_names)
    )


def test_a_bakery_in_tokyo_asks_in_its_own_words_story(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path, more=presets.text("shop", "ja")) as house:
        page = get(f"{house.web}/new", accept_language="ja")
        for shown in ("ご注文番号またはお問い合わせ番号", "破損", "今日の結婚式のケーキが届いていない"):
            assert shown in page.words
        assert not AD_TECH.search(page.words)
        house.send(
            ANA,
            DESK,
            "ケーキがつぶれていました",
            "種類: 配達\nカテゴリー: 破損\n今朝届いたケーキがつぶれていました。ご注文番号 4711 です。",
        )
        (confirmation,) = house.mails("ana@")
        text = words(confirmation)
        assert "その写真" in text
        assert "ご注文番号\n" not in text, "it stands in the mail"


@pytest.mark.parametrize(
    ("text", "asked"), [("来週の月曜から新しい同僚が来ます。", 0), ("新しい同僚が来ます。", 1)]
)
def test_a_word_within_a_sentence_without_blanks_answers_a_question(text: str, asked: int) -> None:
    opened = Open(
        subject="新しい同僚",
        text=text + "アカウントとノートパソコンをお願いします。",
        feature="メール",
        category="入社",
    )
    assert len(missing(opened, lists_of("internal-it", "ja"), kind="人の出入り", files=False)) == asked
