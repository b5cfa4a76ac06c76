"""The roll: everybody in the order of what they know of one change, and who qualifies for what.

What somebody knows is a sum of terms, each with its points and its sentence: those of the ranking
(`routing.ranking.ranker`), and the grounds that do not need a history, such as being a code owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf, log1p

from routing.choosing.qualified import AsNeeded, Qualified
from routing.facts import Facts
from routing.levels import Level, RiskLevel
from routing.people import Person
from routing.phrases import listed
from routing.policy import Approvals, Policy, Qualification
from routing.ranking.lots import Lots
from routing.ranking.ranker import ENOUGH_CHANGES
from routing.ranking.terms import CANDIDATE_DAYS, Term
from routing.ranking.weights import EXPERTISE, RANKED, Weights
from routing.rules.domains import patterns_of
from routing.rules.qualification import Exclusion, Standing, may_never_approve, qualifies
from routing.rules.requirements import Applied, Wanted, wanted_of

GROUNDS = 0.25
"""What the grounds count where the history is rich. The thinner it is, the more they count and
the less the ranking does; in a repository without a history they are all there is."""

LEADS, TEAM = 0.5, 0.25
"""What leading a touched domain is worth, and being in a team with its lead, where one step of the
ladder of expertise is 1."""


@dataclass(frozen=True, slots=True)
class Points:
    """One term of a score: its points, and what it says."""

    term: str
    points: float
    sentence: str


@dataclass(frozen=True)
class Roll:
    """Everybody in the organisation, held against one change.

    `domains` are those in which expertise is asked for. From high risk on, whom an author usually
    works with says nothing: two friends shall not sign for each other for ever.
    """

    facts: Facts
    policy: Policy
    where: Standing
    domains: tuple[str, ...]
    risk: RiskLevel

    def __iter__(self) -> Iterator[Person]:
        """Everybody, those who know most first; those of whom nothing is known come last."""
        return iter(self._everybody)

    @cached_property
    def _everybody(self) -> AsNeeded[Person]:
        return AsNeeded(self._in_turn())

    def _in_turn(self) -> Iterator[Person]:
        equals: dict[float, list[str]] = {}
        for who, knowledge in self._knowledge.items():
            equals.setdefault(knowledge, []).append(who)
        for knowledge in sorted(equals, reverse=True):
            yield from self._by_lot(equals[knowledge])
        everyone = self.facts.people.everyone
        yield from self._by_lot(one.id for one in everyone if one.id not in self._knowledge)

    def _by_lot(self, equals: Iterable[str]) -> Iterable[Person]:
        return (self.facts.people.by_id[who] for who in sorted(equals, key=self.lot))

    def never(self, person: Person) -> Exclusion | None:
        """Why this person's approval cannot count here at all."""
        return may_never_approve(person, self.where, self.facts.left_slack)

    def qualified(self, place: Approvals, applied: Applied) -> Qualified:
        """Everybody who could fill the place, best first, asked or not."""
        key = wanted_of(place, applied.domains)
        if key not in self._qualified:
            search = (one.id for one in self._likely(*key) if self._may_fill(one, key))
            admits = partial(self._admits, key)
            self._qualified[key] = Qualified(search, admits)
        return self._qualified[key]

    def _admits(self, key: Wanted, who: str) -> bool:
        person = self.facts.people.by_id.get(who)
        return person is not None and self._may_fill(person, key)

    def _may_fill(self, person: Person, key: Wanted) -> bool:
        return self.never(person) is None and qualifies(person, *key, self.where)

    def _likely(self, wanted: Qualification, domains: tuple[str, ...]) -> Iterator[Person]:
        """As few as can be among whom all who qualify are to be found, best first."""
        people = self.facts.people
        if wanted.people:
            named = (people.by_id[who] for who in wanted.people if who in people.by_id)
            yield from self.in_order(named)
        elif wanted.teams:
            yield from self.in_order(one for team in wanted.teams for one in people.of_team(team))
        elif wanted.min_expertise is not None and wanted.min_expertise.rank:
            yield from self.in_order(self._knowing(wanted.min_expertise, domains))
        else:
            yield from self

    @cached_property
    def _qualified(self) -> dict[Wanted, Qualified]:
        return {}

    def in_order(self, people: Iterable[Person]) -> Sequence[Person]:
        """These people, each once, in the order of the roll."""
        once = {person.id: person for person in people}
        return sorted(once.values(), key=self._turn)

    def _turn(self, person: Person) -> tuple[float, int]:
        return -self._knowledge.get(person.id, -inf), self.lot(person.id)

    @property
    def changes(self) -> int:
        """How many past changes the ranking rests on."""
        return self.facts.history.weighed.changes if self.facts.history.weighed else 0

    @property
    def thin(self) -> bool:
        """Whether the history is too short for the ranking to be trusted alone."""
        return self.changes < ENOUGH_CHANGES

    def knowledge(self, person: Person) -> float:
        """The sum of everything that says how well the person knows the change."""
        return self._knowledge.get(person.id, self._trust * self._unseen)

    @cached_property
    def _knowledge(self) -> Mapping[str, float]:
        """The same by id, of those of whom anything is known here."""
        people = self.facts.people
        ids = {*self._scores, *self._leads}.union(*self.where.levels.values())
        ids.update(one.id for domain in self.domains for one in people.of_domain(domain))
        ids.update(one.id for team in self._teams for one in people.of_team(team))
        found = {who: self._sum(people.by_id[who]) for who in ids if who in people.by_id}
        owners = [who for who in self.where.owners if who not in found and who in people.by_id]
        if owners:  # they are nothing else: one of them is worth what another is
            found |= dict.fromkeys(owners, self._sum(people.by_id[owners[0]]))
        return found

    def _sum(self, person: Person) -> float:
        ranked = self._scores.get(person.id, self._unseen)
        level, _ = self.where.level(person, self.domains)
        ground = level.rank + self._share(person) + self._place(person)[0]
        return self._trust * ranked + self._grounds * ground

    def points(self, person: Person) -> tuple[Points, ...]:
        """The terms whose points add up to the knowledge."""
        level, sentence = self.where.level(person, self.domains)
        ground = self._grounds * (level.rank + self._share(person))
        found = [Points("standing", ground, f"{level}: {sentence}" if level.rank else sentence)]
        worth, said = self._place(person)
        if worth:
            found.append(Points("place", self._grounds * worth, said))
        weighed, place = self.facts.history.weighed, self._places.get(person.id)
        if weighed is not None and place is not None:
            found += [
                Points(one.term.value, self._trust * one.points, one.sentence)
                for one in weighed.reasons(place, self._weights)
            ]
        elif weighed is not None:
            said = "neither wrote nor reviewed anything in the past year"
            found.append(Points(Term.LAST_SEEN.value, self._trust * self._unseen, said))
        return tuple(found)

    def share_of_author(self, person: Person) -> float:
        """The person's share of the reviews that this author's changes had lately, 0 to 1."""
        weighed, place = self.facts.history.weighed, self._places.get(person.id)
        if weighed is None or place is None:
            return 0.0
        return self._shares_of_author[place]

    @cached_property
    def _shares_of_author(self) -> Sequence[float]:
        weighed = self.facts.history.weighed
        return weighed.raw(Term.PAIR).tolist() if weighed is not None else ()

    @cached_property
    def avoided(self) -> frozenset[str]:
        """The globs that the change touches and about which somebody is not to be asked."""
        said = (glob for globs in self.facts.opted_out.values() for glob in globs)
        globs = tuple(dict.fromkeys((*self.facts.people.opted_out, *said)))
        return patterns_of(globs).touched(self.facts.change.paths)

    def lot(self, person: str) -> int:
        """What decides between equals: another change, another order, and never by luck."""
        return self._lots.of(person)

    @cached_property
    def _lots(self) -> Lots:
        return Lots(str(self.facts.change.merge_request.ref))

    @cached_property
    def minds_pairs(self) -> bool:
        """Whether the risk is so high that nobody is to review for the same author for ever."""
        return self.risk >= RiskLevel.HIGH

    @property
    def _weights(self) -> Weights:
        return EXPERTISE if self.minds_pairs else RANKED

    @cached_property
    def _trust(self) -> float:
        return min(1.0, self.changes / ENOUGH_CHANGES)

    @cached_property
    def _grounds(self) -> float:
        return max(GROUNDS, 1.0 - self._trust)

    @cached_property
    def _unseen(self) -> float:
        return -self._weights.get(Term.LAST_SEEN, 0.0) * log1p(CANDIDATE_DAYS)

    @cached_property
    def _scores(self) -> Mapping[str, float]:
        weighed = self.facts.history.weighed
        return weighed.scores(self._weights) if weighed is not None else {}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        weighed = self.facts.history.weighed
        return {who: place for place, who in enumerate(weighed.candidates)} if weighed else {}

    @cached_property
    def _leads(self) -> Mapping[str, Sequence[str]]:
        leads: dict[str, list[str]] = {}
        for domain in self.policy.domains:
            if domain.lead is not None and domain.name in self.domains:
                leads.setdefault(domain.lead, []).append(domain.name)
        return leads

    @cached_property
    def _teams(self) -> Mapping[str, str]:
        """The teams of the touched domains' leads, each with what it is known for."""
        people = self.facts.people.by_id
        return {
            team.name: f"in {team.name} with the lead of {listed(domains)}"
            for lead, domains in self._leads.items()
            if lead in people
            for team in people[lead].teams
        }

    def _place(self, person: Person) -> tuple[float, str]:
        """What the person's place in the organisation is worth here, and which it is."""
        if not self._leads:
            return 0.0, ""
        if person.id in self._leads:
            return LEADS, f"leads {listed(self._leads[person.id])}"
        said = next((self._teams[one.name] for one in person.teams if one.name in self._teams), "")
        return (TEAM, said) if said else (0.0, "")

    def _share(self, person: Person) -> float:
        measured = self.where.levels.get("", {}).get(person.id)
        return measured.share if measured else 0.0

    def _knowing(self, least: Level, domains: tuple[str, ...]) -> Iterable[Person]:
        """Among whom everybody is who knows all of these domains so well.

        They left evidence in each, or declared a level there. Only code owners may come to the
        first level without.
        """
        people = self.facts.people
        each = [
            {*self.where.levels.get(domain, ()), *(one.id for one in people.of_domain(domain))}
            for domain in domains or ("",)
        ]
        fewest = min(each, key=len)
        if least.rank == 1 and self.where.raised:
            fewest |= self.where.owners
        return (people.by_id[who] for who in fewest if who in people.by_id)
