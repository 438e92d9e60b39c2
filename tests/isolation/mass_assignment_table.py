"""Which columns a form may change, per address; see test_mass_assignment.py.

Whoever adds a line here says: this page is meant to change this. What a page writes by itself, such as a row that
counts tries, stands here too; a column of somebody's role, access or owner belongs to the pages for staff alone.
"""

EVERYWHERE: frozenset[str] = frozenset(
    {
        "+auditevent",  # every act and every refusal
        "+auditevent.object_label",  # repeats the name of what was made
        "+loginattempt",  # counts tries
    }
)

_ANSWERS = frozenset({"+availabilityresponse", "+availabilityresponse.event_id"})
_PLAN = frozenset({"+planchange", "+planchange.event_id"})  # so that it can be undone
_DECIDED = frozenset({"+outboxmail", "assignment.end_reason", "assignment.state", "assignment.version"})
_APPLICATION_SETTLED = frozenset(
    {"+outboxmail", "application.decided_at", "application.decided_by", "application.state"}
)
_IMPORT = frozenset({"importfile.state"})
_FINDING_SETTLED = frozenset({"brpfinding.settled_at", "brpfinding.settled_by", "brpfinding.state"})

_SETTLED = frozenset(
    {
        "personaldatachange.decided_at",
        "personaldatachange.state",
        "personaldatachange.values",
        "personaldatachange.version",
    }
)
_TALK = frozenset({"+conversation", "+conversation.subject", "+message", "+message.body", "+outboxmail"})

CHANGES: dict[str, frozenset[str]] = {
    "portal:application-withdraw": frozenset({"-application"}),
    "backoffice:sign-up": frozenset({"signup.updated_at"}),
    "backoffice:application-accept": _APPLICATION_SETTLED
    | {"+invitation", "+invitation.kind", "+member", "+user", "application.member_id"},
    "backoffice:application-keep": _APPLICATION_SETTLED,
    "backoffice:application-refuse": _APPLICATION_SETTLED | {"application.refusal"},
    "portal:password-forgotten": frozenset({"+accountquestion", "+accountquestion.typed"}),
    "portal:username-forgotten": frozenset({"+accountquestion"}),
    "portal:language": frozenset({"user.language"}),
    "portal:personal-data-name": frozenset(
        {
            "member.infix",
            "member.initials",
            "member.search_text",
            "member.sort_name",
            "member.version",
            "user.name",
        }
    ),
    # The number that waits for the team in the world stands in the form; nothing waits any more once it counts.
    "portal:personal-data-phone": _SETTLED | {"member.phone", "member.search_text", "member.version"},
    "portal:personal-data-change-withdraw": _SETTLED,
    "backoffice:personal-data-change-approve": _SETTLED
    | {
        "+outboxmail",
        "member.phone",
        "member.search_text",
        "member.version",
        "personaldatachange.decided_by",
    },
    "backoffice:personal-data-change-refuse": _SETTLED
    | {"+outboxmail", "personaldatachange.decided_by", "personaldatachange.reason"},
    "backoffice:own-field-edit": frozenset({"ownfield.for_catering", "ownfield.help", "ownfield.version"}),
    "backoffice:own-field-delete": frozenset({"-ownfield", "-ownfieldvalue"}),
    "backoffice:declaration-create": frozenset(
        {
            "+declaration",
            "+declaration.title",
            "+declaration.why",
            "+declarationtext",
            "+declarationtext.text",
        }
    ),
    "backoffice:declaration-edit": frozenset({"declaration.version"}),
    "backoffice:declaration-retire": frozenset({"declaration.is_active", "declaration.version"}),
    "portal:authenticator-begin": frozenset({"+authenticator", "+authenticatorseed", "+datakey"}),
    "portal:authenticator-renew": frozenset({"+recoverycode", "+outboxmail", "user.sessions_ended_at"}),
    "portal:account-end-others": frozenset({"user.sessions_ended_at"}),
    "portal:availability-position": _ANSWERS,
    "portal:availability-companion": _ANSWERS,
    "portal:availability-day-part": _ANSWERS,
    "portal:availability-unavailable": _ANSWERS
    | {"+availability", "+availability.day_part_id", "+availabilityresponse.unavailable_reason"},
    "portal:availability-remark": _ANSWERS | {"+availabilityresponse.remark"},
    "portal:availability-withdraw": _ANSWERS,
    "portal:placement-accept": frozenset({"assignment.accepted_at", "assignment.version"}),
    "portal:reservation-give-back": frozenset(
        {"assignment.declined_at", "assignment.state", "assignment.version"}
    ),
    "portal:reservation-leave": frozenset({"-waitlistentry"}),
    "backoffice:reservation-offer": frozenset(
        {"+assignment", "+assignment.member_id", "+outboxmail", "+outboxmail.user_id"}
    ),
    "backoffice:reservation-refuse": _DECIDED,
    "backoffice:reservation-withdraw": _DECIDED,
    "portal:calendar-renew": frozenset({"-calendarfeed", "+calendarfeed"}),
    "portal:calendar-revoke": frozenset({"-calendarfeed"}),
    "portal:letter-download": frozenset({"appointmentletter.first_read_at"}),
    "portal:conversation-create": _TALK,
    "portal:conversation-detail": frozenset(
        {
            "+message",
            "+message.body",
            "+message.conversation_id",  # there is one conversation, the member's own
            "+outboxmail",
            "conversation.last_message_at",
            "conversation.version",
        }
    ),
    "backoffice:conversation-create": _TALK,
    # Refused for want of a text; the page that says so shows the conversation.
    "backoffice:conversation-answer": frozenset({"message.read_at"}),
    "backoffice:conversation-note": frozenset({"message.read_at"}),
    "backoffice:document-withdraw": frozenset({"document.state", "document.updated_at", "document.version"}),
    "backoffice:news-item-withdraw": frozenset({"newsitem.state", "newsitem.updated_at", "newsitem.version"}),
    "portal:survey-question": frozenset(
        {"+answer", "+answer.question_id", "+surveyresponse", "+surveyresponse.survey_id"}
    ),
    "backoffice:survey-withdraw": frozenset({"survey.state", "survey.updated_at", "survey.version"}),
    "backoffice:survey-copy": frozenset(
        {"+audience", "+audience_members", "+question", "+survey", "+survey.previous_id"}
    ),
    "backoffice:survey-remind": frozenset({"+outboxmail", "+surveyreminder", "+surveyreminder.survey_id"}),
    "backoffice:question-edit": frozenset({"question.help", "survey.updated_at", "survey.version"}),
    "backoffice:question-copy": frozenset(
        {"+question", "+question.survey_id", "survey.updated_at", "survey.version"}
    ),
    "backoffice:question-remove": frozenset({"-question", "survey.updated_at", "survey.version"}),
    "backoffice:job-resume": frozenset({"job.heartbeat_at"}),
    "backoffice:conversation-take": frozenset({"conversation.assignee_id"}),
    "backoffice:conversation-close": frozenset(
        {"conversation.state", "conversation.version", "conversation.waiting_since"}
    ),
    "backoffice:canned-answer-create": frozenset(
        {"+cannedanswer", "+cannedanswer.body", "+cannedanswer.title"}
    ),
    "backoffice:canned-answer-edit": frozenset({"cannedanswer.body", "cannedanswer.title"}),
    "backoffice:canned-answer-delete": frozenset({"-cannedanswer"}),
    "backoffice:saved-filter-edit": frozenset({"savedfilter.name"}),
    "backoffice:saved-filter-delete": frozenset({"-savedfilter"}),
    "backoffice:group-message-discard": frozenset({"-audience", "-groupmessage"}),
    "backoffice:group-message-send": frozenset({"+job", "groupmessage.author_id", "groupmessage.job_id"}),
    "portal:privacy-erase": frozenset({"+privacyrequest", "+privacyrequest.text"}),
    "backoffice:event-create": frozenset(
        {
            "+daypart",
            "+election",
            "+electionevent",
            "+pollingday",
            "+pollingday_elections",
            "+portalstep",
            "+position",
            "+position.kind",
            "+shifttemplateline",
            "+shifttemplateline.station_kind",
        }
    ),
    "backoffice:candidate-remove": frozenset({"-candidate", "-candidateclash"}),
    "backoffice:event-archive": frozenset({"electionevent.archived_at"}),
    "backoffice:polling-station-import-cancel": _IMPORT,
    "backoffice:member-import-cancel": _IMPORT,
    "backoffice:member-import-undo": frozenset({"+job"}),
    "backoffice:shift-template": frozenset(
        {
            "-shifttemplateline",
            "+shifttemplateline",
            "+shifttemplateline.event_id",
            "+shifttemplateline.position_id",
            "+shifttemplateline.station_kind",
        }
    ),
    "backoffice:shift-edit": frozenset({"shift.is_adjusted"}),
    "backoffice:portal-step-move": frozenset({"portalstep.rank"}),
    "backoffice:portal-step-delete": frozenset({"-portalstep"}),
    "backoffice:training-key": frozenset({"training.key_seen_at"}),
    "portal:training-begin": frozenset({"trainingstart.started_at"}),
    "backoffice:training-result-remove": frozenset({"-trainingresult"}),
    "backoffice:training-import-cancel": _IMPORT | {"importfile.options"},
    "backoffice:audience-delete": frozenset({"-audience"}),
    "backoffice:reminder-remove": frozenset({"-reminder"}),
    "backoffice:reminder-send": frozenset({"+outboxmail", "+outboxmail.user_id", "+reminder"}),
    "backoffice:staff-invite": frozenset(
        {
            "+user",
            "+user.email",
            "+user.name",
            "+user.role",
            "+invitation",
            "+outboxmail",
            "+outboxmail.to_email",
        }
    ),
    "backoffice:staff-edit": frozenset({"user.name", "user.role"}),
    "backoffice:staff-disable": frozenset({"user.is_active", "user.sessions_ended_at"}),
    "backoffice:staff-reset": frozenset(
        {"+invitation", "+outboxmail", "user.password", "user.sessions_ended_at"}
    ),
    "backoffice:member-reset": frozenset(
        {
            "+invitation",
            "+invitation.kind",
            "+outboxmail",
            "invitation.withdrawn_at",
            "user.name",  # follows the name in the member file
            "user.password",
            "user.sessions_ended_at",
        }
    ),
    "backoffice:assignment-candidates": _PLAN | {"+assignment", "+assignment.member_id"},
    "backoffice:assignment-remove": _PLAN | {"assignment.state", "assignment.version"},
    "backoffice:assignment-lock": _PLAN | {"assignment.is_locked", "assignment.version"},
    "backoffice:proposal-create": frozenset({"+job", "+job.event_id", "+proposal", "+proposal.event_id"}),
    "backoffice:brp-accept": _FINDING_SETTLED,
    "backoffice:brp-set-aside": _FINDING_SETTLED,
    "backoffice:proposal-discard": frozenset({"-proposal", "-proposedplacement", "-unfilledplace"}),
    "backoffice:letter-withdraw": frozenset(
        {"appointmentletter.content_digest", "appointmentletter.state", "appointmentletter.withdrawn_at"}
    ),
    "backoffice:job-cancel": frozenset({"job.finished_at", "job.heartbeat_at", "job.state"}),
}

_CHOICE = "the choices in the form are of this event; a name of every column hits none of them"
_NEW = "fields that must be right together: a new row is tested with the tests of its page"
_PROOF = "asks a proof that stands in no form: a password, a code"
_FILE = "asks a file"

_TEXT = "asks a text; the empty text area of the page sends a line end"

REFUSED: dict[str, str] = {
    "portal:placement-decline": "asks which version of the place the member saw",
    "backoffice:letter-edition-edit": _CHOICE,
    "backoffice:application-transfer": _CHOICE,
    "backoffice:application-transfer-receive": _FILE,
    "backoffice:document-create": "asks a file",
    "backoffice:document-edit": _CHOICE,
    "backoffice:house-style-logo": _FILE,
    "backoffice:house-style-background": _FILE,
    "backoffice:house-style-tokens": _FILE,
    "backoffice:portal-step-create": _CHOICE,
    "backoffice:portal-step-edit": _CHOICE,
    "backoffice:brp-settings": _CHOICE,
    "backoffice:survey-create": _CHOICE,
    "backoffice:survey-edit": _CHOICE,
    "backoffice:news-item-create": _CHOICE,
    "backoffice:news-item-edit": _CHOICE,
    "backoffice:group-message-create": _TEXT,
    "backoffice:group-message-edit": _CHOICE,
    "backoffice:audience-create": "asks at least one condition",
    "backoffice:reminder-list": "asks a moment while the part is open",
    "backoffice:polling-day-offer": _CHOICE,
    "backoffice:station-paper": _CHOICE,
    "backoffice:event-copy": "shows what would be made; the question on that page makes it",
    "portal:activation": _PROOF,
    "portal:confirm": _PROOF,
    "portal:password-change": _PROOF,
    "portal:personal-data-address": _PROOF,
    "portal:personal-data-email": _PROOF,
    "portal:personal-data-iban": _PROOF,
    "portal:privacy-download": _PROOF,
    "portal:personal-data-person-number": "asks a valid number",
    "backoffice:personal-data-change-subjects": _CHOICE,
    "portal:availability-day": _CHOICE,
    "backoffice:placement-answer": "a yes or a no, and none of them is the name of a column",
    "portal:reservation-offer": "a yes or a no, which is in the name of the button that was pressed",
    "portal:availability-venue": _CHOICE,
    "portal:privacy-correct": _CHOICE,
    "backoffice:privacy-request-detail": _CHOICE,
    "backoffice:confidentiality-mark": "asks until when: a choice in the form",
    "backoffice:member-double-merge": "asks the number of the row that goes, typed over",
    "backoffice:member-create": _NEW,
    "backoffice:polling-day-create": _NEW,
    "backoffice:polling-station-create": _NEW,
    "backoffice:candidate-upload": _FILE,
    "backoffice:member-import": _FILE,
    "backoffice:polling-station-import": _FILE,
    "backoffice:training-import": _FILE,
    "backoffice:training-create": "asks an https address",
    "backoffice:training-edit": "asks the version that the page shows",
    "backoffice:training-result-note": _CHOICE,
    "backoffice:privacy-export": "gives a file and changes nothing",
}
"""Forms that save nothing of what the test sends, and why. Every other form of a page is accepted at least once."""
