"""What each code in the log is called on the screen.

A code without words here fails tests/elections/test_audit_words.py.
"""

from typing import Any, Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.enums import PrivacyRequestState, SignInMethod, StaffRole, StepKind
from elections.models.audit_event import AuditEvent

ACTIONS: Final[dict[str, Promise]] = {
    "activation.ask_email": _("E-mailadres opgegeven bij activeren"),
    "activation.choose_password": _("Wachtwoord gekozen met activatiebrief"),
    "activation.make_letter": _("Activatiebrief gemaakt"),
    "assignment.candidates": _("Mensen voor dienst bekeken"),
    "assignment.create": _("Lid ingedeeld"),
    "assignment.lock": _("Plaats vastgezet"),
    "assignment.move": _("Lid verplaatst"),
    "assignment.publish": _("Indeling bekendgemaakt"),
    "assignment.remove": _("Lid uit dienst gehaald"),
    "assignment.swap": _("Leden gewisseld"),
    "assignment.undo": _("Wijziging van indeling ongedaan gemaakt"),
    "assignment.unlock": _("Plaats losgemaakt"),
    "audit.blank": _("Persoonsgegevens uit logboek gehaald"),
    "audit.damage": _("Logboek nagekeken: klopt niet"),
    "audit.export": _("Logboek gedownload"),
    "audit.forget": _("Oude gebeurtenissen uit logboek verwijderd"),
    "audit.list": _("Logboek bekeken"),
    "audit.verify": _("Logboek nagekeken: klopt"),
    "audit.view": _("Gebeurtenis bekeken"),
    "authenticator.codes_renewed": _("Nieuwe herstelcodes gemaakt"),
    "authenticator.recovery_code_used": _("Herstelcode gebruikt"),
    "authenticator.replaced": _("Authenticator-app vervangen"),
    "authenticator.reset": _("Authenticator-app weggehaald door beheerder"),
    "authenticator.set_up": _("Authenticator-app ingesteld"),
    "authenticator.turned_off": _("Authenticator-app uitgezet"),
    "availability.available_again": _("Toch beschikbaar gemeld"),
    "availability.positions": _("Voorkeur voor functies bewaard"),
    "availability.remark": _("Opmerking bij beschikbaarheid bewaard"),
    "availability.save": _("Beschikbaarheid bewaard"),
    "availability.submit": _("Beschikbaarheid doorgegeven"),
    "availability.unavailable": _("Niet beschikbaar gemeld"),
    "availability.venues": _("Voorkeur voor stemlokalen bewaard"),
    "event.archive": _("Verkiezingsronde gearchiveerd"),
    "event.create": _("Verkiezingsronde gemaakt"),
    "event.copy": _("Verkiezingsronde overgenomen"),
    "event.restore": _("Verkiezingsronde teruggehaald"),
    "event.rules": _("Regels van verkiezingsronde gewijzigd"),
    "event.update": _("Verkiezingsronde gewijzigd"),
    "import_file.cancel": _("Import gestopt"),
    "import_file.import": _("Import gestart"),
    "import_file.upload": _("Bestand geüpload voor import"),
    "import_file.view": _("Voorbeeld van import bekeken"),
    "invitation.accept": _("Uitnodiging gebruikt: wachtwoord gekozen"),
    "invitation.send": _("Uitnodiging verstuurd"),
    "invitation.withdraw": _("Uitnodiging ingetrokken"),
    "job.cancel": _("Taak gestopt"),
    "job.resume": _("Taak hervat"),
    "job.start": _("Taak gestart"),
    "letter.make": _("Brief gemaakt"),
    "letter.make_again": _("Brief opnieuw gemaakt"),
    "letter.publish": _("Brief bekendgemaakt"),
    "letter.read": _("Brief gelezen door lid"),
    "letter.view": _("Brief van lid bekeken"),
    "letter.withdraw": _("Brief ingetrokken"),
    "letter_template.update": _("Tekst van brief gewijzigd"),
    "login.alarm": _("Waarschuwing: veel mislukte inlogpogingen"),
    "login.ask_app_code": _("Code uit app gevraagd bij inloggen"),
    "login.confirm": _("Opnieuw bewezen wie het is"),
    "login.end": _("Uitgelogd"),
    "login.end_others": _("Andere apparaten uitgelogd"),
    "login.finish": _("Ingelogd"),
    "login.refuse": _("Inloggen geweigerd"),
    "login.send_code": _("Inlogcode verstuurd"),
    "login.use_recovery_code": _("Ingelogd met herstelcode"),
    "mail.list": _("Lijst met e-mails bekeken"),
    "mail.retry": _("E-mail opnieuw verstuurd"),
    "member.activate": _("Lid weer actief gemaakt"),
    "member.answers": _("Lijst met antwoorden bekeken"),
    "member.create": _("Lid toegevoegd"),
    "member.deactivate": _("Lid op niet actief gezet"),
    "member.erase": _("Gegevens van lid gewist"),
    "member.import": _("Lid ingelezen uit bestand"),
    "member.invite_many": _("Leden uitgenodigd"),
    "member.label": _("Kenmerk gegeven"),
    "member.list": _("Ledenlijst bekeken"),
    "member.look": _("Portaal bekeken als lid"),
    "member.look_begin": _("Begonnen met bekijken als lid"),
    "member.look_end": _("Gestopt met bekijken als lid"),
    "member.set_secret": _("BSN of IBAN opgeslagen"),
    "member.unlabel": _("Kenmerk weggehaald"),
    "member.update": _("Gegevens van lid gewijzigd"),
    "member.view": _("Gegevens van lid bekeken"),
    "municipality.status": _("Gemeente aan- of uitgezet"),
    "password.ask_reset": _("Nieuw wachtwoord aangevraagd"),
    "password.change": _("Wachtwoord gewijzigd"),
    "password.reset": _("Nieuw wachtwoord gekozen"),
    "personal_data.ask_email": _("Nieuw e-mailadres opgegeven"),
    "personal_data.change": _("Eigen gegevens gewijzigd"),
    "personal_data.confirm": _("Eigen gegevens nagekeken"),
    "personal_data.email": _("Eigen e-mailadres gewijzigd"),
    "personal_data.refuse_email": _("Nieuw e-mailadres geweigerd"),
    "plan_change.undo": _("Wijziging van planning ongedaan gemaakt"),
    "polling_day.create": _("Zittingsdag gemaakt"),
    "polling_day.offer": _("Keuze van leden voor zittingsdag gewijzigd"),
    "polling_day.remove": _("Zittingsdag verwijderd"),
    "polling_day.update": _("Zittingsdag gewijzigd"),
    "polling_station.create": _("Stembureau gemaakt"),
    "polling_station.import": _("Stembureaus ingelezen"),
    "polling_station.remove": _("Stembureau verwijderd"),
    "polling_station.update": _("Stembureau gewijzigd"),
    "portal_step.update": _("Portaal opengezet of gewijzigd"),
    "position.update": _("Functie gewijzigd"),
    "privacy.export": _("Alle gegevens van lid gedownload"),
    "privacy_request.answer": _("Vraag over privacy beantwoord"),
    "privacy_request.ask": _("Vraag over privacy gesteld"),
    "privacy_request.list": _("Lijst met vragen over privacy bekeken"),
    "privacy_request.view": _("Vraag over privacy bekeken"),
    "retention.clean_up": _("Oude gegevens opgeruimd"),
    "retention.finish": _("Opruimen klaar"),
    "retention.update": _("Bewaartermijn gewijzigd"),
    "secret.damaged": _("Versleuteld gegeven is beschadigd"),
    "secret.read": _("BSN of IBAN gelezen"),
    "secret.reveal": _("BSN of IBAN laten zien"),
    "secret.reveal_alarm": _("Waarschuwing: vaak BSN of IBAN bekeken"),
    "secret.rewrap": _("Hoofdsleutel vernieuwd"),
    "secret.rotate": _("Sleutel van gemeente vernieuwd"),
    "shift.make": _("Diensten gemaakt"),
    "shift.release": _("Dienst vrijgegeven"),
    "shift.remove": _("Dienst verwijderd"),
    "shift.update": _("Dienst gewijzigd"),
    "shift_template.update": _("Dienstsjabloon gewijzigd"),
    "staff.disable": _("Collega toegang ontnomen"),
    "staff.edit": _("Rol van collega gewijzigd"),
    "staff.enable": _("Collega weer toegang gegeven"),
    "staff.list": _("Lijst met collega's bekeken"),
    "staff.review": _("Rechten van collega's nagekeken"),
    "username.ask": _("Gebruikersnaam opgevraagd"),
    "work_account.link": _("Werkaccount gekoppeld"),
    "work_account.unlink": _("Werkaccount losgekoppeld"),
    "work_account_provider.set": _("Instellingen van werkaccount gewijzigd"),
    "work_account_provider.switch_off": _("Inloggen met werkaccount uitgezet"),
}

OBJECTS: Final[dict[str, Promise]] = {
    "appointmentletter": _("brief"),
    "assignment": _("indeling"),
    "authenticator": _("authenticator-app"),
    "availability": _("beschikbaarheid"),
    "availabilityresponse": _("beschikbaarheid"),
    "electionevent": _("verkiezingsronde"),
    "importfile": _("importbestand"),
    "invitation": _("uitnodiging"),
    "job": _("taak"),
    "lettertemplate": _("tekst van brief"),
    "member": _("lid"),
    "outboxmail": _("e-mail"),
    "planchange": _("wijziging van planning"),
    "pollingday": _("zittingsdag"),
    "pollingstation": _("stembureau"),
    "portalstep": _("onderdeel van het portaal"),
    "position": _("functie"),
    "privacyrequest": _("vraag over privacy"),
    "shift": _("dienst"),
    "user": _("account"),
    "venue": _("stemlokaal"),
    "workaccount": _("werkaccount"),
    "workaccountprovider": _("instellingen van werkaccount"),
}

FACTS: Final[dict[str, Promise]] = {
    "acts": _("Keer bekeken"),
    "added": _("Nieuw"),
    "after": _("Na"),
    "again": _("Opnieuw gemaakt"),
    "assignments": _("Indelingen"),
    "authentication_context": _("Gevraagde sterkte van inloggen"),
    "before": _("Voor"),
    "changed": _("Gewijzigd"),
    "client_id": _("Nummer bij werkaccount"),
    "closes_at": _("Dicht op"),
    "count": _("Aantal"),
    "damage": _("Fouten"),
    "damaged": _("Beschadigd"),
    "data_keys": _("Sleutels"),
    "day": _("Dag"),
    "day_parts": _("Dagdelen"),
    "days": _("Dagen"),
    "destroyed": _("Vernietigde sleutels"),
    "digest": _("Controlegetal"),
    "elections": _("Verkiezingen"),
    "event": _("Gebeurtenis"),
    "events": _("Gebeurtenissen"),
    "failures": _("Mislukte pogingen"),
    "fields": _("Velden"),
    "filter": _("Gezocht op"),
    "first": _("Eerste fout"),
    "forgotten_links": _("Losgekoppelde werkaccounts"),
    "held_back": _("Niet gewijzigd"),
    "is_on": _("Staat aan"),
    "issuer": _("Adres van werkaccount"),
    "kind": _("Soort"),
    "left": _("Nog over"),
    "letters": _("Brieven"),
    "lines": _("Regels"),
    "member": _("Lid"),
    "members": _("Leden"),
    "method": _("Manier van inloggen"),
    "new": _("Nieuw"),
    "new_browser": _("Nieuw apparaat"),
    "new_secret": _("Nieuwe sleutel"),
    "number": _("Nummer"),
    "opens_at": _("Open op"),
    "page": _("Pagina"),
    "path": _("Adres van pagina"),
    "positions": _("Functies"),
    "reason": _("Reden"),
    "removed": _("Verwijderd"),
    "requires_mfa": _("Tweede stap verplicht"),
    "resealed": _("Opnieuw versleuteld"),
    "resumed": _("Hervat"),
    "role": _("Rol"),
    "roles": _("Rollen"),
    "rows": _("Rijen"),
    "second": _("Tweede collega"),
    "shift": _("Dienst"),
    "skipped": _("Overgeslagen"),
    "stage": _("Stap"),
    "state": _("Status"),
    "status": _("Status"),
    "step": _("Onderdeel"),
    "through": _("Tot en met zegel"),
    "total": _("Totaal"),
    "type": _("Soort"),
    "venues": _("Stemlokalen"),
    "version": _("Versie"),
    "what": _("Onderdeel"),
}

# Facts of which the values are codes that have words of their own.
VALUES: Final = {
    "method": SignInMethod,
    "role": StaffRole,
    "state": PrivacyRequestState,
    "step": StepKind,
}


def action_words(code: str) -> str:
    """The sentence for an action; the code itself for one that no longer exists."""
    return str(ACTIONS.get(code, code))


def object_words(event: AuditEvent) -> str:
    """What it was done to, as people know it: "lid: Noor Bakker"."""
    if not event.object_type:
        return event.object_label
    kind = str(OBJECTS.get(event.object_type) or _model_words(event.object_type))
    return f"{kind}: {event.object_label}" if event.object_label else kind


def fact_words(details: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of an event, each with its word."""
    return [
        (str(FACTS.get(name, name)), _value_words(name, value)) for name, value in sorted(details.items())
    ]


def _value_words(name: str, value: Any) -> str:
    if name in VALUES and value in VALUES[name].values:
        return str(VALUES[name](value).label)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return str(_("ja") if value else _("nee"))
    return "" if value is None else str(value)


def _model_words(name: str) -> str:
    models = {model._meta.model_name: model for model in apps.get_app_config("elections").get_models()}
    return str(models[name]._meta.verbose_name) if name in models else name
