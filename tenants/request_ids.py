"""Ties together what one request, task or command wrote."""

from contextvars import ContextVar

# Set by config.request_ids and tenants.tasks, else empty. In a module without models, because the log needs it first.
request_id: ContextVar[str] = ContextVar("request_id", default="")
