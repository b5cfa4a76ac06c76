"""How the process keeps its memory: what it lets go of is used again, by whichever thread."""

from __future__ import annotations

import ctypes
import gc
import platform

M_ARENA_MAX = -8
"""glibc's own number of the setting. Source: malloc.h."""


def share_one_heap() -> None:
    """Have all threads share one heap; to be called before there is another thread.

    glibc gives threads heaps of their own, up to eight for each core, and each of them keeps what
    its largest piece of work once needed: the process grows for weeks though nothing is leaked.
    Python's threads take turns anyway. Elsewhere than on glibc nothing is done.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def spare_the_collector() -> None:
    """What is loaded at the start stays; walking over it for garbage would delay every click."""
    gc.collect()
    gc.freeze()
