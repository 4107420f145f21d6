"""The tablet app's own words: its start screen and queue."""

from components.words import _


def queue_words() -> dict[str, str]:
    """Give each word or sentence under its key, in the language in use."""
    return {**_starting(), **_pin(), **_home(), **_sending()}


def _starting() -> dict[str, str]:
    return {
        "app_name": "Attune",
        "starting": _("One moment …"),
        "sign_in_title": _("Sign in first"),
        "sign_in_text": _("Sign in once with a connection. After that, this app also works without a signal."),
        "sign_in_first_online": _("There is no connection at the moment. The first time, this app needs one."),
        "sign_in_signed_out": _(
            "You signed out. What was not sent yet stays on this tablet, encrypted, until you sign in again."
        ),
        "sign_in_revoked": _(
            "Capture was turned off for this tablet. What was not sent yet stays on it, encrypted, until you set it up"
            " again."
        ),
        "sign_in_account": _(
            "This account is closed at the moment. What was not sent yet stays on this tablet, encrypted."
        ),
        "sign_in_too_long": _(
            "This tablet had no contact for 14 days, so its lists were removed. What was not sent yet stays on "
            "it, encrypted. Sign in to go on."
        ),
        "sign_in": _("Sign in"),
        "set_up_again": _("Set up this tablet again"),
        "try_again": _("Try again"),
    }


def _pin() -> dict[str, str]:
    return {
        "pin_new_title": _("Choose a PIN for this tablet"),
        "pin_new_text": _(
            "The PIN encrypts what you enter here until it is sent. It is stored nowhere, so nobody can look it "
            "up for you."
        ),
        "pin": _("PIN"),
        "pin_hint": _("At least 6 digits or letters; longer is safer."),
        "pin_again": _("PIN once more"),
        "pin_save": _("Set the PIN"),
        "pin_short": _("Please use at least 6 digits or letters."),
        "pin_simple": _("This PIN is easy to guess. Please choose another one."),
        "pin_differs": _("The two PINs differ. Please type them again."),
        "pin_wrong": _("That PIN is not right. Please try again."),
        "pin_wait": _("Please wait {seconds} seconds before you try again."),
        "unlock_title": _("Enter your PIN"),
        "unlock": _("Unlock"),
        "pin_forgot": _("Forgot the PIN?"),
        "not_you": _("Not you? Sign in"),
        "pin_change": _("Change the PIN"),
        "pin_old": _("PIN until now"),
        "pin_fresh": _("New PIN"),
        "pin_changed": _("The PIN was changed."),
        "forgot_title": _("Starting over without the PIN"),
        "forgot_text": _(
            "Nobody can read this tablet's entries without the PIN, and nobody can reset it. If it comes back to "
            "you, everything is still here. Otherwise you can start over with a new PIN."
        ),
        "forgot_none": _("No unsent entry would be lost."),
        "forgot_one": _("1 entry that was not sent would be lost for good."),
        "forgot_many": _("{count} entries that were not sent would be lost for good."),
        "forgot_online": _("To start over, sign in with a connection first."),
        "forgot_type": _("Type {word} to confirm"),
        "forgot_word": _("LOSE"),
        "forgot_do": _("Start over"),
        "forgot_typed_wrong": _("Please type {word} exactly."),
        "back": _("Back"),
    }


def _home() -> dict[str, str]:
    return {
        "home_title": _("Capture"),
        "home_person": _("Signed in as {name}"),
        "new_visit": _("Log a visit"),
        "new_incident": _("Record an incident"),
        "nothing_to_capture": _("With your role there is nothing to enter here."),
        "no_reference": _(
            "The lists for the forms are not on this tablet at the moment. Connect and sign in to get them."
        ),
        "visit": _("Visit"),
        "incident": _("Incident"),
        "drafts": _("Drafts"),
        "drafts_none": _("No draft is open."),
        "queue": _("To be sent"),
        "queue_none": _("Everything is sent."),
        "receipts": _("Sent from this tablet"),
        "no_site": _("no site yet"),
        "changed_at": _("changed {when}"),
        "made_at": _("made {when}"),
        "sent_at": _("sent {when}"),
        "state_waiting": _("Waiting"),
        "state_sending": _("Sending"),
        "state_sent": _("Sent"),
        "state_refused": _("Not taken"),
        "state_unreadable": _("Cannot be read"),
        "unreadable": _("This entry was damaged on this tablet and cannot be opened."),
        "count_one": _("1 entry waits to be sent."),
        "count_many": _("{count} entries wait to be sent."),
        "continue": _("Continue"),
        "discard": _("Discard"),
        "discard_ask": _("Discard this entry?"),
        "keep": _("Keep"),
        "discarded": _("Discarded."),
        "undo": _("Undo"),
        "mend": _("Open and correct"),
        "send_as_new": _("Send as a new record"),
        "refused_invalid": _("Some answers need another look."),
        "refused_not_found": _("This site is not among yours any more. Please choose another one."),
        "refused_other_content": _(
            "This entry was saved already, with other content. You can send this one as a new record or discard it."
        ),
        "refused_removed": _(
            "This record was saved and then removed by somebody. You can send it as a new record or discard it."
        ),
        "refused_too_large": _("This entry is too long to be sent. Please shorten it."),
        "refused_other_version": _(
            "This entry was made with another version of this app. If a new version is offered here, reload first. Then"
            " open the entry, look through it and save it again: what you typed is kept."
        ),
        "refused_malformed": _("The server could not read this entry. Please open it and look through it."),
    }


def _sending() -> dict[str, str]:
    return {
        "connected": _("Connected."),
        "sending": _("Sending {done} of {total}"),
        "trouble_offline": _("No signal. What you enter waits here and is sent by itself later."),
        "trouble_unreachable": _("The server cannot be reached. We keep trying."),
        "trouble_server": _("The server cannot take entries right now. We keep trying."),
        "trouble_sign_in": _("Sign in again to send. Everything is kept until then."),
        "trouble_other_person": _("Somebody else is signed in in this browser. Sign in yourself to send."),
        "trouble_not_from_here": _("The server did not accept this address. Please open the app at its usual address."),
        "clock_off": _(
            "The clock of this tablet is off by about {minutes} minutes. Please set it. Dates and times that you "
            "typed stay as they are."
        ),
        "send_now": _("Send now"),
        "new_version": _("A new version is ready."),
        "reload": _("Reload"),
        "offline_ready": _("Ready to work without a signal."),
        "not_persisted": _(
            "Install this app (in the browser's menu: Add to home screen), so that the browser does not clear "
            "unsent entries when space is short."
        ),
        "lock": _("Lock"),
        "sign_out": _("Sign out"),
        "to_attune": _("Open Attune"),
        "storage_none": _(
            "This browser does not let the app keep anything (private browsing?). Please open it in a usual window."
        ),
        "storage_full": _(
            "There is no space left on this tablet. What you see is not kept yet: please free some space and try again."
        ),
        "storage_failed": _(
            "This tablet could not keep what you entered. Please do not close this page, and try again."
        ),
        "elsewhere_changed": _("This was changed in another tab ({when})."),
        "elsewhere_saved": _("This was saved in another tab ({when})."),
        "elsewhere_kept": _("Both are kept: what you see here is a draft of its own now."),
        "elsewhere_take": _("Take that one"),
        "elsewhere_mine": _("Keep mine"),
        "unexpected": _("Something went wrong in the app. What was kept is still there. Please reload."),
    }
