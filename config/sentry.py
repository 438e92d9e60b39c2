"""Error reports to a Sentry server (or GlitchTip, which speaks the same language), by the setting SENTRY_DSN.

A report leaves the platform, so it is built anew from a list of what may go: where in our code it went wrong, which
kind of mistake, for which municipality, and the number with which the log tells the rest. No message of an exception,
no variables, address, headers, body, cookie, user, statement or machine (OWASP ASVS 5.0 rows 14.2.1 and 16.2.5).
"""

from typing import Any, Final

import sentry_sdk
from django.conf import settings
from django.db import connection
from sentry_sdk.integrations import Integration
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from tenants.request_ids import request_id

_PLAIN: Final = ("event_id", "timestamp", "level", "logger", "platform", "environment", "release")
_FRAME: Final = ("filename", "function", "module", "lineno", "in_app")


def start(dsn: str) -> None:
    """Send what goes wrong from now on in this process. Nothing is sent about what goes right."""
    integrations: list[Integration] = [
        DjangoIntegration(
            transaction_style="function_name", middleware_spans=False, signals_spans=False, cache_spans=False
        ),
        CeleryIntegration(monitor_beat_tasks=False),
        LoggingIntegration(level=None, event_level="ERROR"),
        DedupeIntegration(),
        ExcepthookIntegration(),
        AtexitIntegration(callback=lambda _pending, _seconds: None),
    ]
    sentry_sdk.init(
        dsn,
        environment=settings.SENTRY_ENVIRONMENT,
        release=settings.SENTRY_RELEASE or None,
        integrations=integrations,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=allowed,
    )


def allowed(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """A new report with what may go, from one that holds everything."""
    report = {name: event[name] for name in _PLAIN if name in event}
    # The name of the view or task. An address could hold the key of an invitation, and is one of many besides.
    if event.get("transaction_info", {}).get("source") in ("component", "task", "custom"):
        report["transaction"] = event["transaction"]
    # Of a line from which the log took a key the text was filled in already: config.logs keeps what was there before.
    filled_in = event.get("logentry", {}).get("message")
    if template := getattr(hint.get("log_record"), "template", filled_in):
        report["logentry"] = {"message": str(template)}
    values = event.get("exception", {}).get("values") or []
    if values:
        report["exception"] = {"values": [_exception(value) for value in values]}
    report["tags"] = {"municipality": connection.schema_name or "", "request_id": request_id.get()}
    return report


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {
            "frames": [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]
        },
    }
