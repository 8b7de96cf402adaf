"""The command line: `python -m bot …`. What a command needs is imported when it runs, so that --help comes at once."""

import asyncio
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.settings import Settings, SettingsWrong, read_settings

if TYPE_CHECKING:
    from bot.app import App

UNENCRYPTED = (
    "It is not encrypted, since BACKUP_KEY is not set (python -m bot backup-key makes one): "
    "keep it where only the office can read it."
)
KEY_FILE = """\
# The private key of pkh-bot's backups, made on {day}. Without it nobody can read them, not even the office.
# Keep it twice, on paper and on a USB stick, where the office keeps what is valuable; never on this machine.
# The line for .env on this machine: BACKUP_KEY={public}
{private}"""

cli = typer.Typer(
    help="The PKH bot of a Dinas Sosial. Settings are read from .env; .env.example explains each of them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
whatsapp = typer.Typer(help="WhatsApp at Meta's side.", no_args_is_help=True)
cli.add_typer(whatsapp, name="whatsapp")
audit = typer.Typer(
    help="What was done with people's data: whether the record is whole, whom it names.", no_args_is_help=True
)
cli.add_typer(audit, name="audit")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@cli.callback()
def private() -> None:
    """Let nobody else on this machine read what is written: it is people's names and numbers."""
    os.umask(0o077)


@cli.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the page is; when taken, a free one.")] = 8080,
    keep: Annotated[Path | None, typer.Option(help="Keep the data in this folder; else it is thrown away.")] = None,
) -> None:
    """Try everything on a page in the browser: no account, no token, no internet."""
    from bot.demo.run import TRY_FIRST, run_demo
    from bot.log import set_up_log
    from bot.running import run_until_stopped
    from bot.single import only_one

    set_up_log("WARNING")
    host = "127.0.0.1"

    def started(address: str) -> None:
        tell(f"pkh-bot demo: {address}\n\n{TRY_FIRST}\n\nCtrl+C ends it.")

    with plain_errors(), ExitStack() as held:
        if keep is not None:
            held.enter_context(only_one(keep))
        tell("Making the office and the week before the Bimtek, which takes a moment …")
        run_until_stopped(run_demo(host, free_port(host, port), keep, started))


@cli.command()
def run() -> None:
    """Run the office's bot until it is stopped."""
    from bot.log import set_up_log
    from bot.running import CannotRun, run_office, run_until_stopped

    settings = settings_or_exit()
    set_up_log(settings.log_level, secrets_of(settings))

    def started(app: "App", port: int) -> None:
        names = ", ".join(sorted(app.channels))
        tell(f"{settings.office_name}: running on {names}; health at http://{settings.web_host}:{port}/health")

    with plain_errors():
        try:
            run_until_stopped(run_office(settings, started))
        except CannotRun as why:
            raise fail(str(why)) from None
    tell("stopped")


@cli.command()
def invite(role: Annotated[str, typer.Option(help="operator, coordinator, supervisor, facilitator or tksk")]) -> None:
    """Print a one-time link and code, valid for 7 days, for somebody who gets this role."""
    from bot import inviting
    from bot.channels import whatsapp as wa
    from bot.channels.telegram import TokenInvalid, Unreachable
    from bot.dates import show_moment
    from bot.deep_links import whatsapp_link

    settings = settings_or_exit()
    with plain_errors():
        made = asyncio.run(inviting.invite(settings, role))
    tell(f"Invitation for one {made.title}, until {show_moment(made.until, settings.office_zone)}:")
    if settings.telegram_token:
        try:
            with err.status("asking Telegram for the bot's name"):
                name = asyncio.run(inviting.ask_bot_name(settings))
            tell(f"  https://t.me/{name}?start=u_{made.token}")
        except (TokenInvalid, Unreachable) as why:
            err.print(f"no link: {why}", style="yellow", markup=False)
    if settings.whatsapp_token:
        try:
            with err.status("asking WhatsApp for the number"):
                number = asyncio.run(inviting.ask_number(settings))
            tell(f"  {whatsapp_link(number, f'u_{made.token}')}")
        except (wa.TokenInvalid, wa.Unreachable) as why:
            err.print(f"no link: {why}", style="yellow", markup=False)
    tell(f"  KLAIM {made.code}")
    tell("Open the link, or send the code to the bot. Whoever comes first gets the role.")


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The roster as .xlsx or .csv.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
) -> None:
    """Bring the roster up to date from a file: checks every row, shows what would change, then asks."""
    from bot.importing import NotImported, import_roster

    settings = settings_or_exit()
    with plain_errors(), err.status(f"reading {file.name}") as status:

        def agree(preview: str, changes: bool) -> bool:
            status.stop()
            tell(preview)
            return changes and (yes or typer.confirm("Apply?", default=False))

        try:
            done = asyncio.run(import_roster(settings.data_dir, file, agree))
        except NotImported as why:
            status.stop()
            raise fail(str(why)) from None
    tell(f"Applied: {done.new} new, {done.changed} changed." if done else "Nothing was applied.")


@cli.command()
def check() -> None:
    """Look at settings, database, token and clock, one line each; exit 1 if something is wrong."""
    from bot.checks import check_all
    from bot.found import Found

    try:
        with err.status("checking"):
            settings = read_settings()
            findings = asyncio.run(check_all(settings))
    except SettingsWrong as why:
        findings = [Found(False, f"settings: {line}") for line in str(why).splitlines()]
    for found in findings:
        out.print(f"{'✓' if found.ok else '✗'} {found.says}", style=None if found.ok else "red", markup=False)
    if not all(found.ok for found in findings):
        raise typer.Exit(1)


@cli.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="What to write; default: a new file in DATA_DIR/backups.")] = None,
) -> None:
    """Save the database and all files as one archive, encrypted and restored on trial; the bot may be running."""
    from bot.backup import back_up, back_up_office
    from bot.clock import MovableClock
    from bot.dates import local
    from bot.settings import keeping_of

    settings = settings_or_exit()
    data, keeping = settings.data_dir, keeping_of(settings)
    now = local(MovableClock().now(), settings.office_zone)
    with plain_errors(), Progress(console=err, transient=True) as bar:
        task = bar.add_task("saving", total=None)

        def progress(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        if file is None:
            folder = keeping.folder_of(data)
            file, packed, saved = back_up_office(data, folder, now, keeping.keys, wary=False, progress=progress)
        else:
            packed, saved = back_up(data, file, now, keeping.keys, progress)
        noted = note_if_possible(settings, "backup")
    size, seconds = f"{saved.size / 1000:,.0f} kB", f"{saved.seconds:.0f} s"
    tell(f"{file}: {sum(packed.rows.values())} rows, {packed.files} files, {size}, restored on trial, in {seconds}.")
    if packed.head:
        tell(f"The audit's head in it: {packed.head}")
    if not saved.sealed:
        tell(UNENCRYPTED)
    elif saved.place == "here":
        tell("It stands on this machine alone: BACKUP_FOLDER is not set (docs/panduan-cadangan.md).")
    if not noted:
        err.print("the audit has no line of this: the bot is running and does not take it now", style="yellow")


@cli.command("backup-key")
def backup_key() -> None:
    """Make a pair of keys for encrypted backups: the public one is for .env, the private one to be kept elsewhere."""
    from bot.clock import MovableClock
    from bot.sealing import make_key

    private, public = make_key()
    # As it is printed it is a key file: `backup-key > /media/stick/key.txt` puts it on a stick.
    tell(KEY_FILE.format(day=f"{MovableClock().now():%Y-%m-%d}", public=public, private=private))
    if not out.is_terminal:
        err.print(f"The line for .env on this machine: BACKUP_KEY={public}", markup=False)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="An archive that `backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Move a database that is there aside first.")] = False,
    key: Annotated[Path | None, typer.Option(help="The file with the private key; else it is typed, unseen.")] = None,
) -> None:
    """Bring a backup back, after checking all of it; the bot must be stopped."""
    from bot.clock import MovableClock
    from bot.restoring import needs_key
    from bot.restoring import restore as bring_back
    from bot.sealing import read_private_keys
    from bot.single import only_one

    settings = settings_or_exit()
    with plain_errors(), only_one(settings.data_dir):
        sealed = needs_key(file, settings.data_dir, force=force)
        keys = read_private_keys(key.read_text("utf-8", "replace") if key else ask_key()) if sealed else []
        with err.status("checking the archive"):
            found = bring_back(file, settings.data_dir, f"{MovableClock().now():%Y%m%d-%H%M%S}", keys, force=force)
    with plain_errors():
        note_if_possible(settings, "restore")
    tell(f"Restored {sum(found.rows.values())} rows and {found.files} files to {settings.data_dir}.")


@cli.command()
def export(folder: Annotated[Path, typer.Argument(help="A new or empty folder for the files.")]) -> None:
    """Write the office's records as CSV files, one per table, without secrets."""
    from bot.door import note_at_the_store
    from bot.export import export as write_out

    settings = settings_or_exit()
    with plain_errors(), err.status("writing"):
        written = write_out(settings.data_dir, folder)
        asyncio.run(note_at_the_store(settings.data_dir, "export", "all"))
    tell(f"{folder}: {len(written)} files, {sum(written.values())} rows. They hold names and phone numbers.")


@audit.command("verify")
def audit_verify(
    head: Annotated[
        list[str] | None, typer.Option(help="A head that somebody kept, as the bot wrote it: 1204-3fa901bc77d2e410.")
    ] = None,
) -> None:
    """Look through the chain of the audit, and for heads that were kept elsewhere; exit 1 if it was tampered with."""
    from bot.audit_reading import look_through

    settings = settings_or_exit()
    with plain_errors(), err.status("looking through"):
        findings = look_through(settings.data_dir, head or [], settings.office_zone)
    for found in findings:
        out.print(f"{'✓' if found.ok else '✗'} {found.says}", style=None if found.ok else "red", markup=False)
    if not all(found.ok for found in findings):
        raise typer.Exit(1)


@audit.command("touched")
def audit_touched(
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    by: Annotated[str, typer.Option(help="Only what this person did: a part of the name, or the id.")] = "",
    file: Annotated[Path | None, typer.Option("--out", help="The Excel file to write; default: here.")] = None,
) -> None:
    """Write whose data was read, exported, changed or deleted in a span of days: for the notice after an incident."""
    from bot.audit_reading import reading, who
    from bot.clock import MovableClock
    from bot.door import note_at_the_store
    from handlers.auditing.touched import Span, file_name, find, write

    settings = settings_or_exit()
    first, last = sorted((since.date(), until.date()))
    with plain_errors(), err.status("looking through"):
        with reading(settings.data_dir) as db:
            span = Span(first, last, who(db, by) if by else None)
            found = find(db, span, MovableClock().now(), settings.office_zone)
        target = file or Path(file_name(span))
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:  # noqa: PTH123
            try:
                asyncio.run(note_at_the_store(settings.data_dir, "export audit", "all", span.noted))
            except BaseException:
                target.unlink()  # no list leaves without its line
                raise
            written.write(write(found))
    tell(f"{target}: {len(found.deeds)} deeds touched the data of {len(found.people)} people. It names them.")


@cli.command("data-map")
def data_map() -> None:
    """Print what is kept about people, table by table, and what becomes of it when somebody is erased (Markdown)."""
    from bot.data_map import data_map as lines

    for line in lines():
        tell(line)


@whatsapp.command("templates")
def whatsapp_templates(
    look: Annotated[bool, typer.Option("--look", help="Only show the states; hand nothing in.")] = False,
) -> None:
    """Hand in the message templates that WhatsApp does not know yet, and show how far each review has come.

    What may be sent to somebody who has not written for a day is one of these; bot/templates.toml has their texts. It
    ends with 1 if one of them cannot be used and does not wait for its review either.
    """
    from bot.channels.whatsapp import TokenInvalid, Unreachable
    from bot.template_reviews import broken, review_templates

    settings = settings_or_exit()
    if settings.whatsapp_token is None:
        raise fail("WHATSAPP_TOKEN is not set: see docs/panduan-whatsapp.md, langkah 3")
    if wrong := list(broken()):
        raise fail("bot/templates.toml: " + "; ".join(wrong))
    with plain_errors(), err.status("asking WhatsApp"):
        try:
            found = asyncio.run(review_templates(settings, hand_in=not look))
        except TokenInvalid as why:
            raise fail(f"{why}; see docs/panduan-whatsapp.md, langkah 3") from None
        except Unreachable as why:
            raise fail(f"{settings.whatsapp_api_url} cannot be reached: {why}") from None
    for line in found.lines:
        out.print(f"{'✓' if line.ok else '✗'} {line.says}", style=None if line.ok else "red", markup=False)
    if found.handed_in:
        tell(f"{found.handed_in} handed in. Look again tomorrow, or let the webhook tell the bot.")
    if not all(line.ok for line in found.lines):
        raise typer.Exit(1)


def note_if_possible(settings: Settings, action: str) -> bool:
    """Leave a line in the audit; a backup that is made all the same is worth more than its line."""
    from bot.door import NobodyAnswers, note_at_the_store

    try:
        asyncio.run(note_at_the_store(settings.data_dir, action, "all"))
    except NobodyAnswers:
        return False
    return True


def ask_key() -> str:
    """Have the private key typed, without showing it."""
    return str(typer.prompt("Private key (AGE-SECRET-KEY-1…, is not shown)", hide_input=True, err=True))


def tell(words: str) -> None:
    """Print as it is: nothing that a file or a person brought is markup."""
    out.print(words, markup=False)


def fail(words: str) -> typer.Exit:
    """Say what is wrong, and make the exit to raise."""
    err.print(words, style="red", markup=False)
    return typer.Exit(2)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what can go wrong into one clear line and exit 2; nothing shows a traceback or a secret."""
    from bot.archive import BackupFailed
    from bot.chat import Refused
    from bot.door import NobodyAnswers
    from bot.export import ExportFailed
    from bot.single import AnotherProcess
    from storage.database import NotOurDatabase, PragmaRefused

    try:
        yield
    except (BackupFailed, ExportFailed, AnotherProcess, NobodyAnswers, Refused) as why:
        raise fail(str(why)) from None
    except (NotOurDatabase, PragmaRefused) as why:
        raise fail(f"the database cannot be used: {why}") from None
    except sqlite3.Error as why:
        raise fail(f"the database does not work: {type(why).__name__}") from None
    except OSError as why:
        raise fail(f"{why.filename or 'the system'}: {why.strerror or type(why).__name__}") from None


def settings_or_exit() -> Settings:
    """Read the settings; name every one that is missing or wrong."""
    try:
        return read_settings()
    except SettingsWrong as why:
        raise fail(f"{why}\n.env.example explains every setting.") from None


def secrets_of(settings: Settings) -> list[str]:
    """Return what must never be logged."""
    ours = (
        settings.telegram_token,
        settings.whatsapp_token,
        settings.whatsapp_app_secret,
        settings.whatsapp_verify_token,
    )
    return [one.get_secret_value() for one in ours if one]


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or 0, which is any free one, when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError:
            return 0
    return wanted


if __name__ == "__main__":
    cli()
