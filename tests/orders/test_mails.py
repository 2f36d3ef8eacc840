"""What mails about orders say, to whom, and how often."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from showpiece.orders import services
from showpiece.orders.models import PromoCode, TaxRate
from showpiece.payments.providers.base import RefundReport, Report, State
from showpiece.payments.services import payment_fail, payment_refund, payment_settle
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, started

pytestmark = pytest.mark.django_db


def to(box: Sequence[Any], address: str) -> list[Any]:
    return [mail for mail in box if mail.to == [address]]


def test_confirmation_tells_lines_code_tax_and_total_and_where_to_see_it(mailoutbox: list[Any]) -> None:
    PromoCode.objects.create(code="SPRING", kind="percent", percent=10)
    TaxRate.objects.create(country="DE", name="MwSt", percent="19", included=True)
    order, _payment = paid_order(priced(1000, name="Plates"), priced(3000, name="Faces"), country="DE")
    (mail,) = to(mailoutbox, order.email)
    for said in ("Plates", "€10.00", "Faces", "€30.00", "€40.00", "MwSt 19% in it: €6.39", "4242", order.guest_url):
        assert said in mail.body, said
        assert said.partition(": ")[0] in mail.alternatives[0][0], said
    order, payment = placed(filled(priced(1000), code="spring"), email="other@example.org")
    payment_settle(payment_id=payment.pk, report=paid_report(payment))
    (mail,) = to(mailoutbox, "other@example.org")
    assert "Promo code spring: \N{MINUS SIGN}€1.00" in mail.body
    assert "€9.00" in mail.body


def test_confirmation_is_in_the_language_of_the_order(mailoutbox: list[Any]) -> None:
    order, _payment = paid_order(priced(123_456), language="ru")
    (mail,) = to(mailoutbox, order.email)
    assert "1\xa0234,56\xa0€" in mail.body


def test_nobody_gets_mail_for_an_order_that_was_only_begun(mailoutbox: list[Any]) -> None:
    _order, payment = placed(filled(priced()))
    started(payment)
    payment_fail(payment_id=payment.pk, note="Declined.")
    assert mailoutbox == []


def test_money_on_its_way_is_confirmed_at_once_and_told_again_when_it_is_there(
    settings: Any, mailoutbox: list[Any]
) -> None:
    settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["transfer"], "IBAN DE00 1234"
    order, payment = placed(filled(priced(1000)), provider="transfer")
    for _again in range(2):
        started(payment)
        payment_settle(payment_id=payment.pk, report=Report(State.WAITING))
    (mail,) = mailoutbox
    assert "IBAN DE00 1234" in mail.body
    assert order.number in mail.body
    for _again in range(2):
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
    first, second = to(mailoutbox, order.email)
    assert first is mail
    assert "arrived" in second.subject
    assert len(mailoutbox) == 3  # and the creator's


def test_money_that_was_on_its_way_and_does_not_come_is_told_once(mailoutbox: list[Any]) -> None:
    order, payment = placed(filled(priced(1000, name="Plates")))
    started(payment)
    payment_settle(payment_id=payment.pk, report=Report(State.WAITING))
    for state in (State.FAILED, State.FAILED, State.WAITING, State.FAILED):  # a bank that does not know what it wants
        payment_settle(payment_id=payment.pk, report=Report(state, note="Insufficient funds."))
    first, second = to(mailoutbox, order.email)
    assert "confirmation" in first.subject
    assert order.number in second.subject
    for part in ("failed", "€10.00", "Nothing was taken", "pay again", "Plates"):
        assert part in second.subject + second.body, part
    assert order.guest_url in second.body
    assert "Your payment has failed" in second.alternatives[0][0]
    order.refresh_from_db()
    assert order.status == "open"


def test_nobody_hears_that_money_does_not_come_which_is_not_needed_any_more(mailoutbox: list[Any]) -> None:
    order, payment = placed(filled(priced(1000)))
    started(payment)
    payment_settle(payment_id=payment.pk, report=Report(State.WAITING))
    services.order_cancel(order_id=order.pk)
    payment_settle(payment_id=payment.pk, report=Report(State.FAILED))
    assert len(mailoutbox) == 1


def test_each_creator_hears_of_what_is_theirs_alone(mailoutbox: list[Any], settings: Any) -> None:
    settings.PLATFORM_FEE_PERCENT = 10
    mine, other = priced(1000, name="Mine"), priced(500, name="Of another")
    also_mine = priced(200, name="Also mine", creator=mine.creator)
    order, _payment = paid_order(mine, other, also_mine, user=UserFactory())
    (mail,) = to(mailoutbox, mine.creator.user.email)
    assert "Mine" in mail.body
    assert "Also mine" in mail.body
    assert "€10.80" in mail.body
    assert "Of another" not in mail.body
    assert order.email not in mail.body
    assert order.number not in mail.body


def test_a_refund_is_told_once_with_what_it_is_for(mailoutbox: list[Any]) -> None:
    order, payment = paid_order(priced(1000, name="Plates"), priced(500, name="Faces"))
    line = order.lines.get(name="Faces")
    refund = payment_refund(payment_id=payment.pk, amount_minor=300, key=uuid.uuid4(), parts={str(line.pk): 300})
    mailoutbox.clear()
    said = RefundReport("re_1", 300, State.CONFIRMED, key=refund.pk)
    for _again in range(2):
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(said,)))
    (mail,) = mailoutbox
    assert "Faces: €3.00" in mail.body
    assert "Plates" not in mail.body


def test_a_refund_says_what_can_no_longer_be_downloaded(mailoutbox: list[Any]) -> None:
    order, payment = paid_order(priced(1000, name="Plates"), priced(500, name="Faces"))
    plates, faces = order.lines.get(name="Plates"), order.lines.get(name="Faces")
    reports: list[RefundReport] = []
    for minor, parts in ((700, {str(plates.pk): 200, str(faces.pk): 500}), (800, {str(plates.pk): 800})):
        refund = payment_refund(payment_id=payment.pk, amount_minor=minor, key=uuid.uuid4(), parts=parts, revokes=True)
        reports.append(RefundReport(f"re_{minor}", minor, State.CONFIRMED, key=refund.pk))
        mailoutbox.clear()
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=tuple(reports)))
        (mail,) = mailoutbox
        taken = "Faces" if minor == 700 else "Plates"
        for body in (mail.body, mail.alternatives[0][0]):
            assert f"no longer download this: {taken}" in body


def test_a_cancelled_order_is_no_news(mailoutbox: list[Any]) -> None:
    order, _payment = placed(filled(priced()))
    services.order_cancel(order_id=order.pk)
    assert mailoutbox == []


def test_buyer_and_seller_read_the_name_each_in_their_language(mailoutbox: list[Any]) -> None:
    project = priced(name="Halves", translations={"ru": {"name": "Пополам"}})
    order, _payment = paid_order(project, language="ru")
    assert order.lines.get().name == "Пополам"
    assert "Пополам" in to(mailoutbox, order.email)[0].body
    (sold,) = to(mailoutbox, project.creator.user.email)
    assert "Halves" in sold.subject
    assert "Halves" in sold.body


def test_a_paid_order_brings_the_way_to_the_files_and_the_receipt_once(mailoutbox: list[Any]) -> None:
    guest, _payment = paid_order(priced(1000))
    member, _payment = paid_order(priced(0), user=UserFactory())
    for order, url in ((guest, guest.guest_url), (member, member.get_absolute_url())):
        (mail,) = to(mailoutbox, order.email)
        for body in (mail.body, mail.alternatives[0][0]):
            assert "Get your files" in body
            assert url in body
            assert f"{url}receipt/" in body
            assert ("keep this mail" in body) == (order is guest)


def test_money_that_comes_later_brings_it_then_and_not_before(settings: Any, mailoutbox: list[Any]) -> None:
    settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["transfer"], "IBAN DE00 1234"
    order, payment = placed(filled(priced(1000)), provider="transfer")
    started(payment)
    payment_settle(payment_id=payment.pk, report=Report(State.WAITING))
    payment_settle(payment_id=payment.pk, report=paid_report(payment))
    before, after = to(mailoutbox, order.email)
    assert "receipt/" not in before.body + before.alternatives[0][0]
    assert "Get your files" not in before.body
    assert "See your order" in before.body
    assert f"{order.guest_url}receipt/" in after.body
    assert "Get your files" in after.body
