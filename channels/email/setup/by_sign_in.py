"""The questions for a mailbox at Microsoft or Google, which is signed in to by OAuth."""

from __future__ import annotations

from bot.channel.setup import Dialog, EditedConfig

RELAYS = {"microsoft": "smtp://smtp.office365.com:587", "google": "smtp://smtp.gmail.com:587"}
IMAP_HOSTS = {"microsoft": "outlook.office365.com", "google": "imap.gmail.com"}
EXCHANGE_CONNECTIONS = 3
"""Mails that Exchange Online takes at once for a mailbox."""


def ask_microsoft(config: EditedConfig, dialog: Dialog, address: str) -> None:
    """The application that somebody registered there, and who signs in."""
    dialog.say("casebot signs in as an application of your own: docs/microsoft.md says how to register it.")
    client = dialog.ask("Application (client) ID")
    tenant = dialog.ask("Directory (tenant) ID, or a domain of yours", address.rpartition("@")[2])
    way = dialog.choose(
        "Who signs in?",
        {
            "person": f"a person, once, as {address} (a code to enter in any browser)",
            "secret": "the application by itself, with a client secret",
            "certificate": "the application by itself, with a certificate",
        },
        "person",
    )
    sign_in = _signed_in(config, "microsoft", address)
    config.put(f"{sign_in}.client_id", client)
    config.put(f"{sign_in}.tenant", tenant)
    if way == "secret":
        config.put(f"{sign_in}.client_secret", dialog.ask("Client secret (it is not shown)", secret=True))
    elif way == "certificate":
        config.put(f"{sign_in}.certificate", dialog.ask("The certificate's file (PEM)", "casebot-cert.pem"))
        config.put(f"{sign_in}.private_key", dialog.ask("Its key's file (PEM)", "casebot-key.pem"))
    config.put("email.relay_connections", EXCHANGE_CONNECTIONS)
    config.put("mailbox[1].microsoft_results", True)


def ask_google(config: EditedConfig, dialog: Dialog, address: str) -> None:
    """A service account's key, or a client with which somebody signs in."""
    dialog.say("casebot signs in with a client of a project of yours: docs/google.md says how to make it.")
    way = dialog.choose(
        "Who signs in?",
        {
            "person": f"a person, once, as {address} (in a browser; for one on another machine, see --port)",
            "service account": "a service account that an administrator lets speak for the address (Workspace)",
        },
        "person",
    )
    sign_in = _signed_in(config, "google", address)
    if way == "service account":
        config.put(f"{sign_in}.service_account", dialog.ask("The file of its key (JSON)"))
        return
    config.put(f"{sign_in}.client_id", dialog.ask("Client ID"))
    config.put(f"{sign_in}.client_secret", dialog.ask("Client secret (it is not shown)", secret=True))


def place_of(config: EditedConfig, address: str) -> str:
    """The key of the ``[[email.sign_in]]`` of an address, or of one that would be the next."""
    addresses = [str(row.get("address", "")).lower() for row in config.get("email.sign_in", ())]
    return f"email.sign_in[{(addresses.index(address) if address in addresses else len(addresses)) + 1}]"


def _signed_in(config: EditedConfig, provider: str, address: str) -> str:
    """Both ways of the mail lead through one sign-in; returns its key."""
    sign_in = place_of(config, address)
    config.put("email.listen", "")
    config.put("email.relay", RELAYS[provider])
    config.put("email.relay_sign_in", address)
    config.put(f"{sign_in}.address", address)
    config.put(f"{sign_in}.provider", provider)
    config.put("mailbox[1].imap.host", IMAP_HOSTS[provider])
    config.put("mailbox[1].imap.sign_in", address)
    return sign_in
