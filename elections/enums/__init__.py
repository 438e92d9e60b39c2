"""Every fixed list of the domain by noun: the code on the left, the word on the screen on the right."""

from elections.enums.address_label import LabelSheet
from elections.enums.application import ApplicationState, RefusalReason
from elections.enums.assignment import (
    ACTIVE_ASSIGNMENT_STATES,
    UNDECIDED_ASSIGNMENT_STATES,
    AssignmentSource,
    AssignmentState,
    PlacementAnswer,
    PlacementChangeKind,
)
from elections.enums.audience import AudienceKind, PlacedFilter
from elections.enums.audit import AuditResult
from elections.enums.availability import AvailabilityAnswer, PreferenceKind
from elections.enums.brp import BrpFindingKind, BrpFindingState, BrpOutcome, BrpSubject
from elections.enums.candidate import ClashPolicy, ClashState
from elections.enums.conversation import ConversationState, MessageKind
from elections.enums.event import (
    ALSO_QUALIFIES_FOR,
    BOARD_POSITIONS,
    ElectionCategory,
    EventPart,
    PollingDayKind,
    PositionKind,
)
from elections.enums.import_file import ImportState
from elections.enums.job import JobKind, JobState
from elections.enums.letter import LetterPay, LetterPlace, LetterStaff, LetterState
from elections.enums.login import (
    AccountHelp,
    AttemptKind,
    FactorChange,
    InvitationKind,
    SignInMethod,
)
from elections.enums.mail import MailKind, MailRhythm, MailState
from elections.enums.own_field import OwnFieldKind
from elections.enums.personal_data_change import DataChangeState, DataSubject
from elections.enums.plan_change import PlanChangeKind
from elections.enums.polling_station import StationKind
from elections.enums.portal_step import MENU_STEPS, TASK_STEPS, StepKind, StepState
from elections.enums.privacy import EraseReason, PrivacyRequestKind, PrivacyRequestState, RetentionKind
from elections.enums.proposal import ProposalState
from elections.enums.publication import PublishState
from elections.enums.secret import RevealPurpose, SecretKind
from elections.enums.staff import StaffRole, StaffState
from elections.enums.station_paper import StationPaperKind
from elections.enums.survey import CHOICE_KINDS, SINGLE_CHOICE_KINDS, TEXT_KINDS, QuestionKind
from elections.enums.training import TrainingSource, TrainingState
from elections.enums.waitlist_entry import WaitKind
from elections.enums.work_account import WorkAccountPurpose

__all__ = [
    "ACTIVE_ASSIGNMENT_STATES",
    "ALSO_QUALIFIES_FOR",
    "BOARD_POSITIONS",
    "CHOICE_KINDS",
    "MENU_STEPS",
    "SINGLE_CHOICE_KINDS",
    "TASK_STEPS",
    "TEXT_KINDS",
    "UNDECIDED_ASSIGNMENT_STATES",
    "AccountHelp",
    "ApplicationState",
    "AssignmentSource",
    "AssignmentState",
    "AttemptKind",
    "AudienceKind",
    "AuditResult",
    "AvailabilityAnswer",
    "BrpFindingKind",
    "BrpFindingState",
    "BrpOutcome",
    "BrpSubject",
    "ClashPolicy",
    "ClashState",
    "ConversationState",
    "DataChangeState",
    "DataSubject",
    "ElectionCategory",
    "EraseReason",
    "EventPart",
    "FactorChange",
    "ImportState",
    "InvitationKind",
    "JobKind",
    "JobState",
    "LabelSheet",
    "LetterPay",
    "LetterPlace",
    "LetterStaff",
    "LetterState",
    "MailKind",
    "MailRhythm",
    "MailState",
    "MessageKind",
    "OwnFieldKind",
    "PlacedFilter",
    "PlacementAnswer",
    "PlacementChangeKind",
    "PlanChangeKind",
    "PollingDayKind",
    "PositionKind",
    "PreferenceKind",
    "PrivacyRequestKind",
    "PrivacyRequestState",
    "ProposalState",
    "PublishState",
    "QuestionKind",
    "RefusalReason",
    "RetentionKind",
    "RevealPurpose",
    "SecretKind",
    "SignInMethod",
    "StaffRole",
    "StaffState",
    "StationKind",
    "StationPaperKind",
    "StepKind",
    "StepState",
    "TrainingSource",
    "TrainingState",
    "WaitKind",
    "WorkAccountPurpose",
]
