"""The alert rules ask only for figures that exist, and each leads to what to do about it."""

import re
from pathlib import Path

import promql_parser
import pytest
import yaml
from django.conf import settings
from django_tenants.utils import schema_context
from prometheus_client import CollectorRegistry

from config import metrics
from elections.queries import platform_status
from elections.queries.platform_figures import PlatformFigures, Usage, Waiting
from tenants.watch import QueueState, Signs

FOLDER = Path(settings.BASE_DIR) / "deploy" / "prometheus"
RULES = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
SIGNS = Signs(
    (QueueState("urgent", 1, 2.0), QueueState("default", 1, 2.0)),
    1,
    1.0,
    1.0,
    {("a.task", "FAILURE"): 1},
    {"a.task": 1.0},
)
FIGURES = PlatformFigures(
    counted_at=1.0,
    mails={"news": Waiting(1, 1.0)},
    jobs={"letters|running": Waiting(1, 1.0)},
    municipalities={"active": 1},
    backed_up={"GM0001": 1.0},
    usage={"GM0001": Usage(1, 1, 1, {"uncertain": 1})},
)


@pytest.fixture
def known(monkeypatch):
    """Every figure that a server shows, with the names of its labels."""
    monkeypatch.setattr(metrics, "read_signs", lambda: SIGNS)
    monkeypatch.setattr(metrics, "kept_figures", lambda: FIGURES)
    metrics.REQUESTS.labels("portal:login", "GET", "500")
    metrics.REQUEST_SECONDS.labels("portal:login")
    registry = CollectorRegistry()
    for collector in (metrics.REQUESTS, metrics.REQUEST_SECONDS, metrics.PlatformCollector()):
        registry.register(collector)
    with schema_context("public"):
        return {
            sample.name: set(sample.labels) for family in registry.collect() for sample in family.samples
        } | {"up": {"job"}}


def selectors(expression):
    """All figures that an expression asks for, with the labels that it names."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
    for part in ("lhs", "rhs", "expr", "vector_selector", "vs", "param"):
        if (inner := getattr(expression, part, None)) is not None:
            yield from selectors(inner)
    for inner in getattr(expression, "args", ()):
        yield from selectors(inner)


def test_parts_of_an_expression_are_found():
    asked = "sum(rate(a{x='1'}[5m])) / b > 2 or absent(c) and time() - max by (l) (d) > 1"
    assert sorted(each.name for each in selectors(promql_parser.parse(asked))) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_rule_asks_for_figures_that_exist(rule, known):
    found = list(selectors(promql_parser.parse(rule["expr"])))
    assert found
    for each in found:
        assert each.name in known
        assert {matcher.name for matcher in each.matchers.matchers} <= known[each.name]
    labels = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) - {"instance"}
    assert all(f"by ({label})" in rule["expr"] for label in labels)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_rule_says_how_urgent_it_is_and_what_to_do(rule):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["for"]
    headings = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text()
    assert f"\n**{rule['annotations']['runbook']}.**" in headings


def test_alerts_have_names_of_their_own():
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names)) > 15


def test_prometheus_reads_the_rules_and_proves_who_it_is():
    read = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    assert read["rule_files"] == ["alerts.yml"]
    (job,) = read["scrape_configs"]
    assert job["authorization"] == {"credentials_file": "/etc/prometheus/zitting-token"}
    assert job["static_configs"][0]["targets"] == [f"web:{settings.METRICS_PORT}"]


@pytest.mark.parametrize(
    ("figure", "bar"),
    [
        ("zitting_beat_last_tick", platform_status.TICK_SECONDS),
        ("zitting_sweep_last_run", platform_status.SWEEP_SECONDS),
        ('queue="urgent"', platform_status.QUEUE_SECONDS["urgent"]),
        ('queue="default"', platform_status.QUEUE_SECONDS["default"]),
        ("zitting_mail_oldest", platform_status.MAIL_SECONDS),
        ("zitting_job_oldest", platform_status.JOB_SECONDS),
        ("zitting_database_connections_max", platform_status.CONNECTIONS),
        ("zitting_disk_free", platform_status.DISK_FREE),
        ("zitting_municipality_without_backup", platform_status.BACKUP_SECONDS),
    ],
)
def test_status_command_and_alerts_have_the_same_bars(figure, bar):
    (rule,) = [rule for rule in RULES if figure in rule["expr"]]
    assert float(rule["expr"].split()[-1]) == bar
