"""The author's declaration of AI help, written into a commit message as its trailer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.git.command import Git
from bot.git.declaring import AI, Declared, declared, tools_named
from bot.git.draft import Draft, comment_of
from bot.git.message_file import read_message_file
from routing.provenance import Provenance, assess_record

SETTING = "countersign.ai"
THIS_COMMAND = "command"
"""How git calls the scope of `git -c`."""

KEEPING = frozenset({"verbatim", "whitespace", "scissors"})
"""Modes of `commit.cleanup` in which a line that begins like a comment stays."""

NO_EDITOR = ":"
"""What git tells its hooks when it opened no editor; it cleans less then."""

OTHERS_LINES = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")
"""Names that git knows while a commit brings along lines that were written before."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a message: the trailers added or why none, and what its author must hear."""

    trailers: tuple[str, ...]
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Claim:
    """The tools that are said to have helped, or why there are none."""

    tools: tuple[str, ...] = ()
    otherwise: str = ""
    by_line: bool = False


def mark_message(path: Path, git: Git, key: str, tool: str | None = None) -> Marked:
    """Turn the author's word into trailers under `key`, once, in the file of a message.

    A line `AI: …` of the message outranks `tool`, which outranks the setting `countersign.ai`.
    A message that git will refuse to commit is left alone, so that git still does.

    Raises:
        Misconfigured: a tool cannot be told from a person, or the file cannot be used.
        Refused: git could not read the message.
    """
    file = read_message_file(path)
    draft = _draft(file.text, git)
    if not draft.words:
        return Marked((), "the message is empty")
    if draft.words == _template_words(draft, git):
        return Marked((), "the message is its template still")
    lines = draft.declarations()
    draft = draft.without(lines)
    claim = _claim(tuple(line.value for line in lines if line.value), tool, git)
    found = assess_record({"message": draft.text})
    missing = tuple(_missing(claim, draft, found, key))
    trailers = tuple(one.trailer for one in missing)
    if trailers:
        draft = draft.with_trailers(trailers, apart=not _ends_in_trailers(draft, git))
    file.write("\n".join(draft.lines))
    if not trailers:
        return Marked((), _said_already(found) if claim.tools else claim.otherwise)
    seen = assess_record({"message": draft.text}).ai
    return Marked(trailers, warnings=tuple(_warnings(missing, seen=seen)))


def _draft(text: str, git: Git) -> Draft:
    """A message, with what git's settings say about how it will be cleaned."""
    lines = tuple(text.split("\n"))
    comments = git.says("config", "--get-regexp", r"^core\.comment(char|string)$") or ""
    setting = comments.rpartition("\n")[2].partition(" ")[2]
    keeps = (
        git.says("config", "--get", "commit.cleanup") in KEEPING
        or git.says("var", "GIT_EDITOR") == NO_EDITOR
    )
    return Draft(lines, comment_of(setting, lines), keeps_comments=keeps)


def _like(draft: Draft, text: str) -> Draft:
    """Another text that will be cleaned as this draft is."""
    return replace(draft, lines=tuple(text.split("\n")))


def _template_words(draft: Draft, git: Git) -> tuple[str, ...] | None:
    """What stands in a message before its author writes: None when nothing does."""
    template = git.says("config", "--type=path", "--get", "commit.template")
    path = git.folder / template if template else None
    if path is None or not path.is_file():
        return None
    return _like(draft, read_message_file(path).text).words


def _claim(values: tuple[str, ...], tool: str | None, git: Git) -> _Claim:
    if values:
        return _Claim(tools_named(values), "its author says that no AI helped", by_line=True)
    if tool is not None and tool.strip():
        return _Claim(tools_named((tool.strip(),)), "no AI helped")
    scope, _, value = (git.says("config", "--show-scope", "--get", SETTING) or "").partition("\t")
    if not value.strip():
        return _Claim(otherwise="nobody named a tool")
    if scope != THIS_COMMAND and any(
        git.says("rev-parse", "--verify", "--quiet", name) for name in OTHERS_LINES
    ):
        # Set for a session: it speaks for what is written there, not for what is merged there.
        return _Claim(otherwise=f"{SETTING} is for new work; this commit takes over what exists")
    return _Claim(tools_named((value.strip(),)), f"{SETTING} says that no AI helped")


def _missing(claim: _Claim, draft: Draft, found: Provenance, key: str) -> Iterable[Declared]:
    """What is yet to be said: nothing where the message speaks of AI, unless a line adds a tool."""
    if found.ai and not claim.by_line:
        return
    named = {tool.lower() for tool in (*found.tools, AI)} if found.ai else frozenset[str]()
    for tool in claim.tools:
        one = declared(key, tool)
        if tool.lower() not in named and one.trailer not in draft.words:
            yield one


def _ends_in_trailers(draft: Draft, git: Git) -> bool:
    """Whether git takes the last paragraph for trailers, which ours then join.

    Git is only asked: where it writes itself, it drops comments among trailers, and takes a
    subject such as "fix: it" for a trailer when blank lines or comments stand above.
    """
    found = git.run(
        *("-c", "trailer.separators=:", "interpret-trailers", "--parse", "--no-divider"),
        given=f"{draft.text.strip()}\n".encode("utf-8", "surrogateescape"),
    )
    return bool(found.strip())


def _warnings(missing: Iterable[Declared], *, seen: bool) -> Iterable[str]:
    for one in missing:
        if not one.known:
            yield f"{one.tool} is no tool known here; it is declared as `{one.trailer}`"
    if not seen:
        yield "in a message like this, a revert for one, trailers may be another commit's: no proof"


def _said_already(found: Provenance) -> str:
    said = f": {found.evidence[0].text}" if found.ai else ""
    return f"the message says so already{said}"
