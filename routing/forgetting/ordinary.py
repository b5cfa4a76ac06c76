"""Words that are somebody's id or login here and there, and mean something else mostly.

In a sentence they are nobody's name: "it may pass" does not speak of May. Where a person's id
stands by itself, as in a review's list of who was asked, no word is ordinary.
"""

from __future__ import annotations

GIVEN_NAMES = """
ace amber angel april art ash august autumn bay bear beau bill bird blaze bob brook brooks buck
bud candy carol carter case cash chance chase chip christian chuck clay cliff colt coral daisy
dale dash dawn dean destiny dick don dot drew duke earl earnest eden ember eve faith fern flint
flora forest fox frank frost gale gene ginger glen glory grace grant gray guy harmony haven hazel
heath heather holly honey hope hunter iris ivory ivy jack jade jan jay jet jewel josh joy july
june justice king kit knight lance lane lark laurel leaf liberty lily lock lord luck major mar
mark marshal mason mat max may mercy merit mike miles min mon moss myrtle nick norm nova ocean
olive oral pat patience peace pearl penny pepper pip piper price prince queen rain ray red reed
rich river rob robin rocky rod rose rowan royal ruby rush rusty ruth sage sandy sat savanna skip
sky sol star stark sterling stone storm sue summer sun sunny swan teal tiger timber trinity true
tucker van victor viola violet wade ward warren wave web wed west will willow winter wood woody
wren young zen
"""

OFFICES = """
access account admin administrator agent ai all android any anybody anyone api app approve
approved approver architect asked author authors auto automation away back backend base beta
billing board bot branch bug bugs build builder busy change changes check ci cli client code
commit config contributor copilot core countersign cto customer data database db default deploy
deployment design dev developer developers development devops diff doc docs domain draft engineer
engineering error everybody everyone everything expert feature file files fix forge frontend gate
git github gitlab group guest head help home infra infrastructure integration ios issue job jobs
kernel key lead leads ledger legal lib library line lines linux login mac mail main maintainer
maintainers manager master member merge merged mobile model name network new nobody none office op
open ops org organisation organization other owner owners payments person pipeline platform policy
pr prod product production project public pull push qa queue ready release releases renovate repo
repository request review reviewer reviewers reviews root rule rules sales script search secret
security seen senior server service services shop site slack somebody someone somewhere source
staff stage staging state status store super support sys system team teams tech test tester
testing tests them they tool tools ui unknown update user users version web website who windows
work worker you
"""

ORDINARY = frozenset(f"{GIVEN_NAMES} {OFFICES}".split())

SHORTEST = 3
"""A shorter word is one of many things."""


def is_ordinary(word: str) -> bool:
    """Whether a word in a sentence more likely means something else than a person."""
    return len(word) < SHORTEST or word.isdecimal() or word.lower() in ORDINARY
