"""The steps of a new case: its form opens it, the next one adds collaborators, the last one confirms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.commands.case import Open
from bot.commands.people import AddPerson
from bot.commands.triage import OpenFor
from bot.model.errors import Refusal
from bot.model.identity import Identity
from bot.queries.people import AccountOf
from bot.syntax.case_numbers import label
from bot.syntax.ids import ids_of_form
from channels.slack.desk import menu_options
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.interactive import message_forms
from channels.slack.interactive.form_commands import one_of
from channels.slack.interactive.form_files import keep_files
from channels.slack.interactive.message_actions import message_at, put
from channels.slack.interactive.submission import Submission, Wrong, international_number, updated, words_of
from channels.slack.text.i18n import _
from channels.slack.text.view_state import Meta
from channels.slack.views import case_opened, new_case_form
from channels.slack.views.blocks import Json
from channels.slack.views.confirmation import not_done

NOT_POSTED = "It was not posted in the channel, because the app may not post there."


class NewCaseForms:
    """The handlers of both forms."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter

    def listeners(self) -> Mapping[str, Callable[[Submission], Json]]:
        """The handlers by callback_id."""
        return {"new_case": self.open, "collaborators": self.add}

    def open(self, form: Submission) -> Json:
        """Open the case; its files follow, already durable. Then ask who else takes part."""
        message_forms.refuse_second(self._counter, form)
        command, place, letter = self._open(form), self._place(form), form.meta.letter
        opening = message_forms.for_author(self._counter, form, command)
        outcome = self._counter.ask(
            SlackRequest(
                form.who,
                form.key,
                (opening,),
                form.said,
                place,
                form=True,
                letter=letter,
                draft=self._counter.drafts.sent(form.who, form.view, by=form.id),
            )
        )
        if outcome.case is None:
            return updated(not_done(words_of(outcome), text=command.text))
        notes = [keep_files(self._counter, form, outcome.case, begins=place)]
        if form.values.options(new_case_form.POST) and not command.also_at:
            notes.append(_(NOT_POSTED))
        if message := message_at(letter):
            put(self._counter, form.who, message, case=outcome.case, words=form.meta.cut, below=True)
        customer = opening.requester.name if isinstance(opening, OpenFor) else ""
        note = " ".join(filter(None, notes))
        return self._next_step(form, outcome.case, command.subject, note=note, customer=customer)

    def _next_step(self, form: Submission, case: int, subject: str, *, note: str, customer: str) -> Json:
        """Put the next step above the form; in its place, where a view lies below the form: a stack has three."""
        asker = replace(form.who, channel=form.meta.place.rpartition("/")[2])
        view = case_opened.opened(
            label(case),
            subject,
            meta=Meta(case, form.meta.place, text=subject, customer=customer).dump(),
            note=note,
            colleagues=self._counter.colleagues_of(asker) is not None,
            customer=customer,
            staff=self._counter.staff(form.who),
            closes_all=not form.before,
        )
        return updated(view) if form.before else {"response_action": "push", "view": view}

    def add(self, form: Submission) -> Json:
        """Add the chosen people to the case, and confirm it."""
        people, case = self._people(form), form.meta.case
        if not people:
            return {"response_action": "clear"}
        adding = (AddPerson(case, f"{who.channel}:{who.address}", who.name) for who in people)
        outcome = self._counter.ask(SlackRequest(form.who, form.key, tuple(adding), form=True))
        return updated(
            case_opened.confirmed(
                label(case),
                form.meta.text,
                outcome.answered,
                customer=form.meta.customer,
                closes_all=bool(form.view.get("clear_on_close")),
            )
        )

    def _open(self, form: Submission) -> Open:
        """The command for the form's fields. Raises ``Wrong``."""
        values, lists = form.values, self._counter.lists
        subject, text = " ".join(form.text("subject").split()), form.text("text")
        kind = one_of(values.choice("type"), lists.types)
        category = one_of(values.choice(new_case_form.category_block(kind)), lists.types.get(kind, ()))
        ids = ids_of_form(values.text("ids"), f"{subject}\n{text}", lists.id_names)
        priority = one_of(values.choice("priority"), lists.priorities) or None
        phone = international_number(values.text("phone"), "phone")
        feature = one_of(values.choice("feature"), lists.features) or None
        answers = (subject, text, priority, kind or None, category or None, ids)
        return Open(*answers, contact=phone, feature=feature, also_at=self._also_at(form))

    def _also_at(self, form: Submission) -> str:
        """The channel where the form was opened, if its sender wishes that everybody there reads of it."""
        where = replace(form.who, channel=form.meta.place.rpartition("/")[2])
        wished = form.values.options(new_case_form.POST) and self._counter.is_nobodys(where)
        return form.meta.place if wished and self._counter.may_post(where.channel) else ""

    def _people(self, form: Submission) -> tuple[Identity, ...]:
        """The chosen people, without whoever chose them. Raises ``Wrong``."""
        others = [user for user in form.values.people("people") if user != form.who.user]
        try:
            chosen = [self._counter.somebody(user, home=form.who.home) for user in others]
        except Refusal as refusal:
            raise Wrong({"people": refusal.said}) from None
        users = tuple(user.identity(self._counter.name(user)) for user in chosen)
        return users + menu_options.identities(form.values.options("people"))

    def _place(self, form: Submission) -> str:
        """The place where the form was opened, if it is bound to an account: the case lives there."""
        place = form.meta.place
        if not place or not self._counter.look(AccountOf("slack", place)):
            return ""
        return f"{place}/{form.meta.thread}" if form.meta.letter else place
