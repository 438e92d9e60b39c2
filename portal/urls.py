"""Table of contents of the portal: one block per noun."""

from django.urls import URLPattern

app_name = "portal"

urlpatterns: list[URLPattern] = []
