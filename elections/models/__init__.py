from elections.models.application import Application, SignUp, TransferReceipt
from elections.models.assignment import Assignment, PlacementChange
from elections.models.audience import Audience
from elections.models.audit_event import AuditEvent, AuditSeal, AuditSealedRow
from elections.models.authenticator import Authenticator, RecoveryCode
from elections.models.availability import (
    Availability,
    AvailabilityResponse,
    CompanionWish,
    Preference,
)
from elections.models.brp import BrpCheck, BrpConnection, BrpFinding
from elections.models.calendar_feed import CalendarFeed
from elections.models.candidate import Candidate, CandidateClash
from elections.models.conversation import Attachment, CannedAnswer, Conversation, GroupMessage, Message
from elections.models.daily_figures import DailyFigures
from elections.models.declaration import Declaration, DeclarationConsent, DeclarationText
from elections.models.document import Document, DocumentReading
from elections.models.email_confirmation import EmailConfirmation
from elections.models.event import DayPart, Election, ElectionEvent, PollingDay, Position
from elections.models.import_file import ImportFile
from elections.models.imported_member import ImportedMember
from elections.models.job import Job
from elections.models.letter import AppointmentLetter, LetterEdition
from elections.models.login import (
    AccountQuestion,
    Invitation,
    LoginAttempt,
    LoginChallenge,
)
from elections.models.mail import OutboxMail
from elections.models.member import Label, Member
from elections.models.merged_member import MergedMember
from elections.models.news_item import NewsItem, NewsReading
from elections.models.own_field import OwnField, OwnFieldValue
from elections.models.personal_data_change import ApprovedSubject, PersonalDataChange
from elections.models.plan_change import PlanChange
from elections.models.polling_station import OpeningHours, PollingStation
from elections.models.portal_step import PortalStep, StepReading
from elections.models.privacy import PrivacyRequest, RetentionTerm
from elections.models.proposal import Proposal, ProposedPlacement, UnfilledPlace
from elections.models.reminder import Reminder
from elections.models.saved_filter import SavedFilter
from elections.models.secret import (
    AuthenticatorSeed,
    BrpKey,
    DataKey,
    MemberSecret,
    ProviderSecret,
    SealedValue,
)
from elections.models.shift import Shift, ShiftTemplateLine
from elections.models.sign_in import SignIn
from elections.models.survey import (
    Answer,
    AnswerChoice,
    Choice,
    Question,
    Survey,
    SurveyParticipation,
    SurveyReminder,
    SurveyResponse,
)
from elections.models.training import Training, TrainingResult, TrainingStart
from elections.models.user import User
from elections.models.venue import Venue
from elections.models.waitlist_entry import WaitlistEntry
from elections.models.work_account import WorkAccount, WorkAccountAttempt, WorkAccountProvider

__all__ = [
    "AccountQuestion",
    "Answer",
    "AnswerChoice",
    "Application",
    "AppointmentLetter",
    "ApprovedSubject",
    "Assignment",
    "Attachment",
    "Audience",
    "AuditEvent",
    "AuditSeal",
    "AuditSealedRow",
    "Authenticator",
    "AuthenticatorSeed",
    "Availability",
    "AvailabilityResponse",
    "BrpCheck",
    "BrpConnection",
    "BrpFinding",
    "BrpKey",
    "CalendarFeed",
    "Candidate",
    "CandidateClash",
    "CannedAnswer",
    "Choice",
    "CompanionWish",
    "Conversation",
    "DailyFigures",
    "DataKey",
    "DayPart",
    "Declaration",
    "DeclarationConsent",
    "DeclarationText",
    "Document",
    "DocumentReading",
    "Election",
    "ElectionEvent",
    "EmailConfirmation",
    "GroupMessage",
    "ImportFile",
    "ImportedMember",
    "Invitation",
    "Job",
    "Label",
    "LetterEdition",
    "LoginAttempt",
    "LoginChallenge",
    "Member",
    "MemberSecret",
    "MergedMember",
    "Message",
    "NewsItem",
    "NewsReading",
    "OpeningHours",
    "OutboxMail",
    "OwnField",
    "OwnFieldValue",
    "PersonalDataChange",
    "PlacementChange",
    "PlanChange",
    "PollingDay",
    "PollingStation",
    "PortalStep",
    "Position",
    "Preference",
    "PrivacyRequest",
    "Proposal",
    "ProposedPlacement",
    "ProviderSecret",
    "Question",
    "RecoveryCode",
    "Reminder",
    "RetentionTerm",
    "SavedFilter",
    "SealedValue",
    "Shift",
    "ShiftTemplateLine",
    "SignIn",
    "SignUp",
    "StepReading",
    "Survey",
    "SurveyParticipation",
    "SurveyReminder",
    "SurveyResponse",
    "Training",
    "TrainingResult",
    "TrainingStart",
    "TransferReceipt",
    "UnfilledPlace",
    "User",
    "Venue",
    "WaitlistEntry",
    "WorkAccount",
    "WorkAccountAttempt",
    "WorkAccountProvider",
]
