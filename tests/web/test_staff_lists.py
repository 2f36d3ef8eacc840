"""The lists for staff: they look as unfold draws them, and nobody sees the rooms of somebody else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.html import parse_html
from django.urls import reverse
from unfold.templatetags import unfold_list

from showpiece.web.templatetags import staff_lists
from tests.donations.desk import LIST, awaiting, staff_with
from tests.donations.desk import root as signed_in_root
from tests.donations.giving import given
from tests.factories import ProjectFactory, UserFactory
from tests.orders.staff import staff_with as seller_with

pytestmark = pytest.mark.django_db

ORDERS = "admin:orders_order_changelist"


@pytest.fixture(name="root")
def _root() -> Client:
    return signed_in_root()


@pytest.fixture(autouse=True)
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


@pytest.mark.parametrize("query", [{}, {"_popup": "1"}, {"o": "1"}])
@pytest.mark.parametrize("table", ["donations_donation", "catalog_project", "accounts_user", "payments_payment"])
def test_cells_are_those_of_unfold(root: Client, table: str, query: dict[str, str]) -> None:
    given(ProjectFactory(name="<i>One & two</i>"), user=UserFactory())
    awaiting(ProjectFactory(), name="<b>Guest</b>")
    answer = root.get(reverse(f"admin:{table}_changelist"), query, follow=True)
    assert answer.status_code == 200
    cl = answer.context["cl"]
    heads = list(unfold_list.result_headers(cl))
    columns, empty = staff_lists._columns(cl, heads), cl.model_admin.get_empty_value_display()
    assert cl.result_list
    for row in cl.result_list:
        ours = staff_lists._cells(cl, row, columns, empty)
        theirs = "".join(unfold_list.items_for_result(cl, row, None))
        assert parse_html(ours) == parse_html(theirs)


def test_rooms_are_those_that_somebody_may_see(root: Client) -> None:
    orders, donations = reverse(ORDERS), reverse("admin:donations_donation_changelist")
    looker, seller = staff_with("view_donation"), seller_with("view_order")
    for _time in range(2):
        assert {orders, donations} <= links(root.get(LIST))
        assert orders not in links(looker.get(LIST))
        assert donations not in links(seller.get(orders))


def test_the_room_of_the_page_is_marked(root: Client) -> None:
    for _time in range(2):
        for name, address in (("donation", LIST), ("order", reverse(ORDERS))):
            html = root.get(address).content.decode()
            assert html.count(" current-model") == 1
            assert f"model-{name} current-model" in html


@pytest.mark.parametrize(
    ("table", "index"), [("donations_donation", "donation_by_date"), ("orders_order", "order_by_date")]
)
def test_days_are_looked_up_by_the_index_of_dates(root: Client, table: str, index: str) -> None:
    """By the keys, an empty month is looked for in the whole table, and a full one is sorted first."""
    days = {"placed_at__gte": "2026-01-01 00:00:00+00:00", "placed_at__lt": "2026-02-01 00:00:00+00:00"}
    address = reverse(f"admin:{table}_changelist")
    assert root.get(address).context["cl"].queryset.query.order_by[0] == "-pk"
    rows = root.get(address, days).context["cl"].queryset
    assert rows.query.order_by[:2] == ("-placed_at", "-pk")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a table of few rows is read whole else
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in rows[:15].explain()


def test_a_date_without_an_index_orders_nothing(root: Client) -> None:
    days = {"created_at__gte": "2026-01-01 00:00:00+00:00", "created_at__lt": "2026-02-01 00:00:00+00:00"}
    rows = root.get(reverse("admin:donations_pledge_changelist"), days).context["cl"].queryset
    assert rows.query.order_by[0] == "-pk"


def links(answer: Any) -> set[str]:
    html = answer.content.decode()
    navigation = html[html.index('id="nav-sidebar"') :]
    return {part.partition('"')[0] for part in navigation.split('href="')[1:]}
