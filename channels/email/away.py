"""Out of office: what absence notes say in some thirty languages, and when their writers are back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from channels.email import dates

LONGEST = 4000
"""Characters of a text that are looked at."""
_AUTOMATIC = (
    r"(?:(?:auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|respond|answer)"
    r"|automatische (?:antwort|abwesenheit)|abwesenheits(?:notiz|assistent|meldung|nachricht)"
    r"|automatisch antwoord"
    r"|afwezig(?:heidsassistent|heidsbericht|heidsmelding)|réponse automatique|(?:message"
    r"|notification) d['’]absence"
    r"|absence du bureau|respuesta automática|autorespuesta|resposta automàtica|risposta automatica"
    r"|resposta automática"
    r"|mensagem de ausência|ausência temporária|automatyczna odpowiedź|odpowiedź automatyczna|autosvar"
    r"|automatiskt svar"
    r"|automatisk svar|fraværs(?:besked|melding|assistent)|frånvaromeddelande"
    r"|automaattinen (?:poissaolo)?vastaus|poissaoloviesti"
    r"|automatická odpov[eě][dď]|автоматический ответ|автоответ|автоматична відповідь"
    r"|автоматичен отговор|automatikus válasz"
    r"|otomatik yan[ıi]t|răspuns automat|αυτόματη απάντηση|samodejni odgovor|automatski odgovor"
    r"|automatinis atsakymas"
    r"|automātiska atbilde|automaatvastus|sjálfvirkt svar|balasan otomatis|trả lời tự động"
    r"|תשובה אוטומטית|מענה אוטומטי"
    r"|رد تلقائي)(?=\s*(?:$|[^\w\s]|(?:from|to|re|for|de|da|von|van|från|fra|auf|na|av|message|e-?mail)\b))"
    r"|ตอบกลับอัตโนมัติ|自动(?:答复|回复)|自動(?:回覆|回復|応答|返信)|不在(?:通知|のお知らせ|連絡)|休暇のお知らせ"
    r"|자동 (?:회신|응답|답장)|부재 ?중)"
    r"|(?:out of (?:the )?office|fuera de (?:la )?oficina|fuori (?:ufficio|sede)|fora do escritório"
    r"|ooo)\s*(?:$|[:(–-]|auto|reply|message|notif|until)"
)  # fmt: skip
_SUBJECT = re.compile(
    r"(?:\[[^\]]{1,40}\]\s{0,3})?(?:(?:re|aw|sv|vs|r)\s?:\s{0,3})?" + _AUTOMATIC, re.IGNORECASE
)
_OPENING = re.compile(
    r"[\s*_-]{0,10}(?:this is an?|dies ist eine|dit is een|ceci est une|este es una|esta é uma"
    r"|questa è una|to jest|detta är ett"
    r"|dette er (?:et|en)|tämä on|toto je|это|ez egy|bu bir)\s+" + _AUTOMATIC,
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"out of (?:the )?office|(?:am|is|are|be|currently) (?:currently )?(?:away|on (?:vacation|holiday"
    r"|leave)|travell?ing)|away (?:until|from)"
    r"|annual leave|parental leave|maternity leave|limited access to (?:my )?e-?mail"
    r"|nicht im (?:büro|haus)|außer haus|abwesend|im urlaub|abwesenheit|absent[e]? (?:du|jusqu|pour)"
    r"|en congés?|en vacances|hors du bureau"
    r"|suis (?:actuellement )?absent|fuera de (?:la )?oficina|de vacaciones|estoy ausente"
    r"|estaré ausente|fuori (?:ufficio|sede)|in ferie|sono assente|sarò assente"
    r"|fora do escritório|de férias|estou ausente|estarei ausente|afwezig|niet op kantoor|met vakantie"
    r"|op vakantie|poza biurem|na urlopie|nieobecn"
    r"|inte på kontoret|på semester|frånvarande|är ledig|ikke på kontoret|på ferie|fraværende"
    r"|ikke til stede|bortreist|poissa|lomalla|en ole (?:paikalla|toimistolla)"
    r"|mimo kancelář|na dovolené|nepřítom|mimo kanceláriu|в отпуске|отсутств|вне офиса|у відпустці"
    r"|відсутн|házon kívül|szabadság|ofis dışında|izin(?:de|li)"
    r"|în concediu|nu sunt la birou|εκτός γραφείου|άδεια|不在办公室|外出|休假|出差|度假|不在|休暇|休業|출장|휴가|부재",
    re.IGNORECASE,
)  # fmt: skip
_BACK = re.compile(
    r"\bback\b|\breturn|zurück|wieder (?:da|erreichbar|im|für)|de retour|reviens|reviendrai|mon retour"
    r"|reprend|vuelvo|volveré|regres|de vuelta|reincorpor"
    r"|torner|rientr|di ritorno|sarò di nuovo|de volta|volto|voltarei|retorn|terug|weer (?:aanwezig"
    r"|bereikbaar|op kantoor)|wracam|wrócę|powrót|powrotu"
    r"|tillbaka|\båter|tilbage|tilbake|takaisin|palaan|zpět|vrátím|вернусь|возвращ|буду (?:снова"
    r"|доступ|на|в)|повернусь|vissza|döne|reveni|întorc"
    r"|επιστρέ|返回|回来|回來|回到|回公司|返工|復帰|戻り|戻る|出社|出勤|복귀|돌아",
    re.IGNORECASE,
)  # fmt: skip
_UNTIL = re.compile(
    r"\b(?:until|till|til|through|thru|up to|bis|jusqu['’](?:au|à)|jusque|hasta|fino al?|sino al|até"
    r"|tot|t/m|t\.o\.m\.?|tom|asti|saakka"
    r"|tarihine kadar|kadar|până|μέχρι|έως)\b|-ig\b|до\b|至|到|まで|迄|까지",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?:\b(?:to|do|a|al|au|aan|as|по)|[àá]|[-–—])\s{0,3}(?:[^\W\d_]{2,12}[,.]?\s{1,2}){0,2}$", re.IGNORECASE
)
_SENTENCE = re.compile(r"[!?。！？\n]|\.(?=\s+[^\W\d_a-zà-ÿ])")


def is_automatic(subject: str) -> bool:
    """A subject that only a machine writes."""
    return bool(_SUBJECT.match(subject))


def opens_so(text: str) -> bool:
    """A text that calls itself an automatic answer, before it says anything else."""
    return bool(_OPENING.match(text.lstrip()[:200]))


def says_so(subject: str, text: str) -> bool:
    """Do the subject or the first lines speak of an absence? A person may write that, too."""
    begin = text.lstrip()[:600]
    return bool(is_automatic(begin) or opens_so(text) or _AWAY.search(subject[:200]) or _AWAY.search(begin))


def until(subject: str, text: str, since: date | None) -> date | None:
    """When the writer is back, else the last day away; None if it is not said. ``since``: the day of the mail."""
    if since is None:
        return None
    said = unicodedata.normalize("NFKC", f"{subject[:300]}\n{text[:LONGEST]}")
    back: list[date] = []
    last: list[date] = []
    found = list(dates.find(said, since))[:20]
    for one, before, after in _around(said, found):
        if _BACK.search(before) or (_BACK.search(after) and not _UNTIL.search(before)):
            back.append(one.day)
        elif _UNTIL.search(before[-18:]) or _TO.search(before[-30:]) or _UNTIL.match(after.strip()):
            last.append(one.day)
    return back[0] if back else max(last, default=None)


def _around(said: str, found: list[dates.Found]) -> Iterator[tuple[dates.Found, str, str]]:
    """Each date with what stands around it in its sentence; what leads up to the next date is that one's."""
    for at, one in enumerate(found):
        start = found[at - 1].end if at else 0
        following = found[at + 1].start if at + 1 < len(found) else len(said) + 41
        before = _SENTENCE.split(said[max(start, one.start - 60) : one.start])[-1]
        reach = 30 if following - one.end > 40 else 8
        yield one, before, _SENTENCE.split(said[one.end : min(following, one.end + reach)])[0]
