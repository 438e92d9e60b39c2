"""What the dashboard shows of its figures: today's work, and every figure with the list behind it."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import ConversationState, LetterState, MailState, PlacementAnswer
from elections.models import User
from elections.permissions import can
from elections.queries.dashboard import Dashboard
from elections.queries.part_progress import PartProgress, Progress
from elections.queries.staff import review_is_due
from tenants.numbers import grouped

# With a smaller part of the places filled, the work of the optimiser comes first.
FEW_FILLED: Final = 0.2
PROGRESS_TONES: Final = {
    Progress.DONE: "ok",
    Progress.BUSY: "busy",
    Progress.NOT_BEGUN: "todo",
    Progress.NOT_REACHED: "unreached",
    Progress.NOTHING_YET: "open",
}
LETTERS: Final = (
    LetterState.PUBLISHED,
    LetterState.MADE,
    LetterState.WAITING,
    LetterState.FAILED,
    LetterState.WITHDRAWN,
)
Row = dict[str, Any]
Work = tuple[int | bool, str, str, str, str, str]
"""How many, the sentence with that number, what to do, the name and query of the page, and the right to do it."""


def todays_work(board: Dashboard, user: User) -> list[Row]:
    """What asks for attention now, the most urgent first; nothing that this colleague may not do."""
    return [
        {
            "title": title % {"n": grouped(count)} if "%(n)s" in title else title,
            "hint": hint,
            "url": f"{reverse(f'backoffice:{name}')}{query}",
            "status": "todo",
            "status_label": _("Te doen"),
        }
        for count, title, hint, name, query, right in (
            *_what_waits(board, user),
            *_to_prepare(board),
            *_plan_and_letters(board),
        )
        if count and can(user, right)
    ]


def _what_waits(board: Dashboard, user: User) -> list[Work]:
    """What came in, or went wrong, and waits for a colleague."""
    return [
        (
            board.failed_mails,
            ngettext("%(n)s e-mail is mislukt", "%(n)s e-mails zijn mislukt", board.failed_mails),
            _("Kijk waarom, en verstuur opnieuw."),
            "mail-list", "?state=failed", "mail.view",
        ),
        (
            board.mails[MailState.BOUNCED],
            ngettext(
                "%(n)s e-mail kwam terug", "%(n)s e-mails kwamen terug", board.mails[MailState.BOUNCED]
            ),
            _("Kijk of het e-mailadres klopt."),
            "mail-list", "?state=bounced", "mail.view",
        ),
        (
            board.mails[MailState.UNCERTAIN],
            ngettext(
                "Van %(n)s e-mail is niet zeker of die aankwam",
                "Van %(n)s e-mails is niet zeker of die aankwamen",
                board.mails[MailState.UNCERTAIN],
            ),
            _("Kijk of u ze opnieuw verstuurt."),
            "mail-list", "?state=uncertain", "mail.view",
        ),
        (
            board.privacy_requests,
            ngettext(
                "%(n)s vraag over privacy", "%(n)s vragen over privacy", board.privacy_requests
            ),
            _("Een lid hoort binnen een maand antwoord te krijgen."),
            "privacy-request-list", "", "privacy.handle",
        ),
        (
            board.applications,
            ngettext("%(n)s nieuwe aanmelding", "%(n)s nieuwe aanmeldingen", board.applications),
            _("Neem aan, wijs af of bewaar voor later."),
            "application-list", "?state=open", "application.decide",
        ),
        (
            board.data_changes,
            ngettext(
                "%(n)s lid wil een gegeven wijzigen", "%(n)s leden willen een gegeven wijzigen", board.data_changes
            ),
            _("Neem het over, of schrijf waarom niet."),
            "personal-data-change-list", "", "member.edit",
        ),
        (
            can(user, "staff.manage") and review_is_due(), _("Rechten van collega's nakijken"),
            _("Dat hoort elke drie maanden te gebeuren."), "staff-review", "", "staff.manage",
        ),
        (
            board.letters_failed,
            ngettext("%(n)s brief is mislukt", "%(n)s brieven zijn mislukt", board.letters_failed),
            _("Maak deze brieven opnieuw."),
            "letter-list", "?state=failed", "letter.edit",
        ),
    ]  # fmt: skip


def _to_prepare(board: Dashboard) -> list[Work]:
    """What an event needs before members can be placed."""
    progress = board.progress
    return [
        (
            not progress.members, _("Leden inlezen"),
            _("Uit het Excel- of CSV-bestand dat u al hebt."), "member-import", "", "member.import",
        ),
        (
            not progress.stations, _("Stembureaus inlezen"),
            _("Uit het landelijke formulier of een gewone tabel."), "polling-station-list", "", "station.edit",
        ),
        (
            bool(progress.stations and progress.stations_without_shifts), _("Diensten maken"),
            _("Voor alle stembureaus tegelijk, met een sjabloon."), "shift-list", "", "station.edit",
        ),
        (
            bool(progress.members and not progress.steps_open), _("Portaal openzetten"),
            _("Leden kunnen nu nog niets doorgeven."), "portal-step-list", "", "portal.edit",
        ),
        (
            max(0, progress.members - progress.members_invited),
            ngettext(
                "%(n)s lid is nog niet uitgenodigd", "%(n)s leden zijn nog niet uitgenodigd",
                progress.members - progress.members_invited,
            ),
            _("Zij krijgen een e-mail met hun gebruikersnaam."), "member-selection-invite", "", "member.invite",
        ),
        (
            bool(progress.answers) and progress.places_filled < FEW_FILLED * progress.places,
            ngettext(
                "Maak een voorstel: %(answers)s van %(members)s lid gaf de beschikbaarheid door",
                "Maak een voorstel: %(answers)s van %(members)s leden gaven hun beschikbaarheid door",
                progress.members,
            ) % {"answers": grouped(progress.answered), "members": grouped(progress.members)},
            _("Zitting rekent uit wie waar kan werken. U beslist daarna."), "proposal-create", "",
            "planning.edit",
        ),
    ]  # fmt: skip


def _plan_and_letters(board: Dashboard) -> list[Work]:
    """What is left to do of the plan and its letters."""
    progress = board.progress
    return [
        (
            board.stations.against_law if progress.places_filled else 0,
            ngettext(
                "%(n)s stembureau voldoet nog niet aan de wet", "%(n)s stembureaus voldoen nog niet aan de wet",
                board.stations.against_law,
            ),
            _("Een voorzitter, en steeds minstens drie leden aanwezig."), "assignment-list", "?gaps=law",
            "planning.edit",
        ),
        (
            board.answers.free,
            ngettext(
                "%(n)s plaats is vrij na een nee", "%(n)s plaatsen zijn vrij na een nee", board.answers.free
            ),
            _("Bied de plaats aan de volgende in de rij aan."), "placement-list", "?answer=free", "planning.edit",
        ),
        (
            board.answers.overdue,
            ngettext(
                "Op %(n)s plaats kwam niet op tijd antwoord", "Op %(n)s plaatsen kwam niet op tijd antwoord",
                board.answers.overdue,
            ),
            _("Stuur een herinnering, of bel."), "placement-list", "?answer=overdue", "planning.edit",
        ),
        (
            board.unpublished,
            ngettext(
                "%(n)s plaats is nieuw of veranderd en nog niet gepubliceerd",
                "%(n)s plaatsen zijn nieuw of veranderd en nog niet gepubliceerd",
                board.unpublished,
            ),
            _("Leden zien hun plaats, en wat er veranderde, pas als u publiceert."), "publication", "",
            "planning.publish",
        ),
        (
            board.letters_made,
            ngettext(
                "%(n)s brief staat klaar om te publiceren", "%(n)s brieven staan klaar om te publiceren",
                board.letters_made,
            ),
            _("Daarna lezen leden hun brief in het portaal."), "letter-list", "", "letter.publish",
        ),
    ]  # fmt: skip


def part_rows(parts: list[PartProgress], user: User) -> list[Row]:
    """One bar for each part of the portal: its numbers in words, each with the list of exactly these members."""
    members = _link("member-list", user, "member.view")
    return [
        {
            "title": part.step.name,
            "total": part.total,
            "percent": round(100 * part.done / part.total) if part.total else 0,
            "segments": [arg for word in Progress for arg in (part.counts[word], PROGRESS_TONES[word])],
            "numbers": [
                {
                    "label": word.label,
                    "value": part.counts[word],
                    "tone": PROGRESS_TONES[word],
                    "url": f"{members}?part={part.step.uuid}&progress={word}" if members else "",
                }
                for word in Progress
            ],
        }
        for part in parts
    ]


def figures_of(board: Dashboard, user: User) -> list[Row]:
    """The large figures of the plan; none while there are no places and no stations."""
    stations = board.stations
    plan = _link("assignment-list", user, "planning.view")
    figures = [
        _large(_("Open plaatsen"), stations.open, stations.places, f"{plan}?gaps=open", "grid"),
        _large(
            _("Stembureaus met open plaatsen"), stations.with_open, board.progress.stations,
            f"{plan}?gaps=open", "pin",
        ),
        _large(
            _("Stembureaus die niet aan de wet voldoen"), stations.against_law, board.progress.stations,
            f"{plan}?gaps=law", "alert",
        ),
        _large(
            _("Stembureaus met een andere waarschuwing"), stations.with_warnings, board.progress.stations,
            f"{plan}?gaps=warnings", "info",
        ),
    ]  # fmt: skip
    return [figure for figure in figures if figure["of"]]  # "0 of 0" tells nothing


def groups_of(board: Dashboard, user: User) -> list[Row]:
    """Small figures by subject; without the subjects that this colleague may not see."""
    answers, dropped = board.answers, board.dropped
    groups = (
        ("planning.view", _("Reacties op plaatsen"), "placement-list", "answer", (
            (PlacementAnswer.ACCEPTED, PlacementAnswer.ACCEPTED.label, answers.accepted, ""),
            (PlacementAnswer.SILENT, PlacementAnswer.SILENT.label, answers.silent, ""),
            (PlacementAnswer.OVERDUE, PlacementAnswer.OVERDUE.label, answers.overdue, "warning"),
            (PlacementAnswer.DECLINED, PlacementAnswer.DECLINED.label, answers.declined, "error"),
            (PlacementAnswer.OFFERED, PlacementAnswer.OFFERED.label, answers.offered, ""),
        )),
        ("planning.view", _("Uitval na publicatie"), "placement-dropped", "answer", (
            ("declined", _("lid kan niet"), dropped.declined, "error"),
            ("cancelled", _("vervallen door het team"), dropped.cancelled, ""),
        )),
        ("letter.view", _("Brieven"), "letter-list", "state", tuple(
            (state, state.label, board.letters[state], "error" if state == LetterState.FAILED else "")
            for state in LETTERS
        )),
        ("mail.view", _("E-mail die niet aankwam"), "mail-list", "state", (
            (MailState.FAILED, MailState.FAILED.label, board.mails[MailState.FAILED], "error"),
            (MailState.BOUNCED, MailState.BOUNCED.label, board.mails[MailState.BOUNCED], "error"),
            (MailState.UNCERTAIN, MailState.UNCERTAIN.label, board.mails[MailState.UNCERTAIN], "warning"),
        )),
        ("inbox.view", _("Vragen van leden"), "conversation-list", "show", (
            (ConversationState.OPEN, _wait_words(board), board.questions, "warning"),
        )),
    )  # fmt: skip
    return [
        {
            "title": title,
            "rows": [
                {
                    "label": label,
                    "value": value,
                    "tone": tone if value else "",
                    "url": f"{reverse(f'backoffice:{name}')}?{field}={choice}",
                }
                for choice, label, value, tone in rows
            ],
        }
        for right, title, name, field, rows in groups
        if can(user, right)
    ]


def position_rows(board: Dashboard, user: User) -> list[Row]:
    """How full each position is, with the stations where it has open places."""
    plan = _link("assignment-list", user, "planning.view")
    return [
        {
            "name": position.name,
            "filled": cell.taken,
            "places": cell.places,
            "open": max(0, cell.places - cell.taken),
            "url": f"{plan}?position={position.uuid}&gaps=open" if plan else "",
        }
        for position, cell in board.positions
    ]


def _wait_words(board: Dashboard) -> str:
    """What the figure of open questions says: since when the first of them waits."""
    if board.waiting_since is None:
        return _("wacht op het team")
    days = (timezone.localdate() - timezone.localdate(board.waiting_since)).days
    if not days:
        return _("wacht op het team, de eerste sinds vandaag")
    words = ngettext(
        "wacht op het team, de eerste al %(n)s dag", "wacht op het team, de eerste al %(n)s dagen", days
    )
    return words % {"n": days}


def _large(label: str, value: int, whole: int, url: str, icon: str) -> Row:
    return {"label": label, "value": value, "of": whole, "url": url if value else "", "icon": icon}


def _link(name: str, user: User, right: str) -> str:
    return reverse(f"backoffice:{name}") if can(user, right) else ""
