"""`countersign mark`: the author says that AI helped, and the commit carries it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.errors import CountersignError
from bot.git.command import Git
from bot.git.declaring import KEYS
from bot.git.mark_hook import install_hook, uninstall_hook
from bot.git.marking import mark_message

WRONG_USE = 2
ASSISTED_BY = "Assisted-by"
TEMPLATE = Path(__file__).with_name("pull_request_template.md")

HELP = """Declare in a commit message that AI helped to write the commit.

As a hook (--install) it does so on every commit whose author says that a tool helped, in any of
three ways; the first that is there counts:

\b
  AI: Claude Code                                a line at the end of the message; it becomes
                                                 the trailer "Assisted-by: Claude Code"
  git -c countersign.ai="Claude Code" commit     for one commit
  git config countersign.ai "Claude Code"        until it is unset: for a session of work, not
                                                 for merges, picks and reverts done meanwhile

"AI: none" says that no tool helped: the line goes, and nothing is added. Nor is anything added to
a message that shows AI help already (most tools sign their commits), except a further tool that a
line names, or to one that git will refuse because it is empty or still its template.

Git runs no such hook for a clean revert or pick, and drops the message of a "fixup!" commit
together with its trailer when it is squashed.
"""

EXAMPLES = """\b
Examples:
  countersign mark --install                       in the clone you stand in
  git commit -m "Retry refunds" -m "AI: Claude Code"
  countersign mark --tool Codex .git/COMMIT_EDITMSG
  countersign mark --template > .github/pull_request_template.md

Exit status: 0 fine; 1 there was nothing to uninstall; 2 wrong use, such as a tool whose name
cannot be told from a person's.
"""


@click.command(help=HELP, epilog=EXAMPLES, short_help="Declare AI help in commit messages.")
@click.argument(
    "message_file",
    required=False,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option("--tool", metavar="NAME", help='Who helped, such as "Claude Code"; or none.')
@click.option(
    "--trailer",
    type=click.Choice(KEYS, case_sensitive=False),
    default=ASSISTED_BY,
    show_default=True,
    metavar="KEY",
    help="The trailer that your organisation uses.",
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The clone; default: this folder.",
)
@click.option("--install", is_flag=True, help="Install the commit-msg hook in the clone.")
@click.option("--uninstall", is_flag=True, help="Take that hook away again.")
@click.option("--template", is_flag=True, help="Print a pull request template to copy.")
@click.option("-v", "--verbose", is_flag=True, help="Say what was added, or why nothing was.")
def mark(
    message_file: Path | None,
    repo: Path,
    trailer: str,
    tool: str | None,
    verbose: bool,
    **wanted: bool,
) -> None:
    """Do the one thing that is wanted."""
    ways = [name for name, asked in wanted.items() if asked]
    if len(ways) + (message_file is not None) != 1:
        raise click.UsageError(
            "Name the file of a message, or one of --install, --uninstall and --template."
        )
    git = Git(repo)
    if message_file is not None:
        _mark(message_file, git, trailer, tool, verbose=verbose)
        return
    if tool is not None:
        raise click.UsageError(
            "--tool goes with the file of a message; a hook asks every commit's author anew."
        )
    match ways:
        case ["install"]:
            _install(git, trailer)
        case ["uninstall"]:
            _uninstall(git)
        case _:
            click.echo(template(), nl=False)


def template() -> str:
    """The pull request template; its boxes are worded so that provenance can be told of them."""
    return TEMPLATE.read_text(encoding="utf-8")


def run_hook() -> None:
    """Run `mark` by itself, as the hook does: the rest of the bot takes long to load."""
    try:
        mark()
    except CountersignError as exc:
        click.echo(f"countersign: {exc}", err=True)
        sys.exit(WRONG_USE)


def _mark(message: Path, git: Git, trailer: str, tool: str | None, *, verbose: bool) -> None:
    marked = mark_message(message.absolute(), git, trailer, tool)
    if verbose:
        for line in marked.trailers:
            click.echo(f"added {line}", err=True)
        if not marked.trailers:
            click.echo(f"nothing added: {marked.reason}", err=True)
    for warning in marked.warnings:
        click.echo(f"countersign: {warning}", err=True)


def _install(git: Git, trailer: str) -> None:
    options = () if trailer == ASSISTED_BY else ("--trailer", trailer)
    installed = install_hook(git, options)
    click.echo(f"installed {installed.path}")
    if installed.kept is not None:
        click.echo(f"the hook that was there runs behind it, as {installed.kept.name}")
    if installed.shared:
        click.echo(
            "core.hooksPath points there: it serves every clone for which it does. Share the"
        )
        click.echo("file with nobody, it names this machine's Python; pre-commit serves a team.")
    click.echo('say who helped at the end of a message, "AI: Claude Code" or "AI: none"')


def _uninstall(git: Git) -> None:
    path = uninstall_hook(git)
    if path is None:
        click.echo("there is no hook of Countersign's here")
        raise click.exceptions.Exit(1)
    click.echo(f"took {path} away")


if __name__ == "__main__":
    run_hook()
