"""What the platform answers at its own host name (PLATFORM_HOST). There are no pages: no user, session or municipality
exists there.
"""

from django.urls import path

from config.mail_webhook import mail_webhook

urlpatterns = [
    path("mail-webhook/<slug:provider>/", mail_webhook, name="mail-webhook"),
]
handler404 = "tenants.views.unknown_address"
