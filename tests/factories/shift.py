from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from elections import models


def make_shift(polling_station: Any, day_part: Any, position: Any, **values: Any) -> Any:
    defaults = {
        "polling_station": polling_station,
        "day_part": day_part,
        "position": position,
        "places": 3,
        "period": DateTimeTZRange(day_part.starts_at, day_part.ends_at),
    }
    return models.Shift.objects.create(**defaults | values)


def make_template_line(day_part: Any, position: Any, **values: Any) -> Any:
    defaults = {
        "event": position.event,
        "station_kind": "regulier",
        "day_part": day_part,
        "position": position,
        "places": 3,
    }
    return models.ShiftTemplateLine.objects.create(**defaults | values)
