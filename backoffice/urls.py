"""Table of contents of the backoffice: one block per noun."""

from django.urls import URLPattern, path

from backoffice.views import (
    event,
    home,
    mail,
    polling_day,
    position,
    staff,
)

app_name = "backoffice"

urlpatterns: list[URLPattern] = [
    # Dashboard
    path("", home.home, name="home"),
    # Election event
    path("event/", event.event_list, name="event-list"),
    path("event/create/", event.event_create, name="event-create"),
    path("event/<uuid:uuid>/", event.event_detail, name="event-detail"),
    path("event/<uuid:uuid>/edit/", event.event_edit, name="event-edit"),
    path("event/<uuid:uuid>/choose/", event.event_choose, name="event-choose"),
    path("event/<uuid:uuid>/archive/", event.event_archive, name="event-archive"),
    path("event/<uuid:uuid>/restore/", event.event_restore, name="event-restore"),
    # Polling day
    path("polling-day/create/<uuid:uuid>/", polling_day.polling_day_create, name="polling-day-create"),
    path("polling-day/<uuid:uuid>/edit/", polling_day.polling_day_edit, name="polling-day-edit"),
    path("polling-day/<uuid:uuid>/delete/", polling_day.polling_day_delete, name="polling-day-delete"),
    # Position
    path("position/<uuid:uuid>/edit/", position.position_edit, name="position-edit"),
    # Mail
    path("mail/", mail.mail_list, name="mail-list"),
    path("mail/<uuid:uuid>/retry/", mail.mail_retry, name="mail-retry"),
    # Staff
    path("staff/", staff.staff_list, name="staff-list"),
    path("staff/invite/", staff.staff_invite, name="staff-invite"),
    path("staff/<uuid:uuid>/edit/", staff.staff_edit, name="staff-edit"),
    path("staff/<uuid:uuid>/disable/", staff.staff_disable, name="staff-disable"),
    path("staff/<uuid:uuid>/enable/", staff.staff_enable, name="staff-enable"),
    path("staff/<uuid:uuid>/resend/", staff.staff_resend, name="staff-resend"),
    path("staff/<uuid:uuid>/withdraw/", staff.staff_withdraw, name="staff-withdraw"),
]
