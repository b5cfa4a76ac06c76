"""The weights of the ranking's terms: data, fitted offline, the same for every repository.

Source: `bench/fit_ranking.py` on two public histories (4,500 changes reviewed by volunteers in
turn, 9,300 reviewed by a small team), each counting half. Fitted on the one and used for the
other they lose .01 of mean reciprocal rank, so they are not refitted for each repository. No
weight is negative: evidence never counts against anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.ranking_terms import Term

Weights = Mapping[Term, float]

EXPERTISE: Weights = {
    Term.SIMILAR: 1.21,
    Term.OWN_GROUND: 0.20,
    Term.WROTE_SIMILAR: 0.35,
    Term.WROTE_FILES: 0.08,
    Term.HAS_REVIEWED: 3.43,
}
"""Who knows this code: nothing but reviews given and changes written. What qualification and
changes of high risk rest on, so that two friends do not sign for each other for ever."""

RANKED: Weights = {
    Term.SIMILAR: 0.73,
    Term.WROTE_SIMILAR: 0.22,
    Term.WROTE_FILES: 0.11,
    Term.HAS_REVIEWED: 3.26,
    Term.PAIR: 0.36,
    Term.MOMENTUM: 0.47,
    Term.LAST_SEEN: 0.34,
}
"""Who will most likely review: expertise, with whom this author usually works and who is about.
It may only order people who are qualified already."""
