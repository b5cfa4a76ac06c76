"""Threads share one heap: what one lets go of, another takes."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

HEAPS = """
import ctypes, sys, threading
from bot.memory import share_one_heap

if sys.argv[1] == "shared":
    share_one_heap()
together = threading.Barrier(4)

def work():
    for _ in range(100):
        bytearray(100_000)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have one heap")
@pytest.mark.parametrize(("how", "heaps"), [("shared", {1}), ("as always", set(range(2, 6)))])
def test_threads_share_one_heap(tmp_path: Path, how: str, heaps: set[int]) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", HEAPS, how, str(told)], check=True)  # noqa: S603 - our own words
    assert told.read_text("utf-8").count("<heap nr=") in heaps
