"""Who can be asked for a place now; and of those who were looked at and are not, why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from routing.choosing.candidates import Field
from routing.people import Person
from routing.policy import Approvals
from routing.rules.qualification import Exclusion, Lack, Reason, shortfall
from routing.rules.requirements import Applied, Wanted, Wish, alternatives, wanted_of

POOL = 40
"""So many people who can be asked are looked at for each kind of place, those who know most
first: load and working hours decide among them, and never let in whoever knows nothing."""

LOOKED_AT = 200
"""Of so many people, those who know most first, it is said why they are not asked."""

LACKS = 3
"""Of somebody who qualifies for nothing, so many lacks are said."""


class Askable:
    """The people of a field who can be asked, besides those who are there `already`."""

    def __init__(self, field: Field, already: Collection[str]) -> None:
        self._field = field
        self._already = already
        self._out: dict[str, Exclusion] = {}
        self._pools: dict[Wanted, Collection[str]] = {}

    def pool(self, place: Approvals, applied: Applied) -> Collection[str]:
        """The first who qualify for a place and can be asked, and those already there.

        Many rules want the same of a place: it is looked for once.
        """
        key = wanted_of(place, applied.domains)
        if key not in self._pools:
            people = self._field.roll.facts.people.by_id
            qualified = self._field.roll.qualified(place, applied)
            best = islice((who for who in qualified if people[who] in self), POOL)
            asked = (who for who in self._already if who in qualified and people[who] in self)
            self._pools[key] = dict.fromkeys((*best, *sorted(asked)))
        return self._pools[key]

    def __contains__(self, person: Person) -> bool:
        exclusion = self._field.unavailable(person)
        if exclusion is None:
            return True
        if person.id in self._already and self._field.roll.never(person) is None:
            return True
        self._out[person.id] = exclusion
        return False

    def left_out(self, wishes: Iterable[Wish], needed: Collection[str]) -> Mapping[str, Exclusion]:
        """Why each of those who were looked at is not among the `needed`."""
        every = dict.fromkeys(
            wanted_of(place, domains)
            for require, domains in wishes
            for way in alternatives(require)
            for place in way
        )
        unfit = {
            person.id: self._unqualified(person, every)
            for person in islice(self._field.roll, LOOKED_AT)
            if person in self and person.id not in needed
        }
        return self._out | unfit

    def _unqualified(self, person: Person, every: Iterable[Wanted]) -> Exclusion:
        """The nearest miss, said: what the person lacks for the first few open requirements."""
        lacks: dict[Lack, None] = {}
        for qualification, domains in every:
            lack = shortfall(person, qualification, domains, self._field.roll.where)
            if lack is not None:
                lacks[lack] = None
                if len(lacks) > LACKS:
                    break
        if not lacks:
            sentence = f"{person.name}: not needed for what is open"
            return Exclusion(person.id, Reason.NOT_NEEDED, sentence)
        kinds = {lack.reason for lack in lacks}
        reason = kinds.pop() if len(kinds) == 1 else Reason.NOT_QUALIFIED
        said = "; ".join(lack.sentence for lack in islice(lacks, LACKS))
        more = "; and more" if len(lacks) > LACKS else ""
        return Exclusion(person.id, reason, f"{person.name}: {said}{more}")
