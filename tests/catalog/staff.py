"""What tests of the pages for staff have in common."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory


def staff_with(*codenames: str) -> Client:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog", codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:catalog_{name}", args=args)


def act(client: Client, model: str, action: str, *rows: Any) -> Any:
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(page(f"{model}_changelist"), body, follow=True)


def form_of(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send from that page, with changes."""
    form = client.get(address).context["adminform"].form
    body = {name: form[name].value() for name in form.fields} | changes
    return {name: "" if value is None else value for name, value in body.items()}


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)
