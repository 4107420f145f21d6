"""What is said to somebody who is not let in, or whose password is asked for once more."""

from components.words import _


def wrong_password() -> str:
    """Give what is said to somebody who is signed in and entered another password than theirs."""
    return _("This is not your password.")


def slowed_down() -> str:
    """Give what is said after too many attempts."""
    return _("Sign-in is slowed down; please try again in a few minutes.")


def ended() -> str:
    """Give what is said when somebody else set a password so long ago that it opens nothing any more."""
    return _("The password that was set for you was not used in time. Please ask your administrator for a new one.")
