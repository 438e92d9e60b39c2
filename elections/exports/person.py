"""Everything about one person in one file (AVG art. 15 and 20): for machines, for people, and their own letters.

The ZIP holds gegevens.json, gegevens.html, brieven/<number>.pdf and bijlagen/<number>-<name>. BSN and IBAN are in it
as known or not known: who needs the number has it, and a file in a download folder is no place for it. The file is made
in memory, handed over and forgotten.
"""

import io
import json
import logging
import zipfile
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import secrets
from elections.audit_words import action_words
from elections.data_register import BY_KEY, REGISTER
from elections.enums import LetterState, MessageKind, SecretKind
from elections.exports import person_asked, person_work
from elections.exports.person_work import Facts, in_words
from elections.models import Answer, Attachment, AuditEvent, Member, Message, User
from elections.queries.application import accepted_from, kept_of
from elections.queries.calendar_feed import feed_of
from elections.queries.merged_member import known_as
from elections.queries.survey import answer_words
from tenants.context import current_municipality

logger = logging.getLogger(__name__)

Sections = dict[str, list[Facts]]


def export_person(member: Member, *, is_own: bool = False) -> bytes:
    """The ZIP of one member. is_own: the member reads it alone, drafts of anonymous surveys included."""
    sections = person_sections(member, is_own=is_own)
    context = {
        "municipality": current_municipality(),
        "member": member,
        "made_at": timezone.now(),
        "sections": [{"title": title, "rows": rows} for title, rows in sections.items()],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gegevens.json", json.dumps(sections, ensure_ascii=False, indent=2))
        archive.writestr("gegevens.html", render_to_string("export/person.html", context))
        for name, content in _letters(member):
            archive.writestr(f"brieven/{name}.pdf", content)
        for name, content in _attachments(member):
            archive.writestr(f"bijlagen/{name}", content)
    return buffer.getvalue()


def person_sections(member: Member, *, is_own: bool = False) -> Sections:
    """What is known, by the headings of elections.data_register; a heading without anything has no rows.

    is_own: see `export_person`.
    """
    user = member.user
    makers = {
        "name": lambda: _fields(member, "name"),
        "birth_date": lambda: _fields(member, "birth_date"),
        "address": lambda: _fields(member, "address"),
        "phone": lambda: _fields(member, "phone"),
        "email": lambda: _email(member),
        "person_number": lambda: _number(member, SecretKind.BSN),
        "iban": lambda: _number(member, SecretKind.IBAN),
        "answers": lambda: person_work.answers(member),
        "work": lambda: _fields(member, "work"),
        "training": lambda: person_work.trainings(member),
        "own_fields": lambda: person_asked.own_fields(member),
        "declarations": lambda: person_asked.declarations(member),
        "data_changes": lambda: person_asked.data_changes(member),
        "team": lambda: [*_fields(member, "team"), *_audiences(member)],
        "confidentiality": lambda: _confidentiality(member),
        "placement": lambda: person_work.placement(member),
        "register": lambda: person_work.register(member),
        "candidacy": lambda: person_work.candidacy(member),
        "administration": lambda: [*_fields(member, "administration"), *person_work.imports(member)],
        "sign_in": lambda: _sign_ins(user) if user else [],
        "mail": lambda: _mails(user) if user else [],
        "audit": lambda: _events(member, user),
        "conversation": lambda: _conversations(member),
        "reading": lambda: _readings(member),
        "survey": lambda: _surveys(member, is_own=is_own),
        "calendar_feed": lambda: _calendar(member),
        "application": lambda: person_work.applications(accepted_from(member)),
        "portfolio": lambda: person_work.applications(kept_of(member)),
        "privacy_request": lambda: _requests(member),
    }
    return {str(datum.label): makers[datum.key]() for datum in REGISTER}


# Keys of the database, and copies of what stands elsewhere in the file.
_LEFT_OUT = frozenset({"id", "uuid", "user", "version", "sort_name", "search_text", "erased_at"})


def _fields(member: Member, key: str) -> list[Facts]:
    names = [name for name in BY_KEY[key].fields if name not in _LEFT_OUT]
    return [{_label(name): in_words(getattr(member, name)) for name in names}]


def _label(name: str) -> str:
    label = "aangemaakt op" if name == "created_at" else str(Member._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def _email(member: Member) -> list[Facts]:
    facts = {_("E-mailadres"): member.email}
    if member.user:
        facts |= {
            _("Gebruikersnaam"): member.user.username,
            _("E-mailadres om in te loggen"): member.user.email,
            _("Meldingen"): member.user.get_mail_rhythm_display(),
        }
    return [facts]


def _confidentiality(member: Member) -> list[Facts]:
    return _fields(member, "confidentiality") if member.confidential_since else []


def _audiences(member: Member) -> list[Facts]:
    """Those for which somebody picked this member by hand; the others follow from what stands elsewhere here."""
    return [{_("Gekozen voor de doelgroep"): each.name} for each in member.audiences.exclude(name="")]


def _number(member: Member, kind: SecretKind) -> list[Facts]:
    known = kind in secrets.secrets_present(member)
    return [{str(kind.label): _("bekend") if known else _("onbekend")}]


def _sign_ins(user: User) -> list[Facts]:
    return [
        {
            _("Ingelogd op"): in_words(sign_in.at),
            _("Met"): sign_in.get_method_display(),
            _("Vanaf"): sign_in.origin or "",
            _("Apparaat"): sign_in.user_agent,
            _("Geëindigd op"): in_words(sign_in.ended_at),
        }
        for sign_in in user.sign_ins.order_by("-at")
    ]


def _mails(user: User) -> list[Facts]:
    return [
        {
            _("E-mail"): mail.get_kind_display(),
            _("Naar"): mail.to_email,
            _("Stand"): mail.get_state_display(),
            _("Verstuurd op"): in_words(mail.sent_at),
        }
        for mail in user.mails.order_by("-created_at")
    ]


def _events(member: Member, user: User | None) -> list[Facts]:
    """Events on the person, and by the person. Of colleagues it says "team": their names are their own data."""
    about = known_as(member)
    own = str(user.uuid) if user else ""
    events = AuditEvent.objects.filter(Q(object_id__in=about) | Q(actor_id=own, actor_id__gt="")).order_by(
        "-id"
    )
    return [
        {
            _("Op"): in_words(event.at),
            _("Wat"): action_words(event.action),
            _("Door"): _("u zelf")
            if own and event.actor_id == own
            else _("systeem")
            if not event.actor_id
            else _("team"),
            _("Waarvoor"): event.purpose,
        }
        for event in events
    ]


def _conversations(member: Member) -> list[Facts]:
    """What was said, by whom and when it was read. The team's notes to each other stay with the team."""
    said = Message.objects.shown_to_member().filter(conversation__member=member)
    return [
        {
            _("Onderwerp"): message.conversation.subject,
            _("Van"): _("u zelf") if message.kind == MessageKind.FROM_MEMBER else _("team"),
            _("Geschreven op"): in_words(message.created_at),
            _("Gelezen op"): in_words(message.read_at),
            _("Bericht"): message.body,
            _("Bijlagen"): ", ".join(each.file_name for each in message.attachments.all()),
        }
        for message in said.select_related("conversation")
        .prefetch_related("attachments")
        .order_by("conversation", "created_at", "pk")
    ]


def _attachments(member: Member) -> Iterable[tuple[str, bytes]]:
    """The files of the member's conversations, numbered: two may have one name. Lost ones as with `_letters`."""
    files = Attachment.objects.of_member(member).order_by("pk")
    for number, attachment in enumerate(files, start=1):
        try:
            with default_storage.open(attachment.file) as file:
                yield f"{number}-{attachment.file_name}", file.read()
        except OSError:
            logger.exception("the file of attachment %s cannot be read", attachment.uuid)


def _surveys(member: Member, *, is_own: bool) -> list[Facts]:
    """Answers by name and drafts; of an anonymous survey only that the member took part.

    A draft of an anonymous survey is the member's alone: a colleague who makes the file reads that it is there.
    """
    answers = Answer.objects.filter(response__member=member).select_related("response__survey", "question")
    drafts = member.survey_responses.filter(is_anonymous=True).select_related("survey").order_by("survey")
    if not is_own:
        answers = answers.filter(response__is_anonymous=False)
    rows = [
        {
            _("Enquête"): answer.response.survey.title,
            _("Vraag"): answer.question.text,
            _("Antwoord"): answer_words(answer),
            _("Verstuurd op"): in_words(answer.response.submitted_at),
        }
        for answer in answers.prefetch_related("picked__choice__question").order_by(
            "response__survey", "question__rank"
        )
    ]
    rows += [
        {
            _("Enquête"): each.survey.title,
            _("Antwoord"): _("U bent begonnen. Log in om uw antwoorden te zien."),
        }
        for each in ([] if is_own else drafts)
    ]
    rows += [
        {_("Enquête"): each.survey.title, _("Antwoord"): _("U deed mee. Uw antwoorden zijn anoniem.")}
        for each in member.survey_participations.select_related("survey").order_by("survey")
    ]
    return rows


def _readings(member: Member) -> list[Facts]:
    news = member.news_readings.select_related("item").order_by("read_at", "pk")
    documents = member.document_readings.select_related("document").order_by("read_at", "pk")
    parts = member.step_readings.select_related("step").order_by("read_at", "pk")
    return [
        *({_("Nieuwsbericht"): str(each.item), _("Geopend op"): in_words(each.read_at)} for each in news),
        *({_("Document"): str(each.document), _("Geopend op"): in_words(each.read_at)} for each in documents),
        *({_("Onderdeel"): each.step.title, _("Geopend op"): in_words(each.read_at)} for each in parts),
    ]


def _calendar(member: Member) -> list[Facts]:
    """Since when a calendar reads the places. Not its address, which would open them for who finds this file."""
    feed = feed_of(member)
    if feed is None:
        return []
    return [
        {_("Agenda-adres sinds"): in_words(feed.created_at), _("Laatst gelezen op"): in_words(feed.read_at)}
    ]


def _requests(member: Member) -> list[Facts]:
    return [
        {
            _("Vraag"): request.get_kind_display(),
            _("Gesteld op"): in_words(request.created_at),
            _("Toelichting"): request.text,
            _("Stand"): request.get_state_display(),
            _("Antwoord"): request.answer,
            _("Beantwoord op"): in_words(request.answered_at),
        }
        for request in member.privacy_requests.all()
    ]


def _letters(member: Member) -> Iterable[tuple[str, bytes]]:
    """The letters that were given to the member; one whose file is lost is left out, and noted for the operator."""
    for letter in member.letters.filter(state=LetterState.PUBLISHED).exclude(file="").select_related("event"):
        try:
            with default_storage.open(letter.file) as file:
                yield letter.reference, file.read()
        except OSError:
            logger.exception("the file of letter %s cannot be read", letter.uuid)
