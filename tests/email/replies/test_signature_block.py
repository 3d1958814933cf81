"""What stands below the words of a mail: signatures, and what companies and scanners add."""

from __future__ import annotations

import pytest

from channels.email.replies.split import divide

DEVICES = (
    "Sent from my iPhone", "Sent from my Verizon, Samsung Galaxy smartphone", "Sent from Yahoo Mail on Android",
    "Sent from Outlook for iOS<https://aka.ms/x>", "Sent from Mail for Windows",
    "Get Outlook for Android<https://aka.ms/x>",
    "Get Outlook for iOS", "Get [Outlook for iOS](https://aka.ms/x)",
    "Sent from Mail<https://go.example> for Windows 10", "Sent with Proton Mail secure email.",
    "Sent with [Proton Mail](https://proton.me/) secure email.",
    "Sent via my BlackBerry from Vodafone", "[Sent from my iPad]", "*Sent from my Android phone*",
    "Typed on my phone",
    "Von meinem iPhone gesendet", "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet mit der GMX Mail App",
    "Gesendet von Mail für Windows", "Gesendet von Outlook für Android<https://aka.ms/x>",
    "Holen Sie sich Outlook für iOS",
    "Envoyé de mon iPhone", "Envoyé depuis mon téléphone Orange", "Envoyé à partir de Outlook pour Android",
    "Obtenez Outlook pour iOS<https://aka.ms/x>", "Enviado desde mi iPhone", "Enviado desde Yahoo Mail para Android",
    "Obtener Outlook para Android", "Inviato da iPhone", "Inviato dal mio iPad", "Inviato da Outlook per iOS",
    "Ottieni Outlook per Android",
    "Enviado do meu iPhone", "Enviado a partir do meu smartphone Samsung Galaxy.", "Obter o Outlook para iOS",
    "Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn Samsung-apparaat", "Outlook voor Android downloaden",
    "Wysłane z iPhone'a", "Wysłane z mojego iPhone’a", "Pobierz aplikację Outlook dla systemu iOS",
    "Skickat från min iPhone", "Hämta Outlook för Android", "Sendt fra min iPhone", "Hent Outlook til iOS",
    "Sendt fra min iPad", "Last ned Outlook for Android", "Lähetetty iPhonesta", "Hanki Outlook for iOS",
    "Odesláno z iPhonu", "Odesláno z mého iPhonu", "Získat Outlook pro Android", "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail.ru", "发自我的 iPhone", "发自我的手机", "從我的 iPhone 傳送",
    "iPhoneから送信", "スマートフォンから送信",
    "나의 iPhone에서 보냄", "내 iPad에서 보냄", "Android용 Outlook 다운로드", "ᐧ",
    "iPhone'umdan gönderildi", "iOS için Outlook'u edinin", "Samsung Galaxy akıllı telefonumdan gönderildi.",
    "أُرسلت من الـ iPhone", "الحصول على Outlook لـ iOS", "נשלח מה-iPhone שלי", "קבל את Outlook עבור Android",
    "Надіслано з iPhone", "Отримати Outlook для Android", "Στάλθηκε από το iPhone μου", "Λήψη του Outlook για iOS",
    "Elküldve az iPhone-omról", "iPhone-ról küldve", "Az iOS-hez készült Outlook beszerzése",
    "Trimis de pe iPhone‑ul meu", "Obțineți Outlook pentru iOS", "Đã gửi từ iPhone của tôi", "Tải Outlook cho Android",
    "ส่งจาก iPhone ของฉัน", "รับ Outlook สำหรับ iOS", "Dikirim dari iPhone saya", "Dapatkan Outlook untuk Android",
    "Изпратено от моя iPhone", "Odoslané z iPhonu", "Poslano s mog iPhonea", "Preuzmite Outlook za iOS",
    "取得 iOS 版 Outlook", "取得 Android 版 Outlook<https://aka.ms/x>", "Outlook für iOS beziehen",
    "Outlook für Android<https://aka.ms/x> beziehen", "Ottieni Outlook<https://aka.ms/x> per iOS",
    "Pata Outlook ya iOS<https://aka.ms/x>",
)  # fmt: skip
SENTENCES = (
    "Sent from our warehouse last week, and nothing came.", "Sent from my office, it arrives; from home it does not.",
    "Von meinem iPhone kann ich mich nicht anmelden", "Gesendet haben wir alles am Montag",
    "Envoyé hier par mon collègue",
    "Inviato da Mario ieri", "Enviado de Lisboa na segunda-feira", "Wysłane z magazynu wczoraj",
    "Outlook for Mac crashes",
    "iPhoneから開けません", "iPhone에서 열리지 않습니다", "Get Outlook working again, please?",
    "iPhone 15", "Android 14 and iOS 17", "iPhone'um açılmıyor", "Outlook für iOS stürzt ab", "從我的 iPhone 無法登入",
    "Samsung Galaxy S24", "Az iOS alkalmazás nem indul", "Elküldve tegnap a címre", "Надіслано вчора поштою",
)  # fmt: skip


def new(text: str) -> str:
    return "\n".join(part.text for part in divide(text) if part.kind == "new").strip()


def kinds(text: str) -> list[str]:
    return [part.kind for part in divide(text)]


@pytest.mark.parametrize("line", DEVICES)
def test_how_telephones_and_programs_sign(line):
    assert kinds(f"My answer.\n\n{line}") == ["new", "signature"]
    assert new(f"My answer.\n{line}\n\nOn Monday, Support wrote:\n> What they wrote.") == "My answer."


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_that_only_begin_so_are_said(line):
    assert kinds(f"Hello,\n\n{line}") == ["new"]


def test_blank_lines_part_no_signature_below_a_short_rule():
    assert new("It works now.\n\n---\nAna Ruiz\n\nAcme GmbH") == "It works now."


@pytest.mark.parametrize("name", ["-- Ana", "— Ana Example", "– Ana", "---\nAna Example\nAcme", "___\nAna"])
def test_a_name_behind_a_dash_or_below_a_short_rule_is_a_signature(name):
    assert kinds(f"My answer.\n\n{name}") == ["new", "signature"]


@pytest.mark.parametrize(
    "text",
    [
        "We saw\n– Monday\n– Tuesday",
        "select 1\n-- and this is what it says",
        "Result:\n\n---\na: 1\nb: 2",
        "name\n---\nAna\nBob",
        "One.\n\n---\n\nTwo",
        "I used\n--verbose",
    ],
)
def test_dashes_in_lists_code_and_tables_sign_nothing(text):
    assert kinds(text) == ["new"]


@pytest.mark.parametrize("rule", ["-----", "* * *", "__________"])
def test_a_rule_that_only_parts_the_words_from_a_quotation_is_none_of_them(rule):
    assert new(f"My answer.\n\n{rule}\n\nOn Monday, Support wrote:\n> Theirs.") == "My answer."
    assert new(f"One.\n\n{rule}\n\nTwo.") == f"One.\n\n{rule}\n\nTwo."


def test_a_command_right_below_the_signature_of_a_telephone_is_given():
    assert new("Yes.\n\nSent from my iPhone\n#close").endswith("#close")


def test_words_below_the_signature_of_a_telephone_are_said():
    assert new("Yes.\n\nSent from my iPhone\n\nP.S. It is deal 12333.") == "Yes.\n\nP.S. It is deal 12333."


@pytest.mark.parametrize("delimiter", ["-- ", "--", "—", " --"])
def test_below_a_delimiter_all_is_signature(delimiter):
    assert kinds(f"Hello\n{delimiter}\nAna\n\nAcme\n+33 1 23 45 67 89") == ["new", "signature"]


def test_dashes_between_long_passages_are_no_delimiter():
    text = "First.\n--\n" + "A line of the second passage.\n" * 30
    assert kinds(text) == ["new"]
    assert kinds(text.replace("--", "-- ")) == ["new"], "several sentences are no signature"


def test_a_signature_ends_at_the_next_quotation():
    text = "Hello\n-- \nAna\n\n> Which deal?\n\nIt is 12333."
    assert new(text).endswith("It is 12333.")
    assert "Ana" not in new(text)


@pytest.mark.parametrize(
    "text",
    [
        "It does not work.\n\nBest regards,\nAna Example\nHead of Sales, Acme\nPhone: +33 1 23 45 67 89\n"
        "www.acme.example",
        "Es geht nicht.\n\nMit freundlichen Grüßen\nAna Example\nTel. 030 12345678\nana@acme.example",
        "Ça ne marche pas.\n\nCordialement,\n\nAna Example\n01 23 45 67 89\nhttps://acme.example",
    ],
)
def test_a_name_with_numbers_below_a_closing_is_a_signature(text):
    closing = text.split("\n")[2]
    assert new(text).endswith(closing)
    assert kinds(text) == ["new", "signature"]


@pytest.mark.parametrize(
    "text",
    [
        "It does not work.\n\nBest regards,\nAna",
        "Thanks\n\nThe page https://a.example fails.\nSo does https://b.example, since Monday?",
        "Thanks\nI called +33 1 23 45 67 89.\n#close\nWrite to ana@acme.example",
        "Best Regards",
    ],
)
def test_a_closing_alone_is_said(text):
    assert kinds(text) == ["new"]


DISCLAIMERS = (
    "This e-mail and any attachments are confidential and intended solely for the addressee. If you "
        "have received it in error, please delete it.",
    "CONFIDENTIALITY NOTICE: The contents of this message\nare for the eyes of its recipient.",
    "*Disclaimer: nothing in here binds us.*",
    "This email has been checked for viruses by Avast antivirus software.",
    "Virus-free. www.avg.example",
    "Please consider the environment before printing this e-mail.",
    "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, "
        "vernichten Sie diese bitte.",
    "Ce message est confidentiel et à l'attention de son destinataire. Si vous l'avez reçu par erreur, "
        "merci de le détruire.",
    "Este mensaje es confidencial y va dirigido a su destinatario. Si lo ha recibido por error, le "
        "rogamos que lo elimine.",
    "Questo messaggio contiene informazioni riservate al destinatario. Se lo avete ricevuto per errore,"
        " cancellatelo.",
    "Esta mensagem é confidencial e dirigida ao seu destinatário. Se a recebeu por engano, por favor elimine-a.",
    "Dit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde. Bij ontvangst per vergissing"
        " graag verwijderen.",
    "Ta wiadomość jest poufna i przeznaczona wyłącznie dla adresata. Jeśli otrzymali ją Państwo "
        "omyłkowo, prosimy ją usunąć.",
    "Detta meddelande är konfidentiellt och avsett för mottagaren. Om ni fått det av misstag, vänligen radera det.",
    "Denne e-mail er fortrolig og kun bestemt for modtageren. Har De modtaget den ved en fejl, bedes De slette den.",
    "Denne e-posten er konfidensiell og kun ment for mottakeren. Er den mottatt ved en feil, vennligst slett den.",
    "Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle. Jos sait sen vahingossa, poista se.",
    "Tato zpráva je důvěrná a určena pouze adresátovi. Pokud jste ji obdrželi omylem, prosím smažte ji.",
    "Это сообщение конфиденциально и предназначено только адресату. Если вы получили его по ошибке, удалите его.",
    "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的收件人，禁止任何其他人以任何形式使用本邮件"
        "中的信息。如果您错收了本邮件，请您立即删除本邮件，并通知发件人，谢谢您的合作与支持。",
    "このメールには機密情報が含まれている可能性があり、名宛人のみを対象としています。誤って受信された場"
        "合は、お手数ですが送信者に通知し、直ちに削除してください。どうぞよろしくお願いいたします。",
    "본 메일은 지정된 수신인만을 위한 것이며 기밀 정보를 포함하고 있습니다. 잘못 수신하신 경우 "
        "발신인에게 알려 주시고 즉시 삭제해 주시기 바랍니다. 협조에 감사드립니다.",
    "_______________________________________________\nusers mailing list\nusers@lists.example",
    "You received this message because you are subscribed to the Google Groups \"users\" group.",
)  # fmt: skip


@pytest.mark.parametrize("words", DISCLAIMERS)
def test_disclaimers_below_and_after_a_signature(words):
    assert kinds(f"My words.\n\n{words}") == ["new", "disclaimer"]
    assert kinds(f"My words.\n-- \nAna\n\n{words}") == ["new", "signature", "disclaimer"]


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "[EXTERNAL] Think before you click.",
        "You don't often get email from ana@acme.example. Learn why this is important",
    ],
)
def test_a_warning_at_the_top_is_a_disclaimer_and_what_follows_is_said(banner):
    assert new(f"{banner}\n\nMy words.\n\nMore of them.") == "My words.\n\nMore of them."


@pytest.mark.parametrize(
    "text",
    [
        "The report is confidential, please treat it so.",
        "This message appeared on Monday and says nothing about its cause, which is why we write to you.",
        "Our recipients got a confidential list. What now?",
        "Este mensaje apareció ayer.",
    ],
)
def test_words_about_secrets_are_said(text):
    assert kinds(f"Hello,\n\n{text}") == ["new"]
