"""Verb names: what the customers' verbs are called in their languages, for any channel; all in lower case."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fr": {
        "new": ("nouvelle", "nouveau"), "reply": ("répondre", "repondre"), "attach": ("joindre",),
        "reopen": ("rouvrir",), "close": ("fermer", "clôturer", "cloturer", "clore"),
        "concern": ("réclamation", "reclamation"), "add": ("ajouter", "inviter"), "remove": ("retirer", "enlever"),
        "priority": ("priorité", "priorite"), "my": ("demandes",), "show": ("afficher", "montrer"), "help": ("aide",),
    },
    "de": {
        "new": ("neu",), "reply": ("antworten",), "attach": ("anhängen", "anhaengen"),
        "reopen": ("wiederöffnen", "wiedereröffnen"), "close": ("schließen", "schliessen"), "concern": ("beschwerde",),
        "add": ("hinzufügen", "hinzufuegen"), "remove": ("entfernen",), "priority": ("priorität", "prioritaet"),
        "contact": ("kontakt",), "my": ("anfragen",), "show": ("anzeigen", "zeigen"), "help": ("hilfe",),
    },
    "es": {
        "new": ("nueva", "nuevo"), "reply": ("responder",), "attach": ("adjuntar",), "reopen": ("reabrir",),
        "close": ("cerrar",), "concern": ("queja", "reclamación"), "add": ("añadir", "agregar"),
        "remove": ("quitar", "eliminar"), "priority": ("prioridad",), "contact": ("contacto",), "my": ("solicitudes",),
        "show": ("mostrar",), "help": ("ayuda",),
    },
    "it": {
        "new": ("nuova", "nuovo"), "reply": ("rispondi", "rispondere"), "attach": ("allega", "allegare"),
        "reopen": ("riapri", "riaprire"), "close": ("chiudi", "chiudere"), "concern": ("reclamo",),
        "add": ("aggiungi", "aggiungere"), "remove": ("rimuovi", "rimuovere"), "priority": ("priorità", "priorita"),
        "contact": ("contatto",), "my": ("richieste",), "show": ("mostra", "mostrare"), "help": ("aiuto",),
    },
    "pt": {
        "new": ("novo", "nova"), "reply": ("responder",), "attach": ("anexar",), "reopen": ("reabrir",),
        "close": ("fechar",), "concern": ("reclamação", "reclamacao"), "add": ("adicionar",), "remove": ("remover",),
        "priority": ("prioridade",), "contact": ("contacto", "contato"), "my": ("pedidos",), "show": ("mostrar",),
        "help": ("ajuda",),
    },
    "pl": {
        "new": ("nowe",), "reply": ("odpowiedz",), "attach": ("dołącz", "załącz"), "reopen": ("wznów", "wznow"),
        "close": ("zamknij",), "concern": ("skarga", "reklamacja"), "add": ("dodaj",), "remove": ("usuń", "usun"),
        "priority": ("priorytet",), "contact": ("kontakt",), "my": ("zgłoszenia", "zgloszenia"),
        "show": ("pokaż", "pokaz"), "help": ("pomoc",),
    },
    "ja": {
        "new": ("新規",), "reply": ("返信",), "attach": ("添付",), "reopen": ("再開",),
        "close": ("クローズ", "閉じる", "終了"), "concern": ("苦情",), "add": ("追加",), "remove": ("削除",),
        "priority": ("優先度",), "contact": ("連絡先",), "my": ("一覧",), "show": ("表示",), "help": ("ヘルプ",),
    },
}  # fmt: skip
"""Language → verb → its names, the usual one first."""
