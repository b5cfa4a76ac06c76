"""A change read from a clone: the files and commits between two points."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from bot.errors import Refused
from bot.git.clone import Clone
from routing.model import ChangedFile, Commit, FileStatus, Signature

MOST_PATCH = 20_000_000
"""Characters of diff that are read; beyond it patches are missing, and that is said."""

AI_NOTES = "refs/notes/ai"

FIELDS = "%H%n%at%n%ct%n%aN%n%aE%n%cN%n%cE%n%B"
"""A field a line: no name holds a line's end, whatever else it holds."""
AS_WE_READ = (
    "-M",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--submodule=short",
    "--ignore-submodules=none",
)
"""What people set for their own reading must change nothing."""
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
TYPE_CHANGED = "T"

STATUSES = {
    "A": FileStatus.ADDED,
    "C": FileStatus.ADDED,
    "D": FileStatus.REMOVED,
    "R": FileStatus.RENAMED,
}


async def read_commits(clone: Clone, base: str, head: str) -> tuple[Commit, ...]:
    """The commits of `head` that `base` does not have, oldest first."""
    found = [
        _commit(piece)
        async for piece in clone.pieces(
            "log", "-z", "--reverse", "--encoding=UTF-8", f"--format={FIELDS}",
            "--end-of-options", f"{base}..{head}",
            end=b"\0",
        )
    ]  # fmt: skip
    return tuple(found)


async def read_lineage(
    clone: Clone, tip: str, last: int
) -> Mapping[str, tuple[tuple[str, ...], Commit]]:
    """The commits behind the last so many changes of `tip`'s main line, by SHA, with their parents.

    Messages and names alone: what they changed, the main line tells.
    """
    spans = [tip]
    with suppress(Refused):  # the history may begin within the span
        spans.append(f"^{await clone.commit_of(f'{tip}~{last}')}")
    found: dict[str, tuple[tuple[str, ...], Commit]] = {}
    async for piece in clone.pieces(
        "log", "-z", "--encoding=UTF-8", f"--format=%P%n{FIELDS}", "--end-of-options", *spans,
        end=b"\0",
    ):  # fmt: skip
        parents, _, rest = piece.partition("\n")
        commit = _commit(rest)
        found[commit.sha] = (tuple(parents.split()), commit)
    return found


async def read_ai_notes(clone: Clone, commits: Collection[str]) -> Mapping[str, str]:
    """The git notes that AI tools left on these commits, by SHA; most clones have none."""
    try:
        listed = await clone.text("notes", f"--ref={AI_NOTES}", "list")
    except Refused:
        return {}
    noted = {line.split()[1] for line in listed.splitlines() if len(line.split()) > 1}
    return {
        sha: await clone.text("notes", f"--ref={AI_NOTES}", "show", sha)
        for sha in commits
        if sha in noted
    }


def _commit(piece: str) -> Commit:
    sha, at, done, author, author_mail, committer, committer_mail, message = piece.split("\n", 7)
    return Commit(
        sha.strip(),
        Signature(author, author_mail, _moment(at)),
        Signature(committer, committer_mail, _moment(done)),
        message,
    )


def _moment(seconds: str) -> datetime:
    """A commit's time; one beyond the calendar (anybody can write it) is the calendar's end."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return LATEST


async def read_files(clone: Clone, base: str, head: str) -> tuple[ChangedFile, ...]:
    """What changed since `head` parted from `base`, renames found, with patches."""
    span = ("--end-of-options", base, head)
    raw = await clone.text("diff", "--raw", "-z", *AS_WE_READ, *span)
    numbers = await clone.text("diff", "--numstat", "-z", *AS_WE_READ, *span)
    patch = await clone.text("diff", "--unified=3", *AS_WE_READ, *span)
    patches = _patches(patch if len(patch) <= MOST_PATCH else "")
    counted = dict(_counts(numbers))
    files: list[ChangedFile] = []
    for status, old, path in _statuses(raw):
        shown = next(patches, None)
        if status == TYPE_CHANGED:  # a file that became a link: git shows one going, one coming
            shown = "\n".join(filter(None, (shown, next(patches, None)))) or None
        added, deleted = counted.get(path, (0, 0))
        files.append(
            ChangedFile(
                path,
                added,
                deleted,
                STATUSES.get(status[0], FileStatus.MODIFIED),
                old_path=old,
                patch=shown,
            )
        )
    return tuple(files)


def _statuses(raw: str) -> Iterator[tuple[str, str | None, str]]:
    """`--raw -z`: a colon line, then one path, or two where a file was renamed or copied."""
    parts = iter(raw.split("\0"))
    for head in parts:
        if not head:
            continue
        status = head.rsplit(" ", 1)[-1]
        first = next(parts)
        if status[0] in "RC":
            yield status, first, next(parts)
        else:
            yield status, None, first


def _counts(numbers: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """`--numstat -z`: counts and path; an empty path is followed by the old and the new one."""
    parts = iter(numbers.split("\0"))
    for line in parts:
        if not line:
            continue
        added, deleted, path = line.split("\t", 2)
        if not path:
            next(parts)
            path = next(parts)
        yield path, (_number(added), _number(deleted))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0  # "-" stands for a binary file


def _patches(patch: str) -> Iterator[str | None]:
    """Each file's hunks, in the order of the files; None where there are none (binary)."""
    lines: list[str] | None = None
    in_hunks = False
    for line in patch.removesuffix("\n").split("\n"):
        if line.startswith("diff --git "):
            if lines is not None:
                yield "\n".join(lines) or None
            lines, in_hunks = [], False
        elif lines is not None:
            in_hunks = in_hunks or line.startswith("@@")
            if in_hunks:
                lines.append(line)
    if lines is not None:
        yield "\n".join(lines) or None
