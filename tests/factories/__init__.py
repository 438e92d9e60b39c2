"""Dull rows for tests: every function makes one valid row of the municipality at work. Keyword arguments win.

A row is made in the file that has the name of its file in `elections/models`.
"""

from tests.factories.application import make_application
from tests.factories.assignment import make_assignment
from tests.factories.audience import make_audience
from tests.factories.authenticator import SEED, app_code, make_authenticator, wrong_app_code
from tests.factories.availability import make_availability, make_companion_wish
from tests.factories.brp import make_brp_connection, make_brp_finding
from tests.factories.calendar_feed import make_calendar_feed
from tests.factories.candidate import make_candidate, make_clash
from tests.factories.conversation import (
    make_attachment,
    make_canned_answer,
    make_conversation,
    make_group_message,
    make_message,
)
from tests.factories.declaration import make_consent, make_declaration
from tests.factories.document import make_document
from tests.factories.email_confirmation import make_email_confirmation
from tests.factories.event import (
    DAY,
    make_day_part,
    make_election,
    make_event,
    make_polling_day,
    make_position,
)
from tests.factories.import_file import make_import_file, make_read_file
from tests.factories.job import make_job
from tests.factories.letter import make_letter, make_letter_edition
from tests.factories.login import make_challenge, make_invitation
from tests.factories.mail import make_mail
from tests.factories.member import make_member
from tests.factories.municipality import JUINEN, ZONNEILAND
from tests.factories.news_item import make_news_item
from tests.factories.own_field import make_own_field, make_own_value
from tests.factories.personal_data_change import make_personal_data_change
from tests.factories.polling_station import make_polling_station
from tests.factories.portal_step import make_portal_step
from tests.factories.privacy import make_privacy_request
from tests.factories.proposal import make_proposal
from tests.factories.reminder import make_reminder
from tests.factories.saved_filter import make_saved_filter
from tests.factories.shift import make_shift, make_template_line
from tests.factories.sign_in import make_sign_in
from tests.factories.survey import make_question, make_survey
from tests.factories.training import make_training, make_training_result, make_training_start
from tests.factories.user import PASSWORD, make_staff, make_user, password_hash
from tests.factories.venue import make_venue
from tests.factories.waitlist_entry import make_waitlist_entry
from tests.factories.world import World, make_world

__all__ = [
    "DAY",
    "JUINEN",
    "PASSWORD",
    "SEED",
    "ZONNEILAND",
    "World",
    "app_code",
    "make_application",
    "make_assignment",
    "make_attachment",
    "make_audience",
    "make_authenticator",
    "make_availability",
    "make_brp_connection",
    "make_brp_finding",
    "make_calendar_feed",
    "make_candidate",
    "make_canned_answer",
    "make_challenge",
    "make_clash",
    "make_companion_wish",
    "make_consent",
    "make_conversation",
    "make_day_part",
    "make_declaration",
    "make_document",
    "make_election",
    "make_email_confirmation",
    "make_event",
    "make_group_message",
    "make_import_file",
    "make_invitation",
    "make_job",
    "make_letter",
    "make_letter_edition",
    "make_mail",
    "make_member",
    "make_message",
    "make_news_item",
    "make_own_field",
    "make_own_value",
    "make_personal_data_change",
    "make_polling_day",
    "make_polling_station",
    "make_portal_step",
    "make_position",
    "make_privacy_request",
    "make_proposal",
    "make_question",
    "make_read_file",
    "make_reminder",
    "make_saved_filter",
    "make_shift",
    "make_sign_in",
    "make_staff",
    "make_survey",
    "make_template_line",
    "make_training",
    "make_training_result",
    "make_training_start",
    "make_user",
    "make_venue",
    "make_waitlist_entry",
    "make_world",
    "password_hash",
    "wrong_app_code",
]
