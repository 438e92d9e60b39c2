"""A process of its own for the content of a file from outside: what breaks or fills it, breaks nothing else."""

import subprocess
import sys
from pathlib import Path


def run_child(script: Path, wish: str, data: bytes, *, seconds: float) -> bytes:
    """What `script` writes about `data`; empty when it failed, was killed, or took longer than `seconds`.

    It knows nothing of this one: no environment, no user's packages. A limit of its memory is its own first act.

    Parameters:
        wish: its one argument.
    """
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(script), wish]
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
