"""Unexpected errors: an apology with a reference; the log holds places in the code and nothing that people wrote."""

import io
import json
import logging

import pytest
from sqlalchemy.exc import IntegrityError

from tests.web.conftest import sign_in_as
from web import log

SECRET = "Maria's note about table 5"


@pytest.fixture
def lines():
    """What the process logs, as people find it on stderr."""
    saved = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger in loggers()]
    log.configure("INFO")
    stream = io.StringIO()
    logging.getLogger().handlers[0].setStream(stream)

    def written():
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield written
    logging.setLogRecordFactory(logging.LogRecord)
    logging.raiseExceptions = True
    for logger, handlers, propagate, level in saved:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


def loggers():
    known = (logging.getLogger(name) for name in list(logging.root.manager.loggerDict))
    return [logging.getLogger(), *known]


def test_an_unexpected_error_shows_a_reference_and_no_detail(signed_in, lines):
    answer = signed_in.client.get("/broken")
    assert answer.status_code == 500
    for detail in (SECRET, "ValueError", "Traceback", ".py", "conftest"):
        assert detail not in answer.text
    noted = next(line for line in lines() if line["event"] == "unexpected_error")
    assert noted["reference"] in answer.text
    assert noted["error"] == ["builtins.ValueError"]
    assert noted["at"][-1].startswith("web/conftest.py:")
    assert SECRET not in json.dumps(noted)


def test_an_error_of_a_library_is_logged_without_its_words(lines):
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            raise IntegrityError(f"INSERT {SECRET}", {"summary": SECRET}, cause) from cause
    except IntegrityError as error:
        logging.getLogger("sqlalchemy.pool").error("Failed for %s", SECRET, exc_info=error)
        logging.getLogger("streamlit.x").exception(f"Failed for {SECRET}")
        logging.getLogger("streamlit.error_util").error("Uncaught app execution", exc_info=error)
    filled, bare = lines()
    assert filled["event"] == "Failed for %s"
    assert bare["event"] == "library"
    assert filled["error"] == bare["error"] == ["sqlalchemy.exc.IntegrityError", "builtins.ValueError"]
    assert SECRET not in json.dumps([filled, bare])


def test_signing_in_well_and_badly_logs_no_name_and_no_password(client, field, lines):
    person = field.people["consultant"]
    sign_in_as(client, person, "a wrong password")
    answer = sign_in_as(client, person)
    logged = json.dumps(lines())
    assert "sign_in_refused" in logged
    for private in (person.sign_in_name, person.display_name, "a wrong password", "kites", client.cookies["attune"]):
        assert private not in logged
    assert answer.status_code == 303
