"""License keys of a project: who gets one, on how many machines it holds, and those that are out."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.catalog import rules as shown
from showpiece.catalog.models import Project
from showpiece.form_errors import add_errors
from showpiece.orders.delivery import activations, license_selectors, licenses
from showpiece.orders.models import LicenseKey
from showpiece.orders.rules import may
from showpiece.orders.studio.access import FORM_METHODS, PAGE_SIZE
from showpiece.orders.studio.forms import LicenseForm
from showpiece.paging import Order as Sorting
from showpiece.paging import keyset_page, page_url


def _project(request: HttpRequest, pk: uuid.UUID) -> Project:
    """For its owners. 403 for who may see it and is none, 404 for who may not even see it."""
    project = Project.objects.select_related("creator", "category").filter(pk=pk).first()
    if project is None or not shown.may("catalog.see_project", request.user, project):
        raise Http404(pk)
    if not may("orders.manage_licenses", request.user, project):
        raise PermissionDenied
    return project


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def project_licenses(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The settings, and the keys that are out."""
    project = _project(request, pk)
    policy = license_selectors.policy_of(project)
    form = LicenseForm(request.POST if request.method == "POST" else None, policy=policy)
    if request.method == "POST" and form.is_valid():
        try:
            licenses.license_policy_set(project=project, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, {})
        else:
            messages.success(request, _("Saved."))
            return redirect("studio_licenses", pk)
    revoked, search = request.GET.get("show") == "revoked", request.GET.get("q", "")[:100].strip()
    page = keyset_page(
        license_selectors.issued(project, revoked=revoked, search=search),
        field=Sorting("revoked" if revoked else "newest", ()),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=page_url(request),
    )
    context = {
        "project": project,
        "policy": policy,
        "form": form,
        "page": page,
        "revoked": revoked,
        "search": search,
        "narrowed": revoked or bool(search),
        "example": _example(project),
    }
    return render(request, "orders/studio/licenses.html", context, status=422 if form.errors else 200)


def _example(project: Project) -> str:
    """How software asks, to be pasted into a shell."""
    asked = f"-d license_key=KEY -d project={project.pk}"
    return (
        f"curl {asked} \\\n  -d instance_name=laptop {settings.SITE_URL}/v1/licenses/activate\n"
        f"curl {asked} \\\n  -d instance_id=ID {settings.SITE_URL}/v1/licenses/validate"
    )


@login_required
@never_cache
@require_POST
def license_reset(request: HttpRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    """Take a key off all its machines, as its buyer asks who has none of them any more."""
    project = _project(request, pk)
    found = get_object_or_404(LicenseKey, pk=key, entitlement__project=project)
    count = activations.license_reset(key=found)
    text = ngettext(
        "The key is free again: it was in use on %(count)s machine.",
        "The key is free again: it was in use on %(count)s machines.",
        count,
    )
    messages.success(request, text % {"count": count} if count else _("The key was in use on no machine."))
    return redirect("studio_licenses", pk)
