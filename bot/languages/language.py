"""One language as its file has it: the sections of ``<code>.toml``, with what each key means.

An entry is a phrase in lower case, unless its key or section says that it is a pattern: a regular expression, in lower
case too. What nobody told us of a language is left out of its file.

The records are named tuples: two dozen dataclasses take ten milliseconds longer to make, in each reading child.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Entries = tuple[str, ...]
"""Phrases or patterns. In a file: a list, or a text with one on each line."""
SingleWords = frozenset[str]
"""In a file: a text with blanks between the words."""
NO_WORDS: SingleWords = frozenset()
NO_ENTRIES: Mapping[str, Entries] = {}


class Quotations(NamedTuple):
    """The words above a quoted, copied or forwarded mail."""

    opening: Entries = ()
    """How an attribution begins, if not with a date or a name: ``on``."""
    verb: Entries = ()
    """What its writer did: ``wrote``."""
    pronoun: Entries = ()
    """Who acts in a sentence and never in an attribution."""
    story: Entries = ()
    """Words of a sentence that tells what somebody wrote, in which no address is: ``us``."""
    original: Entries = ()
    """Between dashes, above a mail that is copied or passed on whole: ``original message``."""
    forward: Entries = ()
    """The same without dashes, with a colon at the end."""
    marker: Entries = ()
    """Our own line above which an answer is written, just as ``templates/email/marker.j2`` says it, or once said it."""
    above: Entries = ()
    """What such lines of other desks say: ``above this line``."""


class HeaderNames(NamedTuple):
    """The names of header fields, as programs copy them above a mail."""

    sender: Entries = ()
    to: Entries = ()
    copy: Entries = ()
    sent: Entries = ()
    subject: Entries = ()
    reply: Entries = ()
    """Reply-To, and whatever else they copy: importance, attachments."""


class ForwardMarks(NamedTuple):
    """Patterns for the lines above the text of a mail that says ``Fwd:``."""

    sender: Entries = ()
    subject: Entries = ()
    beginning: Entries = ()
    """The first word of a line such as ``Begin forwarded message:``."""


class SubjectPrefixes(NamedTuple):
    """Patterns for what programs put before a subject, without the colon."""

    prefix: Entries = ()
    """All that is no part of the subject: ``re``, ``fwd``."""
    forward: Entries = ()
    """What says that a mail is passed on: ``fwd?``."""


class Signatures(NamedTuple):
    """The words below a mail: how devices and programs sign, closings, contact data."""

    device: Entries = ()
    """How the line of a telephone or a program begins: ``sent from``."""
    product: Entries = ()
    """Patterns for what such a line speaks of: a telephone, a program, a post; not the names of products."""
    ending: Entries = ()
    """How such a line ends, in languages that have the verb last."""
    verb_first: Entries = ()
    """How such a line begins with the verb, in scripts where others have it last."""
    product_first: Entries = ()
    """How such a line begins with the product, where only a verb at the end makes it one."""
    closing: Entries = ()
    """The last words of a letter: ``kind regards``."""
    phone: Entries = ()
    """Patterns for what stands before a phone number: ``tel``."""


class Disclaimers(NamedTuple):
    """The texts that companies, scanners and lists add."""

    notice: Entries = ()
    """How a disclaimer or a footer begins that can be nothing else."""
    secret: Entries = ()
    """Beginnings of words; any other disclaimer has one of each of these three: that it is confidential,"""
    addressee: Entries = ()
    """for whom it is,"""
    mistake: Entries = ()
    """and what to do, or not to do, with it when it comes by mistake."""


class AbsenceNotes(NamedTuple):
    """Patterns for what absence notes say."""

    automatic: Entries = ()
    """What only a machine calls its mail, where nothing that makes a sentence of it follows."""
    unspaced: Entries = ()
    """The same in scripts without blanks between words: where the subject ends with it, or a sign follows."""
    absent: Entries = ()
    """What a machine puts at the head of a subject; within a sentence, people say it too."""
    before_colon: Entries = ()
    """What a machine puts before a colon and the subject that it answers; a person may begin so, too."""
    sentence: Entries = ()
    """What people set as the subject of their absence note; they may also write it."""
    introduction: Entries = ()
    """How a text begins that then names itself an automatic reply: ``this is an?``."""
    following: Entries = ()
    """Words that may follow ``automatic``: ``automatic reply from``."""
    answered: Entries = ()
    """What stands before the subject that is answered: ``re``."""
    away: Entries = ()
    back: Entries = ()
    until: Entries = ()
    """Before or after the last day away; a whole word."""
    until_unspaced: Entries = ()
    """The same where it is no word of its own."""
    until_date: Entries = ()
    """Little words that mean *until* only right before a date, perhaps with a weekday between."""


class BounceWords(NamedTuple):
    """Patterns for how mail systems say that a mail did not arrive, or not yet."""

    failed: Entries = ()
    delayed: Entries = ()
    final: Entries = ()
    """What makes it a failure, whatever else is said of time."""
    statuses: Mapping[str, Entries] = NO_ENTRIES
    """Status (RFC 3463) → reasons that come without one."""


class MonthNames(NamedTuple):
    """The names of months in dates."""

    months: Entries = ()
    """Twelve, each with all its forms and a blank between them. Abbreviations of three letters are known too."""


class Detection(NamedTuple):
    """Words by which a text's language is recognised."""

    words: SingleWords = NO_WORDS
    """Small words that nearly every sentence has, and how letters begin and end. Those of several languages count less.

    Languages without templates have them only so that they are not taken for one that has.
    """


class Greetings(NamedTuple):
    """The greeting above a message, and the sign-off below it."""

    hello: Entries = ()
    """Patterns for how a greeting begins."""
    bye: Entries = ()
    """Patterns for how a sign-off begins."""
    polite: SingleWords = NO_WORDS
    """Words of lines that say no more than that."""
    unspaced: Entries = ()
    """Patterns for whole courtesies, in scripts without blanks between words."""
    phrases: Entries = ()
    """Patterns for small talk that asks for nothing, as a message of its own: ``got it``, ``happy birthday``."""


class ThanksWords(NamedTuple):
    """Words of thanks: a text of nothing else says only that all is well."""

    words: SingleWords = NO_WORDS
    """One of these must be there: ``thanks``."""
    beside: SingleWords = NO_WORDS
    """What may stand beside them."""


class FieldNames(NamedTuple):
    """Names of fields before a colon, in the lines that a new case begins with."""

    priority: Entries = ()
    type: Entries = ()
    category: Entries = ()
    feature: Entries = ()


class IdWords(NamedTuple):
    """How ids are written: ``Order no. 12333 and 12334``."""

    name: Entries = ()
    """What ids are called where the desk has no ``id_names``; each with a word for *number* in it."""
    number: Entries = ()
    """A word for *number*, which stands between such a name and its id: ``id``, ``no``."""
    numbers: Entries = ()
    """The same for several."""
    conjunction: Entries = ()
    """Between two ids."""


class PhoneWords(NamedTuple):
    """How people refer to phone numbers."""

    named: Entries = ()
    """Patterns for what says, shortly before a number, that it is a phone's."""


class ColumnNames(NamedTuple):
    """Names of the columns of a people file, without blanks and signs."""

    mail: Entries = ()
    name: Entries = ()
    first: Entries = ()
    last: Entries = ()
    account: Entries = ()
    language: Entries = ()
    time_zone: Entries = ()
    phone: Entries = ()
    role: Entries = ()


class CellWords(NamedTuple):
    """Words in the cells of a people file."""

    language: Entries = ()
    """What this language is called, in itself and in English."""
    contact: Entries = ()
    """The role of a person who is a contact still,"""
    inactive: Entries = ()
    """and of one who is none any more."""


class ArticleWords(NamedTuple):
    """Words for finding articles; in lower case without accents."""

    stop_words: SingleWords = NO_WORDS
    """Words that say nothing of the matter."""
    synonyms: Entries = ()
    """Words that customers of any product write where its documentation says another; a group an entry."""


class Writing(NamedTuple):
    """Formats of dates, sizes and numbers: all that is said, not read, beside the templates."""

    months: Entries = ()
    """As they stand in dates."""
    date: str = ""
    """With ``day``, ``month`` (a name), ``year``, ``time`` (24 hours), ``zone`` (its name)."""
    day: str = "{day} {month} {year}"
    """A date without its time."""
    octets: Entries = ()
    """Bytes, kilobytes, megabytes, gigabytes, with the space before them."""
    point: str = ","
    """Between a whole number and its tenths."""
    units: Mapping[str, Entries] = NO_ENTRIES
    """Seconds, minutes, hours, days (``s``, ``m``, ``h``, ``d``), with the space before them: one form for all numbers,
    or one for 1 and one for many, or between these one for a few."""
    zones: Mapping[str, Entries] = NO_ENTRIES
    """What zones are called that the tz database calls otherwise: CET → ``MEZ``."""


class Language(NamedTuple):
    """Everything known about one language. A section that its file lacks is empty."""

    templates: bool = False
    """Is it a mail language: one that people are written to in? Then there are templates in it."""
    own_name: str = ""
    """What those who speak it call it, where people are written to in it."""
    domains: Entries = ()
    """Top-level domains: a desk there is set up in this language."""
    support: str = "Support"
    """What a firm's support desk is called, behind the firm's name."""
    quotations: Quotations = Quotations()
    headers: HeaderNames = HeaderNames()
    forwards: ForwardMarks = ForwardMarks()
    subjects: SubjectPrefixes = SubjectPrefixes()
    signatures: Signatures = Signatures()
    disclaimers: Disclaimers = Disclaimers()
    absence: AbsenceNotes = AbsenceNotes()
    bounces: BounceWords = BounceWords()
    dates: MonthNames = MonthNames()
    detection: Detection = Detection()
    greetings: Greetings = Greetings()
    thanks: ThanksWords = ThanksWords()
    field_names: FieldNames = FieldNames()
    priorities: Mapping[str, Entries] = NO_ENTRIES
    """A priority of the usual list → what else it is called."""
    verbs: Mapping[str, Entries] = NO_ENTRIES
    """A customers' verb → its names, the usual one first."""
    close_reasons: Mapping[str, Entries] = NO_ENTRIES
    """A reason of the usual list → what else it is called."""
    ids: IdWords = IdWords()
    phones: PhoneWords = PhoneWords()
    people_columns: ColumnNames = ColumnNames()
    people_values: CellWords = CellWords()
    articles: ArticleWords = ArticleWords()
    formats: Writing | None = None
