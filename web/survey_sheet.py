"""The printed sheet of a staff survey: one slip to tear off for each person invited, with its code and a QR code."""

import segno

from components import dates
from components.instruments import label_of_code
from components.words import _, language, plural, use_language
from db.queries.waves import WaveRow
from web import html


def sheet_document(wave: WaveRow, codes: list[str], base: str) -> str:
    """Give the sheet as one HTML page that prints on its own. ``base``: our address, such as https://attune.example.

    The slips are in every language of the wave, the note for whoever prints them in the language in use.
    """
    reader = language()
    words = []
    for spoken in wave.languages:
        use_language(spoken)
        words.append(
            {
                "lang": spoken,
                "title": _("Staff survey: {site}").format(site=wave.site),
                "how": _("Scan this, or open {address} and enter:").format(address=f"{base}/survey"),
                "until": _("{first} to {last}").format(
                    first=dates.full(wave.opened_on), last=dates.full(wave.closed_on)
                ),
                "promise": _("This code works once and is not kept with your answers. Nobody sees what you answer."),
            }
        )
    use_language(reader)
    return html.text(
        "survey_codes.html",
        title=_("Survey codes: {site}").format(site=wave.site),
        survey=label_of_code(wave.instrument_code),
        count=plural("{count} code", "{count} codes", len(codes)).format(count=len(codes)),
        notes=[
            _("Cut the slips apart, fold them, and let everybody draw one. Do not note who has which."),
            _("Only this print is valid: codes that were printed before do not work any more."),
            _("We do not keep the codes. Please shred the slips that are left."),
        ],
        slips=[(code, qr_code(f"{base}/survey/{code}")) for code in codes],
        words=words,
    )


def qr_code(address: str) -> str:
    """Give a QR code as an address of an image that stands in the page itself."""
    return str(segno.make(address, error="m").svg_data_uri(scale=3, border=4))
