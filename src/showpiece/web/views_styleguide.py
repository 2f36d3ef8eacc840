"""Every component in every state, for those who build pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide.html", {})
