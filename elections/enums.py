"""Every fixed list of the domain: the code on the left, the word on the screen on the right."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class StaffRole(TextChoices):
    ADMINISTRATOR = "administrator", _("beheerder")
    PLANNER = "planner", _("planner")
    COMMUNICATION = "communication", _("communicatie")
    FINANCE = "finance", _("financiën")
    READER = "reader", _("meelezer")


class StaffState(TextChoices):
    """How far a colleague is in; worked out by elections.queries.staff, not stored."""

    ACTIVE = "active", _("heeft toegang")
    INVITED = "invited", _("uitgenodigd")
    EXPIRED = "expired", _("uitnodiging verlopen")
    DISABLED = "disabled", _("geen toegang")


class SecretKind(TextChoices):
    BSN = "bsn", _("BSN")
    IBAN = "iban", _("IBAN")


class SignInMethod(TextChoices):
    """What somebody showed after, or instead of, the password."""

    EMAIL_CODE = "email_code", _("code per e-mail")
    AUTHENTICATOR = "authenticator", _("authenticator-app")
    RECOVERY_CODE = "recovery_code", _("herstelcode")
    WORK_ACCOUNT = "work_account", _("werkaccount")


class WorkAccountPurpose(TextChoices):
    """What somebody went to the provider of the work account for."""

    LOG_IN = "log-in", _("inloggen")
    INVITATION = "invitation", _("uitnodiging aannemen")
    LINK = "link", _("werkaccount koppelen")
    CONFIRM = "confirm", _("bevestigen wie u bent")


class AttemptKind(TextChoices):
    """What is counted at the front door."""

    PASSWORD = "password", _("wachtwoord")
    MAIL = "mail", _("e-mail")
    SIGN_UP = "sign_up", _("aanmelding")


class FactorChange(TextChoices):
    """What happened to the second step of somebody's log-in: the sentence that is mailed to them."""

    SET_UP = "set_up", _("U logt voortaan in met een code uit uw authenticator-app.")
    REPLACED = "replaced", _("U logt voortaan in met een andere authenticator-app. De oude werkt niet meer.")
    CODES_RENEWED = (
        "codes_renewed",
        _("U hebt nieuwe herstelcodes gemaakt. De oude herstelcodes werken niet meer."),
    )
    TURNED_OFF = "turned_off", _("Uw authenticator-app is uitgezet. U krijgt weer een code per e-mail.")
    RESET = "reset", _("Een beheerder heeft uw authenticator-app en uw herstelcodes weggehaald.")
    WORK_ACCOUNT_LINKED = "work_account_linked", _("U kunt voortaan inloggen met uw werkaccount.")
    WORK_ACCOUNT_UNLINKED = "work_account_unlinked", _("U kunt niet meer inloggen met uw werkaccount.")
    RECOVERY_CODE_USED = "recovery_code_used", _("Er is ingelogd met een van uw herstelcodes.")


class AccountHelp(TextChoices):
    """What somebody asks for who cannot log in."""

    PASSWORD = "password", _("nieuw wachtwoord")
    USERNAME = "username", _("gebruikersnaam")


class RevealPurpose(TextChoices):
    """What a number may be read for: nothing but paying people (AVG art. 5; UAVG art. 46)."""

    PAYMENT_RUN = "payment_run", _("betaling van vergoedingen")


class BrpSubject(TextChoices):
    """What a municipality may ask the BRP about a member; elections.brp.FIELDS has the fields of each."""

    ADDRESS = "address", _("waar iemand woont")
    DEATH = "death", _("of iemand is overleden")
    SECRECY = "secrecy", _("of gegevens geheim zijn")


class BrpOutcome(TextChoices):
    """What the last check of a member in the BRP gave."""

    SAME = "same", _("klopt met de BRP")
    DIFFERS = "differs", _("verschil gevonden")


class BrpFindingKind(TextChoices):
    """What the BRP says that the member file does not."""

    ADDRESS = "address", _("ander adres")
    ELSEWHERE = "elsewhere", _("woont niet meer op een adres in Nederland")
    DECEASED = "deceased", _("overleden")
    SECRECY = "secrecy", _("gegevens zijn geheim")
    SECRECY_ENDED = "secrecy_ended", _("gegevens zijn niet meer geheim")
    UNKNOWN = "unknown", _("staat niet in de BRP")


class BrpFindingState(TextChoices):
    """LAPSED: at a later check there was no difference any more."""

    OPEN = "open", _("nog bekijken")
    ACCEPTED = "accepted", _("overgenomen")
    SET_ASIDE = "set_aside", _("niet overgenomen")
    LAPSED = "lapsed", _("niet meer nodig")


class LabelSheet(TextChoices):
    """Sheets of address labels, by the size of one label in millimetres."""

    TWENTY_FOUR = "70x37", _("24 op een vel (70 × 37 mm)")
    TWENTY_ONE = "63x38", _("21 op een vel (63,5 × 38,1 mm)")
    FOURTEEN = "99x38", _("14 op een vel (99,1 × 38,1 mm)")


class RetentionKind(TextChoices):
    """What has a term of its own; elections.retention holds the default and the ground of each."""

    SIGN_IN = "sign_in", _("inloggegevens")
    AUDIT = "audit", _("logboek")
    MAIL = "mail", _("verzonden e-mail")
    JOB = "job", _("taken")
    ANSWERS = "answers", _("beschikbaarheid en voorkeuren")
    APPOINTMENT = "appointment", _("indelingen en brieven")
    NUMBERS = "numbers", _("BSN en IBAN")
    MEMBER = "member", _("leden die niet meer meedoen")
    PRIVACY_REQUEST = "privacy_request", _("vragen over privacy")
    CONVERSATION = "conversation", _("gesprekken met leden")
    SURVEY = "survey", _("antwoorden op enquêtes")
    APPLICATION = "application", _("aanmeldingen waarover is besloten")
    PORTFOLIO = "portfolio", _("aanmeldingen die nieuw zijn of bewaard worden")


class ApplicationState(TextChoices):
    """What became of somebody who signed up. The team sees an application once its e-mail address is confirmed."""

    UNCONFIRMED = "unconfirmed", _("wacht op bevestiging")
    OPEN = "open", _("nieuw")
    KEPT = "kept", _("in portefeuille")
    ACCEPTED = "accepted", _("aangenomen")
    REFUSED = "refused", _("afgewezen")
    TRANSFERRED = "transferred", _("doorgegeven")


class RefusalReason(TextChoices):
    """Why an application is refused; the mail to the person says it in a sentence, "other" says nothing."""

    ENOUGH = "enough", _("er zijn genoeg mensen")
    TOO_YOUNG = "too_young", _("te jong op de zittingsdag")
    OTHER = "other", _("een andere reden")


class PrivacyRequestKind(TextChoices):
    ERASE = "erase", _("gegevens verwijderen")
    CORRECT = "correct", _("gegevens verbeteren")


class PrivacyRequestState(TextChoices):
    OPEN = "open", _("open")
    GRANTED = "granted", _("gedaan")
    REFUSED = "refused", _("niet gedaan")


class OwnFieldKind(TextChoices):
    """What an answer to a question of the municipality's own looks like."""

    TEXT = "text", _("tekst")
    CHOICE = "choice", _("keuze uit een lijst")
    YES_NO = "yes_no", _("ja of nee")


class DataSubject(TextChoices):
    """What a member changes in one go, and the team may want to look at first."""

    NAME = "name", _("naam")
    BIRTH_DATE = "birth_date", _("geboortedatum")
    ADDRESS = "address", _("adres")
    PHONE = "phone", _("telefoonnummer")


class DataChangeState(TextChoices):
    """WITHDRAWN: by the member, or because the member's data were erased."""

    WAITING = "waiting", _("wacht op het team")
    APPROVED = "approved", _("goedgekeurd")
    REFUSED = "refused", _("niet overgenomen")
    WITHDRAWN = "withdrawn", _("ingetrokken")


class EraseReason(TextChoices):
    """Why a person is erased; chosen from a list, so that nobody writes down who it was."""

    REQUEST = "request", _("het lid vroeg erom")
    STOPPED = "stopped", _("het lid is gestopt")
    DECEASED = "deceased", _("het lid is overleden")
    TERM = "term", _("de bewaartermijn is voorbij")


class InvitationKind(TextChoices):
    MEMBER = "member", _("lid")
    MEMBER_LETTER = "member_letter", _("lid, per brief")
    STAFF = "staff", _("medewerker")
    PASSWORD_RESET = "password_reset", _("nieuw wachtwoord")


class ElectionCategory(TextChoices):
    """Codes as in EML_NL."""

    EP = "EP", _("Europees Parlement")
    TK = "TK", _("Tweede Kamer")
    PS = "PS", _("Provinciale Staten")
    WS = "WS", _("waterschap")
    GR = "GR", _("gemeenteraad")
    ER = "ER", _("eilandsraad")
    KC = "KC", _("kiescollege")
    REFERENDUM = "NR", _("referendum")


class PollingDayKind(TextChoices):
    VOTING = "voting", _("stemmen")
    EARLY_VOTING = "early_voting", _("vervroegd stemmen")
    COUNTING = "counting", _("tellen")


class PositionKind(TextChoices):
    """What somebody does in a polling station; Kieswet art. E 3, E 4 and J 12."""

    CHAIR = "chair", _("voorzitter")
    DEPUTY_CHAIR = "deputy_chair", _("plaatsvervangend voorzitter")
    MEMBER = "member", _("stembureaulid")
    COUNTER = "counter", _("teller")
    RESERVE = "reserve", _("reserve")


# Who sits on the board: only these count for "chair and two members present" (Kieswet art. J 12).
BOARD_POSITIONS = (PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR, PositionKind.MEMBER)


# Whoever can lead a board can also take a lower seat on it, so that a list with only "voorzitter" is enough.
ALSO_QUALIFIES_FOR = {
    PositionKind.CHAIR: (PositionKind.DEPUTY_CHAIR, PositionKind.MEMBER),
    PositionKind.DEPUTY_CHAIR: (PositionKind.MEMBER,),
}


class EventPart(TextChoices):
    """What a new event can take along from an earlier one."""

    DAYS = "days", _("zittingsdagen en dagdelen")
    POSITIONS = "positions", _("functies en vergoedingen")
    TEMPLATE = "template", _("dienstensjabloon")
    RULES = "rules", _("regels voor de planning")
    STATIONS = "stations", _("stembureaus en stemlokalen")
    HOURS = "hours", _("openingstijden van de stembureaus")
    LETTER = "letter", _("tekst en ondertekenaar van de brief")
    STEP_TEXTS = "step_texts", _("uw eigen teksten in het portaal")


class StationKind(TextChoices):
    """Codes of the national polling-place format 1.7 (`Type stembureau`), plus the counting place."""

    REGULAR = "regulier", _("regulier")
    SPECIAL = "bijzonder", _("bijzonder")
    MOBILE = "mobiel", _("mobiel")
    COUNTING = "tellocatie", _("tellocatie")


class AvailabilityAnswer(TextChoices):
    YES = "yes", _("ja")
    IF_NEEDED = "if_needed", _("als het moet")
    NO = "no", _("nee")


class PreferenceKind(TextChoices):
    POSITION = "position", _("functie")
    DAY_PART = "day_part", _("dagdeel")
    VENUE = "venue", _("stemlokaal")


class StepKind(TextChoices):
    """The parts of the portal that a municipality opens, in the order in which members meet them."""

    PERSONAL_DATA = "personal_data", _("Uw gegevens")
    AVAILABILITY = "availability", _("Uw beschikbaarheid")
    RESERVATION = "reservation", _("Uw plaats kiezen")
    TRAINING = "training", _("Uw training")
    PLACEMENT = "placement", _("Uw plaats")
    LETTERS = "letters", _("Uw brieven")
    DOCUMENTS = "documents", _("Documenten")
    INBOX = "inbox", _("Berichten")
    OWN = "own", _("eigen onderdeel")
    SURVEYS = "surveys", _("Enquêtes")


# These stand in the menu and not in the task list. They are open unless the team closes them.
MENU_STEPS = (StepKind.DOCUMENTS, StepKind.INBOX)
# In these a member does something or gets something to read: somebody can be "not done" with them.
TASK_STEPS = tuple(kind for kind in StepKind if kind not in (*MENU_STEPS, StepKind.OWN))


class TrainingSource(TextChoices):
    """How the result of a training came in."""

    IMPORT = "import", _("bestand van de training")
    MANUAL = "manual", _("team verkiezingen")


class TrainingState(TextChoices):
    """How far a member is with one training; worked out by elections.queries.training, not stored."""

    DONE = "done", _("gehaald")
    EXPIRED = "expired", _("verlopen")
    FAILED = "failed", _("niet gehaald")
    BEGUN = "begun", _("begonnen")
    NOT_DONE = "not_done", _("niet gedaan")


class StepState(TextChoices):
    NOT_BEGUN = "not_begun", _("Nog niet begonnen")
    BUSY = "busy", _("Bezig")
    DONE = "done", _("Afgerond")
    NOT_OPEN = "not_open", _("Nog niet open")
    CLOSED = "closed", _("Gesloten")


class AssignmentState(TextChoices):
    """PROPOSED is an offer to the member that keeps the place free until it is answered or expires."""

    PROPOSED = "proposed", _("aangeboden")
    RESERVED = "reserved", _("gereserveerd")
    CONFIRMED = "confirmed", _("ingedeeld")
    PUBLISHED = "published", _("gepubliceerd")
    DECLINED = "declined", _("afgewezen door lid")
    CANCELLED = "cancelled", _("vervallen")
    ABSENT = "absent", _("afwezig")


# The states in which an assignment takes up a place and the member's time.
ACTIVE_ASSIGNMENT_STATES = (
    AssignmentState.PROPOSED,
    AssignmentState.RESERVED,
    AssignmentState.CONFIRMED,
    AssignmentState.PUBLISHED,
)


# A place that the member picked or was offered: the team has not said yes to it.
UNDECIDED_ASSIGNMENT_STATES = (AssignmentState.PROPOSED, AssignmentState.RESERVED)


class AssignmentSource(TextChoices):
    """How somebody came to a place."""

    STAFF = "staff", _("team verkiezingen")
    PROPOSAL = "proposal", _("voorstel")
    RESERVATION = "reservation", _("zelf gekozen")
    WAITLIST = "waitlist", _("wachtlijst")
    FOLLOW_UP = "follow_up", _("na een nee van een ander lid")


class WaitKind(TextChoices):
    """LINE: gets the place offered in turn. ALERT: hears that there is a place; the first to come has it."""

    LINE = "line", _("wachtlijst")
    ALERT = "alert", _("bericht bij een vrije plaats")


class ClashPolicy(TextChoices):
    """What a candidate on a list may do in a polling station; the law allows it, the Kiesraad advises restraint."""

    BLOCK = "block", _("niet indelen")
    WARN = "warn", _("waarschuwen")
    ALLOW = "allow", _("toestaan")


class ClashState(TextChoices):
    """Whether a member and a candidate with the same name are one person; the team decides."""

    OPEN = "open", _("nog nakijken")
    SAME = "same", _("is dezelfde persoon")
    OTHER = "other", _("is iemand anders")


class PlanChangeKind(TextChoices):
    ASSIGN = "assign", _("ingedeeld")
    REMOVE = "remove", _("uit de dienst gehaald")
    MOVE = "move", _("verplaatst")
    SWAP = "swap", _("gewisseld")
    LOCK = "lock", _("vastgezet of losgemaakt")
    TAKE_OVER = "take_over", _("voorstel overgenomen")


class ProposalState(TextChoices):
    WAITING = "waiting", _("wordt gemaakt")
    READY = "ready", _("klaar")
    FAILED = "failed", _("mislukt")
    TAKEN_OVER = "taken_over", _("overgenomen")


class PlacementChangeKind(TextChoices):
    """What became different for a member after publishing."""

    MOVED = "moved", _("andere plaats")
    ADDED = "added", _("extra plaats")
    CANCELLED = "cancelled", _("vervallen")
    VENUE = "venue", _("ander adres")


class PlacementAnswer(TextChoices):
    """What a member said to a place; worked out by elections.queries.placement_answer, not stored."""

    ACCEPTED = "accepted", _("komt")
    SILENT = "silent", _("nog geen antwoord")
    OVERDUE = "overdue", _("antwoord te laat")
    DECLINED = "declined", _("kan niet")
    OFFERED = "offered", _("aangeboden")
    NOT_ASKED = "not_asked", _("niet gevraagd")


class LetterState(TextChoices):
    WAITING = "waiting", _("wordt gemaakt")
    MADE = "made", _("gemaakt")
    PUBLISHED = "published", _("gepubliceerd")
    WITHDRAWN = "withdrawn", _("ingetrokken")
    FAILED = "failed", _("mislukt")


class LetterPlace(TextChoices):
    """Where a block of text stands in a letter; the head, the decision, the shifts and the signature are fixed."""

    ABOVE = "above", _("boven de diensten")
    BELOW = "below", _("onder de diensten")


class LetterStaff(TextChoices):
    """Whether a block of a letter is for members who work at the municipality."""

    EVERYBODY = "", _("maakt niet uit")
    ONLY = "only", _("alleen wie bij de gemeente werkt")
    NOT = "not", _("alleen wie niet bij de gemeente werkt")


class LetterPay(TextChoices):
    """Whether a block of a letter is for members whose places pay."""

    EVERYBODY = "", _("maakt niet uit")
    PAID = "paid", _("alleen wie een vergoeding krijgt")
    UNPAID = "unpaid", _("alleen wie geen vergoeding krijgt")


class JobKind(TextChoices):
    MEMBER_IMPORT = "member_import", _("leden importeren")
    IMPORT_UNDO = "import_undo", _("inlezen van leden ongedaan maken")
    STATION_IMPORT = "station_import", _("stembureaus importeren")
    TRAINING_IMPORT = "training_import", _("uitslagen van een training importeren")
    LETTERS = "letters", _("brieven maken")
    INVITATIONS = "invitations", _("uitnodigingen versturen")
    PROPOSAL = "proposal", _("voorstel voor de indeling maken")
    LETTER_PRINT = "letter_print", _("brieven om te printen klaarzetten")
    LETTER_ZIP = "letter_zip", _("alle brieven in één ZIP-bestand zetten")
    STATION_DOSSIERS = "station_dossiers", _("stembureaumappen maken")
    BADGES = "badges", _("naamkaartjes maken")
    PRESENCE_LISTS = "presence_lists", _("presentielijsten maken")
    GROUP_MESSAGE = "group_message", _("bericht aan een groep versturen")
    DEACTIVATION = "deactivation", _("leden op niet actief zetten")
    ADDRESS_LABELS = "address_labels", _("adresetiketten maken")
    CONTACT_SHEETS = "contact_sheets", _("contactlijsten maken")
    BRP_CHECK = "brp_check", _("leden controleren in de BRP")


class StationPaperKind(TextChoices):
    """What a polling station gets on paper."""

    DOSSIER = "dossier", _("stembureaumap")
    BADGES = "badges", _("naamkaartjes")
    PRESENCE_LIST = "presence_list", _("presentielijst")
    CONTACT_SHEET = "contact_sheet", _("contactlijst")


class JobState(TextChoices):
    QUEUED = "queued", _("in de wachtrij")
    RUNNING = "running", _("bezig")
    DONE = "done", _("klaar")
    FAILED = "failed", _("mislukt")
    CANCELLED = "cancelled", _("gestopt")


class MailKind(TextChoices):
    """One value per message; templates/mail/<value>.* hold its subject, text and HTML."""

    LOGIN_CODE = "login_code", _("inlogcode")
    MEMBER_INVITATION = "member_invitation", _("uitnodiging lid")
    STAFF_INVITATION = "staff_invitation", _("uitnodiging medewerker")
    PASSWORD_RESET = "password_reset", _("nieuw wachtwoord")
    PASSWORD_CHANGED = "password_changed", _("wachtwoord gewijzigd")
    USERNAME_REMINDER = "username_reminder", _("gebruikersnaam")
    EMAIL_CHANGED = "email_changed", _("e-mailadres gewijzigd")
    MEMBER_MERGED = "member_merged", _("accounts samengevoegd")
    EMAIL_CONFIRMATION = "email_confirmation", _("code voor nieuw e-mailadres")
    IBAN_CHANGED = "iban_changed", _("IBAN gewijzigd")
    NEW_BROWSER = "new_browser", _("ingelogd op een nieuw apparaat")
    FACTOR_CHANGED = "factor_changed", _("tweede stap gewijzigd")
    PRIVACY_ANSWERED = "privacy_answered", _("antwoord op vraag over privacy")
    AUDIT_HEAD = "audit_head", _("zegel van het logboek")
    SECURITY_ALARM = "security_alarm", _("waarschuwing beveiliging")
    PLACEMENT_PUBLISHED = "placement_published", _("plaats bekend")
    PLACEMENT_CHANGED = "placement_changed", _("plaats gewijzigd")
    PLACEMENT_REMINDER = "placement_reminder", _("herinnering: laat weten of u komt")
    PLACE_OFFERED = "place_offered", _("plaats aangeboden")
    PLACE_FREE = "place_free", _("plaats vrijgekomen")
    RESERVATION_DECIDED = "reservation_decided", _("antwoord op gekozen plaats")
    LETTER_PUBLISHED = "letter_published", _("brief klaar")
    LETTER_CHANGED = "letter_changed", _("brief aangepast")
    MESSAGE_RECEIVED = "message_received", _("nieuw bericht in het portaal")
    TEAM_MESSAGE = "team_message", _("nieuw bericht van een lid")
    CONVERSATION_ASSIGNED = "conversation_assigned", _("gesprek van een collega gekregen")
    NEWS_PUBLISHED = "news_published", _("nieuwsbericht")
    DOCUMENT_PUBLISHED = "document_published", _("document klaar")
    STEP_REMINDER = "step_reminder", _("herinnering: nog niet ingevuld")
    SURVEY_PUBLISHED = "survey_published", _("enquête staat klaar")
    SURVEY_REMINDER = "survey_reminder", _("herinnering: enquête nog niet ingevuld")
    DATA_CHANGE_DECIDED = "data_change_decided", _("antwoord op wijziging van gegevens")
    APPLICATION_CONFIRM = "application_confirm", _("aanmelding bevestigen")
    APPLICATION_KEPT = "application_kept", _("aanmelding in portefeuille")
    APPLICATION_REFUSED = "application_refused", _("aanmelding afgewezen")
    APPLICATION_TRANSFER = "application_transfer", _("toestemming om aanmelding door te geven")
    APPLICATION_RECEIVED = "application_received", _("aanmelding ontvangen van andere gemeente")
    APPLICATION_WAITING = "application_waiting", _("nieuwe aanmelding voor het team")
    DIGEST = "digest", _("overzicht van de dag")


class MailState(TextChoices):
    """UNCERTAIN: the connection or the sender was lost while the mail server had the mail in hand; it may have
    arrived, so that nobody but the team sends it again. BUNDLED: told in the daily overview of its receiver."""

    WAITING = "waiting", _("wacht")
    SENDING = "sending", _("wordt verzonden")
    SENT = "sent", _("verzonden")
    DELIVERED = "delivered", _("bezorgd")
    BOUNCED = "bounced", _("teruggekomen")
    FAILED = "failed", _("mislukt")
    UNCERTAIN = "uncertain", _("onzeker")
    BUNDLED = "bundled", _("in het overzicht van de dag")


class MailRhythm(TextChoices):
    """How somebody wants to hear of what is not urgent."""

    AT_ONCE = "at_once", _("elke keer meteen een e-mail")
    DAILY = "daily", _("één e-mail per dag met alles wat er nieuw is")


class AudienceKind(TextChoices):
    """EVERYONE: all active members. SELECTION: who meets every condition. MEMBERS: who was picked by hand."""

    EVERYONE = "everyone", _("alle actieve leden")
    SELECTION = "selection", _("een selectie")
    MEMBERS = "members", _("leden die u zelf kiest")


class PlacedFilter(TextChoices):
    ANY = "any", _("maakt niet uit")
    PLACED = "placed", _("heeft een plaats")
    UNPLACED = "unplaced", _("heeft nog geen plaats")


class PublishState(TextChoices):
    """Of news and documents. What is published shows from `publishes_at` until `ends_at`."""

    DRAFT = "draft", _("concept")
    PUBLISHED = "published", _("gepubliceerd")
    WITHDRAWN = "withdrawn", _("ingetrokken")


class QuestionKind(TextChoices):
    """What a survey can ask. YES_NO is one choice out of two fixed ones; SCALE is a number from 1 to 5."""

    SHORT_TEXT = "short_text", _("kort antwoord")
    LONG_TEXT = "long_text", _("lang antwoord")
    ONE_CHOICE = "one_choice", _("één keuze")
    SEVERAL_CHOICES = "several_choices", _("meer keuzes")
    YES_NO = "yes_no", _("ja of nee")
    SCALE = "scale", _("schaal van 1 tot 5")
    NUMBER = "number", _("getal")
    DATE = "date", _("datum")


# Answered by picking one choice: what another question can depend on.
SINGLE_CHOICE_KINDS = (QuestionKind.ONE_CHOICE, QuestionKind.YES_NO)
CHOICE_KINDS = (*SINGLE_CHOICE_KINDS, QuestionKind.SEVERAL_CHOICES)
TEXT_KINDS = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


class ConversationState(TextChoices):
    """OPEN: the team must answer. ANSWERED: the team wrote last. CLOSED: done; a new message opens it again."""

    OPEN = "open", _("wacht op het team")
    ANSWERED = "answered", _("beantwoord")
    CLOSED = "closed", _("afgesloten")


class MessageKind(TextChoices):
    FROM_MEMBER = "from_member", _("van het lid")
    FROM_TEAM = "from_team", _("van het team")
    NOTE = "note", _("notitie van het team")


class ImportState(TextChoices):
    UPLOADED = "uploaded", _("geüpload")
    CHECKED = "checked", _("gecontroleerd")
    RUNNING = "running", _("wordt ingelezen")
    DONE = "done", _("ingelezen")
    CANCELLED = "cancelled", _("weggegooid")
    UNDONE = "undone", _("ongedaan gemaakt")


class AuditResult(IntegerChoices):
    OK = 1, _("gelukt")
    REFUSED = 2, _("geweigerd")
