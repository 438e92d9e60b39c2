"""Table of contents of the backoffice: one block per noun."""

from django.urls import URLPattern, path

from backoffice.views import (
    accessibility,
    activation_letter,
    application,
    application_transfer,
    assignment,
    attachment,
    audience,
    audit,
    board,
    brp,
    candidate,
    canned_answer,
    catering,
    companion,
    confidentiality,
    conversation,
    declaration,
    document,
    event,
    group_message,
    home,
    house_style,
    job,
    letter,
    letter_bundle,
    letter_edition,
    look,
    mail,
    member,
    member_double,
    member_export,
    member_import,
    member_selection,
    news_item,
    own_field,
    personal_data_change,
    placement,
    polling_day,
    polling_station,
    polling_station_import,
    portal_step,
    position,
    privacy,
    privacy_request,
    proposal,
    publication,
    question,
    reminder,
    reservation,
    retention,
    saved_filter,
    shift,
    sign_up,
    staff,
    station_paper,
    survey,
    survey_result,
    training,
    training_import,
    training_result,
)

app_name = "backoffice"

urlpatterns: list[URLPattern] = [
    # Dashboard
    path("", home.home, name="home"),
    path("home/live/", home.home_live, name="home-live"),
    path("home/wall/", home.home_wall, name="home-wall"),
    path("home/wall/live/", home.home_wall_live, name="home-wall-live"),
    # Election event
    path("event/", event.event_list, name="event-list"),
    path("event/create/", event.event_create, name="event-create"),
    path("event/<uuid:uuid>/", event.event_detail, name="event-detail"),
    path("event/<uuid:uuid>/edit/", event.event_edit, name="event-edit"),
    path("event/<uuid:uuid>/copy/", event.event_copy, name="event-copy"),
    path("event/<uuid:uuid>/rules/", event.event_rules, name="event-rules"),
    path("event/<uuid:uuid>/choose/", event.event_choose, name="event-choose"),
    path("event/<uuid:uuid>/archive/", event.event_archive, name="event-archive"),
    path("event/<uuid:uuid>/restore/", event.event_restore, name="event-restore"),
    # News item
    path("news-item/", news_item.news_item_list, name="news-item-list"),
    path("news-item/create/", news_item.news_item_create, name="news-item-create"),
    path("news-item/preview/", news_item.news_item_preview, name="news-item-preview"),
    path("news-item/<uuid:uuid>/", news_item.news_item_detail, name="news-item-detail"),
    path("news-item/<uuid:uuid>/edit/", news_item.news_item_edit, name="news-item-edit"),
    path("news-item/<uuid:uuid>/publish/", news_item.news_item_publish, name="news-item-publish"),
    path("news-item/<uuid:uuid>/withdraw/", news_item.news_item_withdraw, name="news-item-withdraw"),
    path("news-item/<uuid:uuid>/delete/", news_item.news_item_delete, name="news-item-delete"),
    path("news-item/<uuid:uuid>/readers/", news_item.news_item_readers, name="news-item-readers"),
    # Document
    path("document/", document.document_list, name="document-list"),
    path("document/create/", document.document_create, name="document-create"),
    path("document/<uuid:uuid>/", document.document_detail, name="document-detail"),
    path("document/<uuid:uuid>/download/", document.document_download, name="document-download"),
    path("document/<uuid:uuid>/edit/", document.document_edit, name="document-edit"),
    path("document/<uuid:uuid>/publish/", document.document_publish, name="document-publish"),
    path("document/<uuid:uuid>/withdraw/", document.document_withdraw, name="document-withdraw"),
    path("document/<uuid:uuid>/delete/", document.document_delete, name="document-delete"),
    path("document/<uuid:uuid>/readers/", document.document_readers, name="document-readers"),
    # Polling day
    path("polling-day/create/<uuid:uuid>/", polling_day.polling_day_create, name="polling-day-create"),
    path("polling-day/<uuid:uuid>/edit/", polling_day.polling_day_edit, name="polling-day-edit"),
    path("polling-day/<uuid:uuid>/offer/", polling_day.polling_day_offer, name="polling-day-offer"),
    path("polling-day/<uuid:uuid>/delete/", polling_day.polling_day_delete, name="polling-day-delete"),
    # Position
    path("position/<uuid:uuid>/edit/", position.position_edit, name="position-edit"),
    # Polling station
    path("polling-station/", polling_station.polling_station_list, name="polling-station-list"),
    path("polling-station/map/", polling_station.polling_station_map, name="polling-station-map"),
    path("polling-station/create/", polling_station.polling_station_create, name="polling-station-create"),
    path(
        "polling-station/<uuid:uuid>/", polling_station.polling_station_detail, name="polling-station-detail"
    ),
    path(
        "polling-station/<uuid:uuid>/edit/", polling_station.polling_station_edit, name="polling-station-edit"
    ),
    path(
        "polling-station/<uuid:uuid>/delete/",
        polling_station.polling_station_delete,
        name="polling-station-delete",
    ),
    # Polling station import
    path(
        "polling-station-import/",
        polling_station_import.polling_station_import,
        name="polling-station-import",
    ),
    path(
        "polling-station-import/<uuid:uuid>/",
        polling_station_import.polling_station_import_check,
        name="polling-station-import-check",
    ),
    path(
        "polling-station-import/<uuid:uuid>/confirm/",
        polling_station_import.polling_station_import_confirm,
        name="polling-station-import-confirm",
    ),
    path(
        "polling-station-import/<uuid:uuid>/cancel/",
        polling_station_import.polling_station_import_cancel,
        name="polling-station-import-cancel",
    ),
    # Member
    path("member/", member.member_list, name="member-list"),
    path("member/create/", member.member_create, name="member-create"),
    path("member/answers/", member.member_answers, name="member-answers"),
    path("member/answers/live/", member.member_answers_live, name="member-answers-live"),
    path("member/<uuid:uuid>/", member.member_detail, name="member-detail"),
    path("member/<uuid:uuid>/edit/", member.member_edit, name="member-edit"),
    path("member/<uuid:uuid>/invite/", member.member_invite, name="member-invite"),
    path("member/<uuid:uuid>/reset/", member.member_reset, name="member-reset"),
    path("member/<uuid:uuid>/deactivate/", member.member_deactivate, name="member-deactivate"),
    path("member/<uuid:uuid>/activate/", member.member_activate, name="member-activate"),
    # Doubles in the member file
    path("member-double/", member_double.member_double_list, name="member-double-list"),
    path("member-double/<uuid:uuid>/", member_double.member_double_choose, name="member-double-choose"),
    path(
        "member-double/<uuid:uuid>/<uuid:other>/merge/",
        member_double.member_double_merge,
        name="member-double-merge",
    ),
    # Confidentiality of a member's contact data
    path(
        "confidentiality/<uuid:uuid>/mark/",
        confidentiality.confidentiality_mark,
        name="confidentiality-mark",
    ),
    path("confidentiality/<uuid:uuid>/end/", confidentiality.confidentiality_end, name="confidentiality-end"),
    # Member selection
    path("member-selection/", member_selection.member_selection, name="member-selection"),
    path(
        "member-selection/invite/", member_selection.member_selection_invite, name="member-selection-invite"
    ),
    path("member-selection/label/", member_selection.member_selection_label, name="member-selection-label"),
    path(
        "member-selection/audience/",
        member_selection.member_selection_audience,
        name="member-selection-audience",
    ),
    path(
        "member-selection/message/",
        member_selection.member_selection_message,
        name="member-selection-message",
    ),
    path(
        "member-selection/deactivate/",
        member_selection.member_selection_deactivate,
        name="member-selection-deactivate",
    ),
    path(
        "member-selection/address-label/",
        member_selection.member_selection_address_label,
        name="member-selection-address-label",
    ),
    # Member export
    path("member-export/", member_export.member_export, name="member-export"),
    # Saved filter
    path("saved-filter/", saved_filter.saved_filter_list, name="saved-filter-list"),
    path("saved-filter/create/", saved_filter.saved_filter_create, name="saved-filter-create"),
    path("saved-filter/<uuid:uuid>/edit/", saved_filter.saved_filter_edit, name="saved-filter-edit"),
    path("saved-filter/<uuid:uuid>/delete/", saved_filter.saved_filter_delete, name="saved-filter-delete"),
    # Catering
    path("catering/", catering.catering, name="catering"),
    path("catering/<uuid:uuid>/export/", catering.catering_export, name="catering-export"),
    # Sign-up
    path("sign-up/", sign_up.sign_up, name="sign-up"),
    # Application
    path("application/", application.application_list, name="application-list"),
    path("application/export/", application.application_export, name="application-export"),
    path("application/<uuid:uuid>/", application.application_detail, name="application-detail"),
    path("application/<uuid:uuid>/accept/", application.application_accept, name="application-accept"),
    path("application/<uuid:uuid>/refuse/", application.application_refuse, name="application-refuse"),
    path("application/<uuid:uuid>/keep/", application.application_keep, name="application-keep"),
    # Application transfer
    path(
        "application-transfer/receive/",
        application_transfer.application_transfer_receive,
        name="application-transfer-receive",
    ),
    path(
        "application-transfer/<uuid:uuid>/",
        application_transfer.application_transfer,
        name="application-transfer",
    ),
    path(
        "application-transfer/<uuid:uuid>/package/",
        application_transfer.application_transfer_package,
        name="application-transfer-package",
    ),
    # BRP
    path("brp/", brp.brp_list, name="brp-list"),
    path("brp/check/", brp.brp_check, name="brp-check"),
    path("brp/settings/", brp.brp_settings, name="brp-settings"),
    path("brp/member/<uuid:uuid>/", brp.brp_check_member, name="brp-check-member"),
    path("brp/<uuid:uuid>/accept/", brp.brp_accept, name="brp-accept"),
    path("brp/<uuid:uuid>/set-aside/", brp.brp_set_aside, name="brp-set-aside"),
    # Candidate
    path("candidate/", candidate.candidate_list, name="candidate-list"),
    path("candidate/upload/", candidate.candidate_upload, name="candidate-upload"),
    path("candidate/remove/", candidate.candidate_remove, name="candidate-remove"),
    path("candidate/<uuid:uuid>/decide/", candidate.candidate_decide, name="candidate-decide"),
    # Companion
    path("companion/", companion.companion_list, name="companion-list"),
    path("companion/<uuid:uuid>/link/", companion.companion_link, name="companion-link"),
    # Audience
    path("audience/", audience.audience_list, name="audience-list"),
    path("audience/create/", audience.audience_create, name="audience-create"),
    path("audience/count/", audience.audience_count, name="audience-count"),
    path("audience/<uuid:uuid>/", audience.audience_detail, name="audience-detail"),
    path("audience/<uuid:uuid>/edit/", audience.audience_edit, name="audience-edit"),
    path("audience/<uuid:uuid>/delete/", audience.audience_delete, name="audience-delete"),
    # Activation letter
    path(
        "activation-letter/selection/",
        activation_letter.activation_letter_selection,
        name="activation-letter-selection",
    ),
    path(
        "activation-letter/<uuid:uuid>/",
        activation_letter.activation_letter_make,
        name="activation-letter-make",
    ),
    # Member import
    path("member-import/", member_import.member_import, name="member-import"),
    path("member-import/template/", member_import.member_import_template, name="member-import-template"),
    path(
        "member-import/<uuid:uuid>/columns/",
        member_import.member_import_columns,
        name="member-import-columns",
    ),
    path(
        "member-import/<uuid:uuid>/preview/",
        member_import.member_import_preview,
        name="member-import-preview",
    ),
    path(
        "member-import/<uuid:uuid>/faults/", member_import.member_import_faults, name="member-import-faults"
    ),
    path(
        "member-import/<uuid:uuid>/cancel/", member_import.member_import_cancel, name="member-import-cancel"
    ),
    path("member-import/<uuid:uuid>/undo/", member_import.member_import_undo, name="member-import-undo"),
    # Shift
    path("shift/", shift.shift_list, name="shift-list"),
    path("shift/template/", shift.shift_template, name="shift-template"),
    path("shift/make/", shift.shift_make, name="shift-make"),
    path("shift/<uuid:uuid>/edit/", shift.shift_edit, name="shift-edit"),
    path("shift/<uuid:uuid>/release/", shift.shift_release, name="shift-release"),
    path("shift/<uuid:uuid>/delete/", shift.shift_delete, name="shift-delete"),
    # Portal step
    path("portal-step/", portal_step.portal_step_list, name="portal-step-list"),
    path("portal-step/create/", portal_step.portal_step_create, name="portal-step-create"),
    path("portal-step/preview/", portal_step.portal_step_preview, name="portal-step-preview"),
    path("portal-step/<uuid:uuid>/edit/", portal_step.portal_step_edit, name="portal-step-edit"),
    path("portal-step/<uuid:uuid>/delete/", portal_step.portal_step_delete, name="portal-step-delete"),
    path("portal-step/<uuid:uuid>/move/", portal_step.portal_step_move, name="portal-step-move"),
    # Messages
    path("conversation/", conversation.conversation_list, name="conversation-list"),
    path("conversation/live/", conversation.conversation_list_live, name="conversation-list-live"),
    path("conversation/unread/", conversation.conversation_unread, name="conversation-unread"),
    path("conversation/choose/", conversation.conversation_choose, name="conversation-choose"),
    path("conversation/create/<uuid:uuid>/", conversation.conversation_create, name="conversation-create"),
    path("conversation/<uuid:uuid>/", conversation.conversation_detail, name="conversation-detail"),
    path("conversation/<uuid:uuid>/live/", conversation.conversation_live, name="conversation-live"),
    path("conversation/<uuid:uuid>/answer/", conversation.conversation_answer, name="conversation-answer"),
    path("conversation/<uuid:uuid>/note/", conversation.conversation_note, name="conversation-note"),
    path("conversation/<uuid:uuid>/take/", conversation.conversation_take, name="conversation-take"),
    path("conversation/<uuid:uuid>/assign/", conversation.conversation_assign, name="conversation-assign"),
    path("conversation/<uuid:uuid>/close/", conversation.conversation_close, name="conversation-close"),
    path("conversation/<uuid:uuid>/reopen/", conversation.conversation_reopen, name="conversation-reopen"),
    path("attachment/<uuid:uuid>/", attachment.attachment_download, name="attachment-download"),
    # Survey
    path("survey/", survey.survey_list, name="survey-list"),
    path("survey/create/", survey.survey_create, name="survey-create"),
    path("survey/<uuid:uuid>/", survey.survey_detail, name="survey-detail"),
    path("survey/<uuid:uuid>/edit/", survey.survey_edit, name="survey-edit"),
    path("survey/<uuid:uuid>/preview/", survey.survey_preview, name="survey-preview"),
    path("survey/<uuid:uuid>/publish/", survey.survey_publish, name="survey-publish"),
    path("survey/<uuid:uuid>/withdraw/", survey.survey_withdraw, name="survey-withdraw"),
    path("survey/<uuid:uuid>/delete/", survey.survey_delete, name="survey-delete"),
    path("survey/<uuid:uuid>/copy/", survey.survey_copy, name="survey-copy"),
    path("survey/<uuid:uuid>/remind/", survey.survey_remind, name="survey-remind"),
    # Question of a survey
    path("question/create/<uuid:uuid>/", question.question_create, name="question-create"),
    path("question/<uuid:uuid>/edit/", question.question_edit, name="question-edit"),
    path("question/<uuid:uuid>/move/", question.question_move, name="question-move"),
    path("question/<uuid:uuid>/copy/", question.question_copy, name="question-copy"),
    path("question/<uuid:uuid>/remove/", question.question_remove, name="question-remove"),
    # Result of a survey
    path("survey-result/<uuid:uuid>/", survey_result.survey_result, name="survey-result"),
    path("survey-result/<uuid:uuid>/texts/", survey_result.survey_result_texts, name="survey-result-texts"),
    path(
        "survey-result/<uuid:uuid>/export/", survey_result.survey_result_export, name="survey-result-export"
    ),
    # Message to a group
    path("group-message/", group_message.group_message_list, name="group-message-list"),
    path("group-message/create/", group_message.group_message_create, name="group-message-create"),
    path("group-message/<uuid:uuid>/", group_message.group_message_detail, name="group-message-detail"),
    path("group-message/<uuid:uuid>/edit/", group_message.group_message_edit, name="group-message-edit"),
    path("group-message/<uuid:uuid>/send/", group_message.group_message_send, name="group-message-send"),
    path(
        "group-message/<uuid:uuid>/discard/",
        group_message.group_message_discard,
        name="group-message-discard",
    ),
    # Canned answer
    path("canned-answer/", canned_answer.canned_answer_list, name="canned-answer-list"),
    path("canned-answer/create/", canned_answer.canned_answer_create, name="canned-answer-create"),
    path("canned-answer/<uuid:uuid>/edit/", canned_answer.canned_answer_edit, name="canned-answer-edit"),
    path(
        "canned-answer/<uuid:uuid>/delete/", canned_answer.canned_answer_delete, name="canned-answer-delete"
    ),
    # Training
    path("training/", training.training_list, name="training-list"),
    path("training/create/", training.training_create, name="training-create"),
    path("training/missing/", training.training_missing, name="training-missing"),
    path("training/<uuid:uuid>/", training.training_detail, name="training-detail"),
    path("training/<uuid:uuid>/edit/", training.training_edit, name="training-edit"),
    path("training/<uuid:uuid>/remove/", training.training_remove, name="training-remove"),
    path("training/<uuid:uuid>/key/", training.training_key, name="training-key"),
    # Result of a training
    path(
        "training-result/<uuid:uuid>/note/", training_result.training_result_note, name="training-result-note"
    ),
    path(
        "training-result/<uuid:uuid>/remove/",
        training_result.training_result_remove,
        name="training-result-remove",
    ),
    path("training-import/<uuid:uuid>/", training_import.training_import, name="training-import"),
    path(
        "training-import/<uuid:uuid>/check/",
        training_import.training_import_check,
        name="training-import-check",
    ),
    path(
        "training-import/<uuid:uuid>/confirm/",
        training_import.training_import_confirm,
        name="training-import-confirm",
    ),
    path(
        "training-import/<uuid:uuid>/cancel/",
        training_import.training_import_cancel,
        name="training-import-cancel",
    ),
    # Own field
    path("own-field/", own_field.own_field_list, name="own-field-list"),
    path("own-field/create/", own_field.own_field_create, name="own-field-create"),
    path("own-field/<uuid:uuid>/edit/", own_field.own_field_edit, name="own-field-edit"),
    path("own-field/<uuid:uuid>/move/", own_field.own_field_move, name="own-field-move"),
    path("own-field/<uuid:uuid>/delete/", own_field.own_field_delete, name="own-field-delete"),
    path("own-field/<uuid:uuid>/answers/", own_field.own_field_answers, name="own-field-answers"),
    # Declaration
    path("declaration/", declaration.declaration_list, name="declaration-list"),
    path("declaration/create/", declaration.declaration_create, name="declaration-create"),
    path("declaration/<uuid:uuid>/edit/", declaration.declaration_edit, name="declaration-edit"),
    path("declaration/<uuid:uuid>/move/", declaration.declaration_move, name="declaration-move"),
    path("declaration/<uuid:uuid>/delete/", declaration.declaration_delete, name="declaration-delete"),
    path("declaration/<uuid:uuid>/retire/", declaration.declaration_retire, name="declaration-retire"),
    # Personal data change
    path(
        "personal-data-change/",
        personal_data_change.personal_data_change_list,
        name="personal-data-change-list",
    ),
    path(
        "personal-data-change/subjects/",
        personal_data_change.personal_data_change_subjects,
        name="personal-data-change-subjects",
    ),
    path(
        "personal-data-change/<uuid:uuid>/",
        personal_data_change.personal_data_change_detail,
        name="personal-data-change-detail",
    ),
    path(
        "personal-data-change/<uuid:uuid>/approve/",
        personal_data_change.personal_data_change_approve,
        name="personal-data-change-approve",
    ),
    path(
        "personal-data-change/<uuid:uuid>/refuse/",
        personal_data_change.personal_data_change_refuse,
        name="personal-data-change-refuse",
    ),
    # Reminder
    path("reminder/<uuid:uuid>/", reminder.reminder_list, name="reminder-list"),
    path("reminder/<uuid:uuid>/send/", reminder.reminder_send, name="reminder-send"),
    path("reminder/<uuid:uuid>/remove/", reminder.reminder_remove, name="reminder-remove"),
    # Mail
    path("mail/", mail.mail_list, name="mail-list"),
    path("mail/retry-many/", mail.mail_retry_many, name="mail-retry-many"),
    path("mail/sender/", mail.mail_sender, name="mail-sender"),
    path("mail/<uuid:uuid>/", mail.mail_detail, name="mail-detail"),
    path("mail/<uuid:uuid>/retry/", mail.mail_retry, name="mail-retry"),
    # Audit
    path("audit/", audit.audit_list, name="audit-list"),
    path("audit/export/", audit.audit_export, name="audit-export"),
    path("audit/<uuid:uuid>/", audit.audit_detail, name="audit-detail"),
    # Staff
    path("staff/", staff.staff_list, name="staff-list"),
    path("staff/invite/", staff.staff_invite, name="staff-invite"),
    path("staff/review/", staff.staff_review, name="staff-review"),
    path("staff/rights/", staff.staff_rights, name="staff-rights"),
    path("staff/<uuid:uuid>/edit/", staff.staff_edit, name="staff-edit"),
    path("staff/<uuid:uuid>/disable/", staff.staff_disable, name="staff-disable"),
    path("staff/<uuid:uuid>/enable/", staff.staff_enable, name="staff-enable"),
    path("staff/<uuid:uuid>/resend/", staff.staff_resend, name="staff-resend"),
    path("staff/<uuid:uuid>/withdraw/", staff.staff_withdraw, name="staff-withdraw"),
    path("staff/<uuid:uuid>/reset/", staff.staff_reset, name="staff-reset"),
    # Look as a member
    path("look/<uuid:uuid>/", look.look_begin, name="look-begin"),
    # Privacy of one member
    path("privacy/<uuid:uuid>/export/", privacy.privacy_export, name="privacy-export"),
    path("privacy/<uuid:uuid>/erase/", privacy.privacy_erase, name="privacy-erase"),
    # Privacy request
    path("privacy-request/", privacy_request.privacy_request_list, name="privacy-request-list"),
    path(
        "privacy-request/<uuid:uuid>/", privacy_request.privacy_request_detail, name="privacy-request-detail"
    ),
    # House style
    path("house-style/", house_style.house_style, name="house-style"),
    path("house-style/colours/", house_style.house_style_colours, name="house-style-colours"),
    path("house-style/sample.css", house_style.house_style_sample, name="house-style-sample"),
    path("house-style/logo/", house_style.house_style_logo, name="house-style-logo"),
    path("house-style/background/", house_style.house_style_background, name="house-style-background"),
    path("house-style/tokens/", house_style.house_style_tokens, name="house-style-tokens"),
    path("house-style/contact/", house_style.house_style_contact, name="house-style-contact"),
    path("house-style/reset/", house_style.house_style_reset, name="house-style-reset"),
    # Accessibility statement
    path("accessibility/", accessibility.accessibility, name="accessibility"),
    # Retention
    path("retention/", retention.retention_list, name="retention-list"),
    path("retention/edit/", retention.retention_edit, name="retention-edit"),
    # Planning board
    path("board/", board.board, name="board"),
    path("board/block/", board.board_block, name="board-block"),
    path("board/changes/", board.board_changes, name="board-changes"),
    path("board/print/", board.board_print, name="board-print"),
    path("board/objections/<uuid:uuid>/", board.board_objections, name="board-objections"),
    # Assignment
    path("assignment/", assignment.assignment_list, name="assignment-list"),
    path("assignment/undo/", assignment.assignment_undo, name="assignment-undo"),
    path("assignment/station/<uuid:uuid>/", assignment.assignment_station, name="assignment-station"),
    path("assignment/shift/<uuid:uuid>/", assignment.assignment_candidates, name="assignment-candidates"),
    path("assignment/<uuid:uuid>/", assignment.assignment_detail, name="assignment-detail"),
    path("assignment/<uuid:uuid>/remove/", assignment.assignment_remove, name="assignment-remove"),
    path("assignment/<uuid:uuid>/move/", assignment.assignment_move, name="assignment-move"),
    path("assignment/<uuid:uuid>/swap/", assignment.assignment_swap, name="assignment-swap"),
    path("assignment/<uuid:uuid>/lock/", assignment.assignment_lock, name="assignment-lock"),
    # Publication
    path("publication/", publication.publication, name="publication"),
    # Placement
    path("placement/", placement.placement_list, name="placement-list"),
    path("placement/dropped/", placement.placement_dropped, name="placement-dropped"),
    path("placement/remind/", placement.placement_remind, name="placement-remind"),
    path("placement/<uuid:uuid>/answer/", placement.placement_answer, name="placement-answer"),
    path("placement/<uuid:uuid>/offer/", placement.placement_offer, name="placement-offer"),
    # Proposal
    path("proposal/", proposal.proposal_list, name="proposal-list"),
    path("proposal/create/", proposal.proposal_create, name="proposal-create"),
    path("proposal/estimate/", proposal.proposal_estimate, name="proposal-estimate"),
    path("proposal/<uuid:uuid>/", proposal.proposal_detail, name="proposal-detail"),
    path("proposal/<uuid:uuid>/progress/", proposal.proposal_progress, name="proposal-progress"),
    path("proposal/<uuid:uuid>/placements/", proposal.proposal_placements, name="proposal-placements"),
    path("proposal/<uuid:uuid>/unfilled/", proposal.proposal_unfilled, name="proposal-unfilled"),
    path("proposal/<uuid:uuid>/compare/", proposal.proposal_compare, name="proposal-compare"),
    path("proposal/<uuid:uuid>/take-over/", proposal.proposal_take_over, name="proposal-take-over"),
    path("proposal/<uuid:uuid>/undo/", proposal.proposal_undo, name="proposal-undo"),
    path("proposal/<uuid:uuid>/lock/", proposal.proposal_lock, name="proposal-lock"),
    path("proposal/<uuid:uuid>/stop/", proposal.proposal_stop, name="proposal-stop"),
    path("proposal/<uuid:uuid>/discard/", proposal.proposal_discard, name="proposal-discard"),
    # Reservation: places that members picked, lines and offers
    path("reservation/", reservation.reservation_list, name="reservation-list"),
    path("reservation/selection/", reservation.reservation_selection, name="reservation-selection"),
    path("reservation/confirm/", reservation.reservation_confirm, name="reservation-confirm"),
    path("reservation/waiting/", reservation.reservation_waiting, name="reservation-waiting"),
    path("reservation/offers/", reservation.reservation_offers, name="reservation-offers"),
    path("reservation/shift/<uuid:uuid>/", reservation.reservation_line, name="reservation-line"),
    path("reservation/shift/<uuid:uuid>/next/", reservation.reservation_next, name="reservation-next"),
    path("reservation/shift/<uuid:uuid>/offer/", reservation.reservation_offer, name="reservation-offer"),
    path("reservation/<uuid:uuid>/refuse/", reservation.reservation_refuse, name="reservation-refuse"),
    path("reservation/<uuid:uuid>/withdraw/", reservation.reservation_withdraw, name="reservation-withdraw"),
    # Letter
    path("letter/", letter.letter_list, name="letter-list"),
    path("letter/make/", letter.letter_make, name="letter-make"),
    path("letter/publish/", letter.letter_publish, name="letter-publish"),
    path("letter/changes/", letter.letter_changes, name="letter-changes"),
    path("letter/<uuid:uuid>/", letter.letter_download, name="letter-download"),
    path("letter/<uuid:uuid>/make-again/", letter.letter_make_again, name="letter-make-again"),
    path("letter/<uuid:uuid>/withdraw/", letter.letter_withdraw, name="letter-withdraw"),
    # Letters as one file, for the printer or to keep
    path("letter-bundle/", letter_bundle.letter_bundle, name="letter-bundle"),
    # Papers for polling stations: dossiers, name badges, presence lists
    path("station-paper/", station_paper.station_paper, name="station-paper"),
    path(
        "station-paper/<uuid:uuid>/dossier/",
        station_paper.station_paper_dossier,
        name="station-paper-dossier",
    ),
    path(
        "station-paper/<uuid:uuid>/badges/",
        station_paper.station_paper_badges,
        name="station-paper-badges",
    ),
    path(
        "station-paper/<uuid:uuid>/presence-list/",
        station_paper.station_paper_presence_list,
        name="station-paper-presence-list",
    ),
    path(
        "station-paper/<uuid:uuid>/contact-sheet/",
        station_paper.station_paper_contact_sheet,
        name="station-paper-contact-sheet",
    ),
    # Letter edition
    path("letter-edition/", letter_edition.letter_edition_list, name="letter-edition-list"),
    path("letter-edition/edit/", letter_edition.letter_edition_edit, name="letter-edition-edit"),
    path("letter-edition/people/", letter_edition.letter_edition_people, name="letter-edition-people"),
    path("letter-edition/preview/", letter_edition.letter_edition_preview, name="letter-edition-preview"),
    path("letter-edition/pages/", letter_edition.letter_edition_pages, name="letter-edition-pages"),
    path("letter-edition/<uuid:uuid>/", letter_edition.letter_edition_detail, name="letter-edition-detail"),
    path(
        "letter-edition/<uuid:uuid>/restore/",
        letter_edition.letter_edition_restore,
        name="letter-edition-restore",
    ),
    # Job
    path("job/", job.job_list, name="job-list"),
    path("job/<uuid:uuid>/", job.job_detail, name="job-detail"),
    path("job/<uuid:uuid>/progress/", job.job_progress, name="job-progress"),
    path("job/<uuid:uuid>/download/", job.job_download, name="job-download"),
    path("job/<uuid:uuid>/cancel/", job.job_cancel, name="job-cancel"),
    path("job/<uuid:uuid>/resume/", job.job_resume, name="job-resume"),
]
