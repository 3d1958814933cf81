"""HTML as mail programs write it, and which of its words are new."""

from __future__ import annotations

import pytest

from channels.email.formats.html_to_text import to_text
from channels.email.replies.split import divide

LINE = "On Tue, Nov 24, 2026 at 10:00 AM Support &lt;<a href='mailto:s@desk.example'>s@desk.example</a>&gt; wrote:"
HEADERS = "<b>From:</b> Support &lt;s@d.example&gt;<br><b>Sent:</b> Tuesday<br><b>To:</b> Ana<br><b>Subject:</b> Late"
ODD = "Egy magyar sor"
"""Words of a language that nobody taught us: only the mark tells what they are."""
REPLIES = {
    "Gmail": f'<div dir="ltr">My answer.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
    f'class="gmail_attr">{ODD}<br></div>'
    f'<blockquote class="gmail_quote" style="margin:0">Theirs.</blockquote></div>',
    "Gmail forwards": f'<div>My answer.</div><div class="gmail_quote"><div class="gmail_attr">{ODD}</div>'
    f"<p>Theirs.</p></div>",
    "Outlook": '<div class="WordSection1"><p class="MsoNormal">My answer.</p><div>'
    '<div style="border:none;border-top:solid '
    f'#E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p>{ODD}</p></div></div><p>Theirs.</p></div>',
    "Outlook, known headers": f"<div><p>My answer.</p><p>{HEADERS}</p><p>Theirs.</p></div>",
    "Outlook on the web": f'<div>My answer.</div><div id="appendonsend"></div>'
    f'<hr style="display:inline-block;width:98%">'
    f'<div id="divRplyFwdMsg" dir="ltr"><font>{ODD}</font></div><div>Theirs.</div>',
    "Outlook on a telephone": '<div>My answer.</div><div id="ms-outlook-mobile-signature">Get it</div>'
    f'<div id="mail-editor-reference-message-container"><div>{ODD}</div><div>Theirs.</div></div>',
    "Outlook for Mac": f'<div>My answer.</div><span id="OLK_SRC_BODY_SECTION"><div>{ODD}</div><div>Theirs.</div>'
    f"</span>",
    "Apple Mail": f'My answer.<br><div><br><blockquote type="cite"><div>{ODD}</div><br><div>Theirs.</div>'
    f"</blockquote></div>",
    "Thunderbird": f'<p>My answer.</p><div class="moz-cite-prefix">{ODD}<br></div><blockquote type="cite">'
    f"<p>Theirs.</p></blockquote>",
    "Thunderbird forwards": f'<p>My answer.</p><div class="moz-forward-container">{ODD}<table '
    'class="moz-email-headers-table"><tr><th>x</th><td>y</td></tr></table><p>Theirs.</p></div>',
    "Yahoo": f'<div>My answer.</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>{ODD}</div>'
    f"<div>Theirs.</div></div>",
    "Proton": f'<div>My answer.</div><div class="protonmail_quote">{LINE}<br><blockquote class="protonmail_quote" '
    'type="cite">Theirs.</blockquote></div>',
    "Zimbra": f'<div>My answer.</div><hr id="zwchr" data-marker="__DIVIDER__">'
    f'<div data-marker="__HEADERS__">{ODD}</div>'
    '<div data-marker="__QUOTED_TEXT__">Theirs.</div>',
    "GMX": f"<div>My answer.</div>"
    f'<div name="quote" style="margin:10px">{ODD}<div name="quoted-content">Theirs.</div></div>',
    "Zoho": f'<div>My answer.</div><div class="zmail_extra"><div>{LINE}</div>'
    f"<blockquote>Theirs.</blockquote></div>",
    "Spark": f'<div name="messageBodySection">My answer.</div>'
    f'<div name="messageReplySection">{ODD}<p>Theirs.</p></div>',
    "Yahoo, with a number": f'<div>My answer.</div><div id="yahoo_quoted_0123456789">{ODD}<p>Theirs.</p></div>',
    "Roundcube": f'<p>My answer.</p><p id="reply-intro">{ODD}</p><blockquote>Theirs.</blockquote>',
    "NetEase": f'<div>My answer.</div><div id="isReplyContent">{ODD}<p>Theirs.</p></div>',
    "QQ": f"<div>My answer.</div><includetail><div>{ODD}</div><div>Theirs.</div></includetail>",
    "Samsung": f'<div>My answer.</div><div id="composer_signature">Mine</div>'
    f"<div>-------- Original message --------</div>"
    f"<div>From: Support &lt;s@desk.example&gt;</div><div>Date: 24/11/2026</div><div>{ODD}</div>",
}
SIGNATURES = (
    '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Ana</div>',
    '<pre class="moz-signature" cols="72">-- \nAna</pre>',
    '<div id="Signature"><p>Ana</p></div>',
    '<div id="AppleMailSignature" dir="ltr">Ana</div>',
    '<div class="protonmail_signature_block"><div>Ana</div></div>',
    '<div data-marker="__SIG_PRE__">Ana</div>',
    '<div name="messageSignatureSection">Ana</div>',
    '<div class="ydp123yahoo-signature yahoo-signature">Ana</div>',
)


def new(markup: str) -> str:
    return "\n".join(part.text for part in divide(to_text(markup)) if part.kind == "new").strip()


@pytest.mark.parametrize("markup", REPLIES.values(), ids=REPLIES)
def test_answers_of_all_programs(markup):
    assert new(f"<html><body>{markup}</body></html>") == "My answer."


def test_what_is_answered_between_quotations_in_gmails_wrapper_is_new():
    inner = "<blockquote>First?</blockquote><div>One.</div><blockquote>Second?</blockquote><div>Two.</div>"
    text = to_text(f'<div class="gmail_quote"><div class="gmail_attr">{LINE}</div>{inner}</div>')
    assert [line for line in text.split("\n") if line and not line.startswith(">")] == ["One.", "Two."]


def test_an_answer_below_roundcubes_quotation_is_new():
    quoted = "<blockquote>" + "<p>Theirs.</p>" * 40 + "</blockquote>"
    assert new(f'<p id="reply-intro">{ODD}</p>{quoted}<p>My answer.</p>') == "My answer."


@pytest.mark.parametrize("markup", SIGNATURES)
def test_signatures_of_all_programs(markup):
    parts = divide(to_text(f"<div>My answer.</div><div><br></div>{markup}"))
    assert [part.kind for part in parts] == ["new", "signature"]
    assert "Ana" in parts[1].text
    assert new(f"<div>My answer.</div>{markup}<blockquote>Theirs.</blockquote>") == "My answer."


def test_who_writes_in_the_place_of_the_signature_has_said_it():
    assert new('<div><br></div><div id="ms-outlook-mobile-signature">My answer.</div>') == "My answer."


def test_an_empty_signature_leaves_nothing_behind():
    assert to_text('<p>My answer.</p><div id="Signature"><p><br></p></div>') == "My answer."


def test_words_named_like_a_mark_are_words():
    assert new("<p>What is gmail_quote?</p><p class='quote'>A quotation of Goethe.</p>").endswith("Goethe.")


def test_a_tag_that_never_ends_among_very_many_takes_no_longer_than_others():
    assert "end" in to_text("<b>" * 5001 + "end" + "<" + "a" * (1 << 20))
