"""The public schema has no pages: no user, session or municipality exists there."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
handler404 = "tenants.views.unknown_address"
