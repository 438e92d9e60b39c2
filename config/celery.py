"""The one Celery application; every task message carries the schema it was sent from."""

import gc
import os

from celery.signals import setup_logging, worker_process_init
from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = CeleryApp("zitting")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_log_of_django(**_kwargs: object) -> None:
    """With a receiver here Celery leaves the log as the settings made it: discreet, and with the municipality."""


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
