"""What queries share: a single record that is out of reach is told as not found, and leaves a trace."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from db import acting
from db.actor import Actor
from db.commands.command import record_denied
from db.errors import AccessDenied, NotFound

P = ParamSpec("P")
T = TypeVar("T")


def single(
    function: Callable[Concatenate[Session, Actor, P], T],
) -> Callable[Concatenate[Session, Actor, P], T]:
    """Make ``function(session, actor, …)`` a query for one record: a refusal is audited, and told as ``NotFound``."""

    def run(session: Session, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T:
        acting.note(actor.person_id)
        try:
            return function(session, actor, *args, **kwargs)
        except AccessDenied as denied:
            session.rollback()
            record_denied(session, actor, denied)
            raise NotFound("not found") from None

    functools.update_wrapper(run, function)
    return run
