"""Giving: to whom, how much, what to say, and how to pay."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.donations import choosing, services
from showpiece.donations.access import door_of
from showpiece.donations.amounts import amounts_offered, currency_of, split
from showpiece.donations.forms import MONTH, OTHER, DonateForm, ids_in
from showpiece.donations.models import Donation, Pledge
from showpiece.donations.services import MAX_PROJECTS
from showpiece.donations.takers import takers_among
from showpiece.donations.views_pledges import send_to_agree
from showpiece.payments import limits
from showpiece.payments.providers import offered, repeating
from showpiece.payments.services import KeyReused
from showpiece.payments.till import leads_to, send_to_pay

TOO_MANY = 429
# Buttons that change what the page shows, and give nothing.
LOOKS = ("add", "drop", "find", "update")


@dataclass
class Choice:
    """To whom somebody wants to give: the ids that they sent, and those of them that can be given to."""

    ids: list[uuid.UUID]
    typed: str = ""
    # Whose projects are offered as long as none is chosen.
    creator: str = ""
    projects: list[Project] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.projects = takers_among(self.ids[:MAX_PROJECTS])

    @cached_property
    def currency(self) -> str:
        return currency_of([project.currency for project in self.projects])

    @property
    def is_short(self) -> bool:
        """Whether something of what they wanted cannot be given to."""
        return len(self.projects) < len(self.ids)


def member_of(request: HttpRequest) -> User | None:
    """Who gives, if they have signed in."""
    return request.user if request.user.is_authenticated else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def donate(request: HttpRequest) -> HttpResponse:
    """Everything on one page. `?project=` names whom to give to; buttons of the form add and drop some, look for others
    by name, and show the split."""
    choice = _choice(request)
    if request.method != "POST":
        amount, initial = request.GET.get("amount", "")[:30], {"interval": request.GET.get("interval", "")[:10]}
        if amount:
            initial |= {"preset": OTHER, "amount": amount}
        form = DonateForm(member=member_of(request), initial=initial)
        return _page(request, choice, form)
    form = DonateForm(request.POST, member=member_of(request))
    if any(name in request.POST for name in LOOKS) or _looks_by_enter(request, choice):
        return _page(request, choice, form.unchecked())
    return _give(request, choice, form)


def _choice(request: HttpRequest) -> Choice:
    data = request.POST if request.method == "POST" else request.GET
    ids = ids_in(data.getlist("project"), MAX_PROJECTS)
    if added := ids_in(data.getlist("add")[:1], 1):
        ids = list(dict.fromkeys([*ids, *added]))
    dropped = ids_in(data.getlist("drop")[:1], 1)
    chosen = [pk for pk in ids if pk not in dropped]
    # Who has found what they looked for is done with the search.
    typed = "" if added else data.get("q", "").strip()
    return Choice(chosen, typed, request.GET.get("creator", "").replace("\0", ""))


def _looks_by_enter(request: HttpRequest, choice: Choice) -> bool:
    """Enter in a field presses the same unnamed button wherever it is: in that of the search it has to search."""
    return "give" not in request.POST and choice.typed != request.POST.get("searched", "").strip()


def _give(request: HttpRequest, choice: Choice, form: DonateForm) -> HttpResponse:
    if not form.is_valid():
        if "key" in form.errors or "currency" in form.errors:
            form.add_error(None, _("This page was out of date. Please look at it once more."))
        return _page(request, choice, form, status=422)
    said, member = form.cleaned_data, member_of(request)
    email = said.get("email") or (member.email if member else "")
    is_monthly = said["interval"] == MONTH
    known = (Pledge if is_monthly else Donation).objects.filter(key=said["key"]).exists()
    if not known and (refusal := _refusal(request, email, said["provider"])):
        form.add_error(None, refusal)
        return _page(request, choice, form, status=TOO_MANY)
    wanted: dict[str, Any] = {
        **{name: said[name] for name in ("key", "amount_minor", "currency", "provider")},
        **{name: said[name] for name in ("name", "is_anonymous", "message")},
        "projects": choice.ids,
        "user": member,
        "email": email,
        "language": get_language() or "",
    }
    try:
        if is_monthly:
            return send_to_agree(request, *services.pledge_place(**wanted))
        donation, payment = services.donation_place(**wanted)
    except KeyReused:
        form.add_error(None, _("This page was used for another donation. Please look at it once more."))
        return _page(request, choice, form, status=409, new_key=True)
    except ValidationError as error:
        for name, errors in getattr(error, "error_dict", {None: error}).items():
            form.add_error(name if name in form.fields else None, errors)
        return _page(request, choice, form, status=422)
    return send_to_pay(request, door_of(donation), payment)


def _refusal(request: HttpRequest, email: str, provider: str) -> str:
    """What is told to whoever has given, ordered or failed to pay too often lately, "" to all others."""
    if not limits.may_pay(request):
        return _("Too many payments have failed. Nothing was taken; please try again in an hour.")
    if not limits.may_begin(request, email=email, provider=provider):
        return _("That was a lot of donations in a short time. Please try again later.")
    return ""


def _page(
    request: HttpRequest, choice: Choice, form: DonateForm, *, status: int = 200, new_key: bool = False
) -> HttpResponse:
    amounts = amounts_offered(choice.currency)
    sent = form["currency"].value()
    if sent and sent != choice.currency and not form.errors:  # the amounts of before were in another one
        form = DonateForm(initial={**form.unchecked().initial, "preset": "", "amount": ""}, member=form.member)
    preset = str(form["preset"].value() or "")
    if preset not in [OTHER, *map(str, amounts)]:
        preset = OTHER if form["amount"].value() or not amounts else str(amounts[min(1, len(amounts) - 1)])
    amount = _shown_amount(form, preset, choice.currency)
    asked = amount or amounts[0] if amounts else 1
    monthly = repeating(asked, choice.currency)
    is_monthly = bool(monthly) and form["interval"].value() == MONTH
    ways = monthly if is_monthly else offered(asked, choice.currency)
    names = [way.name for way in ways]
    wanted = str(form["provider"].value() or "")
    context = {
        "form": form,
        "choice": choice,
        "parts": _parts(choice.projects, amount),
        "amount_minor": amount,
        "currency": choice.currency,
        "amounts": amounts,
        "preset": preset,
        "other": OTHER,
        "offers": choosing.offered_beside(choice.projects, choice.ids, choice.typed, choice.creator),
        "is_full": len(choice.projects) >= MAX_PROJECTS,
        "can_repeat": bool(monthly),
        "interval": MONTH if is_monthly else "",
        "ways": ways,
        "chosen": wanted if wanted in names else (names[0] if names else ""),
        "key": uuid.uuid4() if new_key else (_key(form) or uuid.uuid4()),
        "member": form.member,
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': _address(choice)})}",
        "takes_fee": settings.DONATION_FEE_PERCENT > 0,
    }
    return leads_to(ways, render(request, "donations/donate.html", context, status=status))


def _shown_amount(form: DonateForm, preset: str, currency: str) -> int | None:
    if preset != OTHER:
        return int(preset)
    amount = DonateForm(
        initial={"preset": OTHER, "amount": form["amount"].value(), "currency": currency}, member=form.member
    ).typed_amount()
    return amount if amount and amount > 0 else None


def _parts(projects: Sequence[Project], amount: int | None) -> list[tuple[Project, int | None]]:
    """What each would get; nothing is said of that as long as there is no amount."""
    if not projects:
        return []
    parts: Sequence[Any] = split(amount, len(projects)) if amount else [None] * len(projects)
    return list(zip(projects, parts, strict=True))


def _key(form: DonateForm) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(form["key"].value()))
    except ValueError:
        return None


def _address(choice: Choice) -> str:
    """Of this page with what was chosen."""
    return f"{reverse('donate')}?{urlencode([('project', project.pk) for project in choice.projects])}"
