"""A planner at work over HTTP: opens the board and moves somebody to and fro."""

import re
import time
from http.client import HTTPConnection
from pathlib import Path

from bench.world import City

BOARD = "/backoffice/board/"
_TOKEN = re.compile(rb'X-CSRFToken": "([^"]+)"')


class Planner:
    """One colleague with a session, and somebody in the plan who may work in two places."""

    def __init__(self, port: int, city: City, session: str) -> None:
        self.port, self.city, self.session = port, city, session
        self.csrf, self.cookie = "", session
        self.assignment, self.targets = _movable(city)

    def view_board(self) -> float:
        """Open the board as after a click in the menu; the milliseconds it took."""
        took, body, cookies = self._ask("GET", BOARD)
        found = _TOKEN.search(body)
        if not found:
            raise RuntimeError("the board has no token for its forms")
        self.csrf = found[1].decode()
        self.cookie = "; ".join([self.session, *(cookie.split(";")[0] for cookie in cookies)])
        return took

    def view_bare(self) -> float:
        """The view that does one query and nothing else."""
        return self._ask("GET", "/bare/")[0]

    def move(self) -> float:
        """Move the same person to the other place, as a drop on the board does; the milliseconds it took."""
        self.targets.reverse()
        body = f"shift={self.targets[0]}"
        took, answer, _cookies = self._ask("POST", f"/backoffice/assignment/{self.assignment}/move/", body)
        if b"data-rows" not in answer:
            raise RuntimeError("the move was refused")
        return took

    def queries(self) -> tuple[int, int]:
        """How many queries a first view and a move take, asked of the same code in this process."""
        from django.db import connection  # slow import: Django may only load when the database has an address
        from django.test import Client  # slow import: as above
        from django.test.utils import CaptureQueriesContext  # slow import: as above

        client = Client(headers={"host": self.city.host, "cookie": self.session})
        self.targets.reverse()
        with CaptureQueriesContext(connection) as view:
            client.get(BOARD)
        with CaptureQueriesContext(connection) as move:
            client.post(
                f"/backoffice/assignment/{self.assignment}/move/",
                {"shift": self.targets[0]},
                headers={"HX-Request": "true", "HX-Current-URL": f"http://{self.city.host}{BOARD}"},
            )
        return len(view), len(move)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[float, bytes, list[str]]:
        headers = {"Host": self.city.host, "Cookie": self.cookie}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self.csrf,
                "HX-Request": "true",
                "HX-Current-URL": f"http://{self.city.host}{BOARD}",
            }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.perf_counter()
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - started) * 1000
        cookies = response.headers.get_all("Set-Cookie") or []
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return took, content, cookies


def p95(values: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def peak_memory(pid: int) -> int:
    """The most memory, in megabytes, that a process and its children have had at once, each by itself."""
    own = [pid, *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    texts = (Path(f"/proc/{each}/status").read_text() for each in own)
    return max(int(re.search(r"VmHWM:\s+(\d+)", text)[1]) for text in texts) // 1024  # type: ignore[index]


def _movable(city: City) -> tuple[str, list[str]]:
    """Somebody who also may work elsewhere: the uuids of the assignment, and of the shifts here and there."""
    from django_tenants.utils import schema_context  # slow import: needs the bench's database

    from elections.models import Assignment  # slow import: as above
    from elections.queries.assignment import shifts_with_room  # slow import: as above

    with schema_context(city.code.lower()):
        related = (
            "member",
            "shift__polling_station__event",
            "shift__day_part__polling_day",
            "shift__position",
        )
        plan = Assignment.objects.active().filter(shift__polling_station__event__archived_at=None)
        for assignment in plan.select_related(*related)[:50]:
            free = shifts_with_room(assignment)
            if free:
                return str(assignment.uuid), [str(assignment.shift.uuid), str(free[-1].uuid)]
    raise RuntimeError("nobody can be moved in this plan")
