"""Reports of browsers: one line in the log, and nothing in it that a stranger or a member's page could put there."""

import json
import logging

import pytest
import redis
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.views import csp_report

PATH = "/csp-report/"
LEGACY = {
    "csp-report": {
        "document-uri": "https://juinen.localhost/invitation/geheim-token/?naam=Bakker",
        "referrer": "https://juinen.localhost/help/?cookie=1",
        "violated-directive": "script-src-elem",
        "effective-directive": "script-src-elem",
        "original-policy": "default-src 'none'",
        "blocked-uri": "https://evil.example:8443/x.js?wie=Bakker",
    }
}
MODERN = [
    {
        "type": "csp-violation",
        "age": 10,
        "url": "https://juinen.localhost/personal-data/iban/?iban=NL91",
        "user_agent": "Mozilla/5.0",
        "body": {
            "documentURL": "https://juinen.localhost/personal-data/iban/?iban=NL91",
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "sample": "color: red",
        },
    }
]
JUNK = [
    b"",
    b"geen json",
    b"null",
    b"7",
    b'"tekst"',
    b"[]",
    b"{}",
    b"[null, 7, []]",
    b"\x00\xff\xfe",
    b"[" * 8000,
    b'{"csp-report": 7}',
    b'{"csp-report": {}}',
    b'{"csp-report": {"effective-directive": ["script-src"]}}',
    b'{"csp-report": {"effective-directive": "Script Src\\nERROR inbraak"}}',
    b'{"csp-report": {"effective-directive": "  "}}',
    b'[{"type": "deprecation", "body": {"effectiveDirective": "script-src"}}]',
    b'[{"type": "csp-violation", "body": "script-src"}]',
    b'[{"type": "csp-violation"}]',
    b"1" * 5000,
]
ODD_PARTS = [
    None,
    7,
    [],
    "",
    "https://[::1",
    "http://a:b:c/",
    "x\ny",
    "https://a b\nERROR/",
    "ht tp://a",
    "é",
]


def send(client, report, content_type="application/csp-report"):
    body = report if isinstance(report, bytes) else json.dumps(report)
    return client.post(PATH, body, content_type=content_type)


@pytest.fixture
def lines(caplog):
    """What is written to the log about reports."""
    caplog.set_level(logging.WARNING)
    return lambda: [line.getMessage() for line in caplog.records if line.name == csp_report.__name__]


def test_report_of_either_format_is_one_line_without_anything_personal(client, lines):
    assert send(client, LEGACY).status_code == 204
    assert send(client, MODERN, "application/reports+json").status_code == 204
    assert lines() == [
        "CSP: script-src-elem stopped https://evil.example:8443 on /invitation/<str:token>/",
        "CSP: style-src-attr stopped inline on /personal-data/iban/",
    ]


def test_report_needs_no_form_and_leaves_no_row_and_no_cookie(juinen, client_for):
    client = client_for(juinen, enforce_csrf_checks=True)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = send(client, LEGACY)
    assert answer.status_code == 204
    assert not answer.cookies
    assert [query["sql"] for query in queries if "INSERT" in query["sql"] or "UPDATE" in query["sql"]] == []


@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
def test_junk_is_refused_and_not_written_down(client, lines, body):
    assert send(client, body).status_code == 400
    assert lines() == []


@pytest.mark.parametrize("odd", ODD_PARTS, ids=range(len(ODD_PARTS)))
def test_odd_parts_of_a_report_become_a_question_mark(client, lines, odd):
    report = {"csp-report": {"effective-directive": "img-src", "blocked-uri": odd, "document-uri": odd}}
    assert send(client, report).status_code == 204
    (line,) = lines()
    assert line.startswith("CSP: img-src stopped ? on /")
    assert "\n" not in line
    assert "ERROR" not in line


def test_name_and_password_in_an_address_are_not_written_down(client, lines):
    report = {
        "csp-report": {"effective-directive": "img-src", "blocked-uri": "https://naam:wacht@evil.example/pad"}
    }
    send(client, report)
    assert lines() == ["CSP: img-src stopped https://evil.example on /?"]


def test_large_report_is_refused_unread(client, lines):
    report = json.dumps(LEGACY).encode()
    assert send(client, report + b" " * (csp_report.MAX_BYTES - len(report))).status_code == 204
    assert send(client, report + b" " * (csp_report.MAX_BYTES - len(report) + 1)).status_code == 413
    assert len(lines()) == 1


def test_many_violations_in_one_request_are_a_few_lines(client, lines):
    send(client, MODERN * 40, "application/reports+json")
    assert len(lines()) == csp_report.LINES_PER_REQUEST


def test_one_address_is_heard_thirty_times_a_minute(client, lines):
    answers = [send(client, LEGACY).status_code for _count in range(csp_report.REPORTS_PER_MINUTE + 5)]
    assert answers == [204] * csp_report.REPORTS_PER_MINUTE + [429] * 5
    assert len(lines()) == csp_report.REPORTS_PER_MINUTE
    elsewhere = client.post(
        PATH, json.dumps(LEGACY), content_type="application/csp-report", REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 204


def test_report_without_redis_is_dropped(client, lines, monkeypatch):
    def down(*_args, **_options):
        raise redis.ConnectionError("connection refused")

    monkeypatch.setattr(cache, "incr", down)
    assert send(client, LEGACY).status_code == 429
    assert lines() == []


def test_report_at_an_unknown_host_is_not_found():
    assert send(Client(headers={"host": "nergens.localhost"}), LEGACY).status_code == 404


def test_report_by_get_is_refused(client):
    assert client.get(PATH).status_code == 405
