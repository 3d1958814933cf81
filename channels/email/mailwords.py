"""The words that mail systems have in common: addresses, reply codes, and how they say that a mail did not arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CHARACTER = r"A-Za-z0-9!#$%&'*+/=?^_~\u0080-\uffff.-"
_ADDRESS = re.compile(
    rf"(?<![@{_CHARACTER}])([A-Za-z0-9!#$%&'*+/=?^_~.-]{{1,128}})@([A-Za-z0-9](?:[A-Za-z0-9-]"
    rf"|\.(?=[A-Za-z0-9])){{1,252}})"
)
_ENHANCED = re.compile(r"(?<![\w.])([245])\.([0-7])\.(\d{1,3})(?![\w.]*\d)")
_REPLY = re.compile(r"(?<![\w.:/-])([45][0-57]\d)(?=[ :,-]|\)|$)(?!-\d{2})")
_STATUSES = (
    (re.compile(r"user unknown|unknown (?:local )?(?:user|recipient)|no such (?:user|recipient|address)"
                r"|not listed in|mailbox (?:unavailable|not found|does not exist)"
                r"|recipient (?:not found|unknown)"
                r"|unknown address|invalid recipient|recipient name is not recogni[sz]ed", re.IGNORECASE), "5.1.1"),
    (re.compile(r"(?:mailbox|inbox|quota|storage)[\w' ]{0,40}(?:full|exceed)|over quota|full mailbox"
                r"|メールボックスが一杯", re.IGNORECASE), "5.2.2"),
    (re.compile(r"host (?:or domain name )?not found|host unknown|unrouteable|no mx record|couldn't find any host"
                r"|name service error|domain not found", re.IGNORECASE), "5.1.2"),
    (re.compile(r"(?:retry|delivery)[ \w]{0,30}time(?:out|d out)|retry timeout|message expired"
                r"|too old", re.IGNORECASE), "4.4.7"),
    (re.compile(r"(?:message|size|mail)[ \w]{0,30}(?:too (?:large|big)|exceeds)"
                r"|size limit", re.IGNORECASE), "5.3.4"),
    (re.compile(r"access denied|spam|blacklist|blocked"
                r"|relay(?:ing)? denied|not permitted|policy", re.IGNORECASE), "5.7.1"),
)  # fmt: skip
_FAILED = re.compile(
    r"(?:could not|couldn't|can ?not|can't|was not|wasn't|were not|not) (?:yet )?(?:been "
    r"|be )?(?:able to )?deliver"
    r"|unable to deliver|undeliver(?:able|ed)|delivery (?:of the email was stopped|(?:has |to "
    r"|attempt )?(?:fail|problem|error|status))"
    r"|error (?:delivering|has occurred while attempting)|failed permanently"
    r"|permanent (?:fatal )?(?:error|delivery)"
    r"|deliver(?:y|ing) (?:your mail|errors?|problems?|failure)|had delivery (?:error|problem)|did not reach"
    r"|returned (?:mail|to sender|message)|returning message|failure (?:notice|reasons?)|non-?deliver"
    r"|mail (?:system error|failure)|(?:user|recipient|address|host)[\w ]{0,12} unknown"
    r"|unknown (?:user|recipient|address)"
    r"|no such (?:user|recipient)|mailbox(?: is)? full|rejected by|(?:was|were) (?:rejected|undeliver)"
    r"|incorrectly constructed"
    r"|invalid user address|not delivered|trouble delivering|rejected recipient|could not be (?:sent"
    r"|processed)|error sending your mail"
    r"|not member article|not relayed|unsolicited bulk|temporary failure|giving up|transcript of session"
    r"|konnte(?:n)? nicht|nicht zugestellt|unzustellbar|zustellung[^.]{0,60}fehl|fehler bei der"
    r"|n'a (?:pas )?pu? ?(?:être|etre)|non remis|non distribu|échec de la remise"
    r"|impossible de remettre|n’a pas pu"
    r"|no se (?:ha podido|pudo|puede|han podido)|no entregado|error (?:de|en la) entrega|imposible entregar"
    r"|impossibile (?:recapitare|consegnare)|mancat[oa] (?:recapito|consegna)|non recapitabile"
    r"|non è stato possibile"
    r"|não (?:foi possível|pôde ser|entregue)|falha na entrega|kan niet worden (?:bezorgd|afgeleverd)"
    r"|onbestelbaar"
    r"|niet (?:bezorgd|afgeleverd)|nie (?:można|udało się|mogła zostać|dostarczono)|niedostarcz"
    r"|kunde inte levereras|kan inte levereras|kunne ikke leveres|kan ikke leveres|ei voitu toimittaa"
    r"|toimitus epäonnistui"
    r"|nelze doručit|nedoručiteln|doručení[^.]{0,30}nezdařilo|teslim edilemed|iletilemed"
    r"|nem kézbesíthető|nu a putut fi"
    r"|не (?:может|могло) быть доставлен|не доставлен|не удалось доставить|недоставл|недоставк"
    r"|送信できま|配信できま|配送できま|お?届けできま|送信に失敗|配信に失敗|配信不能|配信されません|メールエラー|エラーのため"
    r"|无法(?:投递|送达|传递|发送|递送)|未送达|未能送达|退信|投递失败"
    r"|無法(?:傳遞|投遞|送達)|傳遞失敗|배달되지|배달할 수 없|전송할 수 없|전달되지 못|반송",
    re.IGNORECASE,
)  # fmt: skip
_DELAYED = re.compile(
    r"delayed|\(delay\)|not yet been (?:delivered|able)|still (?:being )?(?:trying|queued|undelivered)"
    r"|will (?:be |keep )?(?:trying|retr)"
    r"|warning message only|attempts will continue|could not send message for (?:the )?past|verzögert"
    r"|a été retardé"
    r"|retrasad|in ritardo|opóźnion|fördröj|försenad|forsinket|задерж|отложен|遅延|遅れ|延迟|延遲|지연",
    re.IGNORECASE,
)  # fmt: skip
_FINAL = re.compile(
    r"giv(?:en|ing) up|failed permanently|permanent (?:error|fail|fatal)|no further|undeliverable",
    re.IGNORECASE,
)


def address(text: str) -> str:
    """The first address in a text, lower case, or ``""``."""
    return next((found for _, _, found in addresses(text)), "")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and lower-case form of each address in a line; linear."""
    for found in _ADDRESS.finditer(text):
        local = found[1].strip("'*=.")
        if local:
            yield found.start(), found.end(), f"{local}@{found[2]}".lower().rstrip("-")


def status(text: str) -> str:
    """The first enhanced status code in a text that says more than ``5.0.0``, else the first, else ``""``."""
    found = [f"{one[1]}.{one[2]}.{int(one[3])}" for one in _ENHANCED.finditer(text)]
    return next((one for one in found if one[2:] != "0.0"), found[0] if found else "")


def reply(text: str) -> str:
    """The first SMTP reply code that refuses (RFC 5321, section 4.2), or ``""``."""
    found = _REPLY.search(text)
    return found[1] if found else ""


def gist(text: str) -> str:
    """A status for words that give none: by what they say, else by their reply code's class; else ``""``."""
    said = next((code for pattern, code in _STATUSES if pattern.search(text)), "")
    code = reply(text)
    return said or (f"{code[0]}.0.0" if code else "")


def failed(text: str) -> bool:
    """Does it say, in one of some twenty languages, that something was not delivered?"""
    return bool(_FAILED.search(text))


def delayed(text: str) -> bool:
    """Does it say that delivery takes longer, and is tried on?"""
    return bool(_DELAYED.search(text)) and not _FINAL.search(text)
