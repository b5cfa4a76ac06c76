"""From nodes to pydantic models: every mismatch becomes a Problem with its line and its cure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Self, TypeVar

from annotated_types import Ge, Le, MaxLen
from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from routing.files.fields import PROBLEM, nearest_word, wrong
from routing.files.problems import InvalidFile, KeyPath, Problem, quoted, render_path
from routing.files.telling import MAX_PROBLEMS, is_enough, may_tell, telling
from routing.files.yaml_text import Document, Node

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NOTHING = "nothing is written here"
_NEEDED = {
    "missing": "this is missing",
    "model_type": "keys and values are needed here",
    "dict_type": "names and values are needed here",
    "tuple_type": "a list is needed here",
    "too_short": "the list is empty",
}
TOLD, UNTOLD = "told", "untold"
"""The types of errors that parts raise: of what is told, and of what is not any more."""

_UNTOLD = PydanticCustomError(UNTOLD, "enough is told")


def _told(reason: PydanticCustomError) -> PydanticCustomError:
    return PydanticCustomError(TOLD, "{message}", reason.context)


class Part(BaseModel):
    """A part of a file: knows its keys, and explains what is wrong with them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Turn pydantic's own errors about this part into ones with a cure."""
        if is_enough():
            raise _UNTOLD
        refused: dict[str, PydanticCustomError] = {}
        if isinstance(data, Mapping):
            refused = cls._refused(data)
            unread = {*refused, *cls._strays(data)[MAX_PROBLEMS:]}
            data = {key: value for key, value in data.items() if key not in unread}
        errors: list[InitErrorDetails] = [
            {"type": _told(reason), "loc": (key,), "input": None}
            for key, reason in refused.items()
            if may_tell()
        ]
        try:
            part = handler(data)
        except ValidationError as error:
            found = error.errors(include_url=False)
            errors.extend(cls._told_of(one for one in found if not cls._follows(one, refused)))
        else:
            if not refused:
                return part
        untold: InitErrorDetails = {"type": _UNTOLD, "loc": (), "input": None}
        raise ValidationError.from_exception_data(cls.__name__, errors or [untold])

    @classmethod
    def stray_key(cls, key: str) -> PydanticCustomError:
        """What to say about a key that does not belong here."""
        known = cls._keys()
        cure = (
            f"the keys here are {', '.join(known)}" if len(known) > 1 else f"keep only {known[0]}"
        )
        if guess := nearest_word(key, known):
            cure = f"did you mean {guess}?"
        return wrong(f"{quoted(key)} is not a key that belongs here", cure)

    @classmethod
    def _keys(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def _strays(cls, data: Mapping[str, object]) -> list[str]:
        known = frozenset(cls._keys())
        return [key for key in data if key not in known]

    @classmethod
    def _refused(cls, data: Mapping[str, object]) -> dict[str, PydanticCustomError]:
        """Values that are not even looked into.

        A key without a value is no way to leave a condition out: it might be forgotten. A list
        that is too long costs time, and nobody reads ten thousand problems.
        """
        refused = dict[str, PydanticCustomError]()
        for key, field in zip(cls._keys(), cls.model_fields.values(), strict=True):
            value = data.get(key, "")
            most = next(
                (bound.max_length for bound in field.metadata if isinstance(bound, MaxLen)), None
            )
            if value is None:
                otherwise = "" if field.is_required() else ", or leave the key out"
                refused[key] = wrong(_NOTHING, f"write {cls._example(key)}{otherwise}")
            elif most is not None and isinstance(value, list | dict) and len(value) > most:
                refused[key] = wrong(f"there are {len(value)} items here", f"write {most} at most")
        return refused

    @staticmethod
    def _follows(error: ErrorDetails, refused: Mapping[str, object]) -> bool:
        """Whether an error only repeats another: pydantic counts a list without its bad items."""
        return (error["type"] == "missing" and error["loc"][-1] in refused) or (
            error["type"] == "too_short" and bool(error["input"])
        )

    @classmethod
    def _told_of(cls, errors: Iterable[ErrorDetails]) -> Iterator[InitErrorDetails]:
        """What is told of these: nothing more once it is enough."""
        for one in errors:
            if one["type"] == TOLD:  # by a part further in
                reason = _told(wrong(**one["ctx"]))
            elif one["type"] != UNTOLD and may_tell():
                reason = _told(cls._explained(one))
            else:
                continue
            yield {"type": reason, "loc": one["loc"], "input": None}

    @classmethod
    def _explained(cls, error: ErrorDetails) -> PydanticCustomError:
        kind, loc = error["type"], error["loc"]
        key = str(loc[0]) if loc else ""
        if kind == PROBLEM:  # by a field of its own
            return wrong(**error["ctx"])
        if kind == "extra_forbidden":
            return cls.stray_key(key)
        if kind in {"greater_than_equal", "less_than_equal"}:
            return wrong(f"{error['input']} is out of range", cls._range(key))
        message = _NOTHING if error["input"] is None else _NEEDED.get(kind, error["msg"])
        return wrong(message, f"write {cls._example(key)}")

    @classmethod
    def _example(cls, key: str) -> str:
        """How to write a key; without one, everything that this part cannot do without."""
        fields = dict(zip(cls._keys(), cls.model_fields.values(), strict=True))
        if key in fields:
            return f"{key}: {_flow(next(iter(fields[key].examples or ()), '…'))}"
        needed = [cls._example(name) for name, field in fields.items() if field.is_required()]
        return ", ".join(needed) or f"one of these keys: {', '.join(fields)}"

    @classmethod
    def _range(cls, key: str) -> str:
        bounds = cls.model_fields[key].metadata
        least = next(bound.ge for bound in bounds if isinstance(bound, Ge))
        most = next(bound.le for bound in bounds if isinstance(bound, Le))
        return f"write a number from {least} to {most}"


PartT = TypeVar("PartT", bound=Part)


def read_part(model: type[PartT], document: Document, file: str, known: object = None) -> PartT:
    """Read a document as one model; `known` is what its fields may be checked against.

    Raises:
        InvalidFile: with every problem of the document, those it was read with included.
    """
    found = {(problem.line, problem.path): problem for problem in document.problems}
    try:
        with telling():
            part = model.model_validate(document.root.plain(), context=known)
    except ValidationError as error:
        for problem in _problems(error, document.root, file):
            # one problem a place: what YAML said of it explains the rest
            found.setdefault((problem.line, problem.path), problem)
        first = sorted(found.values(), key=lambda problem: problem.line)[:MAX_PROBLEMS]
        raise InvalidFile(first) from error
    if found:
        raise InvalidFile(found.values())
    return part


def _problems(error: ValidationError, root: Node, file: str) -> Iterator[Problem]:
    for one in error.errors(include_url=False):
        if one["type"] == UNTOLD:
            continue
        node, path = _locate(root, one["loc"])
        said = one["ctx"]
        yield Problem(file, node.line, render_path(path), said["message"], said["cure"])


def _locate(root: Node, loc: Iterable[str | int]) -> tuple[Node, KeyPath]:
    """The nearest node, and the path a person would name: without pydantic's own "[tags]"."""
    node = root
    path: KeyPath = ()
    for step in loc:
        child = node.child(step)
        if child is None and isinstance(node.value, str):
            continue  # a list of one, written without its brackets
        if child is None and isinstance(step, str) and step.startswith("["):
            continue
        node, path = child or node, (*path, step)
    return node, path


def render_schema(model: type[Part]) -> str:
    """The JSON schema of a file, for editors."""
    schema = {"$schema": DIALECT, **model.model_json_schema(schema_generator=_EditorSchema)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _EditorSchema(GenerateJsonSchema):
    """Optional keys may be left out; they may not be null."""

    def field_title_should_be_set(self, schema: object) -> bool:
        """Never: the key itself says as much."""
        del schema
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        # the defaults are typed values; a file would write them in its own words
        return self.generate_inner(schema["schema"])


def _flow(value: object) -> str:
    """An example as one would write it on one line of YAML."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(_flow(item) for item in value) + "]"
        case str() if value.startswith(("#", "*")) or ":" in value:
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case _:
            return str(value)
