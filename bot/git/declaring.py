"""An author's word for the tool that helped, put so that Countersign knows it for what it is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Misconfigured
from routing.ai.signals import CATALOGUE
from routing.provenance import assess_record

KEYS = CATALOGUE.declarations
"""Keys of trailers in which Countersign looks for a declaration."""

NAMES = [agent.tool for agent in CATALOGUE.agents] + [it.tool for it in CATALOGUE.trailers]
TOOLS = tuple(sorted(set(NAMES), key=str.lower))

NOTHING = frozenset({"none", "no", "n", "n/a", "false", "-"})
SOMETHING = frozenset({"yes", "y", "true"})
AI = "AI"

FORMS = ("{}", "{} AI", "AI ({})")
"""Ways to name a tool, the plainest first. People are called Devin too, so that name alone says
nothing; and a name that nobody has heard of may be anybody's."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A tool and the trailer that declares it. `known`: the catalogue or the name says AI."""

    tool: str
    trailer: str
    known: bool


def declared(key: str, tool: str) -> Declared:
    """The trailer that declares a tool, in the plainest form that detection takes for AI.

    Raises:
        Misconfigured: in no form; the text says what can be written.
    """
    nameable = tool.isprintable() and any(letter.isalnum() for letter in tool)
    for form in FORMS if nameable else ():
        trailer = f"{key}: {form.format(tool)}"
        if assess_record({"message": f"Change\n\n{trailer}"}).ai:
            known = form != FORMS[-1] or tool.lower() in map(str.lower, TOOLS)
            return Declared(tool, trailer, known)
    raise Misconfigured(
        f"{tool!r} cannot be told from a person: name the tool alone, without an address.\n"
        f"Known are {', '.join(TOOLS)}, and names of models.\n"
        "Any other name is declared as `AI (name)`; to make a tool known, add a row to the "
        "catalogue, routing/ai/signals.py."
    )


def tools_named(values: tuple[str, ...]) -> tuple[str, ...]:
    """The tools that these values name; none where they say `none`, "AI" where just `yes`.

    Raises:
        Misconfigured: one says that there was no AI, another names a tool.
    """
    tools = tuple(value for value in values if value.lower() not in NOTHING)
    if tools and len(tools) < len(values):
        raise Misconfigured(f"`AI: none` and `AI: {tools[0]}` cannot both be true: keep one")
    return tuple(dict.fromkeys(AI if tool.lower() in SOMETHING else tool for tool in tools))
