"""A store that has grown: as many cases as one likes, written by a few statements within the database."""

from __future__ import annotations

from sqlalchemy import text

from store.engine.database import Database

STAFF, OFTEN = 1, 3
"""A specialist, and somebody who has opened a tenth of all cases."""
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
_PEOPLE = """
INSERT INTO person (id, name, role, account_id, active, known, language, created_at, phone, time_zone)
SELECT i, 'Person ' || i, CASE WHEN i < 3 THEN 'specialist' ELSE 'contact' END, CASE WHEN i < 3 THEN NULL
ELSE i % 50 + 1 END, {true}, {true}, '', {start}, '', '' FROM n
"""
_IDENTITIES = (
    "INSERT INTO identity (channel, address, person_id) SELECT 'email', 'p' || i || '@c.example', i FROM n"
)
_ACCOUNTS = """
INSERT INTO account (id, name, service_level, local_team, time_zone)
SELECT i, 'Account ' || i, CASE WHEN i % 5 = 0 THEN 'gold' ELSE '' END, '', '' FROM n
"""
_CASES = """
INSERT INTO support_case (id, subject, state, priority, type, category, feature, ids, mailbox, requester_id, owner_id,
    account_id, held, close_reason, opened_at, updated_at, closed_at, answered_at, first_due_at, next_due_at,
    resolve_due_at, version, reply_told, resolve_told, contact_name, contact_phone)
SELECT i, 'Order ' || i || ' does not arrive',
    CASE WHEN i % 33 <> 0 THEN 'closed' WHEN i % 2 = 0 THEN 'open' WHEN i % 3 = 0 THEN 'new' ELSE 'waiting' END,
    CASE i % 4 WHEN 0 THEN 'Blocker' WHEN 1 THEN 'Critical' WHEN 2 THEN 'Medium' ELSE 'Low' END,
    CASE i % 3 WHEN 0 THEN 'Report' ELSE '' END, '', '', '', 'support@example.com', {requester},
    CASE WHEN i % 5 = 0 THEN NULL ELSE i % 2 + 1 END, i % 50 + 1, CASE WHEN i % 9999 = 0 THEN {true} ELSE {false} END,
    CASE WHEN i % 33 <> 0 THEN 'resolved' ELSE '' END, {at}, {at}, CASE WHEN i % 33 <> 0 THEN {at} END,
    CASE WHEN i % 66 <> 0 THEN {at} END, {at}, NULL, {at}, 1, 0, 0, '', '' FROM n
"""
_PARTS = """
INSERT INTO participant (case_id, person_id, role, since, channel, address, place)
SELECT i, {requester}, 'requester', {at}, 'email', '', '' FROM n
"""
_ENTRIES = """
INSERT INTO entry (id, case_id, person_id, visibility, kind, channel, text, rest, received_at, message_id)
SELECT i, i, {requester}, 'public', 'said', 'email', 'Where is it?', '[]', {at}, '' FROM n
"""
_EVENTS = """
INSERT INTO event (id, case_id, at, person_id, name, detail)
SELECT i * 4 + {step}, i, {at}, 1, '{name}', '{detail}' FROM n WHERE {which}
"""
_TIMERS = """
INSERT INTO timer (id, case_id, kind, at, due_at, fence, outcome)
SELECT i, i, 'survey', {at}, CASE WHEN i % 33 = 0 THEN {late} END, 1, 'waiting' FROM n
"""
_INBOX = """
INSERT INTO inbox (id, source, key, raw, size, envelope, received_at, attempts, strikes, fence, outcome, reason)
SELECT i, 'email', 'k' || i, {bytes}, 1, '{{}}', {at}, 1, 0, 1, 'done', '' FROM n
"""
_OUTBOX = """
INSERT INTO outgoing (id, channel, case_id, person_id, notice, key, recipient, bounce_to, message_id, payload, lines,
    created_at, attempts, fence, outcome, reason, settled_at, place)
SELECT i, 'email', i, {requester}, 'opened', '', 'p@c.example', '', 'm' || i, {bytes}, {bytes}, {at}, 1, 1, 'sent',
    '', {at}, '' FROM n
"""
_CONCERNS = """
INSERT INTO concern (id, case_id, person_id, phone, category, raised_at, told, level, taken_at)
SELECT i, i, {requester}, '', '', {at}, '[]', 0, CASE WHEN i % 999 <> 0 THEN {at} END FROM n WHERE i % 9 = 0
"""


def grow(database: Database, cases: int) -> None:
    """Write so many cases of the last two years, 3 % of them active, with all that belongs to them."""
    lite = database.sqlite
    seconds = 2 * 365 * 86_400 // cases
    at = (
        f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-730 days', (i * {seconds}) || ' seconds')"
        if lite
        else f"now() - interval '730 days' + i * interval '{seconds} seconds'"
    )
    values = {
        "at": at,
        "start": at.replace("i *", "0 *"),
        "late": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+9 days')" if lite else "now() + interval '9 days'",
        "true": "1" if lite else "true",
        "false": "0" if lite else "false",
        "bytes": "x'00'" if lite else "'\\x00'::bytea",
        "requester": f"CASE WHEN i % 10 = 0 THEN {OFTEN} ELSE 3 + i % 900 END",
    }
    told = (
        ("opened", '{{"via": "email"}}', "true"),
        ("answered", "{{}}", "true"),
        ("closed", '{{"reason": "resolved"}}', "i % 33 <> 0"),
    )
    rows = [(_ACCOUNTS, 50), (_PEOPLE, 1000), (_IDENTITIES, 1000)]
    rows += [
        (statement, cases) for statement in (_CASES, _PARTS, _ENTRIES, _TIMERS, _INBOX, _OUTBOX, _CONCERNS)
    ]
    for step, (name, detail, which) in enumerate(told):
        event = _EVENTS.replace("{name}", name).replace("{detail}", detail).replace("{which}", which)
        rows.append((event.replace("{step}", str(step)), cases))
    with database.writing() as tx:
        for statement, count in rows:
            filled = statement.format(**values)
            insert, _, chosen = (
                filled.partition("\nSELECT") if "\nSELECT" in filled else filled.partition(" SELECT")
            )
            numbered = f"{insert} {_NUMBERS.format(count=count)} SELECT{chosen}"
            tx.connection.exec_driver_sql(numbered.replace("%", "%%") if not lite else numbered)
        if not lite:
            for table in ("support_case_id_seq", "person_id_seq"):
                tx.connection.execute(text(f"SELECT setval('{table}', {cases})"))
    if not lite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
