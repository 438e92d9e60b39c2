"""Table of contents of the backoffice: one block per noun."""

from django.urls import URLPattern

app_name = "backoffice"

urlpatterns: list[URLPattern] = []
