"""How hard the property tests search.

On every push the same examples, so that a red run is the push's doing; at night others each time,
and many more of them.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile(
    "push", deadline=None, derandomize=True, max_examples=100, stateful_step_count=30
)
settings.register_profile("nightly", deadline=None, max_examples=2000, stateful_step_count=40)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "push"))
