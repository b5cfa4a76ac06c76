"""Notes that attest lines are read as data that anybody could have written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.ai.notes import Attestation, Contributor, attested_lines, parse_ai_note

LOG = """src/main.py
  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15-20
  s_c9883b05a2487d::t_a1b2c3d4e5f678 18-22
  h_31dce776f88375 30-40
"src/my file.py"
  abcd1234abcd1234 1-50
  1234567 60
---
{
  "schema_version": "authorship/3.0.0",
  "prompts": {"abcd1234abcd1234": {"agent_id": {"tool": "claude"}}},
  "sessions": {"s_c9883b05a2487d": {"agent_id": {"tool": "cursor"}}},
  "humans": {"h_31dce776f88375": {"author": "Noor <noor@example.net>"}}
}
"""
TRACE = {
    "version": "0.1.0",
    "tool": {"name": "cursor"},
    "files": [
        {
            "path": "src/app.ts",
            "conversations": [
                {
                    "contributor": {"type": "ai"},
                    "ranges": [
                        {"start_line": 1, "end_line": 5},
                        {"start_line": 8, "end_line": 9, "contributor": {"type": "human"}},
                        {"start_line": 11, "end_line": 12, "contributor": {"type": "mixed"}},
                    ],
                },
                {"ranges": [{"start_line": 20, "end_line": 90}]},
            ],
        }
    ],
}


def test_a_log_attests_each_files_lines_to_its_sessions_prompts_and_people() -> None:
    found = parse_ai_note(LOG)
    assert [(one.path, one.contributor, one.tool) for one in found] == [
        ("src/main.py", Contributor.AI, "cursor"),
        ("src/main.py", Contributor.AI, "cursor"),
        ("src/main.py", Contributor.HUMAN, "AI"),
        ("src/my file.py", Contributor.AI, "claude"),
        ("src/my file.py", Contributor.AI, "AI"),
    ]


def test_lines_attested_twice_count_once() -> None:
    assert attested_lines(parse_ai_note(LOG)) == (10 + 8) + (50 + 1)


def test_lines_of_people_and_of_generated_files_do_not_count() -> None:
    ranges = ((1, 9),)
    assert not attested_lines(
        [
            Attestation("src/a.py", Contributor.HUMAN, ranges),
            Attestation("src/b.py", Contributor.UNKNOWN, ranges),
            Attestation("uv.lock", Contributor.AI, ranges),
        ]
    )


def test_a_trace_record_attests_lines_of_ai_and_mixed_contributors() -> None:
    found = parse_ai_note(json.dumps(TRACE))
    assert attested_lines(found) == 5 + 2
    assert {one.tool for one in found} == {"cursor"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "src/a.py\n  abcd1234abcd1234 1-5",
        "src/a.py\n  xyz 1-5\n---\n{}",
        "src/a.py\n  abcd1234abcd1234 0-5\n---\n{}",
        "src/a.py\n  abcd1234abcd1234 9-5\n---\n{}",
        "src/a.py\n  abcd1234abcd1234 one\n---\n{}",
        "src/a.py\n  abcd1234abcd1234 " + "9" * 5000 + "\n---\n{}",
        "  abcd1234abcd1234 1-5\n---\n{}",
        "{",
        '{"a":' * 100_000,
        '{"files": 3}',
        '{"files": [{"path": 3}, 4, {"path": "a", "conversations": [{"ranges": [{}]}]}]}',
    ],
)
def test_what_is_malformed_attests_nothing(text: str) -> None:
    assert parse_ai_note(text) == ()


def test_a_log_whose_json_is_broken_still_attests_its_lines() -> None:
    assert attested_lines(parse_ai_note("src/a.py\n  abcd1234abcd1234 1-5\n---\n{")) == 5


def test_a_huge_range_costs_no_time() -> None:
    assert (
        attested_lines(parse_ai_note("a.py\n  abcd1234abcd1234 1-999999999\n---\n{}")) == 999999999
    )


@given(st.text(alphabet='ab/"\n -,123:s_ht{}[]', max_size=200), st.text(max_size=50))
def test_any_note_can_be_read(head: str, tail: str) -> None:
    assert attested_lines(parse_ai_note(f"{head}\n---\n{tail}")) >= 0


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1))
def test_attested_lines_are_the_union_of_the_ranges(spans: list[tuple[int, int]]) -> None:
    ranges = tuple((first, first + more) for first, more in spans)
    union = {line for first, last in ranges for line in range(first, last + 1)}
    assert attested_lines([Attestation("a.py", Contributor.AI, ranges)]) == len(union)
