import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from config.processes import is_alive, wait_until
from config.supervisor import RESTARTS, Program, Supervisor

SLEEP = [sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(60)"]
FAIL = [sys.executable, "-c", "import sys; sys.exit('no table')"]


@pytest.fixture(autouse=True)
def own_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_supervisor_stops_everything_when_asked(tmp_path):
    programs = [Program("one", SLEEP), Program("two", SLEEP)]
    supervisor = Supervisor(programs, os.environ, tmp_path)
    code = supervisor.run(lambda: True, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert code == 0
    assert not any(is_alive(program.process.pid) for program in programs)


def test_supervisor_starts_a_killed_program_again(tmp_path):
    program = Program("one", SLEEP)
    supervisor = Supervisor([program], os.environ, tmp_path)
    first = []

    def kill_once_then_stop() -> bool:
        if not first:
            first.append(program.process.pid)
            os.kill(program.process.pid, signal.SIGKILL)
        return program.process.pid != first[0]

    supervisor.run(kill_once_then_stop, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert len(program.starts) == 2


def test_supervisor_gives_up_on_a_program_that_keeps_stopping(tmp_path, capfd):
    program = Program("web", FAIL)
    assert Supervisor([program], os.environ, tmp_path).run(lambda: False, lambda: None) == 1
    assert len(program.starts) == RESTARTS + 1
    shown = capfd.readouterr()
    assert "web keeps stopping (exit code 1)" in shown.err
    assert "no table" in shown.err


def test_supervisor_writes_all_to_a_file_and_shows_no_information(tmp_path, capfd):
    program = Program(
        "web", [sys.executable, "-c", "print('a INFO b'); print('a WARNING b'); import time; time.sleep(60)"]
    )
    supervisor = Supervisor([program], {**os.environ, "PYTHONUNBUFFERED": "1"}, tmp_path)
    log = tmp_path / "web.log"
    supervisor.run(
        lambda: log.exists() and b"WARNING" in log.read_bytes(), lambda: os.kill(os.getpid(), signal.SIGTERM)
    )
    assert "a INFO b" in log.read_text()
    shown = capfd.readouterr().out
    assert "a WARNING b" in shown
    assert "INFO" not in shown


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a program that its parent is gone")
def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path):
    code = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from config.supervisor import Program, Supervisor
        program = Program("one", [sys.executable, "-c", "import time; time.sleep(60)"])
        note = Path(sys.argv[1], "pid")
        Supervisor([program], os.environ, Path(sys.argv[1])).run(
            lambda: True, lambda: note.write_text(str(program.process.pid))
        )
    """)
    note = tmp_path / "pid"
    supervisor = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    pid = int(wait_until(lambda: _read(note), 20, "the supervisor does not start"))
    supervisor.kill()
    supervisor.wait()
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
