"""deploy/kubernetes as `kubectl` builds it, against the schemas of Kubernetes, and against what the product needs."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import load_command_class

from tests.deploy.settings_read import names_read
from tests.tools import needs_package, tool

HERE = Path(settings.BASE_DIR) / "deploy" / "kubernetes"
VERSIONS = ("1.31", "1.34", "1.37")
WORKERS_FIRST = "app.kubernetes.io/component notin (web, beat, manage)"
DEPLOYMENTS = {"web", "worker", "worker-urgent", "beat", "manage"}
WITH_KEDA = """
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [{base}]
components: [{keda}]
"""


def built(folder):
    done = subprocess.run(
        [tool("kubectl"), "kustomize", "--load-restrictor", "LoadRestrictionsNone", f"{folder}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.fixture(scope="module")
def platform():
    return built(HERE / "example")


@pytest.fixture(scope="module")
def upgrade():
    return built(HERE / "example" / "upgrade")


@pytest.fixture(scope="module")
def keda(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keda")
    up = "/".join([".."] * (len(folder.resolve().parts) - 1))
    paths = {name: f"{up}{HERE / name}" for name in ("base", "keda")}
    (folder / "kustomization.yaml").write_text(WITH_KEDA.format(**paths))
    return built(folder)


def of_kind(objects, kind):
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def faults(objects, version):
    needs_package("kubernetes_validate")
    import kubernetes_validate  # noqa: PLC0415  # only with requirements-deploy.txt

    found = []
    for each in objects:
        try:
            kubernetes_validate.validate(each, version, strict=True)
        except kubernetes_validate.ValidationError as fault:
            found.append(f"{each['kind']} {each['metadata']['name']}: {fault.message}")
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_objects_follow_the_schemas_of_kubernetes(platform, upgrade, version):
    assert faults([*platform, *upgrade], version) == []


def test_judge_sees_a_fault(platform):
    web = yaml.safe_load(yaml.safe_dump(of_kind(platform, "Deployment")["web"]))
    web["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    assert len(faults([web], VERSIONS[-1])) == 1


def pods(objects):
    for kind in ("Deployment", "Job"):
        for name, each in of_kind(objects, kind).items():
            yield name, each["spec"]["template"]["spec"]
    for name, each in of_kind(objects, "CronJob").items():
        yield name, each["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_everything_runs(platform):
    assert of_kind(platform, "Deployment").keys() == DEPLOYMENTS
    assert {each["metadata"]["namespace"] for each in platform} == {"zitting"}


def test_every_pod_runs_closed(platform, upgrade):
    for name, pod in pods([*platform, *upgrade]):
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            closed = container["securityContext"]
            assert closed["readOnlyRootFilesystem"] is True, name
            assert closed["allowPrivilegeEscalation"] is False, name
            assert closed["capabilities"] == {"drop": ["ALL"]}, name
            assert container["resources"]["limits"]["memory"], name
            assert container["image"] == "registry.example.nl/zitting:2026-12-01", name


def test_only_commands_know_the_owner_of_the_tables(platform, upgrade):
    knows = {
        name
        for name, pod in pods([*platform, *upgrade])
        if {"secretRef": {"name": "zitting-owner"}} in pod["containers"][0]["envFrom"]
    }
    assert knows == {"manage", "upgrade", "backup"}


def test_every_setting_is_one_that_the_product_reads(platform):
    assert of_kind(platform, "ConfigMap")["zitting"]["data"].keys() - names_read() == set()


def arguments(platform, name):
    return of_kind(platform, "Deployment")[name]["spec"]["template"]["spec"]["containers"][0].get("args", [])


def test_every_queue_has_workers_and_there_is_one_clock(platform):
    queues = [
        line[line.index("--queues") + 1]
        for name in DEPLOYMENTS
        if "--queues" in (line := arguments(platform, name))
    ]
    assert sorted(queues) == ["default", "urgent"]
    beat = of_kind(platform, "Deployment")["beat"]["spec"]
    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})
    assert "beat" not in of_kind(platform, "HorizontalPodAutoscaler")


def test_pages_and_codes_survive_the_loss_of_a_machine(platform):
    assert of_kind(platform, "PodDisruptionBudget").keys() == {"web", "worker", "worker-urgent"}
    scaled = of_kind(platform, "HorizontalPodAutoscaler")
    assert scaled.keys() == {"web", "worker"}
    assert all(each["spec"]["minReplicas"] >= 2 for each in scaled.values())
    assert of_kind(platform, "Deployment")["worker-urgent"]["spec"]["replicas"] == 2


def test_probes_ask_for_pages_that_exist(platform, client):
    container = of_kind(platform, "Deployment")["web"]["spec"]["template"]["spec"]["containers"][0]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert client.get(container[probe]["httpGet"]["path"]).status_code == 200


def test_every_night_old_backups_go_and_new_ones_are_made(platform):
    job = of_kind(platform, "CronJob")["backup"]["spec"]
    assert job["concurrencyPolicy"] == "Forbid"
    pod = dict(pods(platform))["backup"]
    commands = [each for each in [*pod["initContainers"], *pod["containers"]] if "args" in each]
    parsed = []
    for container in commands:
        program, name, *rest = container["args"][1:]
        assert program == "manage.py"
        parsed.append(load_command_class("elections", name).create_parser(program, name).parse_args(rest))
        assert {"name": "backups", "mountPath": f"{parsed[-1].folder}"} in container["volumeMounts"]
    assert [(each.command, getattr(each, "plain", False)) for each in parsed] == [
        ("prune", False),
        ("make", False),
    ]
    assert parsed[-1].everybody
    assert of_kind(platform, "ConfigMap")["zitting"]["data"]["BACKUP_RECIPIENTS"]


def test_restores_find_the_backups_where_the_night_puts_them(platform):
    volume = {"name": "backups", "persistentVolumeClaim": {"claimName": "backups"}}
    found = dict(pods(platform))
    assert all(volume in found[name]["volumes"] for name in ("backup", "manage"))
    assert "backups" in of_kind(platform, "PersistentVolumeClaim")
    mounts = {name: found[name]["containers"][0]["volumeMounts"] for name in ("backup", "manage")}
    for each in mounts.values():
        assert {"name": "backups", "mountPath": "/backups"} in each


def test_update_can_begin_with_workers_alone(platform):
    """docs/scaling.md: `--selector` of what goes first."""
    said = (Path(settings.BASE_DIR) / "docs" / "scaling.md").read_text()
    assert f"--selector '{WORKERS_FIRST}'" in said
    later = set(re.search(r"\((.*)\)", WORKERS_FIRST)[1].split(", "))
    first = {
        name
        for name, each in of_kind(platform, "Deployment").items()
        if each["metadata"]["labels"]["app.kubernetes.io/component"] not in later
    }
    assert first == {"worker", "worker-urgent"}


def test_services_budgets_and_policies_find_their_pods(platform):
    labels = {
        name: each["spec"]["template"]["metadata"]["labels"]
        for name, each in of_kind(platform, "Deployment").items()
    }
    services = of_kind(platform, "Service")
    assert "selector" not in services.pop("nobody")["spec"]
    selectors = [each["spec"]["selector"] for each in services.values()]
    selectors += [
        each["spec"]["selector"]["matchLabels"] for each in of_kind(platform, "PodDisruptionBudget").values()
    ]
    selectors += [
        each["spec"]["podSelector"].get("matchLabels", {})
        for each in of_kind(platform, "NetworkPolicy").values()
    ]
    for selector in selectors:
        assert any(selector.items() <= own.items() for own in labels.values()), selector


def test_nothing_comes_in_that_is_not_named(platform):
    policies = of_kind(platform, "NetworkPolicy")
    assert policies["zitting"]["spec"]["ingress"] == []
    assert [rule["ports"][0]["port"] for rule in policies["web"]["spec"]["ingress"]] == [8000, 9100]


def test_ingress_writes_no_addresses(platform):
    ingress = of_kind(platform, "Ingress")["web"]
    assert ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/enable-access-log"] == "false"


def test_how_a_web_server_is_cannot_be_asked_from_outside(platform):
    for rule in of_kind(platform, "Ingress")["web"]["spec"]["rules"]:
        paths = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
        assert paths == {"/": "web", "/health": "nobody"}, rule["host"]


def test_keda_takes_the_place_of_the_autoscaler_of_workers(keda):
    scaled = of_kind(keda, "ScaledObject")["worker"]["spec"]
    assert scaled["scaleTargetRef"]["name"] in of_kind(keda, "Deployment")
    assert scaled["triggers"][0]["metadata"]["listName"] == settings.CELERY_TASK_DEFAULT_QUEUE
    assert of_kind(keda, "HorizontalPodAutoscaler").keys() == {"web"}
