"""The product's settings, with one address more: the bare view that pages are measured against."""

import os

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
# No mail leaves, but for the rows about mail: those start a server of their own (bench.mail_peers).
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if port := os.environ.get("BENCH_SMTP_PORT"):
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = "elections.notify.handover.EmailBackend", "127.0.0.1", int(port)
