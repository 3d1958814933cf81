"""Spellings: what the columns of a file of people are called, and the words that stand in some of them."""

from __future__ import annotations

COLUMNS = {
    "mail": ("mail", "email", "emailaddress", "mailaddress", "address", "adresse", "emailadresse", "courriel"),
    "name": ("name", "fullname", "displayname", "contact", "contactname", "person", "nomcomplet"),
    "first": ("firstname", "givenname", "vorname", "prénom", "prenom"),
    "last": ("lastname", "surname", "familyname", "nachname", "nom"),
    "account": (
        "account", "accountname", "company", "companyname", "organisation", "organization", "customer", "client",
        "firma", "unternehmen", "kunde", "société", "societe", "entreprise",
    ),
    "slack_team": ("slackteam", "slackteamid", "teamid", "slackworkspace", "slackworkspaceid", "workspace"),
    "slack_user": ("slackuser", "slackuserid", "slackid", "userid", "slackmember", "slackmemberid", "memberid"),
    "language": ("language", "lang", "locale", "sprache", "langue"),
    "phone": (
        "phone", "phonenumber", "telephone", "tel", "mobile", "mobilephone", "cell", "telefon", "telefonnummer",
        "handy", "téléphone",
    ),
    "role": ("role", "status", "state", "rolle", "rôle", "statut"),
}  # fmt: skip
"""Field → what its column may be called, in lower case, without spaces and signs."""
ROLES = {
    "contact": ("contact", "customer", "active", "user", "yes"),
    "inactive": ("inactive", "deactivated", "disabled", "left", "former", "no"),
}
"""A word of the column *role* → is the person a contact still?"""
LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "japanese": "ja", "spanish": "es", "italian": "it",
    "portuguese": "pt", "polish": "pl", "français": "fr", "deutsch": "de", "日本語": "ja", "español": "es",
    "italiano": "it", "português": "pt", "polski": "pl",
}  # fmt: skip
"""The name of a language → its code."""
