"""Table of contents of the portal: one block per noun."""

from django.urls import URLPattern, path

from portal.views import (
    accessibility,
    account,
    activation,
    application,
    attachment,
    authenticator,
    availability,
    calendar,
    confirm,
    conversation,
    csp_report,
    document,
    email_confirmation,
    help,
    home,
    invitation,
    language,
    letter,
    login,
    logout,
    look,
    news_item,
    part,
    password,
    personal_data,
    placement,
    privacy,
    reservation,
    session,
    sign_up,
    survey,
    training,
    username,
    work_account,
)

app_name = "portal"

urlpatterns: list[URLPattern] = [
    # Sign-up, and the application that comes of it
    path("sign-up/", sign_up.sign_up, name="sign-up"),
    path("sign-up/sent/", sign_up.sign_up_sent, name="sign-up-sent"),
    path("application/<str:token>/", application.application, name="application"),
    path("application/<str:token>/confirm/", application.application_confirm, name="application-confirm"),
    path("application/<str:token>/agree/", application.application_agree, name="application-agree"),
    path("application/<str:token>/decline/", application.application_decline, name="application-decline"),
    path("application/<str:token>/withdraw/", application.application_withdraw, name="application-withdraw"),
    # Log-in and log-out
    path("login/", login.login, name="login"),
    path("login/code/", login.login_code, name="login-code"),
    path("login/code/resend/", login.login_code_resend, name="login-code-resend"),
    path("login/recovery/", login.login_recovery, name="login-recovery"),
    path("logout/", logout.logout, name="logout"),
    # Invitation
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    # Activation by letter
    path("activation/", activation.activation, name="activation"),
    path("activation/password/", activation.activation_password, name="activation-password"),
    path("activation/second-step/", activation.activation_second_step, name="activation-second-step"),
    path("activation/email/", activation.activation_email, name="activation-email"),
    path("activation/email/code/", activation.activation_email_code, name="activation-email-code"),
    path("activation/app/", activation.activation_app, name="activation-app"),
    path("activation/app/begin/", activation.activation_app_begin, name="activation-app-begin"),
    # Password
    path("password/forgotten/", password.password_forgotten, name="password-forgotten"),
    path("password/forgotten/sent/", password.password_forgotten_sent, name="password-forgotten-sent"),
    path("password/reset/<str:token>/", password.password_reset, name="password-reset"),
    path("password/choose/", password.password_choose, name="password-choose"),
    # User name
    path("username/forgotten/", username.username_forgotten, name="username-forgotten"),
    path("username/forgotten/sent/", username.username_forgotten_sent, name="username-forgotten-sent"),
    # Work account
    path("work-account/", work_account.work_account, name="work-account"),
    path("work-account/start/", work_account.work_account_start, name="work-account-start"),
    path("work-account/callback/", work_account.work_account_callback, name="work-account-callback"),
    path("work-account/problem/", work_account.work_account_problem, name="work-account-problem"),
    path("work-account/unlink/", work_account.work_account_unlink, name="work-account-unlink"),
    path("password/change/", password.password_change, name="password-change"),
    # Own account
    path("account/", account.account, name="account"),
    path("account/session/<uuid:uuid>/end/", account.account_session_end, name="account-session-end"),
    path("account/end-others/", account.account_end_others, name="account-end-others"),
    path("account/mail-rhythm/", account.account_mail_rhythm, name="account-mail-rhythm"),
    # E-mail address, confirmed by a code
    path("email-confirmation/", email_confirmation.email_confirmation, name="email-confirmation"),
    path(
        "email-confirmation/resend/",
        email_confirmation.email_confirmation_resend,
        name="email-confirmation-resend",
    ),
    path(
        "email-confirmation/cancel/",
        email_confirmation.email_confirmation_cancel,
        name="email-confirmation-cancel",
    ),
    # Session
    path("session/state/", session.session_state, name="session-state"),
    path("session/extend/", session.session_extend, name="session-extend"),
    # Language
    path("language/", language.language, name="language"),
    # Authenticator app
    path("authenticator/", authenticator.authenticator, name="authenticator"),
    path("authenticator/begin/", authenticator.authenticator_begin, name="authenticator-begin"),
    path("authenticator/setup/", authenticator.authenticator_setup, name="authenticator-setup"),
    path("authenticator/renew/", authenticator.authenticator_renew, name="authenticator-renew"),
    path("authenticator/disable/", authenticator.authenticator_disable, name="authenticator-disable"),
    # Proving once more who sits here, before a dangerous act
    path("confirm/", confirm.confirm, name="confirm"),
    # Home
    path("", home.home, name="home"),
    # Personal data
    path("personal-data/", personal_data.personal_data, name="personal-data"),
    path("personal-data/confirm/", personal_data.personal_data_confirm, name="personal-data-confirm"),
    path("personal-data/name/", personal_data.personal_data_name, name="personal-data-name"),
    path(
        "personal-data/birth-date/", personal_data.personal_data_birth_date, name="personal-data-birth-date"
    ),
    path("personal-data/address/", personal_data.personal_data_address, name="personal-data-address"),
    path("personal-data/phone/", personal_data.personal_data_phone, name="personal-data-phone"),
    path("personal-data/email/", personal_data.personal_data_email, name="personal-data-email"),
    path(
        "personal-data/person-number/",
        personal_data.personal_data_person_number,
        name="personal-data-person-number",
    ),
    path("personal-data/iban/", personal_data.personal_data_iban, name="personal-data-iban"),
    path(
        "personal-data/own-field/<uuid:uuid>/",
        personal_data.personal_data_own_field,
        name="personal-data-own-field",
    ),
    path(
        "personal-data/declaration/<uuid:uuid>/",
        personal_data.personal_data_declaration,
        name="personal-data-declaration",
    ),
    path(
        "personal-data/change/<uuid:uuid>/withdraw/",
        personal_data.personal_data_change_withdraw,
        name="personal-data-change-withdraw",
    ),
    # Availability
    path("availability/", availability.availability, name="availability"),
    path("availability/day/<uuid:uuid>/", availability.availability_day, name="availability-day"),
    path("availability/day-part/", availability.availability_day_part, name="availability-day-part"),
    path("availability/position/", availability.availability_position, name="availability-position"),
    path("availability/venue/", availability.availability_venue, name="availability-venue"),
    path("availability/companion/", availability.availability_companion, name="availability-companion"),
    path("availability/remark/", availability.availability_remark, name="availability-remark"),
    path("availability/unavailable/", availability.availability_unavailable, name="availability-unavailable"),
    path("availability/withdraw/", availability.availability_withdraw, name="availability-withdraw"),
    path("availability/submit/", availability.availability_submit, name="availability-submit"),
    path("availability/done/", availability.availability_done, name="availability-done"),
    # Reservation: picking one's own place
    path("reservation/", reservation.reservation, name="reservation"),
    path("reservation/search/", reservation.reservation_search, name="reservation-search"),
    path("reservation/places/", reservation.reservation_places, name="reservation-places"),
    path("reservation/shift/<uuid:uuid>/", reservation.reservation_shift, name="reservation-shift"),
    path("reservation/shift/<uuid:uuid>/wait/", reservation.reservation_wait, name="reservation-wait"),
    path("reservation/line/<uuid:uuid>/leave/", reservation.reservation_leave, name="reservation-leave"),
    path("reservation/<uuid:uuid>/offer/", reservation.reservation_offer, name="reservation-offer"),
    path(
        "reservation/<uuid:uuid>/give-back/", reservation.reservation_give_back, name="reservation-give-back"
    ),
    # Placement
    path("placement/", placement.placement, name="placement"),
    path("placement/see/", placement.placement_see, name="placement-see"),
    path("placement/<uuid:uuid>/accept/", placement.placement_accept, name="placement-accept"),
    path("placement/<uuid:uuid>/decline/", placement.placement_decline, name="placement-decline"),
    path("placement/<uuid:uuid>/calendar/", placement.placement_calendar, name="placement-calendar"),
    # Training
    path("training/", training.training, name="training"),
    path("training/<uuid:uuid>/begin/", training.training_begin, name="training-begin"),
    path("training/<uuid:uuid>/go/", training.training_go, name="training-go"),
    # Agenda: the places in the member's own calendar
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/make/", calendar.calendar_make, name="calendar-make"),
    path("calendar/renew/", calendar.calendar_renew, name="calendar-renew"),
    path("calendar/revoke/", calendar.calendar_revoke, name="calendar-revoke"),
    path("calendar/download/", calendar.calendar_download, name="calendar-download"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar-feed"),
    # News item
    path("news-item/", news_item.news_item_list, name="news-item-list"),
    path("news-item/<uuid:uuid>/", news_item.news_item_detail, name="news-item-detail"),
    # Document
    path("document/", document.document_list, name="document-list"),
    path("document/<uuid:uuid>/download/", document.document_download, name="document-download"),
    # Parts of the team's own
    path("part/<uuid:uuid>/", part.part_detail, name="part-detail"),
    # Letters
    path("letter/", letter.letter_list, name="letter-list"),
    path("letter/<uuid:uuid>/", letter.letter_download, name="letter-download"),
    # Survey
    path("survey/", survey.survey_list, name="survey-list"),
    path("survey/<uuid:uuid>/", survey.survey_detail, name="survey-detail"),
    path("survey/<uuid:uuid>/question/<uuid:question>/", survey.survey_question, name="survey-question"),
    path("survey/<uuid:uuid>/check/", survey.survey_check, name="survey-check"),
    path("survey/<uuid:uuid>/send/", survey.survey_send, name="survey-send"),
    path("survey/<uuid:uuid>/done/", survey.survey_done, name="survey-done"),
    # Messages
    path("conversation/", conversation.conversation_list, name="conversation-list"),
    path("conversation/live/", conversation.conversation_list_live, name="conversation-list-live"),
    path("conversation/unread/", conversation.conversation_unread, name="conversation-unread"),
    path("conversation/create/", conversation.conversation_create, name="conversation-create"),
    path("conversation/<uuid:uuid>/", conversation.conversation_detail, name="conversation-detail"),
    path("conversation/<uuid:uuid>/live/", conversation.conversation_live, name="conversation-live"),
    path("attachment/<uuid:uuid>/", attachment.attachment_download, name="attachment-download"),
    # Reports of browsers about the Content-Security-Policy
    path("csp-report/", csp_report.csp_report, name="csp-report"),
    # Help
    path("help/", help.help_page, name="help"),
    # Accessibility statement
    path("accessibility/", accessibility.accessibility, name="accessibility"),
    # Privacy
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/download/", privacy.privacy_download, name="privacy-download"),
    path("privacy/erase/", privacy.privacy_erase, name="privacy-erase"),
    path("privacy/correct/", privacy.privacy_correct, name="privacy-correct"),
    # Look as a member
    path("look/stop/", look.look_stop, name="look-stop"),
]
