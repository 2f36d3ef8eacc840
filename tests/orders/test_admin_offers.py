"""Promo codes and tax in the pages for staff."""

from typing import Any

import pytest
from django.test import Client

from showpiece.orders import services
from showpiece.orders.models import PromoCode, TaxRate
from tests.catalog.studio import said
from tests.factories import CreatorFactory
from tests.orders.shop import priced
from tests.orders.staff import fresh, page, staff_with
from tests.orders.staff import root as signed_in_root

pytestmark = pytest.mark.django_db


@pytest.fixture(name="root")
def _root() -> Client:
    return signed_in_root()


@pytest.fixture(autouse=True)
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


class TestOffers:
    def form(self, root: Client, address: str, **changes: Any) -> dict[str, Any]:
        form = root.get(address).context["adminform"].form
        body = {name: form[name].value() for name in form.fields}
        for name in ("starts_at", "ends_at"):
            body.pop(name, None)
        return {name: value for name, value in (body | changes).items() if value is not None}

    def test_a_code_is_made_and_changed(self, root: Client) -> None:
        creator, project = CreatorFactory(), priced(1000)
        body = self.form(
            root, page("promocode_add"), code="FIVE", kind="amount", amount="5,50", currency="EUR", max_uses="3"
        )
        body |= {"projects": [str(project.pk)], "creators": [str(creator.pk)], "is_active": "on"}
        answer = root.post(page("promocode_add"), body)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        promo = PromoCode.objects.get()
        assert (promo.amount_minor, promo.max_uses, promo.is_active) == (550, 3, True)
        assert (promo.projects.get(), promo.creators.get()) == (project, creator)
        change = page("promocode_change", promo.pk)
        body = self.form(root, change, kind="percent", percent="25")
        assert root.post(change, body | {"is_active": "on"}).status_code == 302
        promo.refresh_from_db()
        assert (promo.percent, promo.amount_minor, promo.currency) == (25, None, "")
        root.post(
            page("promocode_changelist"), {"action": "switch_off", "_selected_action": [str(promo.pk)]}, follow=True
        )
        assert not fresh(promo).is_active
        assert "0 / 3" in said(root.get(page("promocode_changelist")))

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"code": ""}, "code"),
            ({"code": "with blank"}, "code"),
            ({"code": "taken"}, "code"),
            ({"kind": "percent", "percent": "100"}, "percent"),
            ({"kind": "percent", "percent": "0"}, "percent"),
            ({"kind": "percent"}, "percent"),
            ({"kind": "amount", "amount": "-1"}, "amount"),
            ({"kind": "amount", "amount": "0"}, "amount"),
            ({"kind": "amount", "amount": "1.005"}, "amount"),
            ({"kind": "amount", "amount": "5", "currency": ""}, "currency"),
            ({"kind": "amount", "amount": "5", "currency": "XXX"}, "currency"),
            (
                {"starts_at_0": "2030-01-02", "starts_at_1": "10:00", "ends_at_0": "2030-01-01", "ends_at_1": "10:00"},
                "ends_at",
            ),
            ({"max_uses": "0"}, "max_uses"),
            ({"max_uses": "99999999999999999999"}, "max_uses"),
            ({"projects": ["none"]}, "projects"),
        ],
    )
    def test_what_makes_no_sense_is_told_at_the_field(self, root: Client, changes: Any, field: str) -> None:
        services.promo_create(code="TAKEN", kind="free")
        body = self.form(root, page("promocode_add"), code="NEW", kind="free")
        answer = root.post(page("promocode_add"), body | changes)
        assert answer.status_code == 200
        assert field in answer.context["adminform"].form.errors
        assert PromoCode.objects.count() == 1

    def test_tax_by_country(self, root: Client) -> None:
        address = page("taxrate_add")
        body = {"country": "DE", "name": "USt", "percent": "19", "included": "on"}
        assert "Germany" in said(root.get(address))
        assert root.post(address, body).status_code == 302
        assert TaxRate.objects.get().percent == 19
        for changes in ({"country": "DE"}, {"country": "de"}, {"country": "FR", "percent": "101"}, {"percent": "NaN"}):
            assert root.post(address, body | changes).status_code == 200
        assert TaxRate.objects.count() == 1

    @pytest.mark.parametrize("model", ["promocode", "bundle", "taxrate"])
    def test_looking_needs_view(self, model: str) -> None:
        address = page(f"{model}_changelist")
        assert staff_with(f"view_{model}").get(address).status_code == 200
        assert staff_with("view_order").get(address).status_code == 403
        assert staff_with(f"view_{model}").get(page(f"{model}_add")).status_code == 403
