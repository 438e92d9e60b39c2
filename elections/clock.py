"""Local times of a polling day as moments, also past midnight and in the night that the clock changes.

Everything counts in the active time zone: pages, tasks and actions activate the municipality's. In the Netherlands
the clock goes from 2.00 to 3.00 on 28 March 2027; on Bonaire, Sint Eustatius and Saba it never changes.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _


def moment(day: date, at: time) -> datetime:
    """The local time `at` on `day` as a moment; of an hour that comes twice, the first."""
    return timezone.make_aware(datetime.combine(day, at))


def ends_on(day: date, start: time, end: time) -> date:
    """The day on which a stretch from `start` on `day` to `end` ends: the next one when the end is not later."""
    return day + timedelta(days=1) if end <= start else day


def length(day: date, start: time, end: time) -> timedelta:
    """How long people really work from `start` on `day` to `end`."""
    last = ends_on(day, start, end)
    return moment(last, end).astimezone(UTC) - moment(day, start).astimezone(UTC)


def exists(day: date, at: time) -> bool:
    """Whether the clock shows `at` on `day`: not for the hour that is skipped in spring."""
    there = moment(day, at)
    return there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) == datetime.combine(day, at)


def length_words(day: date, start: time, end: time) -> str:
    """As on the screen: "7 uur", "9 uur, tot donderdag 18 maart" or "5 uur: de klok gaat vooruit"."""
    last, real = ends_on(day, start, end), length(day, start, end)
    words = _hours(real)
    shown = datetime.combine(last, end) - datetime.combine(day, start)
    if real != shown:
        change = _("de klok gaat vooruit") if real < shown else _("de klok gaat achteruit")
        return _("%(hours)s: %(change)s") % {"hours": words, "change": change}
    if last != day and end != time(0):
        return _("%(hours)s, tot %(day)s") % {"hours": words, "day": date_format(last, "l j F")}
    return words


def period_words(lower: datetime, upper: datetime) -> str:
    """From one moment to another as on the screen: "07.00 tot 14.00 uur" or "22.00 tot 03.30 uur de volgende dag".

    A time that the clock skips (28 March 2027, 2.30) is told as the clock then shows it.
    """
    # By way of UTC: a local time that was skipped keeps its face otherwise.
    start, end = (timezone.localtime(at.astimezone(UTC)) for at in (lower, upper))
    words = {"start": f"{start:%H.%M}", "end": f"{end:%H.%M}"}
    if end == moment(start.date() + timedelta(days=1), time(0)):
        return _("%(start)s tot 24.00 uur") % words
    if end.date() == start.date():
        return _("%(start)s tot %(end)s uur") % words
    return _("%(start)s tot %(end)s uur de volgende dag") % words


def _hours(stretch: timedelta) -> str:
    hours = round(stretch / timedelta(hours=1), 2)
    return _("%(hours)s uur") % {"hours": number_format(int(hours) if hours.is_integer() else hours)}
