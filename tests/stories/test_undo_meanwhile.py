"""Stories of customers who close, reopen, thank and complain while something waits to be sent to them."""

from __future__ import annotations

from bot.queries.lists import ListOutbox
from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_changed_answers import leaves
from tests.stories.test_undo import ANA, DESK, LONG, SENT, UNDONE, WAITS, Clocks, marked, opened, whispered
from tests.stories.test_undo_crossed import below
from tests.support.houses.browser import Page, case_link, get
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_each_database

office = open_on_each_database(Office, undo=LONG)


def waits(office: Office, text: str, user: str = "sam") -> Message:
    """What somebody of the desk types below the card, once it waits to be sent."""
    source = below(office, user, text)
    assert marked(office, source, WAITS)
    return source


def events(office: Office) -> list[str]:
    return [event.name for event in office.case().history]


def undone(office: Office, source: Message, user: str = "sam") -> None:
    """Somebody of the desk takes it back."""
    below(office, user, "!undo")
    assert marked(office, source, UNDONE)


def reason(office: Office) -> str:
    return str(office.ask(Clocks())[1][-1])


def test_a_customer_who_closes_her_case_before_she_is_told_of_the_closing_has_closed_it_herself(
    office: Office,
) -> None:
    confirmation = opened(office)
    closing = waits(office, "!close resolved")
    page = get(case_link(confirmation))
    page.send("close")
    assert until(lambda: office.case().line.state == "closed")
    assert marked(office, closing, UNDONE)
    assert reason(office) == "no_longer"
    below(office, "sam", "!undo")
    whispered(office, "sam", "It was taken back already")
    assert (office.case().line.state, reason(office)) == ("closed", "no_longer")
    leaves(office)
    assert office.nothing("ana@"), "she knows"


def test_a_customer_who_closes_her_case_is_not_told_that_it_was_closed_already(office: Office) -> None:
    confirmation = opened(office)
    closing = waits(office, "!close as_designed")
    office.answer(confirmation, ANA, "#close")
    (told,) = office.mails("ana@")
    assert "already" not in words(told)
    assert marked(office, closing, UNDONE)
    assert (office.case().line.state, reason(office)) == ("closed", "no_longer")
    leaves(office)
    assert office.nothing("ana@")


def test_thanks_before_she_is_told_of_the_closing_say_nothing_of_it(office: Office) -> None:
    confirmation = opened(office)
    closing = waits(office, "!close resolved")
    office.answer(confirmation, ANA, "Thank you!")
    office.in_thread("Thank you!")
    assert marked(office, closing, WAITS)
    undone(office, closing)
    leaves(office)
    assert office.nothing("ana@")


def test_a_customer_who_complains_before_she_is_told_of_the_closing_keeps_her_case_open(
    office: Office,
) -> None:
    confirmation = opened(office)
    closing = waits(office, "!close resolved")
    office.answer(confirmation, ANA, "#concern It takes too long. Call me at +49 30 123456.")
    office.mails("ana@")
    assert marked(office, closing, UNDONE)
    assert office.case().line.state == "new"
    leaves(office)
    assert office.nothing("ana@")


def test_of_two_closings_that_wait_neither_closes_a_case_over_its_customers_words(office: Office) -> None:
    confirmation = opened(office)
    first = waits(office, "!close resolved")
    second = waits(office, "!close as_designed", "mia")
    office.answer(confirmation, ANA, "It is still broken.")
    office.in_thread("It is still broken.")
    assert marked(office, first, UNDONE)
    assert marked(office, second, UNDONE)
    assert office.case().line.state == "new"
    leaves(office)
    assert office.nothing("ana@")


def test_a_case_reopened_and_closed_while_both_wait_stays_open_when_its_customer_writes(
    office: Office,
) -> None:
    confirmation = opened(office)
    office.answer(confirmation, ANA, "#close")
    (closed,) = office.mails("ana@")
    first = waits(office, "!reopen")
    second = waits(office, "!close resolved")
    office.answer(closed, ANA, "It is broken again.")
    office.in_thread("It is broken again.")
    assert marked(office, second, UNDONE)
    assert marked(office, first, SENT)
    assert office.case().line.state == "open"


def test_a_customer_who_reopens_without_words_before_she_is_told_of_it_has_it_open(office: Office) -> None:
    confirmation = opened(office)
    office.answer(confirmation, ANA, "#close")
    (closed,) = office.mails("ana@")
    again = waits(office, "!reopen")
    office.answer(closed, ANA, "#reopen")
    mails = office.mails("ana@", count=2)
    assert not [mail for mail in mails if "already" in words(mail)], [words(mail) for mail in mails]
    assert marked(office, again, SENT)
    below(office, "sam", "!undo")
    whispered(office, "sam", "Too late")
    assert office.case().line.state == "open"


def test_a_case_that_waited_for_its_customer_does_not_wait_for_what_she_wrote(office: Office) -> None:
    confirmation = opened(office)
    below(office, "sam", "!ask Which report?")
    assert until(lambda: office.case().line.state == "waiting")
    leaves(office)
    office.mails("ana@")
    going_on = waits(office, "!reopen We go on.")
    office.answer(confirmation, ANA, "The weekly one.")
    office.in_thread("The weekly one.")
    below(office, "sam", "!undo")
    whispered(office, "sam", "Too late")
    assert marked(office, going_on, SENT)
    assert office.case().line.state == "open"


def test_an_answer_that_stands_keeps_the_case_answered_when_the_one_before_is_taken_back(
    office: Office,
) -> None:
    opened(office)
    before = office.ask(Clocks())
    first = waits(office, "!reply Sam's words.")
    second = waits(office, "!reply Max's words.", "mia")
    undone(office, first)
    case = office.case()
    assert (case.line.state, case.line.owner) == ("open", "Max Manager")
    assert office.ask(Clocks())[0][2], "it is answered"
    undone(office, second, "mia")
    assert office.ask(Clocks()) == before


def test_an_answer_that_waits_is_hidden_and_can_be_taken_back_where_its_case_was_merged(
    office: Office,
) -> None:
    confirmation = opened(office)
    office.send(ANA, DESK, "Deal 2", "It stopped yesterday at noon.")
    (second,) = office.mails("ana@")
    office.card(2)
    answer = waits(office, "!reply CANARY")
    below(office, "mia", "!merge into CS-000002")
    assert until(lambda: "merged" in events(office))
    page = get(case_link(second))
    assert "CANARY" not in page.words
    assert "CANARY" not in get(case_link(confirmation)).words
    office.answer(second, ANA, "#show")
    (shown,) = office.mails("ana@")
    assert "CANARY" not in words(shown)
    undone(office, answer)
    leaves(office)
    assert not [mail for mail in office.mails("ana@") if "CANARY" in words(mail)]


def test_a_case_does_not_vanish_from_a_list_of_ones_own_while_its_closing_waits(office: Office) -> None:
    confirmation = opened(office)
    waits(office, "!close as_designed")
    office.answer(confirmation, ANA, "#my")
    (listed,) = office.mails("ana@")
    assert "You have 1 open case" in words(listed)
    assert "CS-000001" in words(listed)
    office.answer(confirmation, ANA, "#my closed")
    (listed,) = office.mails("ana@")
    assert "Deal ID 12333" not in words(listed).partition("\n>")[0]


def test_the_upload_page_is_there_while_a_closing_waits(office: Office) -> None:
    confirmation = opened(office)
    page = get(case_link(confirmation))
    url = page_url(page)
    waits(office, "!close as_designed")
    assert get(url).status == 200


def page_url(page: Page) -> str:
    (url,) = {have["href"] for tag, have in page.tags if tag == "a" and "/upload/" in have.get("href", "")}
    return url


def test_a_snoozed_case_whose_closing_is_taken_back_is_snoozed(office: Office) -> None:
    opened(office)
    below(office, "sam", "!snooze 3 days")
    assert until(lambda: "snoozed" in office.history()), office.history()
    before = office.ask(Clocks())
    undone(office, waits(office, "!close resolved"))
    assert office.ask(Clocks()) == before
    office.pass_time(days=4)
    assert until(lambda: office.history().count("woken") > 1), office.history()


def test_words_that_wait_before_a_closing_are_told_before_it(office: Office) -> None:
    confirmation = opened(office)
    waits(office, "!reply We found it.")
    waits(office, "!reply It was a filter.\n!close")
    office.answer(confirmation, ANA, "It is still broken.")
    first, second, again = office.mails("ana@", count=3)
    assert "We found it." in words(first)
    assert "It was a filter." in words(second)
    assert "opened CS-000001 again" in words(again)


def test_a_customer_who_confirms_the_solution_before_she_is_told_of_the_reopening(office: Office) -> None:
    opened(office)
    waits(office, "!reply It was a filter.\n!close")
    leaves(office)
    (closed,) = office.mails("ana@")
    waits(office, "!reopen It was something else.")
    get(case_link(closed)).send("close")
    assert until(lambda: office.case().line.state == "closed")
    (again,) = office.mails("ana@")
    assert "It was something else." in words(again)
    below(office, "sam", "!undo")
    whispered(office, "sam", "Too late")
    assert office.case().line.state == "closed"


def test_a_closing_that_is_taken_back_on_a_merged_case_is_undone_once_that_is_parted_again(
    office: Office,
) -> None:
    opened(office)
    before = office.ask(Clocks())
    office.send(ANA, DESK, "Deal 2", "It stopped yesterday at noon.")
    office.mails("ana@")
    office.card(2)
    closing = waits(office, "!close resolved")
    below(office, "mia", "!merge into CS-000002")
    assert until(lambda: "merged" in events(office))
    undone(office, closing)
    office.slack.people.slash("mia", "general", "/case unmerge CS-000001", wait=5)
    assert until(lambda: "unmerged" in events(office))
    assert office.ask(Clocks()) == before


def test_words_of_a_closing_are_told_at_once_to_a_customer_who_closes_her_case_herself(
    office: Office,
) -> None:
    confirmation = opened(office)
    closing = waits(office, "!close as_designed It is meant so.")
    get(case_link(confirmation)).send("close")
    (told,) = office.mails("ana@")
    assert "It is meant so." in words(told)
    assert marked(office, closing, SENT)
    assert (office.case().line.state, reason(office)) == ("closed", "as_designed")
    assert office.nothing("ana@")


def test_a_customer_in_slack_is_asked_whether_to_close_while_a_closing_waits(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    waits(office, "!close as_designed")
    people.react("ana", "acme", home.ts, "white_check_mark")
    assert until(lambda: "closing asked" in notices(office)), notices(office)


def notices(office: Office) -> list[str]:
    return [line.notice for line in office.ask(ListOutbox("", limit=50))]


def test_of_two_customers_one_closes_the_case_while_a_closing_waits_and_the_other_hears_it_once(
    office: Office,
) -> None:
    confirmation = opened(office)
    below(office, "sam", "!add ben@acme.example")
    office.mails("ben@")
    closing = waits(office, "!close resolved")
    office.answer(confirmation, ANA, "#close")
    (told,) = office.mails("ben@")
    assert "Ana Acme has closed" in words(told)
    assert marked(office, closing, UNDONE)
    office.mails("ana@")
    leaves(office)
    assert office.nothing()


def test_a_message_that_is_split_off_while_an_answer_waits_is_waited_for_nowhere_else(office: Office) -> None:
    confirmation = opened(office)
    waits(office, "!reply We look into it.")
    leaves(office)
    office.mails("ana@")
    office.answer(confirmation, ANA, "And deal 2 stopped, too.")
    office.in_thread("And deal 2 stopped, too.")
    name = office.case().entries[-1].name
    answer = waits(office, "!reply Which one?")
    below(office, "mia", f"!split {name}")
    assert until(lambda: "split off" in events(office))
    office.slack.people.slash("sam", "general", "/case undo CS-000001", wait=5)
    assert marked(office, answer, UNDONE)
    assert office.ask(Clocks())[0][3] is None, "nobody waits here"


batching = open_on_each_database(Office, undo=LONG, gather=120)


def test_a_reopening_is_told_at_once_to_every_customer_though_notices_are_batched(batching: Office) -> None:
    office = batching
    confirmation = opened(office)
    below(office, "sam", "!add ben@acme.example")
    office.mails("ben@")
    office.answer(confirmation, ANA, "#close")
    assert until(lambda: "closed" in events(office))
    again = waits(office, "!reopen")
    office.answer(confirmation, ANA, "It is broken again.")
    office.in_thread("It is broken again.")
    below(office, "sam", "!undo")
    whispered(office, "sam", "Too late")
    assert office.case().line.state == "open"
    leaves(office)
    assert marked(office, again, SENT)
    told = "\n".join(words(mail) for mail in office.mails("ben@"))
    assert told.index("opened CS-000001 again") < told.index("It is broken again.")
