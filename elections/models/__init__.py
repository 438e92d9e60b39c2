from elections.models.assignment import Assignment
from elections.models.audit_event import AuditEvent
from elections.models.availability import Availability, AvailabilityResponse, Preference
from elections.models.event import DayPart, Election, ElectionEvent, PollingDay, Position
from elections.models.import_file import ImportFile
from elections.models.job import Job
from elections.models.letter import AppointmentLetter, LetterTemplate
from elections.models.login import Invitation, LoginAttempt, LoginChallenge
from elections.models.mail import OutboxMail
from elections.models.member import DataKey, Label, Member, MemberSecret
from elections.models.polling_station import OpeningHours, PollingStation
from elections.models.portal_step import PortalStep
from elections.models.shift import Shift, ShiftTemplateLine
from elections.models.user import User
from elections.models.venue import Venue

__all__ = [
    "AppointmentLetter",
    "Assignment",
    "AuditEvent",
    "Availability",
    "AvailabilityResponse",
    "DataKey",
    "DayPart",
    "Election",
    "ElectionEvent",
    "ImportFile",
    "Invitation",
    "Job",
    "Label",
    "LetterTemplate",
    "LoginAttempt",
    "LoginChallenge",
    "Member",
    "MemberSecret",
    "OpeningHours",
    "OutboxMail",
    "PollingDay",
    "PollingStation",
    "PortalStep",
    "Position",
    "Preference",
    "Shift",
    "ShiftTemplateLine",
    "User",
    "Venue",
]
