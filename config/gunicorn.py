"""How web servers run: `gunicorn config.wsgi --config python:config.gunicorn`. What is on the command line wins."""

import os
import shutil
import tempfile
from typing import Any

bind = ["0.0.0.0:8000"]
workers = 4
worker_class = "gthread"
threads = 4
control_socket_disable = True
# The heartbeat of the processes needs a file; a disk that is busy would make them look dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes a file without a name there
# No access log: the addresses of invitations and new passwords hold their tokens.
accesslog = None

if os.environ.get("METRICS_TOKEN"):
    bind.append(f"0.0.0.0:{os.environ.get('METRICS_PORT', '9100')}")
    # The processes of one server count together, in files of this folder.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="zitting-metrics-"))


def child_exit(_server: Any, worker: Any) -> None:
    """A process that ended counts no longer as one that runs; what it counted stays."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415  # slow import: only servers with figures need it

        multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    """The next start counts from zero, as Prometheus expects of a server that stopped."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
