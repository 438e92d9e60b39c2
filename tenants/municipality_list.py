"""A list of municipalities in a CSV file: read and checked whole before anything is made.

Columns are known by their Dutch or English name; a code and a name are needed, the rest has a default. The list of the
CBS (`code,naam`) is such a file.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tenants.models import Domain, Municipality, MunicipalityKind
from tenants.provisioning import ProvisioningError

LARGEST: Final = 1024 * 1024
COLUMNS: Final = {
    "code": "code",
    "gemeentecode": "code",
    "naam": "name",
    "name": "name",
    "soort": "kind",
    "kind": "kind",
    "webadres": "domain",
    "domain": "domain",
    "beheerder": "admin_email",
    "admin_email": "admin_email",
    "naam_beheerder": "admin_name",
    "admin_name": "admin_name",
    "tijdzone": "time_zone",
    "time_zone": "time_zone",
    "email": "email",
    "e-mail": "email",
    "telefoon": "phone",
    "phone": "phone",
    "afzender": "from_name",
    "from_name": "from_name",
    "huisstijlkleur": "accent",
    "accent": "accent",
}
KINDS: Final = {
    "gemeente": MunicipalityKind.MUNICIPALITY,
    "openbaar lichaam": MunicipalityKind.PUBLIC_BODY,
}
CARIBBEAN: Final = "America/Kralendijk"


@dataclass
class Line:
    """One municipality of the list. number: the line in the file, the heading is 1. values: only what was given."""

    number: int
    values: dict[str, str]
    problems: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.values.get("code", "")


def read_list(path: Path, *, domain: str = "") -> list[Line]:
    """The municipalities in a file, each with what is wrong with it.

    Parameters:
        domain: the address of one that has none in the file, with `{name}` for its name as part of a host name, such
            as "{name}.zitting.nl".

    Raises:
        ProvisioningError: when the file cannot be read, or has a heading that is not understood.
    """
    if domain and "{name}" not in domain:
        raise ProvisioningError("The address must hold {name}, as in {name}.zitting.nl.")
    lines = [_line(number, row, domain) for number, row in _rows(path)]
    if not lines:
        raise ProvisioningError(f"{path} has no municipalities.")
    for name in ("code", "domain"):
        times = Counter(line.values.get(name) for line in lines)
        for line in lines:
            value = line.values.get(name)
            if value and times[value] > 1:
                line.problems.append(f"{name}: {value} is in the list {times[value]} times")
    return lines


def check_list(lines: list[Line]) -> list[Line]:
    """Note what is wrong with each line; those that are not there yet.

    A municipality that is there under the same name and address is passed over, so that a list can be tried again.
    """
    present = {each.code: each for each in Municipality.objects.prefetch_related("domains")}
    taken = dict(Domain.objects.values_list("domain", "tenant__code"))
    new = []
    for line in lines:
        code, domain = line.code, line.values.get("domain", "")
        if code not in present:
            new.append(line)
            _check(line)
        elif line.values.get("name") != present[code].name:
            line.problems.append(f"name: {code} is there already, as {present[code].name}")
        if domain in taken and taken[domain] != code:
            line.problems.append(f"domain: {domain} is the address of {taken[domain]}")
    return new


def host_label(name: str) -> str:
    """A name as part of a host name: "'s-Hertogenbosch" becomes "s-hertogenbosch", "Bergen (NH.)" "bergen-nh"."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace(".", "")).strip("-")[:63].rstrip("-")


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Every line that is not empty, with its number."""
    try:
        if path.stat().st_size > LARGEST:
            raise ProvisioningError(f"{path} is larger than {LARGEST // 1024} kB.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise ProvisioningError(f"{path} cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise ProvisioningError(f"{path} is not in UTF-8: save it as CSV UTF-8.") from problem
    heading = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    try:
        names = _names(next(reader, []))
        found = []
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(row) > len(names):
                    raise ProvisioningError(
                        f"Line {reader.line_num} has {len(row)} columns, the heading {len(names)}."
                    )
                found.append((reader.line_num, dict(zip(names, map(str.strip, row), strict=False))))
    except csv.Error as problem:
        raise ProvisioningError(f"Line {reader.line_num} is not CSV: {problem}.") from problem
    return found


def _names(heading: list[str]) -> list[str]:
    names = [COLUMNS.get(cell.strip().lower().replace(" ", "_"), "") for cell in heading]
    unknown = [cell for cell, name in zip(heading, names, strict=True) if not name]
    if unknown:
        raise ProvisioningError(
            f"Column “{unknown[0]}” is unknown. Known are: {', '.join(dict.fromkeys(COLUMNS))}."
        )
    missing = [name for name in ("code", "name") if name not in names]
    double = [name for name, times in Counter(names).items() if times > 1]
    if missing or double:
        raise ProvisioningError(f"The heading must have the column {(missing or double)[0]} once.")
    return names


def _line(number: int, row: dict[str, str], domain: str) -> Line:
    values = {name: text for name, text in row.items() if text}
    line = Line(number, values)
    if "code" in values:
        values["code"] = values["code"].upper()
    if "kind" in values:
        kind = KINDS.get(values["kind"].lower(), values["kind"])
        values["kind"] = kind
    if values.get("kind") == MunicipalityKind.PUBLIC_BODY:
        values.setdefault("time_zone", CARIBBEAN)
    if "domain" not in values and domain and "name" in values:
        values["domain"] = domain.replace("{name}", host_label(values["name"]))
    line.problems += [f"{name}: is empty" for name in ("code", "name") if name not in values]
    if "domain" not in values:
        line.problems.append("domain: is empty; give every municipality one, or use --domain")
    return line


def _check(line: Line) -> None:
    """The rules of the models and of e-mail addresses, before anything is made."""
    values: dict[str, Any] = dict(line.values)
    admin, domain = values.pop("admin_email", ""), values.pop("domain", "")
    values.pop("admin_name", "")
    told = {problem.split(":", 1)[0] for problem in line.problems}
    for name, check in (
        ("", Municipality(schema_name=line.code.lower(), **values).clean_fields),
        ("domain", Domain(domain=domain or "x").clean_fields),
        ("admin_email", lambda **_exclude: validate_email(admin) if admin else None),
    ):
        try:
            check(exclude=["tenant"])
        except ValidationError as wrong:
            texts = wrong.message_dict if hasattr(wrong, "error_dict") else {name: wrong.messages}
            line.problems += [
                f"{column}: {' '.join(messages)}" for column, messages in texts.items() if column not in told
            ]
