"""`countersign ledger erase`: a person leaves the database, and all else adds up as before."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from bot.commands.database_option import DATABASE
from bot.errors import Misconfigured
from bot.policies import Policies
from routing.forgetting.whom import Whom, whom_of
from routing.people import Person
from routing.phrases import counted
from storage.database import Rooms, Storage, StorageFailed, reading
from storage.erasing import Erased
from storage.leftovers import Left
from storage.occupancy import Lease
from storage.telling import Told

EVERY = 512
"""So many rows pass before the bar moves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: what was erased, what stays, and whether it was only tried."""

    erased: Erased
    left: Sequence[Left]
    dry_run: bool


class _OnlyTried(Exception):
    """Takes everything back that was done."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@click.command(
    epilog="\b\nExample:\n  countersign ledger erase dana --people people-before.yml --dry-run\n"
    "  countersign ledger erase dana --people people-before.yml"
)
@click.argument("person")
@DATABASE
@click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="COUNTERSIGN_PEOPLE",
    help="A people file that has the person: names, logins and addresses are taken from it. "
    "Those that the bot once knew are found without it.",
)
@click.option("--also", multiple=True, help="Another name, login or address of theirs.")
@click.option("--dry-run", is_flag=True, help="Change nothing: print what would be erased.")
@click.option("--yes", is_flag=True, help="Do not ask: what is erased cannot be brought back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def erase(  # noqa: PLR0913 - click gives each option by itself
    database: Path,
    person: str,
    people: Path | None,
    also: tuple[str, ...],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase what is kept of PERSON (an id); the ledger's chain stays valid.

    Take them out of the people file first, and keep a copy of it for --people. Texts of the ledger
    that speak of them go, and so do their preferences, asks, links and accounts. In reviews, in
    the history and where the ledger names them, a random stand-in takes their place: who approved,
    how work is spread and who knows what adds up as before. Exit 1 where an open merge request
    still needs them: then nothing was erased.
    """
    whom, others = _whom(person, people, also)
    if not (yes or dry_run):
        click.confirm(f"Erase everything that names {_said(whom.words)}?", abort=True, err=True)
    try:
        answer = _erase(database, whom, others, dry_run=dry_run)
    except StorageFailed as exc:
        raise Misconfigured(f"{exc}\nRun the same command again.") from exc
    click.echo(json.dumps(_as_json(answer)) if as_json else "\n".join(_text(answer)))
    sys.exit(bool(answer.erased.open))


def _whom(person: str, people: Path | None, also: tuple[str, ...]) -> tuple[Whom, tuple[str, ...]]:
    """Who is meant, and how everybody else is called, as far as the people file says."""
    listed = Policies(None, people).current.people if people is not None else ()
    found = next((one for one in listed if one.id == person), None)
    whom = whom_of(found) if found is not None else Whom(person)
    addresses = frozenset(word.lower() for word in also if "@" in word)
    by_hand = Whom(person, emails=addresses, further=frozenset(also) - addresses)
    others = (word for one in listed if one is not found for word in _words(one))
    return whom.joined(by_hand), tuple(others)


def _words(person: Person) -> Iterator[str]:
    yield from whom_of(person).words


def _erase(database: Path, whom: Whom, others: tuple[str, ...], *, dry_run: bool) -> Answer:
    """Do it in one transaction; what it leaves free in the file is written over afterwards."""
    with Lease(database) as lease, _progress() as bars:
        alone = lease.take()
        storage = Storage(database)
        try:
            sizes = storage.run_blocking(lambda rooms: rooms.erasing.sizes())
            told = bars(sizes)

            def work(rooms: Rooms) -> Answer:
                if not alone and not dry_run and rooms.erasing.is_listed(whom.person):
                    raise Misconfigured(_listed(whom.person))
                erased = rooms.erasing.erase(whom, others, datetime.now(UTC), told)
                if dry_run:
                    left = () if erased.open else rooms.erasing.left(erased.naming, told)
                    raise _OnlyTried(Answer(erased, left, dry_run=True))
                return Answer(erased, (), dry_run=False)

            try:
                answer = storage.run_blocking(work)
            except _OnlyTried as tried:
                return tried.answer
            if answer.erased.open:
                return answer
            storage.forget_freed_pages()
        finally:
            storage.close()
        with reading(database) as rooms:
            return replace(answer, left=rooms.erasing.left(answer.erased.naming, told))


def _listed(person: str) -> str:
    return (
        f"A bot runs on this database with a people file that lists {person}: it would write them "
        "down again at its next decision.\nTake them out of the people file (keep a copy for "
        "--people), wait a minute until the bot has read it, and run the same command again."
    )


def _as_json(answer: Answer) -> dict[str, object]:
    erased = answer.erased
    return {
        "names": list(erased.naming.whom.words),
        "stand_in": erased.stand_in,
        "dry_run": answer.dry_run,
        "erased": dict(erased.rows),
        "stays": [
            {"where": one.where, "rows": one.rows, "why": one.why.value} for one in answer.left
        ],
        "open": [{"ref": one.ref, "url": one.url, "why": one.why} for one in erased.open],
        "listed": erased.listed,
    }


def _text(answer: Answer) -> Iterator[str]:
    erased = answer.erased
    said = _said(erased.naming.whom.words)
    if erased.open:
        yield f"nothing was erased: {counted(len(erased.open), 'open merge request')} named {said}"
        yield from (f"  {one.url}: {one.why}" for one in erased.open)
        yield "Merge or close these, or give them to somebody else (`/review assign`). Then run the"
        yield "same command again."
        return
    would = "would be erased" if answer.dry_run else "erased"
    yield f"{would}: {said}"
    if not answer.dry_run:
        yield f"{erased.stand_in} stands for them from now on"
    yield from (f"  {count:>7,}  {what}" for what, count in erased.rows.items())
    if not erased.rows:
        yield "  nothing is kept of them"
    for one in answer.left:
        yield f"stays: {counted(one.rows, 'row')} of {one.where}: {one.why}"
    if erased.listed:
        yield "The bot last read a people file that lists them: take them out of it before it"
        yield "starts, or it will name them again."


def _said(words: Sequence[str]) -> str:
    return ", ".join(words)


@contextmanager
def _progress() -> Iterator[Callable[[Mapping[str, int]], Told]]:
    """Bars on a terminal, nothing elsewhere, one for each thing that is read."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:

        def bars(sizes: Mapping[str, int]) -> Told:
            tasks: dict[str, TaskID] = {}

            def told(what: str, count: int) -> None:
                if count % EVERY == 1:
                    if what not in tasks:
                        tasks[what] = progress.add_task(what, total=sizes.get(what))
                    progress.update(tasks[what], completed=count)

            return told

        yield bars
