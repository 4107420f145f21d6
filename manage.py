"""The operator's commands: bring the database up to date, fill a demo, check what is stored, add a person."""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from db import doctor as doctors
from db import marks, pack_registry, retention, wall
from db import migrate as migrations
from db import operator as operators
from db import recompute as recomputing
from db import verify as verification
from db.access_matrix import ROLES
from db.acting import whole_reach
from db.backup import keys
from db.backup import restore as restoring
from db.backup import switch as switching
from db.backup import write as writing
from db.backup.refusals import BackupRefused
from db.demo import load as demos
from db.demo.order import TIMEZONE, Order
from db.engine import engine, session, take_your_time
from db.errors import InvalidInput
from db.models.base import utc_now
from db.problems import SENTENCES
from db.settings import settings

Progress = Callable[[float, int], None]


class Failure(Exception):
    """A command cannot do what was asked; the message is all that the operator needs."""


def migrate(_arguments: argparse.Namespace) -> None:
    """Bring the database to the version of this program."""
    migrations.upgrade(engine())
    print("The database is up to date.")


def demo(arguments: argparse.Namespace) -> None:
    """Fill an empty database with demo data."""
    try:
        today = datetime.now(ZoneInfo(arguments.timezone)).date()
    except (ValueError, ZoneInfoNotFoundError):
        raise Failure("This time zone is not known.") from None
    until = arguments.until or today
    if until > today:
        raise Failure("The last day of the demo cannot be in the future.")
    try:
        order = Order(
            until=until,
            timezone=arguments.timezone,
            sites=arguments.sites,
            months=arguments.months,
            seed=arguments.seed,
            incidents=arguments.incidents,
        )
    except ValueError as error:
        raise Failure(str(error)) from None
    if migrations.is_empty(engine()):
        migrations.upgrade(engine())
    migrations.require_current(engine())
    with session() as opened:
        filled = arguments.if_empty and demos.has_people(opened)
    if not filled:
        counts = demos.load(engine(), order, _progress())
        print(f"The demo is ready: {counts['site']:,} sites, {counts.get('incident', 0):,} incidents.")
    with session() as opened:
        for one in marks.demo_sign_ins(opened):
            print(f"  {one.role:<12} sign-in name {one.name:<18} password {one.password}")


def verify(_arguments: argparse.Namespace) -> None:
    """Check all that is stored, and name the first bad row."""
    migrations.require_current(engine())
    first_bad = None
    for result in verification.checks(engine()):
        print(f"{'ok ' if result.problem is None else 'BAD'}  {result.check}: {result.problem or result.note}")
        first_bad = first_bad or result.problem
    if first_bad:
        raise Failure(first_bad)


def recompute(_arguments: argparse.Namespace) -> None:
    """Compute domain scores by the present formulas, beside those that stand."""
    migrations.require_current(engine())
    with session() as opened:
        pack_registry.refresh(opened, at_once=True)
        opened.rollback()
        done = recomputing.recompute(opened)
    for code, observations in sorted(done.items()):
        print(f"{code}: {observations:,} observations")
    if not done:
        print("Every score stands by the present formula.")


def user_add(arguments: argparse.Namespace) -> None:
    """Add a person who can sign in: the way to the first administrator."""
    migrations.require_current(engine())
    password = _password(arguments.password_stdin)
    with session() as opened:
        operators.add_person(opened, arguments.name, arguments.role, arguments.display_name, password)
    print(f"{arguments.name} can sign in now, as {arguments.role}, and then chooses their own password.")


def user_password(arguments: argparse.Namespace) -> None:
    """Give someone a password for the next sign-in, at which they choose their own; their sessions end."""
    migrations.require_current(engine())
    password = _password(arguments.password_stdin)
    with session() as opened:
        found = operators.set_password(opened, arguments.name, password)
    if not found:
        raise Failure("There is nobody with that sign-in name.")
    print(f"{arguments.name} chooses their own password at the next sign-in.")


def user_reset(arguments: argparse.Namespace) -> None:
    """Take someone's second step away whose phone and recovery codes are lost; their sessions end."""
    migrations.require_current(engine())
    with session() as opened:
        found = operators.reset_second_factor(opened, arguments.name)
    if not found:
        raise Failure("Nobody with that sign-in name has a second step.")
    print(f"{arguments.name} signs in with the password alone now, or sets a new second step up.")


def backup_key(arguments: argparse.Namespace) -> None:
    """Make the key that opens backups, into a file to be kept elsewhere."""
    public = keys.make_key(arguments.out)
    print(f"Keep {arguments.out} away from this server: it opens every backup, and nothing else does.")
    print(f"ATTUNE_BACKUP_RECIPIENT={public}")


def backup(arguments: argparse.Namespace) -> None:
    """Write an encrypted backup while people go on working."""
    recipient = keys.read_recipient(arguments.recipient or settings().backup_recipient)
    made = writing.back_up(engine(), arguments.to, recipient, _progress())
    gone = writing.keep_newest(arguments.to, arguments.keep) if arguments.keep else []
    print(f"{made} ({made.stat().st_size:,} bytes), with its manifest beside it.")
    if gone:
        print(f"Older backups deleted: {len(gone)}.")


def restore(arguments: argparse.Namespace) -> None:
    """Bring a backup into a new place, check it there, and say so; the running data are not touched."""
    key = keys.read_key(arguments.key_file)
    running, secret = settings().database_url, settings().database_key
    database_key = secret.get_secret_value() if secret else None
    done = restoring.restore(arguments.file, key, arguments.into, database_key, _progress())
    for check in done.passed:
        print(f"ok   {check}")
    print(f"{done.rows:,} rows of {done.made_at} stand at {make_url(arguments.into).database}.")
    if not arguments.switch:
        print("To use them: stop the server, set DATABASE_URL to that place, start it.")
    elif {make_url(url).get_backend_name() for url in (arguments.into, running)} == {"sqlite"}:
        kept = switching.switch(Path(str(make_url(arguments.into).database)), running, database_key)
        print(f"Switched. What was there before is kept as {kept}.")
    else:
        raise Failure("Only an SQLite file can be switched here: set DATABASE_URL to the new database instead.")


def purge(arguments: argparse.Namespace) -> None:
    """Delete removed records for good whose time is over, and let the file forget their bytes."""
    migrations.require_current(engine())
    with session() as opened:
        found = retention.due(opened, utc_now())
        opened.rollback()
        done = {} if arguments.dry_run else retention.purge(opened, utc_now())
    for name, count in found.items():
        print(f"{name}: {count:,} {'would be deleted' if arguments.dry_run else 'deleted'}")
    if done:
        retention.clear_bytes(engine(), list(done))


def surveys(_arguments: argparse.Namespace) -> None:
    """Count the staff surveys whose last day is over: their answers become totals and are destroyed."""
    migrations.require_current(engine())
    with session() as opened:
        print(f"{operators.count_ended_surveys(opened):,} surveys counted.")


def doctor(arguments: argparse.Namespace) -> None:
    """Look at this installation and say what to do about what is found."""
    found = list(doctors.examine(settings(), arguments.backups))
    for what, state, told in found:
        print(f"{state:<6}{what}: {told}")
    if any(state == "fault" for _what, state, _told in found):
        raise Failure("Not ready for real use: mend what is marked as a fault.")


def protect(arguments: argparse.Namespace) -> None:
    """Put row-level security up on PostgreSQL, as a second wall behind the program's own filter, or take it down."""
    if arguments.off:
        print(f"Row-level security is off: {wall.take_down(engine())} tables.")
        return
    migrations.require_current(engine())
    password = _password(True) if arguments.password_stdin else None
    count = wall.protect(engine(), arguments.app_role, password)
    print(f"{count} tables are behind the wall. Let the servers sign in to PostgreSQL as {arguments.app_role}, and")
    print("restart them: one that was running before knows nothing of it and sees no records.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("The same again: "):
        raise Failure("The two passwords are not the same.")
    return first


def _progress() -> Progress:
    """Give what draws the progress on the error stream: a growing bar on a terminal, elsewhere its end."""
    live = sys.stderr.isatty()

    def draw(share: float, rows: int) -> None:
        if live or share == 1:
            bar = "#" * round(30 * share)
            end = "\n" if share == 1 else ""
            print(f"\r[{bar:30}] {share:4.0%}  {rows:,} rows", end=end, file=sys.stderr, flush=True)

    return draw


def parser() -> argparse.ArgumentParser:
    """Give the parser of the command line."""
    made = argparse.ArgumentParser(prog="manage.py", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add(commands, "migrate", migrate)
    _add_demo(commands)
    _add(commands, "verify", verify)
    _add(commands, "recompute", recompute)
    _add_backups(commands)
    one = _add(commands, "purge", purge)
    one.add_argument("--dry-run", action="store_true", help="only count")
    _add(commands, "surveys", surveys)
    _add_protect(commands)
    one = _add(commands, "doctor", doctor)
    one.add_argument("--backups", type=Path, help="the folder that backups go to")
    _add_people(commands)
    return made


def _add(commands: Any, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    """Add a command that is described by the docstring of the function that it runs."""
    added: argparse.ArgumentParser = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
    added.set_defaults(run=run)
    return added


def _add_demo(commands: Any) -> None:
    one = _add(commands, "demo", demo)
    one.add_argument("--sites", type=int, default=24, help="how many sites (24)")
    one.add_argument("--months", type=int, default=18, help="how many months, the last being this one (18)")
    one.add_argument("--seed", type=int, default=7, help="the same seed gives the same data (7)")
    one.add_argument("--incidents", type=int, help="exactly this many incidents (as it comes)")
    one.add_argument("--until", type=date.fromisoformat, help="the last day, YYYY-MM-DD (today)")
    one.add_argument("--timezone", default=TIMEZONE, help=f"the clock of its regions ({TIMEZONE})")
    one.add_argument("--if-empty", action="store_true", help="do nothing when there are people already")


def _add_backups(commands: Any) -> None:
    one = _add(commands, "backup-key", backup_key)
    one.add_argument("--out", type=Path, required=True, help="the file to write the key to")
    one = _add(commands, "backup", backup)
    one.add_argument("--to", type=Path, required=True, help="the folder that backups go to")
    one.add_argument("--recipient", help="the public key to encrypt for (ATTUNE_BACKUP_RECIPIENT)")
    one.add_argument("--keep", type=int, help="delete all but the newest so many backups of the folder")
    one = _add(commands, "restore", restore)
    one.add_argument("file", type=Path, help="the backup")
    one.add_argument("--key-file", type=Path, help="the key that opens it")
    one.add_argument("--into", required=True, help="the new place: sqlite:///NEW.db, or an empty PostgreSQL database")
    one.add_argument("--switch", action="store_true", help="then put the new SQLite file in the running one's place")


def _add_protect(commands: Any) -> None:
    one = _add(commands, "protect", protect)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--app-role", help="the PostgreSQL role of the servers; made when it is not there")
    which.add_argument("--off", action="store_true", help="take the wall down")
    one.add_argument(
        "--password-stdin",
        action="store_true",
        help="let the role sign in, with the password on the first line of input",
    )


def _add_people(commands: Any) -> None:
    user = commands.add_parser("user", help="People who can sign in.")
    users = user.add_subparsers(dest="user_command", required=True, metavar="COMMAND")
    one = _add(users, "reset-second-step", user_reset)
    one.add_argument("--name", required=True, help="the name that they sign in with")
    one = _add(users, "set-password", user_password)
    one.add_argument("--name", required=True, help="the name that they sign in with")
    one.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")
    one = _add(users, "add", user_add)
    one.add_argument("--name", required=True, help="the name to sign in with")
    one.add_argument("--role", required=True, choices=ROLES)
    one.add_argument("--display-name", required=True, help="the name that others see")
    one.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 with a sentence when not."""
    arguments = parser().parse_args(words)
    take_your_time()
    try:
        with whole_reach():  # the operator's work is nobody's, and is about everything
            arguments.run(arguments)
    except (Failure, migrations.WrongVersion, demos.DemoRefused, wall.WallRefused) as error:
        print(error, file=sys.stderr)
        return 1
    except BackupRefused as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except InvalidInput as error:
        for problem in error.problems:
            print(f"{problem.field}: {SENTENCES[problem.code].format(**problem.context)}", file=sys.stderr)
        return 1
    except DBAPIError as error:
        print(f"The database does not answer: {type(error.orig).__name__}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
