"""The kinds of value people write in our files: how each is read, and what to write instead.

Every scalar arrives as text (see `yaml_text`), so each kind says for itself what it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from routing.chasing.public_holidays import REGION, is_region
from routing.files.periods import YEARS_AND_MONTHS, parse_months, parse_working_time
from routing.files.problems import quoted
from routing.files.telling import may_guess
from routing.globs.patterns import fault
from routing.levels import Level, RiskLevel
from routing.policy import Codeowners, Shows, Step

PROBLEM = "problem"
"""The type of every validation error that carries its own message and cure."""

MAX_LIST = 200
"""The most items a list takes."""

Listed = Field(min_length=1, max_length=MAX_LIST)
"""A list in which leaving everything out would mean something else."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EARLIEST = date(1950, 1, 1)
_LONGEST_GUESS = 64

_CLOCK = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"
_ZONE = r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAY = "(?:" + "|".join(DAYS) + ")"
_DAY_RANGES = f"{_DAY}(-{_DAY})?(, *{_DAY}(-{_DAY})?)*"


def wrong(message: str, cure: str) -> PydanticCustomError:
    """A validation error that says what is wrong and what to write instead."""
    return PydanticCustomError(PROBLEM, "{message}", {"message": message, "cure": cure})


def nearest_word(word: str, known: list[str]) -> str | None:
    """The known word somebody probably meant."""
    if len(word) > _LONGEST_GUESS:  # comparing long texts is slow, and they are no typing slips
        return None
    if not may_guess():
        return None
    return next(iter(get_close_matches(word, known, n=1)), None)


def _text(value: object, cure: str) -> str:
    if value is None:
        raise wrong("nothing is written here", cure)
    if not isinstance(value, str):
        raise wrong("a single value is needed here", cure)
    return value


def _read(
    parse: Callable[[str], object], pattern: str, what: str, cure: str
) -> tuple[BeforeValidator, WithJsonSchema]:
    """Text that a parser turns into a value, or refuses with ValueError."""

    def read(value: object) -> object:
        text = _text(value, cure)
        try:
            return parse(text)
        except ValueError as error:
            raise wrong(f"{quoted(text)} is not {what}", cure) from error

    return BeforeValidator(read), WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})


def _word(pattern: str, what: str, cure: str) -> tuple[BeforeValidator, WithJsonSchema]:
    """Text that matches a pattern."""
    return _read(partial(_matching, re.compile(pattern)), pattern, what, cure)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def one_of(words: Iterable[StrEnum]) -> tuple[BeforeValidator, WithJsonSchema]:
    """One word of a closed list."""
    known = [str(word) for word in words]

    def choose(value: object) -> str:
        text = _text(value, f"write one of: {', '.join(known)}")
        if text not in known:
            guess = nearest_word(text.lower(), known)
            cure = f"did you mean {guess}?" if guess else f"write one of: {', '.join(known)}"
            raise wrong(f"{quoted(text)} is not known here", cure)
        return text

    return BeforeValidator(choose), WithJsonSchema({"type": "string", "enum": known})


def _flag(value: object) -> bool:
    text = _text(value, "write true or false")
    if text.lower() not in {"true", "false"}:
        raise wrong(f"{quoted(text)} is neither true nor false", "write true or false")
    return text.lower() == "true"


def _whole(value: object) -> int:
    text = _text(value, "write a whole number")
    # no leading zeros: YAML 1.1 would read 010 as eight
    if not re.fullmatch("0|-?[1-9][0-9]{0,8}", text):
        raise wrong(f"{quoted(text)} is not a whole number", "write one such as 2, in digits")
    return int(text)


def _number(value: object) -> float:
    text = _text(value, "write a number")
    if not re.fullmatch(r"(0|[1-9][0-9]{0,5})?(\.[0-9]{1,6})?", text) or not text:
        raise wrong(f"{quoted(text)} is not a number", "write one such as 0.2, in digits")
    return float(text)


def _clock(text: str) -> time:
    found = re.fullmatch(_CLOCK, text)
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def _region(text: str) -> str:
    if not re.fullmatch(REGION, text) or not is_region(text):
        raise ValueError(text)
    return text


def _hours(text: str) -> tuple[time, time]:
    start, dash, end = text.partition("-")
    hours = _clock(start.strip()), _clock(end.strip())
    if not dash or hours[0] >= hours[1]:
        raise ValueError(text)
    return hours


def _days(text: str) -> frozenset[int]:
    """Days and ranges of days ("Mon-Fri", "Mon,Wed", "Sun-Thu") as ISO weekdays minus one."""
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start = DAYS.index(first.strip().capitalize())
        end = DAYS.index((last or first).strip().capitalize())
        days.update((start + step) % len(DAYS) for step in range((end - start) % len(DAYS) + 1))
    return frozenset(days)


def _date(text: str) -> date:
    if not re.fullmatch(_DATE, text) or date.fromisoformat(text) < _EARLIEST:
        raise ValueError(text)
    return date.fromisoformat(text)


def _timezone(text: str) -> str:
    if not re.fullmatch(_ZONE, text):
        raise ValueError(text)
    try:
        ZoneInfo(text)
    except (KeyError, OSError) as error:  # "Europe" is a folder of the time zone database
        raise ValueError(text) from error
    return text


def _version(value: object) -> int:
    text = _text(value, "write 1")
    if text != "1":
        raise wrong(f"version {quoted(text)} is not known", "write 1")
    return 1


def _sound_glob(pattern: str) -> str:
    if pattern != pattern.strip():
        raise wrong(f"{quoted(pattern)} begins or ends with a space", "take it out")
    if found := fault(pattern):
        raise wrong(found.message, found.cure)
    return pattern


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def one_or_many(item: Any) -> BeforeValidator:
    """Lets a list of one be written without its brackets."""
    return BeforeValidator(
        _listed, json_schema_input_type=item | Annotated[tuple[item, ...], Listed]
    )


_PERIOD = "write years or months, such as 5y, 18mo or 6 months"
_WORK = "write hours, minutes or days, such as 4h, 90m or 2d (a day is 8 hours)"
_CHANNEL = 'write the channel in quotes, "#reviews" (YAML takes an unquoted # for a comment)'
_SPAN = 'write start and end of one day, such as "09:00-17:30"'

Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Version = Annotated[Literal[1], BeforeValidator(_version)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number)]

Name = Annotated[
    str,
    *_word(
        "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "a name we can use",
        "use letters, digits, dots, dashes and underscores (64 at most)",
    ),
]
Title = Annotated[
    str, *_word(r"[^\x00-\x1f\x7f]{1,100}", "a text of 1 to 100 characters", "write it on one line")
]
Glob = Annotated[
    str,
    *_word(
        r"[^\x00-\x1f]{1,500}",
        "a glob",
        'write a path or a glob such as "services/payments/**" (500 characters at most)',
    ),
    AfterValidator(_sound_glob),
]
Globs = Annotated[tuple[Glob, ...], Listed, one_or_many(Glob)]
Label = Annotated[
    str, *_word(r"[^\x00-\x1f]{1,255}", "a label", "write the label's name on one line")
]
TrailerKey = Annotated[
    str,
    *_word(
        "[A-Za-z][A-Za-z0-9-]{1,60}",
        "a trailer's key",
        "write the word before the colon, such as Assisted-by",
    ),
]
Channel = Annotated[
    str, *_word(r"#[^\s#<>&@,.:A-Z]{1,80}|[CG][A-Z0-9]{2,20}", "a Slack channel", _CHANNEL)
]
SlackUser = Annotated[
    str,
    *_word(
        "[UW][A-Z0-9]{2,20}",
        "a Slack member id",
        "write the id such as U0DANA (in Slack: the profile's menu, Copy member ID)",
    ),
]
Login = Annotated[
    str,
    *_word(
        r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(\[bot\])?",
        "a login",
        "write the account's login, without @ and without an address",
    ),
]
Group = Annotated[
    str,
    *_word(
        r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}",
        "a group of a forge",
        "write it as CODEOWNERS files do, without @, such as acme/payments",
    ),
]
Email = Annotated[
    str,
    *_word(r"[^@\s<>\x00-\x1f]{1,64}@[^@\s<>\x00-\x1f]{1,190}", "an address", "write one address"),
]

Months = Annotated[int, *_read(parse_months, YEARS_AND_MONTHS, "a period of years", _PERIOD)]
WorkingTime = Annotated[
    timedelta,
    *_read(
        parse_working_time,
        "(?=.)([0-9]{1,3}d)?([0-9]{1,4}h)?([0-9]{1,5}m)?",
        "a period of working time",
        _WORK,
    ),
]
ClockTime = Annotated[
    time, *_read(_clock, _CLOCK, "a time of day", 'write hours and minutes, such as "09:00"')
]
Hours = Annotated[
    tuple[time, time], *_read(_hours, f"{_CLOCK} ?- ?{_CLOCK}", "a span of working hours", _SPAN)
]
Days = Annotated[
    frozenset[int],
    *_read(_days, _DAY_RANGES, "days of the week", "write days such as Mon-Fri or Mon,Wed"),
]
Date = Annotated[
    date, *_read(_date, _DATE, "a date since 1950", "write year, month, day, such as 2017-03-01")
]
Timezone = Annotated[
    str, *_read(_timezone, _ZONE, "a time zone", "write its name, such as Europe/Berlin or UTC")
]

Region = Annotated[
    str,
    *_read(
        _region,
        REGION,
        "a region whose public holidays are known",
        "write a country or one of its parts, such as DE, DE-BE or US-CA",
    ),
]

RiskWord = Annotated[RiskLevel, *one_of(RiskLevel)]
LevelWord = Annotated[Level, *one_of(Level)]
SomeLevelWord = Annotated[Level, *one_of(level for level in Level if level.rank)]
CodeownersWord = Annotated[Codeowners, *one_of(Codeowners)]
StepWord = Annotated[Step, *one_of(Step)]
ShowsWord = Annotated[Shows, *one_of(Shows)]
