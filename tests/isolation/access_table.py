"""Who may open which address of a municipality. Every URL name is here, or the suite fails.

A row is `who` plus what stands in the address:

    "portal:placement": row(MEMBER),
    "backoffice:member-edit": row("member.edit", uuid="member"),

`who` is ANYONE, SIGNED_IN (member or colleague), MEMBER, or a right of `elections.permissions`, the same as in the
view's decorator. An argument of the address names a field of `tests.factories.World`; its uuid is filled in, or for
`token` its token. `own=True` says that the object belongs to one member, so that another member must get a 404.
`empty=True` says that the page answers 404 to somebody who may see it when there is nothing to show, or when a form
names nothing.
"""

from dataclasses import dataclass

ANYONE = "anyone"
SIGNED_IN = "signed in"
MEMBER = "member"


@dataclass(frozen=True)
class Row:
    """What the suite knows of one address."""

    who: str
    arguments: dict[str, str]
    own: bool
    empty: bool


def row(who: str, *, own: bool = False, empty: bool = False, **arguments: str) -> Row:
    """A row of the table; see the top of this file."""
    return Row(who, arguments, own, empty)


TABLE: dict[str, Row] = {
    # House style
    "house-style-css": row(ANYONE),
    "house-style-logo": row(ANYONE, empty=True),
    "house-style-background": row(ANYONE, empty=True),
    "security-txt": row(ANYONE, empty=True),
    # Portal, sign-up
    "portal:sign-up": row(ANYONE),
    "portal:sign-up-sent": row(ANYONE),
    "portal:application": row(ANYONE, token="application"),
    "portal:application-confirm": row(ANYONE, token="application"),
    "portal:application-agree": row(ANYONE, token="application"),
    "portal:application-decline": row(ANYONE, token="application"),
    "portal:application-withdraw": row(ANYONE, token="application"),
    # Portal, the front door
    "portal:login": row(ANYONE),
    "portal:login-code": row(ANYONE),
    "portal:login-code-resend": row(ANYONE),
    "portal:login-recovery": row(ANYONE),
    "portal:logout": row(ANYONE),
    "portal:invitation": row(ANYONE, token="invitation"),
    "portal:activation": row(ANYONE),
    "portal:activation-password": row(ANYONE),
    "portal:activation-second-step": row(ANYONE),
    "portal:activation-email": row(ANYONE),
    "portal:activation-email-code": row(ANYONE),
    "portal:activation-app": row(ANYONE),
    "portal:activation-app-begin": row(ANYONE),
    "portal:password-forgotten": row(ANYONE),
    "portal:password-forgotten-sent": row(ANYONE),
    "portal:password-reset": row(ANYONE, token="password_reset"),
    "portal:password-choose": row(ANYONE, empty=True),
    "portal:password-change": row(SIGNED_IN),
    "portal:username-forgotten": row(ANYONE),
    "portal:username-forgotten-sent": row(ANYONE),
    "portal:work-account": row(SIGNED_IN),
    "portal:work-account-start": row(ANYONE),
    "portal:work-account-callback": row(ANYONE),
    "portal:work-account-problem": row(ANYONE),
    "portal:work-account-unlink": row(SIGNED_IN),
    "portal:language": row(ANYONE),
    # Portal, authenticator app and step-up
    "portal:authenticator": row(SIGNED_IN),
    "portal:authenticator-begin": row(SIGNED_IN),
    "portal:authenticator-setup": row(SIGNED_IN),
    "portal:authenticator-renew": row(SIGNED_IN),
    "portal:authenticator-disable": row(SIGNED_IN),
    "portal:confirm": row(SIGNED_IN),
    # Portal, own account
    "portal:account": row(SIGNED_IN),
    "portal:account-session-end": row(SIGNED_IN, uuid="sign_in", own=True),
    "portal:account-end-others": row(SIGNED_IN),
    "portal:account-mail-rhythm": row(MEMBER),
    # Portal, e-mail address
    "portal:email-confirmation": row(MEMBER),
    "portal:email-confirmation-resend": row(MEMBER),
    "portal:email-confirmation-cancel": row(MEMBER),
    # Portal, session
    "portal:session-state": row(ANYONE),
    "portal:session-extend": row(ANYONE),
    # Portal, home
    "portal:home": row(MEMBER),
    # Portal, personal data
    "portal:personal-data": row(MEMBER),
    "portal:personal-data-confirm": row(MEMBER),
    "portal:personal-data-name": row(MEMBER),
    "portal:personal-data-birth-date": row(MEMBER),
    "portal:personal-data-address": row(MEMBER),
    "portal:personal-data-phone": row(MEMBER),
    "portal:personal-data-email": row(MEMBER),
    "portal:personal-data-person-number": row(MEMBER),
    "portal:personal-data-iban": row(MEMBER),
    # Portal, availability
    "portal:availability": row(MEMBER),
    "portal:availability-day": row(MEMBER, uuid="polling_day"),
    "portal:availability-day-part": row(MEMBER, empty=True),
    "portal:availability-position": row(MEMBER),
    "portal:availability-companion": row(MEMBER),
    "portal:availability-venue": row(MEMBER, empty=True),
    "portal:availability-remark": row(MEMBER),
    "portal:availability-unavailable": row(MEMBER),
    "portal:availability-withdraw": row(MEMBER),
    "portal:availability-submit": row(MEMBER),
    "portal:availability-done": row(MEMBER),
    # Portal, reservation
    "portal:reservation": row(MEMBER),
    "portal:reservation-search": row(MEMBER),
    "portal:reservation-places": row(MEMBER),
    "portal:reservation-shift": row(MEMBER, uuid="shift"),
    "portal:reservation-wait": row(MEMBER, uuid="shift"),
    "portal:reservation-leave": row(MEMBER, uuid="waitlist_entry", own=True),
    "portal:reservation-offer": row(MEMBER, uuid="offer", own=True),
    "portal:reservation-give-back": row(MEMBER, uuid="reservation", own=True),
    # Portal, placement
    "portal:placement": row(MEMBER),
    "portal:placement-see": row(MEMBER),
    "portal:placement-accept": row(MEMBER, own=True, uuid="assignment"),
    "portal:placement-decline": row(MEMBER, own=True, uuid="assignment"),
    "portal:placement-calendar": row(MEMBER, own=True, uuid="assignment"),
    # Portal, agenda
    "portal:training": row(MEMBER),
    "portal:training-begin": row(MEMBER, uuid="training"),
    "portal:training-go": row(MEMBER, uuid="training", own=True),
    "portal:calendar": row(MEMBER),
    "portal:calendar-make": row(MEMBER),
    "portal:calendar-renew": row(MEMBER),
    "portal:calendar-revoke": row(MEMBER),
    "portal:calendar-download": row(MEMBER),
    "portal:calendar-feed": row(ANYONE, token="calendar_feed", empty=True),
    # Portal, letters
    "portal:letter-list": row(MEMBER),
    "portal:letter-download": row(MEMBER, uuid="letter", own=True),
    # Portal, news and documents
    "portal:news-item-list": row(MEMBER),
    "portal:news-item-detail": row(MEMBER, uuid="news_item", own=True),
    # Portal, surveys
    "portal:survey-list": row(MEMBER),
    "portal:survey-detail": row(MEMBER, uuid="survey", own=True),
    "portal:survey-question": row(MEMBER, uuid="survey", question="question", own=True),
    "portal:survey-check": row(MEMBER, uuid="survey", own=True),
    "portal:survey-send": row(MEMBER, uuid="survey", own=True),
    "portal:survey-done": row(MEMBER, uuid="survey", own=True),
    "portal:part-detail": row(MEMBER, uuid="own_part"),
    "portal:document-list": row(MEMBER),
    "portal:document-download": row(MEMBER, uuid="document", own=True),
    # Portal, messages
    "portal:conversation-list": row(MEMBER),
    "portal:conversation-list-live": row(MEMBER),
    "portal:conversation-unread": row(MEMBER),
    "portal:conversation-create": row(MEMBER),
    "portal:conversation-detail": row(MEMBER, uuid="conversation", own=True),
    "portal:conversation-live": row(MEMBER, uuid="conversation", own=True),
    "portal:attachment-download": row(MEMBER, uuid="attachment", own=True),
    # Portal, reports of browsers
    "portal:csp-report": row(ANYONE),
    # Portal, help
    "portal:help": row(ANYONE),
    # Portal, privacy
    "portal:accessibility": row(ANYONE),
    "portal:privacy": row(ANYONE),
    "portal:privacy-download": row(MEMBER),
    "portal:privacy-erase": row(MEMBER),
    "portal:privacy-correct": row(MEMBER),
    # Portal, look as a member
    "portal:look-stop": row(SIGNED_IN),
    # Backoffice, election event
    "backoffice:event-list": row("event.view"),
    "backoffice:event-create": row("event.edit"),
    "backoffice:event-detail": row("event.view", uuid="event"),
    "backoffice:event-edit": row("event.edit", uuid="event"),
    "backoffice:event-copy": row("event.edit", uuid="event"),
    "backoffice:event-rules": row("event.edit", uuid="event"),
    "backoffice:event-choose": row("event.view", uuid="event"),
    "backoffice:event-archive": row("event.edit", uuid="event"),
    "backoffice:event-restore": row("event.edit", uuid="event"),
    # Backoffice, polling day
    "backoffice:polling-day-create": row("event.edit", uuid="event"),
    "backoffice:polling-day-edit": row("event.edit", uuid="polling_day"),
    "backoffice:polling-day-offer": row("event.edit", uuid="polling_day"),
    "backoffice:polling-day-delete": row("event.edit", uuid="polling_day"),
    # Backoffice, position
    "backoffice:position-edit": row("event.edit", uuid="event"),
    # Backoffice, polling station
    "backoffice:polling-station-list": row("station.view"),
    "backoffice:polling-station-map": row("station.view"),
    "backoffice:polling-station-create": row("station.edit"),
    "backoffice:polling-station-detail": row("station.view", uuid="polling_station"),
    "backoffice:polling-station-edit": row("station.edit", uuid="polling_station"),
    "backoffice:polling-station-delete": row("station.edit", uuid="polling_station"),
    # Backoffice, polling station import
    "backoffice:polling-station-import": row("station.edit"),
    "backoffice:polling-station-import-check": row("station.edit", uuid="station_file"),
    "backoffice:polling-station-import-confirm": row("station.edit", uuid="station_file"),
    "backoffice:polling-station-import-cancel": row("station.edit", uuid="station_file"),
    # Backoffice, member
    "backoffice:member-list": row("member.view"),
    "backoffice:member-create": row("member.edit"),
    "backoffice:member-answers": row("member.view"),
    "backoffice:member-answers-live": row("member.view"),
    "backoffice:member-detail": row("member.view", uuid="member"),
    "backoffice:member-edit": row("member.edit", uuid="member"),
    "backoffice:member-invite": row("member.invite", uuid="member"),
    "backoffice:member-deactivate": row("member.edit", uuid="member"),
    "backoffice:member-activate": row("member.edit", uuid="member"),
    # Backoffice, confidentiality
    "backoffice:confidentiality-mark": row("member.edit", uuid="member"),
    "backoffice:confidentiality-end": row("member.confidential", uuid="member", empty=True),
    # Backoffice, member selection
    "backoffice:member-selection": row("member.view"),
    "backoffice:member-selection-invite": row("member.invite"),
    "backoffice:member-selection-label": row("member.edit"),
    "backoffice:member-selection-audience": row("audience.edit"),
    # Backoffice, audience
    "backoffice:audience-list": row("audience.edit"),
    "backoffice:audience-create": row("audience.edit"),
    "backoffice:audience-count": row("audience.edit"),
    "backoffice:audience-detail": row("audience.edit", uuid="audience"),
    "backoffice:audience-edit": row("audience.edit", uuid="audience"),
    "backoffice:audience-delete": row("audience.edit", uuid="audience"),
    # Backoffice, reminder
    "backoffice:training-list": row("training.view"),
    "backoffice:training-create": row("training.edit"),
    "backoffice:training-missing": row("training.view"),
    "backoffice:training-detail": row("training.view", uuid="training"),
    "backoffice:training-edit": row("training.edit", uuid="training"),
    "backoffice:training-remove": row("training.edit", uuid="training"),
    "backoffice:training-key": row("training.edit", uuid="training"),
    "backoffice:training-result-note": row("training.edit", uuid="member"),
    "backoffice:training-result-remove": row("training.edit", uuid="training_result"),
    "backoffice:training-import": row("training.edit", uuid="training"),
    "backoffice:training-import-check": row("training.edit", uuid="training_file"),
    "backoffice:training-import-confirm": row("training.edit", uuid="training_file"),
    "backoffice:training-import-cancel": row("training.edit", uuid="training_file"),
    "backoffice:reminder-list": row("audience.edit", uuid="portal_step"),
    "backoffice:reminder-send": row("audience.edit", uuid="portal_step"),
    "backoffice:reminder-remove": row("audience.edit", uuid="reminder"),
    # Backoffice, activation letter
    "backoffice:activation-letter-selection": row("member.invite"),
    "backoffice:activation-letter-make": row("member.invite", uuid="member"),
    # Backoffice, member import
    "backoffice:member-import": row("member.import"),
    "backoffice:member-import-template": row("member.import"),
    "backoffice:member-import-columns": row("member.import", uuid="import_file"),
    "backoffice:member-import-preview": row("member.import", uuid="import_file"),
    "backoffice:member-import-faults": row("member.import", uuid="import_file"),
    "backoffice:member-import-cancel": row("member.import", uuid="import_file"),
    # Backoffice, shift
    "backoffice:shift-list": row("station.view"),
    "backoffice:shift-template": row("station.edit"),
    "backoffice:shift-make": row("station.edit"),
    "backoffice:shift-edit": row("station.edit", uuid="shift"),
    "backoffice:shift-release": row("station.edit", uuid="shift"),
    "backoffice:shift-delete": row("station.edit", uuid="shift"),
    # Backoffice, portal step
    "backoffice:member-import-undo": row("member.import", uuid="read_file"),
    "backoffice:portal-step-list": row("event.view"),
    "backoffice:portal-step-create": row("portal.edit"),
    "backoffice:portal-step-preview": row("member.view"),
    "backoffice:portal-step-edit": row("portal.edit", uuid="portal_step"),
    "backoffice:portal-step-delete": row("portal.edit", uuid="own_part"),
    "backoffice:portal-step-move": row("portal.edit", uuid="portal_step"),
    # Backoffice, mail
    "backoffice:mail-list": row("mail.view"),
    "backoffice:mail-detail": row("mail.view", uuid="mail"),
    "backoffice:mail-retry": row("mail.view", uuid="mail"),
    "backoffice:mail-retry-many": row("mail.view"),
    "backoffice:mail-sender": row("mail.view"),
    # Backoffice, audit
    "backoffice:audit-list": row("audit.view"),
    "backoffice:audit-export": row("audit.export"),
    "backoffice:audit-detail": row("audit.view", uuid="audit_event"),
    # Backoffice, staff
    "backoffice:staff-list": row("staff.manage"),
    "backoffice:staff-invite": row("staff.manage"),
    "backoffice:staff-edit": row("staff.manage", uuid="colleague"),
    "backoffice:staff-disable": row("staff.manage", uuid="colleague"),
    "backoffice:staff-enable": row("staff.manage", uuid="colleague"),
    "backoffice:staff-resend": row("staff.manage", uuid="colleague"),
    "backoffice:staff-withdraw": row("staff.manage", uuid="colleague"),
    "backoffice:staff-reset": row("staff.manage", uuid="colleague"),
    "backoffice:staff-review": row("staff.manage"),
    "backoffice:staff-rights": row("staff.manage"),
    "backoffice:member-reset": row("staff.manage", uuid="member"),
    # Backoffice, look as a member
    "backoffice:look-begin": row("member.look", uuid="member"),
    # Backoffice, privacy of one member
    "backoffice:privacy-export": row("privacy.handle", uuid="member"),
    "backoffice:privacy-erase": row("privacy.handle", uuid="member"),
    # Backoffice, privacy request
    "backoffice:privacy-request-list": row("privacy.handle"),
    "backoffice:privacy-request-detail": row("privacy.handle", uuid="privacy_request"),
    # Backoffice, retention
    # Backoffice, house style and accessibility statement
    "backoffice:house-style": row("style.edit"),
    "backoffice:house-style-colours": row("style.edit"),
    "backoffice:house-style-sample": row("style.edit"),
    "backoffice:house-style-logo": row("style.edit"),
    "backoffice:house-style-background": row("style.edit"),
    "backoffice:house-style-tokens": row("style.edit"),
    "backoffice:house-style-contact": row("style.edit"),
    "backoffice:house-style-reset": row("style.edit"),
    "backoffice:accessibility": row("style.edit"),
    "backoffice:retention-list": row("retention.edit"),
    "backoffice:retention-edit": row("retention.edit", empty=True),
    # Backoffice, dashboard
    "backoffice:home": row("dashboard.view"),
    "backoffice:home-live": row("dashboard.view"),
    "backoffice:home-wall": row("dashboard.view"),
    "backoffice:home-wall-live": row("dashboard.view"),
    # Backoffice, planning board
    "backoffice:board": row("planning.view"),
    "backoffice:board-block": row("planning.view"),
    "backoffice:board-changes": row("planning.view"),
    "backoffice:board-print": row("planning.view"),
    "backoffice:board-objections": row("planning.edit", uuid="assignment"),
    # Backoffice, candidate and companion
    "backoffice:candidate-list": row("planning.edit"),
    "backoffice:candidate-upload": row("planning.edit"),
    "backoffice:candidate-remove": row("planning.edit"),
    "backoffice:candidate-decide": row("planning.edit", uuid="clash"),
    "backoffice:companion-list": row("planning.view"),
    "backoffice:companion-link": row("planning.edit", uuid="member"),
    # Backoffice, assignment
    "backoffice:assignment-undo": row("planning.edit", empty=True),
    "backoffice:assignment-detail": row("planning.view", uuid="assignment"),
    "backoffice:assignment-swap": row("planning.edit", uuid="assignment", empty=True),
    "backoffice:assignment-lock": row("planning.edit", uuid="assignment"),
    "backoffice:assignment-list": row("planning.view"),
    # Backoffice, sign-up and applications
    "backoffice:sign-up": row("portal.edit"),
    "backoffice:application-list": row("application.decide"),
    "backoffice:application-export": row("application.decide"),
    "backoffice:application-detail": row("application.decide", uuid="application"),
    "backoffice:application-accept": row("application.decide", uuid="application"),
    "backoffice:application-refuse": row("application.decide", uuid="application"),
    "backoffice:application-keep": row("application.decide", uuid="application"),
    "backoffice:application-transfer": row("application.decide", uuid="application"),
    "backoffice:application-transfer-package": row("application.decide", uuid="application"),
    "backoffice:application-transfer-receive": row("application.decide"),
    "backoffice:assignment-station": row("planning.view", uuid="polling_station"),
    "backoffice:assignment-candidates": row("planning.edit", uuid="shift", empty=True),
    "backoffice:assignment-remove": row("planning.edit", uuid="assignment"),
    "backoffice:assignment-move": row("planning.edit", uuid="assignment", empty=True),
    # Backoffice, publication
    "backoffice:publication": row("planning.publish"),
    # Backoffice, placement
    "backoffice:placement-list": row("planning.view"),
    "backoffice:placement-dropped": row("planning.view"),
    "backoffice:placement-remind": row("planning.publish"),
    "backoffice:placement-answer": row("planning.edit", uuid="assignment"),
    "backoffice:placement-offer": row("planning.edit", uuid="assignment", empty=True),
    # Backoffice, proposal
    "backoffice:proposal-list": row("planning.view"),
    "backoffice:proposal-create": row("planning.edit"),
    "backoffice:proposal-estimate": row("planning.edit"),
    "backoffice:proposal-detail": row("planning.view", uuid="proposal"),
    "backoffice:proposal-progress": row("planning.view", uuid="proposal"),
    "backoffice:proposal-placements": row("planning.view", uuid="proposal"),
    "backoffice:proposal-unfilled": row("planning.view", uuid="proposal"),
    "backoffice:proposal-compare": row("planning.view", uuid="proposal"),
    "backoffice:proposal-take-over": row("planning.edit", uuid="proposal"),
    "backoffice:proposal-undo": row("planning.edit", uuid="proposal"),
    "backoffice:proposal-lock": row("planning.edit", uuid="proposal"),
    "backoffice:proposal-stop": row("planning.edit", uuid="proposal"),
    "backoffice:proposal-discard": row("planning.edit", uuid="proposal"),
    # Backoffice, reservation
    "backoffice:reservation-list": row("planning.view"),
    "backoffice:reservation-selection": row("planning.edit"),
    "backoffice:reservation-confirm": row("planning.edit"),
    "backoffice:reservation-waiting": row("planning.view"),
    "backoffice:reservation-offers": row("planning.view"),
    "backoffice:reservation-line": row("planning.view", uuid="shift"),
    "backoffice:reservation-next": row("planning.edit", uuid="shift"),
    "backoffice:reservation-offer": row("planning.edit", uuid="shift", empty=True),
    "backoffice:reservation-refuse": row("planning.edit", uuid="reservation"),
    "backoffice:reservation-withdraw": row("planning.edit", uuid="offer"),
    # Backoffice, surveys
    "backoffice:survey-list": row("survey.view"),
    "backoffice:survey-create": row("survey.edit"),
    "backoffice:survey-detail": row("survey.view", uuid="survey"),
    "backoffice:survey-edit": row("survey.edit", uuid="survey"),
    "backoffice:survey-preview": row("survey.view", uuid="survey"),
    "backoffice:survey-publish": row("survey.edit", uuid="survey"),
    "backoffice:survey-withdraw": row("survey.edit", uuid="survey"),
    "backoffice:survey-delete": row("survey.edit", uuid="survey"),
    "backoffice:survey-copy": row("survey.edit", uuid="survey"),
    "backoffice:survey-remind": row("survey.edit", uuid="survey"),
    "backoffice:question-create": row("survey.edit", uuid="survey", empty=True),
    "backoffice:question-edit": row("survey.edit", uuid="question"),
    "backoffice:question-move": row("survey.edit", uuid="question"),
    "backoffice:question-copy": row("survey.edit", uuid="question"),
    "backoffice:question-remove": row("survey.edit", uuid="question"),
    "backoffice:survey-result": row("survey.view", uuid="survey"),
    "backoffice:survey-result-texts": row("survey.view", uuid="question"),
    "backoffice:survey-result-export": row("survey.view", uuid="survey"),
    # Backoffice, news
    "backoffice:news-item-list": row("news.edit"),
    "backoffice:news-item-create": row("news.edit"),
    "backoffice:news-item-preview": row("news.edit"),
    "backoffice:news-item-detail": row("news.edit", uuid="news_item"),
    "backoffice:news-item-edit": row("news.edit", uuid="news_item"),
    "backoffice:news-item-publish": row("news.edit", uuid="news_item"),
    "backoffice:news-item-withdraw": row("news.edit", uuid="news_item"),
    "backoffice:news-item-delete": row("news.edit", uuid="news_item"),
    "backoffice:news-item-readers": row("news.edit", uuid="news_item"),
    # Backoffice, document
    "backoffice:document-list": row("document.edit"),
    "backoffice:document-create": row("document.edit"),
    "backoffice:document-detail": row("document.edit", uuid="document"),
    "backoffice:document-download": row("document.edit", uuid="document"),
    "backoffice:document-edit": row("document.edit", uuid="document"),
    "backoffice:document-publish": row("document.edit", uuid="document"),
    "backoffice:document-withdraw": row("document.edit", uuid="document"),
    "backoffice:document-delete": row("document.edit", uuid="document"),
    "backoffice:document-readers": row("document.edit", uuid="document"),
    # Backoffice, letter
    "backoffice:letter-list": row("letter.view"),
    "backoffice:letter-make": row("letter.edit"),
    "backoffice:letter-publish": row("letter.publish"),
    "backoffice:letter-changes": row("letter.view"),
    "backoffice:letter-download": row("letter.view", uuid="letter", empty=True),
    "backoffice:letter-make-again": row("letter.edit", uuid="letter"),
    "backoffice:letter-withdraw": row("letter.publish", uuid="letter"),
    # Backoffice, letter edition
    "backoffice:letter-edition-list": row("letter.view"),
    "backoffice:letter-edition-edit": row("letter.edit"),
    "backoffice:letter-edition-people": row("letter.edit"),
    "backoffice:letter-edition-preview": row("letter.edit"),
    "backoffice:letter-edition-pages": row("letter.edit"),
    "backoffice:letter-edition-detail": row("letter.view", uuid="letter_edition"),
    "backoffice:letter-edition-restore": row("letter.edit", uuid="letter_edition"),
    # Backoffice, letters as one file
    "backoffice:letter-bundle": row("letter.edit"),
    # Backoffice, papers for polling stations
    "backoffice:station-paper": row("planning.edit"),
    "backoffice:station-paper-dossier": row("planning.view", uuid="polling_station"),
    "backoffice:station-paper-badges": row("planning.view", uuid="polling_station"),
    "backoffice:station-paper-presence-list": row("planning.view", uuid="polling_station"),
    # Backoffice, messages
    "backoffice:conversation-list": row("inbox.view"),
    "backoffice:conversation-list-live": row("inbox.view"),
    "backoffice:conversation-unread": row("inbox.view"),
    "backoffice:conversation-detail": row("inbox.view", uuid="conversation"),
    "backoffice:conversation-live": row("inbox.view", uuid="conversation"),
    "backoffice:conversation-answer": row("inbox.edit", uuid="conversation"),
    "backoffice:conversation-note": row("inbox.edit", uuid="conversation"),
    "backoffice:conversation-take": row("inbox.edit", uuid="conversation"),
    "backoffice:conversation-assign": row("inbox.edit", uuid="conversation"),
    "backoffice:conversation-close": row("inbox.edit", uuid="conversation"),
    "backoffice:conversation-reopen": row("inbox.edit", uuid="conversation"),
    "backoffice:conversation-choose": row("inbox.edit"),
    "backoffice:conversation-create": row("inbox.edit", uuid="member"),
    "backoffice:attachment-download": row("inbox.view", uuid="attachment"),
    "backoffice:group-message-list": row("inbox.view"),
    "backoffice:group-message-create": row("inbox.edit"),
    "backoffice:group-message-detail": row("inbox.view", uuid="group_message"),
    "backoffice:group-message-edit": row("inbox.edit", uuid="group_message"),
    "backoffice:group-message-send": row("inbox.edit", uuid="group_message"),
    "backoffice:group-message-discard": row("inbox.edit", uuid="group_message"),
    "backoffice:canned-answer-list": row("inbox.edit"),
    "backoffice:canned-answer-create": row("inbox.edit"),
    "backoffice:canned-answer-edit": row("inbox.edit", uuid="canned_answer"),
    "backoffice:canned-answer-delete": row("inbox.edit", uuid="canned_answer"),
    # Backoffice, job
    "backoffice:job-list": row("job.view"),
    "backoffice:job-detail": row("job.view", uuid="job"),
    "backoffice:job-progress": row("job.view", uuid="job"),
    "backoffice:job-download": row("job.view", uuid="job", empty=True),
    "backoffice:job-cancel": row("job.edit", uuid="job"),
    "backoffice:job-resume": row("job.edit", uuid="job"),
}
