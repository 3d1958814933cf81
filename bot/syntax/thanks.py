"""Thanks: words that say no more than that all is well, in eleven languages; whoever says more has said something."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_WORDS = 30
WORDS = frozenset(
    """
    thank thanks thx ty cheers appreciated appreciate
    danke dank dankeschön dankeschon danken
    merci remercie remercions
    gracias agradezco
    grazie ringrazio
    obrigado obrigada
    bedankt dankjewel dankuwel
    dzięki dziękuję dziekuje
    tack tak takk kiitos
    спасибо благодарю
    ありがとう ありがとうございます ありがとうございました 谢谢 謝謝 감사합니다
    """.casefold().split()
)
_ALONG = frozenset(
    """
    you u your so very much many a lot again for the this that it is was all everything now and i we to of from on my
    our help support quick fast swift great good perfect super nice excellent wonderful ok okay fine works work working
    worked solved fixed resolved sorted answer reply response team hi hello hey dear best kind
    regards greetings wishes have day weekend
    vielen herzlichen besten schönen ihnen dir euch für die der das den ihre eure deine hilfe schnelle rasche antwort
    unterstützung es jetzt wieder alles läuft funktioniert geht klappt gut prima hallo liebe lieber viele grüße grüßen
    gruß mit freundlichen wir sehr und lösung tag
    beaucoup bien pour votre vos ton l aide la le les réponse rapide c est bon tout marche fonctionne maintenant bonjour
    cordialement vous nous et journée bonne parfait
    muchas muchísimas por su tu ayuda respuesta rápida todo funciona ahora perfecto hola saludos bien y
    mille molto per il vostro tuo aiuto funziona adesso tutto bene ciao saluti
    muito pela pelo sua ajuda resposta está tudo bem agora olá abraços
    hartelijk heel erg voor je uw de hulp het werkt nu weer alles goed groeten hoi
    bardzo za pomoc działa teraz wszystko dobrze pozdrawiam
    så mycket för hjälpen det fungerar nu allt bra hej hälsningar mange for hjælpen hjelpen det virker nå alt
    paljon avusta kaikki toimii nyt
    большое огромное за помощь всё все работает теперь хорошо
    """.casefold().split()
)
_WORD = re.compile(r"[^\W\d_]+")
_EMOJI = re.compile(r":[a-z0-9_+-]{1,40}:")
"""As chats write it."""


def mere(text: str, names: Iterable[str] = ()) -> bool:
    """Does a text only say thanks? ``names``: of the people around, whose words say nothing more.

    A question, a figure or one word that is not in the lists is something else: better one case too many.
    """
    text = _EMOJI.sub(" ", text)
    if any(sign in text for sign in "?？") or re.search(r"\d", text):
        return False
    words = _WORD.findall(text.casefold())
    if not words or len(words) > MOST_WORDS or WORDS.isdisjoint(words):
        return False
    known = {word for name in names for word in _WORD.findall(name.casefold())}
    return all(word in WORDS or word in _ALONG or word in known for word in words)
