"""The order of the pages of the availability step, and the answers on the page that checks them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from elections.models import ElectionEvent
from elections.queries.availability import Answers
from portal.forms.availability import answer_choices


class Route:
    """Addresses of the pages that this event has: a page per polling day, wishes where there is a choice, a remark."""

    def __init__(self, event: ElectionEvent, answers: Answers) -> None:
        self.check = reverse("portal:availability")
        self.answers = answers
        self.pages = [reverse("portal:availability-day", args=[day.day.uuid]) for day in answers.days]
        self.position = reverse("portal:availability-position") if event.positions.exists() else ""
        self.venue = reverse("portal:availability-venue") if event.polling_stations.exists() else ""
        self.remark = reverse("portal:availability-remark")
        self.pages += [page for page in (self.position, self.venue, self.remark) if page]

    @property
    def first_unanswered(self) -> str:
        """The first polling day with a day part without an answer; the check page when there is none."""
        days = zip(self.answers.days, self.pages, strict=False)
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
            return {"label": label, "value": value, "change_url": f"{page}?change=1" if can_change else ""}

        words = dict(answer_choices())
        sections: list[dict[str, Any]] = [
            {
                "title": str(day.day),
                "rows": [row(str(part), words[answer] if answer else "", page) for part, answer in day.parts],
            }
            for day, page in zip(self.answers.days, self.pages, strict=False)
        ]
        wishes = []
        if self.position:
            wishes.append(row(_("Functies"), _ranked(self.answers.positions), self.position))
        if self.venue:
            wishes.append(row(_("Stemlokalen"), _ranked(self.answers.venues), self.venue))
        remark = self.answers.response.remark if self.answers.response else ""
        wishes.append(row(_("Opmerking"), remark, self.remark))
        return [*sections, {"title": _("Uw wensen"), "rows": wishes}]


def _ranked(things: Sequence[object]) -> str:
    """One line for each, numbered when there are more; "no preference" for none."""
    if len(things) < 2:
        return str(things[0]) if things else _("Geen voorkeur")
    return "\n".join(f"{number}. {thing}" for number, thing in enumerate(things, start=1))
