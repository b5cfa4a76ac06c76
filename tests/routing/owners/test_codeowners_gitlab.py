"""GitLab's dialect, held against a slow reading of the same rules: one section at a time."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.owners.codeowners import Dialect, parse_codeowners
from tests.routing.globs import naive_globs

NAMES = st.text("ab", min_size=1, max_size=3)
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)
STEPS = st.one_of(st.just("**"), st.just("*"), NAMES, st.text("ab*?", min_size=1, max_size=4))
HEADERS = {
    "[A]": ("A", False, 0),
    "[a][2]": ("a", False, 2),
    "^[B]": ("B", True, 0),
    "[b][3]": ("b", False, 3),
    "[C] @cem": ("C", False, 0),
    "^[c] @cora": ("c", True, 0),
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule or an exclusion of letters and stars."""
    body = "/".join(draw(st.lists(STEPS, min_size=1, max_size=3)))
    front = draw(st.sampled_from(["", "", "!"])) + draw(st.sampled_from(["", "/"]))
    owner = draw(st.sampled_from(["", " @ana", " @bo @group/sub"]))
    return front + body + draw(st.sampled_from(["", "/"])) + owner


@dataclass
class Entry:
    """What a line says, under the header it stands under."""

    line: int
    steps: list[str]
    excludes: bool
    optional: bool
    count: int


def read_slowly(lines: list[str]) -> dict[str, dict[str, Entry]]:
    """Sections of entries by normalised pattern, by the letter of GitLab's rules."""
    sections: dict[str, dict[str, Entry]] = {"codeowners": {}}
    current, optional, count = "codeowners", False, 0
    for number, line in enumerate(lines, start=1):
        if line in HEADERS:
            name, optional, count = HEADERS[line]
            current = next((key for key in sections if key.lower() == name.lower()), name)
            sections.setdefault(current, {})
            continue
        pattern = line.split(" ")[0].removeprefix("!")
        whole = pattern if pattern.startswith("/") else f"/**/{pattern}"
        whole = "/**/*" if pattern == "*" else whole + "**/*" * whole.endswith("/")
        steps = whole[1:].split("/")
        steps[-1] = "*" if steps[-1] == "**" else steps[-1]
        sections[current][whole] = Entry(number, steps, line.startswith("!"), optional, count)
    return sections


@settings(deadline=None)
@given(
    st.lists(st.one_of(rules(), rules(), rules(), st.sampled_from(list(HEADERS))), max_size=14),
    st.lists(PATHS, min_size=1, max_size=5),
)
def test_sections_answer_as_the_slow_reading_does(lines: list[str], paths: list[str]) -> None:
    codeowners = parse_codeowners("\n".join(lines), Dialect.GITLAB)
    sections = read_slowly(lines)
    for path in paths:
        expected = []
        for name, entries in sections.items():
            matching = [
                entry
                for entry in entries.values()
                if naive_globs.fits(entry.steps, path.split("/"))
            ]
            if matching and not any(entry.excludes for entry in matching):
                optional = all(entry.optional for entry in entries.values())
                last = matching[-1]
                expected.append((name, last.line, optional, 0 if optional else max(1, last.count)))
        assert [
            (rule.section.name, rule.line, rule.section.optional, rule.section.approvals)
            for rule in codeowners.owners(path).rules
            if rule.section
        ] == expected


def test_thousands_of_sections_are_no_trouble() -> None:
    lines = [line for n in range(5000) for line in (f"[S{n}][2]", "* @ana")]
    rules = parse_codeowners("\n".join(lines), Dialect.GITLAB).owners("a/b").rules
    assert [rule.line for rule in rules] == list(range(2, 10_001, 2))


def test_a_number_of_approvals_beyond_all_sense_is_cut_not_fatal() -> None:
    [rule] = parse_codeowners(f"[A][{'9' * 5000}]\n* @ana", Dialect.GITLAB).owners("a").rules
    assert rule.section
    assert rule.section.approvals == 999_999_999
