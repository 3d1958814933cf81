"""What specialists do on a case: notes, answers and everything that only looks like one."""

from __future__ import annotations

from tests.support.stories.story import Story


def says(story: Story, text: str, *, secret: str = "", content: str = "", broadcast: bool = False) -> str:
    """In the thread below the card; the message's ts."""
    channel, _, ts = story.desk.partition("/")
    files = [story.upload(story.spec, secret, content)] if secret else []
    posted = story.people.post(story.spec, channel, text, thread_ts=ts, files=files, broadcast=broadcast)
    return posted.ts


def notes(story: Story) -> None:
    """What is written in the thread stays there: plain words, a word that is no verb, a note."""
    lead = story.dice.choice(("", "!nice ", "!note ", "@case note ", "@case ", "reply ", "#reply "))
    code = story.secret(f"specialist: {lead!r} in the thread")
    name, content = story.secret(f"specialist: {lead!r}, file name"), story.secret(f"{lead!r}, file")
    says(story, f"{lead}{code} look at the tag", secret=story.dice.choice((name, "")), content=content)
    story.kept(code)


def slips(story: Story) -> None:
    """A verb that is nearly one does nothing: the thread has the words, and their writer a hint."""
    lead = story.dice.choice(("!repyl ", "!rplay ", "!answr ", "@case repyl "))
    code, name, content = (
        story.secret(f"specialist: {lead!r} in the thread, {part}") for part in ("words", "file", "in it")
    )
    says(story, f"{lead}{code}", secret=story.dice.choice((name, "")), content=content)


def notes_to_all_of_triage(story: Story) -> None:
    """Also sent to the channel."""
    code = story.secret("specialist: a note, also sent to the channel")
    says(story, f"Everybody look: {code}", broadcast=True)
    story.kept(code)


def corrects_a_note(story: Story) -> None:
    """Edits it, or takes it back."""
    code, other = (
        story.secret("specialist: a note that is changed"),
        story.secret("specialist: an edited note"),
    )
    ts = says(story, f"I guess {code}")
    story.kept(code)
    channel = story.desk.partition("/")[0]
    if story.dice.random() < 0.6:
        story.people.edit(story.spec, channel, ts, f"I know {other}")
        story.kept(other)
    else:
        story.happened("kept as automatic", lambda: story.people.delete(story.spec, channel, ts))


def answers(story: Story) -> None:
    """``!reply``, or by name; with a file now and then."""
    lead = story.dice.choice(("!reply ", "@case reply ", "!answer "))
    how = f"specialist: {lead!r} in the thread"
    code = story.public(how, stands=[story.desk_place])
    name = content = ""
    if story.dice.random() < 0.4:
        name, content = (
            story.public(f"{how}, file {part}", stands=[story.desk_place]) for part in ("name", "words")
        )
    says(story, f"{lead}{code} please try", secret=name, content=content)
    story.kept(code)
    story.owner = story.owner or story.spec


def takes_back(story: Story) -> None:
    """Sends an answer and takes it back while it waits: nobody outside the desk ever reads it."""
    way = story.dice.choice(("thread", "slash"))
    code = story.secret(f"specialist: an answer by {way} that is taken back")
    if way == "thread":
        says(story, f"!reply {code} never mind")
    else:
        story.slash(story.spec, _where(story), f"/case reply {story.label} Never mind. {code}")
    story.kept(code)
    story.happened("taken back", lambda: says(story, "!undo"))


def attaches(story: Story) -> None:
    """``!attach``, or by the form: files without words go to the customers."""
    how = "specialist: attaches"
    if story.dice.random() < 0.5:
        name, content = (
            story.public(f"{how} in the thread, {part}", stands=[story.desk_place])
            for part in ("name", "words")
        )
        says(story, "!attach", secret=name, content=content)
        story.owner = story.owner or story.spec
    else:
        name = _attaches_by_form(story)
    story.kept(name)


def _attaches_by_form(story: Story) -> str:
    """The desk keeps them, unless the form says that they are for the customer."""
    inward, how = story.dice.random() < 0.5, "specialist: attaches by the form"
    if inward:
        name, content = (story.secret(f"{how}, {part}") for part in ("name", "words"))
    else:
        name, content = (story.public(f"{how}, {part}", desk=False) for part in ("name", "words"))
    story.slash(story.spec, "C0TRIAGE", f"/case attach {story.label}")
    story.modal(story.spec)
    story.people.attach(story.spec, "modal", "files", [story.upload(story.spec, name, content)])
    if not inward:
        story.people.choose(story.spec, "modal", "to", "customer")
        story.owner = story.owner or story.spec
    story.fill(story.spec)
    story.dismiss(story.spec)
    return name


def answers_by_button(story: Story) -> None:
    """Card, form, preview, send."""
    code = story.public("specialist: the reply form")
    story.press("case_reply")
    story.fill(story.spec, text=f"We found it. {code}")
    story.people.submit(story.spec, "modal", wait=10)
    story.dismiss(story.spec)
    story.kept(code)
    story.owner = story.owner or story.spec


def notes_by_button(story: Story) -> None:
    """Card and form."""
    code = story.secret("specialist: the note form")
    story.press("case_note")
    story.fill(story.spec, text=f"Between us: {code}")
    story.dismiss(story.spec)
    story.kept(code)


def _where(story: Story) -> str:
    """Slash commands are typed anywhere, also where customers are."""
    return story.dice.choice(("C0TRIAGE", "C0GENERAL", story.channel))


def types(story: Story) -> None:
    """``/case reply`` or ``/case note``."""
    if story.dice.random() < 0.5:
        code = story.public("specialist: /case reply")
        line = f"/case reply {story.label} Look again. {code}"
        story.owner = story.owner or story.spec
    else:
        code = story.secret("specialist: /case note")
        line = f"/case note {story.label} Between us: {code}"
    story.slash(story.spec, _where(story), line)
    story.kept(code)


def mistypes(story: Story) -> None:
    """A verb that is none does nothing; what was typed is shown to its writer alone."""
    code = story.secret("specialist: a slash command with a wrong verb")
    story.slash(story.spec, _where(story), f"/case ntoe {story.label} {code}")


def closes(story: Story) -> None:
    """In the thread, after the slash, or by the card's menu; *resolved* waits for the customer."""
    way = story.dice.choice(("thread", "slash", "menu"))
    reason = story.dice.choice(("resolved", "as designed", "not ours"))
    stands = [story.desk_place] if way == "thread" else []
    code = story.public(f"specialist: closes by {way}", stands=stands)
    story.happened("closed", lambda: _close(story, way, reason, code))
    story.over, story.closed = True, reason != "resolved"


def _close(story: Story, way: str, reason: str, code: str) -> None:
    if way == "thread":
        says(story, f"!close {reason}, that was it {code}")
    elif way == "slash":
        story.slash(story.spec, _where(story), f"/case close {story.label} {reason}, that was it {code}")
    else:
        option = f"{story.number}:close:{reason.replace(' ', '_')}"
        story.press("case_status", option)
        story.fill(story.spec, text=f"That was it. {code}")
        story.dismiss(story.spec)


def reopens(story: Story) -> None:
    """With a word."""
    code = story.public("specialist: !reopen", stands=[story.desk_place])
    story.happened("reopened", lambda: says(story, f"!reopen it was ours after all {code}"))
    story.over = story.closed = False


def adds_a_word_to_a_closed_case(story: Story) -> None:
    """Closed again, with words."""
    code = story.public("specialist: !close of a closed case", stands=[story.desk_place])
    says(story, f"!close resolved, one more thing {code}")
    story.kept(code)


def takes(story: Story) -> None:
    """By the button; a closed case has none, there the word does it."""
    if story.owner != story.spec:
        story.happened("taken", lambda: says(story, "!take") if story.over else story.press("case_take"))
    story.owner = story.spec


def hands_over(story: Story) -> None:
    """To the colleague who reads mail only."""
    story.happened("assigned", lambda: says(story, "!assign pat@desk.example"))
    story.owner = "pat"


def brings_in(story: Story) -> None:
    """Adds a collaborator: by mail address, or somebody in Slack."""
    if story.home != "channel" and story.dice.random() < 0.4:
        one = story.fresh("dm", "kay")
        line = f"/case add {story.label} @{one.address.removeprefix('U0').lower()}"
        story.happened("participant added", lambda: story.slash(story.spec, "C0TRIAGE", line))
        told = story.until(lambda: _talk(story, one.address), f"a word to {one.name}")
        one.root = f"{told.channel}/{told.ts}"
    else:
        one = story.fresh("mail", "bob", domain=story.dice.choice(("", "partner.example")))
        story.happened("participant added", lambda: says(story, f"!add {one.address}"))
    story.join(one)


def _talk(story: Story, user: str) -> object:
    channel = story.people.open_dm(user)
    return next((message for message in story.town.bots(channel) if not message.is_reply), None)


def sends_away(story: Story) -> None:
    """Removes a collaborator."""
    one = story.dice.choice([one for one in story.customers[1:] if one.kind != "member"])
    if one.kind == "mail":
        story.happened("participant removed", lambda: says(story, f"!remove {one.address}"))
    else:
        line = f"/case remove {story.label} @{one.address.removeprefix('U0').lower()}"
        story.happened("participant removed", lambda: story.slash(story.spec, "C0TRIAGE", line))
    story.leave(one)


def drops_in(story: Story) -> None:
    """Writes in the customers' own thread: that is said to them."""
    place = story.requester.place
    code = story.public("specialist: in the customers' thread", stands=[place])
    channel, _, ts = story.requester.root.partition("/")
    story.people.post(story.spec, channel, f"I am on it. {code}", thread_ts=ts)
    story.kept(code)
    story.owner = story.owner or story.spec
