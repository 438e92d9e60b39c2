"""The one Celery application; every task message carries the schema it was sent from."""

import gc
import os
import time
from typing import Any

from celery.signals import (
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
)
from kombu.transport import TRANSPORT_ALIASES

from tenants.task_seals import SealingApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES.update(redis="config.broker:Transport", rediss="config.broker:Transport")

app = SealingApp("zitting")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_log_of_django(**_kwargs: object) -> None:
    """With a receiver here Celery leaves the log as the settings made it: discreet, and with the municipality."""


@before_task_publish.connect
def note_when_sent(sender: str, headers: dict[str, Any], **_kwargs: object) -> None:
    """So that the age of a queue can be told, and when the clock last ticked."""
    from tenants.watch import note_sent  # noqa: PLC0415  # slow import: settings, which do not exist yet

    note_sent(sender, headers)


@worker_init.connect
def count_runs(**_kwargs: object) -> None:
    """Workers count what became of each task, for /metrics; tests and commands that run tasks themselves do not."""
    from tenants.watch import note_run  # noqa: PLC0415  # slow import: settings, which do not exist yet

    def begin(task: Any, **_more: object) -> None:
        task.request.begun_at = time.monotonic()

    def end(task: Any, state: str | None = None, **_more: object) -> None:
        seconds = time.monotonic() - getattr(task.request, "begun_at", time.monotonic())
        note_run(task.name, state or "UNKNOWN", seconds)

    task_prerun.connect(begin, weak=False)
    task_postrun.connect(end, weak=False)


@worker_process_init.connect
def load_letter_engine(**_kwargs: object) -> None:
    """Load fonts and style sheets once per worker process, so that no letter pays for it.

    What is loaded by now lives as long as the process: frozen, the garbage collector no longer walks through it after
    every few thousand boxes of a letter, which took a fifth of the time.
    """
    from elections.documents import pdf  # noqa: PLC0415  # slow import: WeasyPrint takes half a second

    pdf.warm_up()
    gc.collect()
    gc.freeze()
