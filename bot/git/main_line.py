"""The main line of a clone: every change that landed on a branch, oldest first, with its patches.

A commit on the line is one change; a merge commit is the one change of everything it brings.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.git.clone import Clone
from routing.model import ChangedFile, FileStatus

FIELDS = "%H%x00%P%x00%ct%x00%aN%x00%aE%x00%B%x00"
"""No commit can hold a NUL, so no name and no message can imitate the end of a field."""

# What people set for their own reading must not change what is read here.
PLAIN = ("-c", "diff.suppressBlankEmpty=false", "-c", "log.showRoot=true")
PATCHES = (
    *("--patch", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=myers"),
    *("--find-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=all"),
)

NEXT_FILE = "\ndiff --git "
"""Every line of a file's content stands behind a sign, so no content can imitate this."""

RENAMED_FROM, RENAMED_TO = "rename from ", "rename to "
STATUSES = {
    RENAMED_FROM: FileStatus.RENAMED,
    "new file mode ": FileStatus.ADDED,
    "deleted file mode ": FileStatus.REMOVED,
}
WORDS = (*STATUSES, RENAMED_TO)
MODIFIED = FileStatus.MODIFIED

MERGED = re.compile(r"(?:auto )?merge\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Landed:
    """One change of the main line. `at` is when it was committed there.

    `author` and `email` are those of the branch, where the change is a merge of one.
    """

    sha: str
    parents: tuple[str, ...]
    at: datetime
    author: str
    email: str
    message: str
    files: tuple[ChangedFile, ...]

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.partition("\n")[0].strip()

    @property
    def title(self) -> str:
        """What the change says it does: a merge says so below "Merge branch …"."""
        if len(self.parents) > 1 and MERGED.match(self.subject):
            below = (line.strip() for line in self.message.split("\n")[1:])
            return next((line for line in below if line), self.subject)
        return self.subject

    @property
    def added(self) -> int:
        """Lines added."""
        return sum(file.additions for file in self.files)

    @property
    def deleted(self) -> int:
        """Lines deleted."""
        return sum(file.deletions for file in self.files)


async def count_main_line(clone: Clone, tip: str) -> int:
    """How many changes `tip`'s main line has."""
    return int(await clone.text("rev-list", "--count", "--first-parent", "--end-of-options", tip))


async def read_main_line(clone: Clone, tip: str, last: int) -> AsyncIterator[Landed]:
    """The latest changes of `tip`'s main line, `last` of them, the oldest first."""
    writers = await _branch_writers(clone, tip, last)
    end = secrets.token_hex(16)
    entry: list[str] = []
    async for line in clone.pieces(
        *PLAIN, "log", "--reverse", "--first-parent", "--diff-merges=first-parent",
        f"--max-count={last}", f"--format={end}%n{FIELDS}", *PATCHES, "--end-of-options", tip,
        end=b"\n",
    ):  # fmt: skip
        if line != end:
            entry.append(line)
        elif entry:
            yield _parse("\n".join(entry), writers)
            entry.clear()
    if entry:
        yield _parse("\n".join(entry), writers)


async def _branch_writers(clone: Clone, tip: str, last: int) -> Mapping[str, tuple[str, str]]:
    """Name and address of who wrote the tip of each branch that was merged, by its SHA.

    The forge's own merge commits name who pressed the button.
    """
    parents = await clone.text(
        "rev-list", "--first-parent", "--merges", "--parents", f"--max-count={last}",
        "--end-of-options", tip,
    )  # fmt: skip
    tips = {line.split()[2] for line in parents.splitlines()}
    if not tips:
        return {}
    found: dict[str, tuple[str, str]] = {}
    async for line in clone.pieces(
        "log", "--format=%H%x00%aN%x00%aE", "--end-of-options", tip, end=b"\n"
    ):
        sha, name, email = line.split("\0")
        if sha in tips:
            found[sha] = (name, email)
    return found


def _parse(entry: str, writers: Mapping[str, tuple[str, str]]) -> Landed:
    sha, parents, at, name, email, message, patch = entry.split("\0", 6)
    line = tuple(parents.split())
    author, address = writers.get(line[1], (name, email)) if len(line) > 1 else (name, email)
    return Landed(
        sha,
        line,
        datetime.fromtimestamp(int(at), UTC),
        author,
        address,
        message,
        tuple(_file(text) for text in patch.split(NEXT_FILE)[1:]),
    )


def _file(text: str) -> ChangedFile:
    """One file's part of a patch, behind its `diff --git `."""
    head, found, rest = text.partition("\n@@")
    names, *facts = head.split("\n")
    said = {word: fact[len(word) :] for fact in facts for word in WORDS if fact.startswith(word)}
    # Where nothing is renamed, one path stands there twice: `a/PATH b/PATH`.
    path = said.get(RENAMED_TO) or names[: len(names) // 2]
    old = said.get(RENAMED_FROM)
    patch = "@@" + rest if found else None
    return ChangedFile(
        path=_unquoted(path) if old else _unquoted(path).removeprefix("a/"),
        additions=patch.count("\n+") if patch else 0,
        deletions=patch.count("\n-") if patch else 0,
        status=next((status for word, status in STATUSES.items() if word in said), MODIFIED),
        old_path=_unquoted(old) if old else None,
        patch=patch,
    )


def _unquoted(path: str) -> str:
    """Git quotes paths that hold quotes or control letters; what it escapes stays escaped."""
    return path[1:-1] if path.startswith('"') else path
