"""What absence notes say, as regular expressions by language."""

from __future__ import annotations

AUTOMATIC = {
    "English": (r"auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|respond|answer)",),
    "German": (r"automatische (?:antwort|abwesenheit)", r"abwesenheits(?:notiz|assistent|meldung|nachricht)"),
    "French": (r"réponse automatique", r"(?:message|notification) d['’]absence", r"absence du bureau"),
    "Spanish": (r"respuesta automática", r"autorespuesta"),
    "Catalan": (r"resposta automàtica",),
    "Italian": (r"risposta automatica",),
    "Portuguese": (r"resposta automática", r"mensagem de ausência", r"ausência temporária"),
    "Dutch": (r"automatisch antwoord", r"afwezigheids(?:assistent|bericht|melding)"),
    "Polish": (r"automatyczna odpowiedź", r"odpowiedź automatyczna", r"autoodpowiedź"),
    "Swedish": (r"automatiskt svar", r"frånvaromeddelande"),
    "Danish and Norwegian": (r"auto(?:matisk )?svar", r"fraværs(?:besked|melding|assistent)"),
    "Icelandic": (r"sjálfvirkt svar",),
    "Finnish": (r"automaattinen (?:poissaolo)?vastaus", r"poissaoloviesti"),
    "Estonian": (r"automaatvastus",),
    "Latvian": (r"automātiska atbilde",),
    "Lithuanian": (r"automatinis atsakymas",),
    "Czech and Slovak": (r"automatická odpov[eě][dď]",),
    "Hungarian": (r"automatikus válasz",),
    "Romanian": (r"răspuns automat",),
    "Slovenian": (r"samodejni odgovor",),
    "Croatian and Serbian": (r"automatski odgovor",),
    "Bulgarian": (r"автоматичен отговор",),
    "Russian": (r"автоматический ответ", r"автоответ"),
    "Ukrainian": (r"автоматична відповідь",),
    "Greek": (r"αυτόματη απάντηση",),
    "Turkish": (r"otomatik (?:yan[ıi]t|cevap)",),
    "Indonesian": (r"balasan otomatis",),
    "Vietnamese": (r"trả lời tự động",),
    "Hebrew": (r"תשובה אוטומטית", r"מענה אוטומטי"),
    "Arabic": (r"رد تلقائي",),
}
"""What only a machine calls its mail, where nothing that makes a sentence of it follows."""

UNSPACED = {
    "Chinese": (r"自动(?:答复|回复)", r"自動回覆"),
    "Japanese": (r"自動(?:回復|応答|返信)", r"不在(?:通知|のお知らせ|連絡)", r"休暇のお知らせ"),
    "Korean": (r"자동 (?:회신|응답|답장)", r"부재 ?중(?:입니다)?"),
    "Thai": (r"ตอบกลับอัตโนมัติ",),
}
"""The same, in writings that put no blank between words: where the subject ends with it, or a sign follows."""

ABSENT = (
    r"out of (?:the )?office",
    r"fuera de (?:la )?oficina",
    r"fuori (?:ufficio|sede)",
    r"fora do escritório",
    r"ooo",
)
"""What a machine puts at the head of a subject; within a sentence, people say it too."""

COLON = (
    r"abwesend", r"afwezig", r"poissa", r"ausente", r"assente", r"absente?", r"frånvarande", r"fraværende", r"外出中",
    r"不在",
)  # fmt: skip
"""What a machine puts before a colon and the subject that it answers; a person may begin so, too."""

SELF = (
    r"je suis absente?",
    r"ich bin nicht im (?:büro|haus)",
    r"ik ben afwezig",
    r"i(?: a|['’])m out of (?:the )?office",
)
"""What people set as the subject of their absence note; they may also write it."""

OPENING = (
    r"this is an?", r"dies ist eine", r"dit is een", r"ceci est une", r"este es una", r"esta é uma", r"questa è una",
    r"to jest", r"detta är ett", r"dette er (?:et|en)", r"tämä on", r"toto je", r"это", r"ez egy", r"bu bir",
)  # fmt: skip
"""How a text begins that then names itself an automatic reply."""

AWAY = {
    "English": (
        r"out of (?:the )?office",
        r"(?:am|is|are|be) (?:currently )?(?:away|on (?:vacation|holiday|leave)|travell?ing)",
        r"currently (?:away|on (?:vacation|holiday|leave)|travell?ing)", r"away (?:until|from)",
        r"(?:annual|parental|maternity) leave", r"limited access to (?:my )?e-?mail",
    ),
    "German": (r"nicht im (?:büro|haus)", r"außer haus", r"abwesend", r"im urlaub", r"abwesenheit"),
    "French": (
        r"absente? (?:du|jusqu|pour)", r"suis (?:actuellement )?absent", r"en congés?", r"en vacances",
        r"hors du bureau",
    ),
    "Spanish": (r"fuera de (?:la )?oficina", r"de vacaciones", r"est(?:oy|aré) ausente"),
    "Italian": (r"fuori (?:ufficio|sede)", r"in ferie", r"s(?:ono|arò) assente"),
    "Portuguese": (r"fora do escritório", r"de férias", r"est(?:ou|arei) ausente"),
    "Dutch": (r"afwezig", r"niet op kantoor", r"(?:met|op) vakantie"),
    "Polish": (r"poza biurem", r"na urlopie", r"nieobecn"),
    "Swedish": (r"inte på kontoret", r"på semester", r"frånvarande", r"är ledig"),
    "Danish and Norwegian": (r"ikke på kontoret", r"på ferie", r"fraværende", r"ikke til stede", r"bortreist"),
    "Finnish": (r"poissa", r"lomalla", r"en ole (?:paikalla|toimistolla)"),
    "Czech and Slovak": (r"mimo kancelá", r"na dovolené", r"nepřítom"),
    "Hungarian": (r"házon kívül", r"szabadság"),
    "Romanian": (r"în concediu", r"nu sunt la birou"),
    "Russian": (r"в отпуске", r"отсутств", r"вне офиса"),
    "Ukrainian": (r"у відпустці", r"відсутн"),
    "Greek": (r"εκτός γραφείου", r"άδεια"),
    "Turkish": (r"ofis dışında", r"izin(?:de|li)"),
    "Chinese": (r"不在办公室", r"外出", r"休假", r"出差", r"度假"),
    "Japanese": (r"不在", r"休暇", r"休業"),
    "Korean": (r"출장", r"휴가", r"부재"),
}  # fmt: skip

BACK = {
    "English": (r"\bback\b", r"\breturn"),
    "German": (r"zurück", r"wieder (?:da|erreichbar|im|für)"),
    "French": (r"de retour", r"reviens", r"reviendrai", r"mon retour", r"reprend"),
    "Spanish": (r"vuelvo", r"volveré", r"regres", r"de vuelta", r"reincorpor"),
    "Italian": (r"torner", r"rientr", r"di ritorno", r"sarò di nuovo"),
    "Portuguese": (r"de volta", r"volto", r"voltarei", r"retorn"),
    "Dutch": (r"terug", r"weer (?:aanwezig|bereikbaar|op kantoor)"),
    "Polish": (r"wracam", r"wrócę", r"powr(?:ót|otu)"),
    "Scandinavian": (r"tillbaka", r"\båter", r"tilbage", r"tilbake"),
    "Finnish": (r"takaisin", r"palaan"),
    "Czech": (r"zpět", r"vrátím"),
    "Hungarian": (r"vissza",),
    "Romanian": (r"reveni", r"întorc"),
    "Russian": (r"вернусь", r"возвращ", r"буду (?:снова|доступ|на|в)"),
    "Ukrainian": (r"повернусь",),
    "Greek": (r"επιστρέ",),
    "Turkish": (r"döne",),
    "Chinese": (r"返回", r"回来", r"回來", r"回到", r"回公司", r"返工"),
    "Japanese": (r"復帰", r"戻り", r"戻る", r"出社", r"出勤"),
    "Korean": (r"복귀", r"돌아"),
}

UNTIL = {
    "Latin letters": (
        r"\b(?:until|till?|through|thru|up to|bis|jusqu['’](?:au|à)|jusque|hasta|fino al?|sino al|até|tot|t/m|tom"
        r"|t\.o\.m\.?|asti|saakka|tarihine kadar|kadar|până)\b", r"-ig\b",
    ),
    "Greek and Cyrillic": (r"\b(?:μέχρι|έως|до)\b",),
    "East Asian": (r"至", r"到", r"まで", r"迄", r"까지"),
}  # fmt: skip

TO = r"(?:\b(?:to|do|a|al|au|aan|as|по)|[àá]|[-–—])\s{0,3}(?:[^\W\d_]{2,12}[,.]?\s{1,2}){0,2}$"
"""Little words that mean *until* right before a date, perhaps with a weekday between."""
