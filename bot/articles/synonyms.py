"""Synonyms: words that customers of any product write where its documentation says another; a group a line."""

from __future__ import annotations

GROUPS = """
mail email
image photo picture
delete remove erase
register signup registration
settings configuration preferences options config
price cost fee
invoice bill
chart graph diagram
folder directory
purchase buy
error failure
phone telephone
login logon
update upgrade
passwort kennwort
loschen entfernen
bild foto
rechner computer
einstellung konfiguration
ordner verzeichnis
fehler fehlschlag
supprimer effacer
reglage parametre
eliminar borrar
cancellare eliminare
apagar excluir
"""
