"""Marks of quotations and signatures in HTML, by mail program.

Known are Gmail, Outlook (desktop, web, mobile, Mac), Apple Mail, Thunderbird, Yahoo, Proton, Zimbra, GMX, Zoho, Tuta,
Spark, Samsung, Roundcube, Mail.ru, NetEase and QQ, each as it writes today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from selectolax.lexbor import LexborNode

QuoteMark = Literal["quote", "rest", "signature", ""]
"""The element is a quotation, from it on all is quoted, or it is a signature."""
TAGS = frozenset({"div", "p", "hr", "span", "section", "table", "pre", "includetail"})
"""Elements that carry marks; a ``blockquote`` needs none."""
_QUOTES = frozenset(
    {
        "gmail_quote", "gmail_attr", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "moz-forward-container",
        "moz-email-headers-table", "zmail_extra", "tutanota_quote", "mailru-blockquote", "missive_quote",
        "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message", "olk_src_body_section",
        "isreplycontent", "isforwardcontent", "reply-intro", "messagereplysection", "name=quote", "__headers__",
        "__quoted_text__", "appleoriginalcontents",
    }
)  # fmt: skip
_REST = frozenset(
    {
        "divrplyfwdmsg",
        "appendonsend",
        "zwchr",
        "__divider__",
        "stopspelling",
        "outlookmessageheader",
        "replysplit",
    }
)
_SIGNATURES = frozenset(
    {
        "gmail_signature", "gmail_signature_prefix", "moz-signature", "protonmail_signature_block", "signature",
        "ms-outlook-mobile-signature", "applemailsignature", "ymail_android_signature", "yahoo-signature",
        "composer_signature", "messagesignaturesection", "tutanota-signature", "__sig_pre__", "__sig_post__",
    }
)  # fmt: skip
_WRAPS = frozenset({"gmail_quote", "protonmail_quote", "zmail_extra"})
"""Around the quotation and what was answered in it; the quotation itself is a ``blockquote``."""
_LINE = re.compile(r"border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.IGNORECASE)
"""Above the headers that Outlook copies."""
_ANY = tuple(sorted({*_QUOTES, *_REST, *_SIGNATURES, "border-top", "includetail", "quote"} - {"name=quote"}))
_MOST_CHILDREN = 50


def any_in(markup: str) -> bool:
    """Is there anything in the HTML that could mark a quotation?"""
    markup = markup.lower()
    return any(name in markup for name in _ANY)


def of(node: LexborNode, attributes: Mapping[str, str | None]) -> QuoteMark:
    """The kind of quotation that an element's marks show."""
    names = _names(attributes)
    if node.tag == "includetail":
        return "quote"
    if not names.isdisjoint(_REST) or _LINE.search(attributes.get("style") or ""):
        return "rest"
    if not names.isdisjoint(_QUOTES):
        return "" if names & _QUOTES <= _WRAPS and _around_a_blockquote(node) else "quote"
    return "" if names.isdisjoint(_SIGNATURES) else "signature"


def _names(attributes: Mapping[str, str | None]) -> set[str]:
    """Classes, id, name and Zimbra's marker, in lower case, without the numbers that programs add."""
    names = (attributes.get("class") or "")[:400].lower().split()
    names += [(attributes.get(attribute) or "")[:80].lower() for attribute in ("id", "name", "data-marker")]
    if attributes.get("name") == "quote":  # GMX and web.de; as a class it is many a newsletter's
        return {"name=quote"}
    return {name.rstrip("0123456789").rstrip("_-") if name[-1:].isdigit() else name for name in names}


def _around_a_blockquote(node: LexborNode) -> bool:
    child = node.first_child
    for _ in range(_MOST_CHILDREN):
        if child is None:
            return False
        if child.tag == "blockquote":
            return True
        child = child.next
    return False
