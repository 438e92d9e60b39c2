"""The order of the pages of the availability step, and the answers on the page that checks them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.models import DayPart, ElectionEvent, Position, Venue
from elections.queries.availability import Answers
from elections.queries.offer import offered_positions, offered_venues
from portal.forms.availability import answer_choices, part_label


class Route:
    """Addresses of the pages that this event has for this member: a page per polling day, wishes where there is a
    choice, a remark."""

    def __init__(self, event: ElectionEvent, answers: Answers) -> None:
        self.check = reverse("portal:availability")
        self.answers = answers
        self.days = [day for day in answers.days if day.parts]
        self.pages = [reverse("portal:availability-day", args=[day.day.uuid]) for day in self.days]
        has_order = len(answers.possible_parts) > 1
        self.day_part = reverse("portal:availability-day-part") if has_order else ""
        self.position = reverse("portal:availability-position") if offered_positions(event).exists() else ""
        self.venue = reverse("portal:availability-venue") if offered_venues(event).exists() else ""
        self.companion = reverse("portal:availability-companion")
        self.remark = reverse("portal:availability-remark")
        wishes = (self.day_part, self.position, self.venue, self.companion, self.remark)
        self.pages += [page for page in wishes if page]

    @property
    def first_unanswered(self) -> str:
        """The first polling day with a day part without an answer; the check page when there is none."""
        days = zip(self.days, self.pages, strict=False)
        return next((page for day, page in days if not day.is_complete), self.check)

    def after(self, page: str, *, back_to_check: bool) -> str:
        """Where to go when `page` is saved; a page that was opened from the check page leads back to it."""
        if back_to_check or page not in self.pages or page == self.pages[-1]:
            return self.check
        return self.pages[self.pages.index(page) + 1]

    def before(self, page: str) -> str:
        """Where "back" goes."""
        place = self.pages.index(page) if page in self.pages else 0
        return self.pages[place - 1] if place else self.check

    def step_text(self, page: str) -> str:
        """For instance "Vraag 2 van 5"."""
        place = self.pages.index(page) + 1 if page in self.pages else 1
        return _("Vraag %(place)s van %(count)s") % {"place": place, "count": len(self.pages)}

    def sections(self, *, can_change: bool) -> list[dict[str, Any]]:
        """Headings with rows for templates/components/summary_list.html."""

        def row(label: str, value: str, page: str) -> dict[str, str]:
            change_url = f"{page}?change=1" if can_change and page else ""
            return {"label": label, "value": value, "change_url": change_url}

        words = dict(answer_choices())
        day_pages = {day.day: page for day, page in zip(self.days, self.pages, strict=False)}
        sections: list[dict[str, Any]] = []
        for day in self.answers.days:
            page = day_pages.get(day.day, "")
            rows = [
                row(part_label(part), words[answer] if answer else "", page) for part, answer in day.parts
            ]
            gone = _("%(answer)s (dit dagdeel vragen wij niet meer)")
            rows += [
                {"label": part_label(part), "value": gone % {"answer": words[answer]}, "change_url": ""}
                for part, answer in day.withdrawn
            ]
            sections.append({"title": str(day.day), "rows": rows})
        answers = self.answers
        wishes = [
            row(title, self._ranked(chosen), page)
            for title, chosen, page in (
                (_("Liefste dagdelen"), answers.day_parts, self.day_part),
                (_("Functies"), answers.positions, self.position),
                (_("Stemlokalen"), answers.venues, self.venue),
            )
            if page or chosen
        ]
        companion = answers.companion.name if answers.companion else _("Geen voorkeur")
        wishes.append(row(_("Samen met"), companion, self.companion))
        remark = answers.response.remark if answers.response else ""
        wishes.append(row(_("Opmerking"), remark, self.remark))
        return [*sections, {"title": _("Uw wensen"), "rows": wishes}]

    def _ranked(self, things: Sequence[DayPart | Position | Venue]) -> str:
        """One line for each, numbered when there are more; "no preference" for none."""
        lines = []
        for thing in things:
            name = str(thing)
            if isinstance(thing, DayPart):
                name = f"{date_format(thing.polling_day.date, 'D j F')}: {part_label(thing)}"
            gone = thing in self.answers.gone
            lines.append(_("%(wish)s (kunt u nu niet meer kiezen)") % {"wish": name} if gone else name)
        if len(lines) < 2:
            return lines[0] if lines else _("Geen voorkeur")
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
