"""How a change is graded: points that add up, levels that only rise with what is not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hazards.kinds import Kind
from routing.hazards.weights import WEIGHTS, Area, points_at
from routing.levels import RiskLevel
from routing.model import Change, ChangedFile, FileStatus
from routing.provenance import Provenance, ProvenanceVerdict
from routing.risk import Risk, RiskContext, assess_risk
from tests.routing.risk_cases import ANY_TEXT, CHANGES, FILES, a_change, a_file, written

UNKNOWN = Provenance()
NOTHING_KNOWN = RiskContext()
ASSISTED = Provenance(ProvenanceVerdict.AI_ASSISTED, tools=("Claude Code",))
TESTED = written("tests/test_a.py", 3)


def grade(
    *files: ChangedFile,
    title: str = "Add a thing",
    provenance: Provenance = UNKNOWN,
    context: RiskContext = NOTHING_KNOWN,
) -> Risk:
    return assess_risk(a_change(*files, title=title), provenance, context)


def points(found: Risk) -> dict[str, int]:
    return {factor.name: factor.points for factor in found.factors}


def sentence(found: Risk, name: str) -> str:
    return next(factor.sentence for factor in found.factors if factor.name == name)


@given(CHANGES, st.booleans())
def test_the_factors_add_up_to_the_score_and_none_takes_points_away(
    change: Change, assisted: bool
) -> None:
    context = RiskContext(("payments",), 12, author_knows_files=False, recent_changes=40)
    found = assess_risk(change, ASSISTED if assisted else UNKNOWN, context)
    assert found.score == sum(factor.points for factor in found.factors)
    worths = [factor.points for factor in found.factors]
    assert worths == sorted(worths, reverse=True)
    assert worths[-1] >= 0


@given(CHANGES, st.lists(ANY_TEXT, max_size=3), ANY_TEXT)
def test_a_gap_more_never_lowers_the_risk(change: Change, gaps: list[str], more: str) -> None:
    few = assess_risk(replace(change, gaps=tuple(gaps)), UNKNOWN, NOTHING_KNOWN)
    many = assess_risk(replace(change, gaps=(*gaps, more)), UNKNOWN, NOTHING_KNOWN)
    assert many.score >= few.score
    assert many.level >= few.level


@given(CHANGES, st.sets(st.integers(0, 5)))
def test_a_patch_that_is_not_shown_never_lowers_the_risk(change: Change, hidden: set[int]) -> None:
    files = tuple(
        replace(file, patch=None) if place in hidden else file
        for place, file in enumerate(change.files)
    )
    seen = assess_risk(change, UNKNOWN, NOTHING_KNOWN)
    unseen = assess_risk(replace(change, files=files), UNKNOWN, NOTHING_KNOWN)
    assert unseen.score >= seen.score
    assert unseen.level >= seen.level


@given(
    st.lists(FILES, max_size=5).flatmap(
        lambda files: st.tuples(st.just(files), st.permutations(files))
    )
)
def test_the_order_of_files_does_not_matter(
    orders: tuple[list[ChangedFile], list[ChangedFile]],
) -> None:
    one, other = (grade(*files) for files in orders)
    assert (one.level, one.score) == (other.level, other.score)


@given(CHANGES)
def test_every_sentence_is_one_line_that_can_be_printed(change: Change) -> None:
    found = assess_risk(replace(change, gaps=("\ud800\n",)), UNKNOWN, NOTHING_KNOWN)
    for factor in found.factors:
        assert factor.sentence.isprintable()
        assert factor.sentence.endswith(".")


@pytest.mark.parametrize("lines", [10, 50, 100, 200, 400])
def test_one_line_over_a_step_of_size_is_one_point_more(lines: int) -> None:
    small, large = (
        grade(written("src/a.py", lines), TESTED),
        grade(written("src/a.py", lines + 1), TESTED),
    )
    assert points(large)["size"] == points(small)["size"] + 1


@pytest.mark.parametrize("files", [1, 3, 10, 30])
def test_one_file_over_a_step_of_spread_is_one_point_more(files: int) -> None:
    many = [written(f"src/a{number}.py", 1) for number in range(files + 1)]
    assert points(grade(*many))["spread"] == points(grade(*many[1:])).get("spread", 0) + 1


def test_lines_spread_evenly_over_many_directories_are_one_point_more() -> None:
    near = [written(f"src/a{number}.py", 1) for number in range(6)]
    far = [written(f"src/{number}/a.py", 1) for number in range(6)]
    lopsided = [*far[1:], written("src/0/a.py", 300)]
    assert points(grade(*far))["spread"] == points(grade(*near))["spread"] + 1
    assert points(grade(*lopsided))["spread"] == points(grade(*near))["spread"]


def test_documentation_alone_is_low_however_long() -> None:
    found = grade(*(written(f"docs/{number}.md", 500) for number in range(20)))
    assert (found.level, found.score) == (RiskLevel.LOW, 0)
    assert "10000 of documentation" in sentence(found, "size")


def test_tests_alone_weigh_less_than_code() -> None:
    assert grade(written("tests/test_a.py", 120)).score < grade(written("src/a.py", 120)).score


def test_code_without_a_test_is_said_with_its_lines() -> None:
    found = grade(written("src/a.py", 60))
    assert points(found)["tests_missing"] == 2
    assert "60 lines of source" in sentence(found, "tests_missing")


@pytest.mark.parametrize(
    "files",
    [
        (written("src/a.py", 60), TESTED),
        (written("src/a.py", 10),),
        (written("settings.yml", 60),),
        (written("db/migrations/1.sql", 60),),
    ],
    ids=["with a test", "small", "settings", "a migration"],
)
def test_no_test_is_missed(files: tuple[ChangedFile, ...]) -> None:
    assert "tests_missing" not in points(grade(*files))


def test_a_test_that_only_loses_lines_is_no_test_for_new_code() -> None:
    cut = a_file("tests/test_a.py", "@@ -1 +0,0 @@\n-x")
    assert "tests_missing" in points(grade(written("src/a.py", 60), cut))


GONE = a_file("tests/test_a.py", "@@ -1,3 +0,0 @@\n-a\n-b\n-c", status=FileStatus.REMOVED)


def test_taking_tests_away_while_the_code_stays_is_said() -> None:
    found = grade(GONE, written("src/a.py", 1))
    assert points(found)["tests_removed"] == 3
    assert sentence(found, "tests_removed") == (
        "Takes 3 lines of tests away, 1 whole file among them."
    )


def test_taking_tests_away_with_their_code_is_not_held_against_it() -> None:
    code = a_file("src/a.py", "@@ -1,9 +0,0 @@" + "\n-x" * 9, status=FileStatus.REMOVED)
    assert "tests_removed" not in points(grade(GONE, code))


def test_moving_tests_is_not_held_against_it() -> None:
    assert "tests_removed" not in points(grade(GONE, written("tests/test_b.py", 3)))


@pytest.mark.parametrize(
    "path",
    [
        *("db/migrations/1.sql", "terraform/main.tf", "src/auth/login.py", "src/crypto.py"),
        *("Dockerfile", ".github/workflows/ci.yml", "deploy/app.yaml", ".env"),
    ],
)
def test_a_single_line_there_is_never_below_high(path: str) -> None:
    found = grade(written(path, 1))
    assert found.level >= RiskLevel.HIGH
    assert any("never below high" in factor.sentence for factor in found.factors)


def test_a_file_that_moves_away_keeps_what_it_is_about() -> None:
    moved = ChangedFile("src/misc.py", 1, 0, FileStatus.RENAMED, "src/auth/login.py", "@@\n+x")
    assert grade(moved).level >= RiskLevel.HIGH


def test_a_dependency_file_that_moves_and_changes_unseen_counts_as_unseen() -> None:
    moved = ChangedFile("b/go.mod", 0, 1, FileStatus.RENAMED, "a/go.mod")
    assert points(grade(moved))["dependencies"] == 4


def test_a_file_that_moves_out_of_vendored_code_counts_its_lines() -> None:
    moved = ChangedFile("src/a.py", 60, 0, FileStatus.RENAMED, "vendor/a.py")
    assert points(grade(moved))["size"] == 2


def test_a_migration_that_destroys_is_worth_more_and_says_what() -> None:
    kind = grade(a_file("db/migrations/1.sql", "@@ -0,0 +1 @@\n+ALTER TABLE a ADD b int;"))
    cruel = grade(a_file("db/migrations/1.sql", "@@ -0,0 +1 @@\n+DROP TABLE a;"))
    assert (points(kind)["migration"], points(cruel)["migration"]) == (4, 7)
    assert "DROP TABLE a;" in sentence(cruel, "migration")


def test_a_critical_domain_is_four_points_and_a_second_one_more() -> None:
    one = grade(TESTED, context=RiskContext(("payments",)))
    two = grade(TESTED, context=RiskContext(("payments", "ledger")))
    assert (points(one)["critical_domain"], points(two)["critical_domain"]) == (4, 5)
    assert sentence(two, "critical_domain") == "Touches 2 critical domains: payments and ledger."


def test_the_worst_change_to_dependencies_counts_and_the_first_three_are_said() -> None:
    patch = "@@ -1,2 +1,4 @@\n-a==1.0\n+a==1.1\n-b==1.0\n+b==2.0\n+c==1.0\n+d==1.0"
    found = grade(a_file("requirements.txt", patch))
    assert points(found)["dependencies"] == 4
    assert sentence(found, "dependencies") == (
        "Makes 4 changes to dependencies: adds c ==1.0, adds d ==1.0, "
        "major upgrade b ==1.0 → ==2.0 and 1 more."
    )


def test_a_lock_file_that_changes_alone_is_said() -> None:
    alone = grade(written("poetry.lock", 30))
    assert points(alone)["lock_alone"] == 3
    assert "lock_alone" not in points(
        grade(written("poetry.lock", 30), written("pyproject.toml", 1))
    )


@pytest.mark.parametrize("title", ["fix: crash", "Bugfix for carts", "Fixes #12", "A regression"])
def test_a_repair_by_its_own_words_is_a_point(title: str) -> None:
    assert points(grade(TESTED, title=title))["fix"] == 1


@pytest.mark.parametrize("title", ["Add prefix", "New test fixtures", "Debugging aids"])
def test_words_that_only_look_like_a_repair_are_none(title: str) -> None:
    assert "fix" not in points(grade(TESTED, title=title))


def test_what_the_history_knows_counts() -> None:
    context = RiskContext(
        developers_on_files=10, author_knows_files=False, recent_changes=20, recent_fixes=5
    )
    found = points(grade(TESTED, context=context))
    assert found | {"developers": 1, "author_new": 1, "churn": 1, "recent_fixes": 2} == found


def test_what_nobody_knows_of_the_history_adds_nothing() -> None:
    quiet = RiskContext(developers_on_files=0, author_knows_files=True, recent_changes=0)
    assert grade(TESTED) == grade(TESTED, context=quiet)


def test_ai_counts_by_the_lines_it_had_a_hand_in() -> None:
    files = (written("src/a.py", 300), TESTED)
    all_of_it = grade(*files, provenance=ASSISTED)
    a_part = grade(*files, provenance=replace(ASSISTED, assisted_lines=60))
    a_word = grade(*files, provenance=replace(ASSISTED, assisted_lines=4))
    assert [points(one).get("ai", 0) for one in (all_of_it, a_part, a_word)] == [2, 1, 0]
    assert sentence(a_part, "ai") == "AI (Claude Code) had a hand in 60 lines."


def test_a_hint_of_ai_adds_nothing() -> None:
    hint = Provenance(ProvenanceVerdict.POSSIBLE)
    assert grade(written("src/a.py", 300), provenance=hint) == grade(written("src/a.py", 300))


def test_contents_that_were_not_shown_are_named() -> None:
    found = grade(a_file("src/a.py", lines=3), ChangedFile("logo.bin", 0, 0))
    assert points(found)["unseen"] == 1
    assert sentence(found, "unseen") == (
        "The contents of 2 files were not shown: src/a.py and logo.bin."
    )


@pytest.mark.parametrize(
    "file",
    [
        ChangedFile("logo.png", 0, 0),
        ChangedFile("b.py", 0, 0, FileStatus.RENAMED, "a.py"),
        a_file("a.py", lines=3, status=FileStatus.REMOVED),
        a_file("poetry.lock", lines=900),
    ],
    ids=["a picture", "a move", "a removal", "a lock file"],
)
def test_nothing_is_missed_in(file: ChangedFile) -> None:
    assert "unseen" not in points(grade(file))


def test_a_gap_raises_a_low_change_and_is_named() -> None:
    found = assess_risk(
        a_change(TESTED, gaps=("the forge shows 3000 files",)), UNKNOWN, NOTHING_KNOWN
    )
    assert found.level is RiskLevel.MODERATE
    assert sentence(found, "gaps") == "Seen with 1 gap: the forge shows 3000 files."


def test_where_whole_files_are_missing_the_change_is_high_at_least() -> None:
    gaps = ("GitHub lists no more than 3,000 files; it says that there are 3,001.",)
    found = assess_risk(a_change(TESTED, gaps=gaps, hidden=True), UNKNOWN, NOTHING_KNOWN)
    assert found.level is RiskLevel.HIGH
    assert sentence(found, "gaps").endswith("; never below high.")


def test_many_gaps_weigh_little_more_than_two() -> None:
    two, many = (
        assess_risk(a_change(TESTED, gaps=tuple(map(str, range(n)))), UNKNOWN, NOTHING_KNOWN)
        for n in (2, 20)
    )
    assert two.score == many.score


@pytest.mark.parametrize(
    ("score", "level"),
    [(2, "low"), (3, "moderate"), (9, "moderate"), (10, "high"), (13, "high"), (14, "critical")],
)
def test_the_score_tells_the_level(score: int, level: str) -> None:
    weights = replace(WEIGHTS, lines=((0, score),))
    found = assess_risk(a_change(TESTED), UNKNOWN, NOTHING_KNOWN, weights)
    assert (found.score, found.level) == (score, level)


def test_other_weights_can_be_given() -> None:
    docs = Area("docs", (Kind.DOCS,), 9, "the manual", RiskLevel.CRITICAL)
    found = assess_risk(
        a_change(written("README.md", 1)), UNKNOWN, NOTHING_KNOWN, replace(WEIGHTS, areas=(docs,))
    )
    assert points(found) == {"docs": 9, "size": 0}
    assert found.level is RiskLevel.CRITICAL


def test_steps_begin_at_their_value() -> None:
    assert [points_at(((2, 1), (4, 3)), value) for value in (1, 2, 3, 4, 99)] == [0, 1, 1, 3, 3]


def test_no_files_at_all_are_no_risk() -> None:
    assert grade() == Risk(RiskLevel.LOW, 0, grade().factors)
