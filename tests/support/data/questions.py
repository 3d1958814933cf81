"""What people write to a support desk of advertising software: with the article that answers it, and with none."""

from __future__ import annotations

ANSWERED = [
    # subject, the beginning of the description, the article
    ("Can't log in any more", "My password is refused since this morning.", "reset-password"),
    ("Lost my phone, no one-time code", "I have a new phone and the authenticator is gone.", "two-factor"),
    ("Okta certificate expires next week", "How do we renew the SAML certificate?", "single-sign-on"),
    ("New colleague needs access", "Please add Maria as a user with the trader role.", "invite-users"),
    (
        "Deal ID 12333: no delivery for 24 hours",
        "It has zero impressions since yesterday.",
        "deal-no-delivery",
    ),
    ("Report Task ID 1254332 failed to load", "It stays pending and then says timeout.", "report-failed"),
    (
        "Cannot access the Deals page any more",
        "The page is just a blank screen in Chrome.",
        "dashboard-missing",
    ),
    ("Your numbers do not match our ad server", "We count 12 % fewer impressions.", "discrepancies"),
    ("Campaign is behind target", "It only spends half of the daily budget.", "pacing"),
    ("Banner was disapproved", "Creative 4711 was rejected; which policy?", "creative-approval"),
    ("VAST error 303 in our player", "The video ad does not play.", "vast-errors"),
    ("API answers 429", "Our script gets too many requests errors.", "api-limits"),
    ("401 unauthorized from the API", "The token worked yesterday.", "api-token"),
    ("We only get the first 100 deals from the API", "How can we read the next page?", "api-pagination"),
    ("App crashes since SDK 5.2", "Stack trace attached, Android 13.", "sdk-crash"),
    ("Invoice has the wrong VAT number", "Please correct the address on it, too.", "invoices"),
    ("When do we get paid for October?", "The revenue has not reached our bank account.", "payments"),
    ("Users complain about seeing the same ad again and again", "Is there a cap?", "frequency-cap"),
    ("Question about consent string", "Do you support TCF 2.2 and our CMP?", "consent"),
    ("Falsche Umsatzsteuer auf der Rechnung", "Die Anschrift stimmt auch nicht.", "rechnungen"),
]
OFF_TOPIC = [
    ("Christmas party", "Are you coming to the party on Friday? There will be cake."),
    ("Out of office", "I am on holiday until the third of August and will read your mail afterwards."),
    ("Job application", "I would like to apply as a backend engineer; my CV is attached."),
    ("Meeting on Thursday", "Shall we have lunch and talk about the contract's renewal?"),
    ("Thank you!", "That was quick. Have a lovely weekend."),
    ("Parcel for you at the reception", "The courier left a box with your name on it."),
    ("Broken link in your newsletter", "The picture of the conference leads to nowhere."),
    ("Coffee machine", "The coffee machine in the kitchen makes a strange noise."),
    ("Speaker for our conference", "Would one of your founders speak in Lisbon in May?"),
    ("Hello", "I need help, please call me back as soon as possible."),
]
UNSEEN_ANSWERED = [
    # written after the thresholds were chosen
    (
        "How do I remove someone who left the company?",
        "His account should not have access any longer.",
        "invite-users",
    ),
    ("Password reset link never arrives", "I asked for it three times.", "reset-password"),
    ("Need a deal ID for a new PMP", "The buyer's seat is 4411, floor 3 EUR.", "create-deal"),
    (
        "Different time zone in reports",
        "We are in Tokyo and would like local time instead of UTC.",
        "time-zones",
    ),
    ("Figures of yesterday missing in the dashboard", "Revenue shows zero.", "data-freshness"),
    ("Scheduled report no longer arrives by mail", "The weekly CSV has stopped.", "run-report"),
    (
        "Which banner dimensions are allowed?",
        "Is 300x600 supported, and how heavy may it be?",
        "creative-sizes",
    ),
    ("Android app shows no ads", "Only an empty placeholder. Test ads work.", "no-fill"),
    ("Gradle error when adding the SDK", "Integration of the mobile SDK fails.", "sdk-install"),
    ("ads.txt lines", "Which authorised seller lines do we have to publish?", "ads-txt"),
    ("Prebid adapter returns no bids", "Our wrapper calls you, there's no response.", "header-bidding"),
    (
        "Your tag makes our site slow",
        "Core Web Vitals have become worse since we added the script.",
        "page-speed",
    ),
    ("Match rate of our CRM segment is very low", "We uploaded the CSV last week.", "upload-segment"),
    ("Mapping request for seat 77", "Please map the segments to the DSP's taxonomy.", "segment-mapping"),
    ("Unwanted gambling ads on our site", "Please block this advertiser.", "brand-safety"),
    ("Suspicious clicks from data centres", "Looks like bots. Do we get a refund?", "invalid-traffic"),
    (
        "Is there a planned maintenance tonight?",
        "The interface was unavailable for ten minutes.",
        "maintenance",
    ),
    ("Webhook signature does not verify", "The callback URL gets the events.", "api-webhooks"),
    ("Impressions only from Germany", "How can I restrict a line item to some cities?", "targeting"),
    ("Planifier un rapport hebdomadaire", "Je voudrais un export CSV chaque lundi.", "rapports"),
]
UNSEEN_OFF_TOPIC = [
    ("Please sign our NDA", "Our lawyers need it before the next call."),
    ("Visit to your office in Paris", "Four of us would come in the second week of March."),
    ("Wrong number", "Sorry, I meant to write to somebody else."),
    ("Translation of your website", "We offer translations into forty languages at a low price."),
    ("Logo for our joint press release", "Could you send it as a vector file?"),
    ("Your competitor's offer", "They promise us better conditions. Can you match them?"),
    ("Feedback on the training", "The trainer was great, the room was too cold."),
    ("Re: Re: Fwd: pictures", "Here are the pictures from the summer event."),
    ("Delivery of the new chairs", "The lorry comes at nine; is there a lift?"),
    ("Password for the guest wifi", "We have visitors in the meeting room."),
]
