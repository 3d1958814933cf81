"""How mail systems say that a mail did not arrive, or not yet: regular expressions by language."""

from __future__ import annotations

FAILED = {
    "English": (
        r"(?:could ?n[o']t|can ?not|can't|was ?n[o']t|were not|not) (?:yet )?(?:been |be )?(?:able to )?deliver",
        r"(?:unable|trouble|error|problem) (?:to )?deliver(?:ing)?", r"undeliver(?:able|ed)", r"non-?deliver",
        r"delivery (?:of the email was stopped|(?:has |to |attempt )?(?:fail|problem|error|status))",
        r"deliver(?:y|ing) (?:your mail|errors?|problems?|failure)", r"had delivery (?:error|problem)",
        r"error (?:has occurred while attempting|sending your mail)", r"could not be (?:sent|processed)",
        r"failed permanently", r"permanent (?:fatal )?(?:error|delivery)", r"temporary failure", r"giving up",
        r"did not reach", r"returned (?:mail|to sender|message)", r"returning message",
        r"failure (?:notice|reasons?)", r"mail (?:system error|failure)", r"transcript of session",
        r"(?:user|recipient|address|host)[\w ]{0,12} unknown", r"unknown (?:user|recipient|address)",
        r"no such (?:user|recipient)", r"mailbox(?: is)? full", r"invalid user address", r"incorrectly constructed",
        r"rejected (?:by|recipient)", r"(?:was|were) (?:rejected|undeliver)", r"not (?:delivered|relayed)",
        r"mail failed", r"failed addresses", r"no valid recipients", r"not member article", r"unsolicited bulk",
    ),
    "German": (r"konnten? nicht", r"nicht zugestellt", r"unzustellbar", r"zustellung[^.]{0,60}fehl", r"fehler bei der"),
    "French": (
        r"n['’]a pas pu", r"n['’]a pu être", r"n['’]ont pas pu", r"non remis", r"non distribu",
        r"échec de la remise", r"impossible de remettre",
    ),
    "Spanish": (
        r"sin entregar",
        r"no se (?:ha podido|han podido|pudo|puede)", r"no entregado", r"error (?:de|en la) entrega",
        r"imposible entregar",
    ),
    "Italian": (
        r"impossibile (?:recapitare|consegnare)", r"mancat[oa] (?:recapito|consegna)", r"non recapitabile",
        r"non è stato possibile",
    ),
    "Portuguese": (r"não (?:é possível|foi possível|pôde ser|entregue)", r"falha na entrega"),
    "Dutch": (r"kan niet worden (?:bezorgd|afgeleverd)", r"onbestelbaar", r"niet (?:bezorgd|afgeleverd)"),
    "Polish": (r"nie (?:można|udało się|mogła zostać|dostarczono)", r"niedostarcz"),
    "Swedish": (r"ku?n(?:de|) inte levereras", r"går inte att leverera", r"olevererbar"),
    "Danish and Norwegian": (r"k(?:unne|an) ikke leveres", r"uleverbar"),
    "Finnish": (r"ei voit?u? toimittaa", r"toimitus epäonnistui"),
    "Czech": (r"nelze doručit", r"nedoručiteln", r"doručení[^.]{0,30}nezdařilo"),
    "Greek": (r"δεν (?:είναι δυνατή η παράδοση|παραδόθηκε|ήταν δυνατή η παράδοση)", r"μη παραδο"),
    "Hungarian": (r"nem kézbesíthető", r"kézbesíthetetlen", r"nem sikerült kézbesíteni"),
    "Romanian": (r"nu a putut fi",),
    "Turkish": (r"teslim edilemed", r"iletilemed"),
    "Russian": (
        r"не (?:может|могло) быть доставлен", r"не доставлен", r"не удалось доставить", r"недоставл", r"недоставк",
    ),
    "Chinese": (
        r"无法(?:投递|送达|传递|发送|递送)", r"未(?:送达|传递|送達|傳遞)", r"未能送达", r"退信", r"投递失败",
        r"無法(?:傳遞|投遞|送達)", r"傳遞失敗",
    ),
    "Japanese": (
        r"[送配]信できま", r"配送できま", r"届けできま", r"[送配]信に失敗", r"配信不能",
        r"配信されません", r"メールエラー", r"エラーのため",
    ),
    "Korean": (r"배달되지", r"배달할 수 없", r"배달 못", r"전송할 수 없", r"전달되지 못", r"반송"),
}  # fmt: skip

DELAYED = {
    "English": (
        r"delayed", r"\(delay\)", r"not yet been (?:delivered|able)", r"still (?:being )?(?:trying|queued|undelivered)",
        r"will (?:be |keep )?(?:trying|retr)", r"warning message only", r"attempts will continue",
        r"could not send message for (?:the )?past",
    ),
    "German": (r"verzögert",),
    "French": (r"a été retardé",),
    "Spanish and Italian": (r"retrasad", r"in ritardo"),
    "Polish": (r"opóźnion",),
    "Scandinavian": (r"fördröj", r"försenad", r"forsinket"),
    "Russian": (r"задерж", r"отложен"),
    "East Asian": (r"遅延", r"遅れ", r"延迟", r"延遲", r"지연"),
}  # fmt: skip

FINAL = (
    r"giv(?:en|ing) up",
    r"failed permanently",
    r"permanent (?:error|fail|fatal)",
    r"no further",
    r"undeliverable",
)
"""What makes it a failure, whatever else is said of time."""

STATUSES = {
    "5.1.1": (
        r"user unknown", r"unknown (?:local )?(?:user|recipient)", r"no such (?:user|recipient|address)",
        r"not listed in", r"mailbox (?:unavailable|not found|does not exist)", r"recipient (?:not found|unknown)",
        r"unknown address", r"invalid recipient", r"recipient name is not recogni[sz]ed",
    ),
    "5.2.2": (
        r"(?:mailbox|inbox|quota|storage)[\w' ]{0,40}(?:full|exceed)", r"over quota", r"full mailbox",
        r"メールボックスが一杯",
    ),
    "5.1.2": (
        r"host (?:or domain name )?not found", r"host unknown", r"unrouteable", r"no mx record",
        r"couldn't find any host", r"name service error", r"domain not found",
    ),
    "4.4.7": (r"(?:retry|delivery)[ \w]{0,30}time(?:out|d out)", r"retry timeout", r"message expired", r"too old"),
    "5.3.4": (r"(?:message|size|mail)[ \w]{0,30}(?:too (?:large|big)|exceeds)", r"size limit"),
    "5.7.1": (
        r"access denied", r"spam", r"blacklist", r"blocked", r"relay(?:ing)? denied", r"not permitted", r"policy",
    ),
}  # fmt: skip
"""A status (RFC 3463) for reasons that come without one; the first that fits."""
