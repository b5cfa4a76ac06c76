"""The weights of the ranking's terms: data, fitted offline, the same for every repository.

Source: `bench/fit_ranking.py` on two public histories (4,500 changes reviewed by volunteers in
turn, 9,300 reviewed by a small team), each counting half. Fitted on the one and used for the
other they lose .01 of mean reciprocal rank, so they are not refitted for each repository. No
weight is negative: evidence never counts against anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.ranking.terms import Term

Weights = Mapping[Term, float]

EXPERTISE: Weights = {
    Term.SIMILAR: 0.85,
    Term.OWN_GROUND: 0.42,
    Term.REVIEWED_DIRECTORIES: 0.19,
    Term.WROTE_SIMILAR: 0.40,
    Term.WROTE_FILES: 0.06,
    Term.HAS_REVIEWED: 3.21,
}
"""Who knows this code: nothing but reviews given and changes written. What qualification and
changes of high risk rest on, so that two friends do not sign for each other for ever."""

RANKED: Weights = {
    Term.SIMILAR: 0.26,
    Term.OWN_GROUND: 0.41,
    Term.REVIEWED_DIRECTORIES: 0.25,
    Term.WROTE_SIMILAR: 0.26,
    Term.WROTE_FILES: 0.09,
    Term.HAS_REVIEWED: 3.07,
    Term.PAIR: 0.37,
    Term.MOMENTUM: 0.44,
    Term.LAST_SEEN: 0.36,
}
"""Who will most likely review: expertise, with whom this author usually works and who is about.
It may only order people who are qualified already."""
