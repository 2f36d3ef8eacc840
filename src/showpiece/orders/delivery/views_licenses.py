"""What buyers do with their license keys."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from showpiece.orders.access import door_for, follows_order
from showpiece.orders.delivery.activations import activation_end
from showpiece.orders.models import Activation
from showpiece.payments.till import SeeOther


@never_cache
@require_POST
@follows_order
def machine_remove(request: HttpRequest, number: str, machine: uuid.UUID, secret: str = "") -> HttpResponse:
    """Take a key off a machine, which the buyer may have lost or sold. Twice is no fault."""
    door = door_for(request, number, secret, to_buy=True)
    held = get_object_or_404(Activation, pk=machine, license__entitlement__line__order=door.order)
    activation_end(activation=held)
    text = _("The license key is no longer in use on %(name)s.")
    messages.success(request, text % {"name": held.instance_name})
    return SeeOther(reverse("library") if request.POST.get("from") == "library" else f"{door.url}#downloads")
