"""The inbox: every mail that this site has written, for the operator alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from showpiece.mail import selectors, services
from showpiece.mail.models import MailState
from showpiece.paging import keyset_page

PAGE_SIZE = 25
SEARCH_LENGTH = 254
# A mail may style itself and nothing else: no script, nothing from anywhere, no form; its links open beside the site.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}

View = Callable[..., HttpResponse]


def for_operator(view: View) -> View:
    """Strangers are asked to sign in; for anybody else than the operator the page is forbidden."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not selectors.may_read_mail(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@require_safe
@never_cache
@for_operator
def mail_list(request: HttpRequest) -> HttpResponse:
    """The mails, newest first; `q` is part of an address."""
    search = request.GET.get("q", "").strip().replace("\x00", "")[:SEARCH_LENGTH]

    def url(parameters: dict[str, str]) -> str:
        query = request.GET.copy()
        query.pop("after", None)
        query.pop("before", None)
        query.update(parameters)
        return f"{request.path}?{query.urlencode()}"

    page = keyset_page(
        selectors.mails(search),
        field="created",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=url,
    )
    context = {
        "page": page,
        "search": search,
        "sends": bool(settings.MAIL_BACKEND),
        "days": settings.MAIL_RETENTION_DAYS,
    }
    return render(request, "mail/list.html", context)


@csp_update({"frame-src": [SELF]})
@require_safe
@never_cache
@for_operator
def mail_page(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail as its reader sees it, or its text (`view=text`)."""
    mail = selectors.mail(mail_id)
    state = MailState.of(mail)
    context = {
        "mail": mail,
        "as_text": request.GET.get("view") == "text" or not mail.html_message,
        "may_send": bool(settings.MAIL_BACKEND)
        and state in (MailState.FAILED, MailState.KEPT)
        and selectors.may_send_mail(request.user),
    }
    return render(request, "mail/mail.html", context)


@csp(MAIL_POLICY)
@require_safe
@never_cache
@for_operator
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML of a mail, for the frame on its page."""
    mail = selectors.mail(mail_id)
    if not mail.html_message:
        raise Http404("This mail has no HTML.")
    opens_beside = '<base target="_blank">'
    before, head, after = mail.html_message.partition("<head>")
    html = f"{before}{head}{opens_beside}{after}" if head else f"{opens_beside}{before}"
    return HttpResponse(html, headers={"Referrer-Policy": "no-referrer"})


@require_POST
@for_operator
def mail_send(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Send a mail that failed once more."""
    if not selectors.may_send_mail(request.user):
        raise PermissionDenied
    selectors.mail(mail_id)
    if services.mail_send_again(mail_id=mail_id):
        messages.success(request, _("The mail waits to be sent again."))
    else:
        messages.warning(request, _("This mail is already on its way."))
    return redirect("mail", mail_id)
