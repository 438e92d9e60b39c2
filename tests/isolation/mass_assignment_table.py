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
_QUESTION = frozenset({"+accountquestion", "+accountquestion.typed"})
_IMPORT = frozenset({"importfile.state", "importfile.file", "importfile.options"})

CHANGES: dict[str, frozenset[str]] = {
    "portal:password-forgotten": _QUESTION,
    "portal:username-forgotten": _QUESTION,
    "portal:authenticator-begin": frozenset({"+authenticator", "+authenticatorseed", "+datakey"}),
    "portal:authenticator-renew": frozenset({"+recoverycode", "+outboxmail", "user.sessions_ended_at"}),
    "portal:account-end-others": frozenset({"user.sessions_ended_at"}),
    "portal:availability-position": _ANSWERS,
    "portal:availability-remark": _ANSWERS | {"+availabilityresponse.remark"},
    "portal:availability-withdraw": _ANSWERS,
    "portal:letter-download": frozenset({"appointmentletter.first_read_at"}),
    "portal:privacy-erase": frozenset({"+privacyrequest", "+privacyrequest.text"}),
    "backoffice:event-archive": frozenset({"electionevent.archived_at"}),
    "backoffice:polling-station-import-cancel": _IMPORT,
    "backoffice:member-import-cancel": _IMPORT,
    "backoffice:shift-template": frozenset({"-shifttemplateline"}),
    "backoffice:portal-step-edit": frozenset({"portalstep.text"}),
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
    "backoffice:assignment-remove": frozenset({"assignment.state"}),
    "backoffice:letter-template-edit": frozenset(
        {
            "+lettertemplate",
            "+lettertemplate.event_id",
            "+lettertemplate.introduction",
            "+lettertemplate.duties",
            "+lettertemplate.closing",
            "electionevent.decision_date",
            "electionevent.signatory",
            "electionevent.signatory_title",
        }
    ),
    "backoffice:letter-withdraw": frozenset({"appointmentletter.content_digest", "appointmentletter.state"}),
    "backoffice:job-cancel": frozenset({"job.finished_at", "job.heartbeat_at", "job.state"}),
}
