"""What mails about donations say, to whom, and how often."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from showpiece.accounts.models import User
from showpiece.payments.providers.base import RefundReport, Report, State
from showpiece.payments.services import payment_fail, payment_refund, payment_settle
from tests.donations.giving import GoalFactory, begun, given, report
from tests.factories import CreatorFactory, ProjectFactory, UserFactory
from tests.orders.shop import started

pytestmark = pytest.mark.django_db


def to(box: Sequence[Any], address: str) -> list[Any]:
    return [mail for mail in box if mail.to == [address]]


def test_thanks_say_what_was_given_to_whom_and_where_to_see_it(mailoutbox: list[Any]) -> None:
    one, two = ProjectFactory(name="Plates"), ProjectFactory(name="Faces")
    donation, payment = given(one, two, amount=1001)
    payment_settle(payment_id=payment.pk, report=report(payment))
    (mail,) = to(mailoutbox, donation.email)
    assert mail.subject == "Thank you for supporting Plates and others"
    for said in ("Plates", "€5.01", "Faces", "€5.00", "€10.01", "4242", donation.guest_url, donation.number):
        assert said in mail.body, said
        assert said in mail.alternatives[0][0], said


def test_a_creator_hears_what_they_got_from_whom_and_what_was_said(settings: Any, mailoutbox: list[Any]) -> None:
    settings.DONATION_FEE_PERCENT = "10"
    creator = CreatorFactory()
    mine, also_mine, other = (*ProjectFactory.create_batch(2, creator=creator), ProjectFactory(name="Of another"))
    given(mine, also_mine, other, amount=900, name="Ada <script>", message="Go <b>on</b> & on\nhttp://a.example")
    (mail,) = to(mailoutbox, creator.user.email)
    assert mail.subject == "You received €6.00"
    for said in (mine.name, also_mine.name, "Ada <script>", "Go <b>on</b> & on", "€5.40"):
        assert said in mail.body, said
    for secret in ("giver@example.org", "Of another", "9.00"):
        assert secret not in mail.body, secret
    html = mail.alternatives[0][0]
    assert "Ada &lt;script&gt;" in html
    assert "Go &lt;b&gt;on&lt;/b&gt; &amp; on<br>http://a.example" in html


@pytest.mark.parametrize("named", [{"is_anonymous": True, "name": "Ada"}, {}])
def test_whoever_is_anonymous_or_has_no_name_is_not_named(named: dict[str, Any], mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    given(project, message="Go on", **named)
    (mail,) = to(mailoutbox, project.creator.user.email)
    assert "Somebody gave you €10.00" in mail.body
    assert "Ada" not in mail.body
    assert "Go on" in mail.body


def test_a_member_is_called_by_their_name_and_gets_their_own_link(mailoutbox: list[Any]) -> None:
    project, user = ProjectFactory(), UserFactory(name="Grace Hopper")
    donation, _payment = given(project, user=user)
    assert "Grace Hopper gave you" in to(mailoutbox, project.creator.user.email)[0].body
    (mail,) = to(mailoutbox, user.email)
    assert donation.get_absolute_url() in mail.body
    assert donation.secret not in mail.body


def test_a_creator_who_has_left_gets_no_mail(mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    _donation, payment = begun(project)
    User.objects.filter(pk=project.creator.user_id).update(is_active=False)
    payment_settle(payment_id=payment.pk, report=report(payment))
    assert [mail.to for mail in mailoutbox] == [["giver@example.org"]]


def test_a_goal_is_reached_once(mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    GoalFactory(project=project, target_minor=1500, title="A microphone")
    for _more in range(3):
        given(project)
    mails = [mail for mail in to(mailoutbox, project.creator.user.email) if "Goal reached" in mail.subject]
    assert len(mails) == 1
    assert "has got €20.00 of the €15.00" in mails[0].body


def test_a_refund_is_told_to_the_giver_once(mailoutbox: list[Any]) -> None:
    donation, payment = given(ProjectFactory(name="Plates"))
    mailoutbox.clear()
    refund = payment_refund(payment_id=payment.pk, amount_minor=400, key=uuid.uuid4())
    said = RefundReport("re_1", 400, State.CONFIRMED, key=refund.pk)
    for _again in range(2):
        payment_settle(payment_id=payment.pk, report=report(payment, refunds=(said,)))
    (mail,) = mailoutbox
    assert mail.to == [donation.email]
    assert f"€4.00 of your donation {donation.number}" in mail.body


def test_how_to_send_the_money_is_told_once_and_thanks_when_it_is_there(settings: Any, mailoutbox: list[Any]) -> None:
    settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["transfer"], "IBAN DE00 1234"
    donation, payment = begun(ProjectFactory(), provider="transfer")
    for _again in range(2):
        started(payment)
        payment_settle(payment_id=payment.pk, report=Report(State.WAITING))
    (mail,) = mailoutbox
    assert f"Please send €10.00 with the reference {donation.number} to:" in mail.body
    assert "IBAN DE00 1234" in mail.body
    payment_settle(payment_id=payment.pk, report=report(payment))
    assert [mail.subject.partition(" for ")[0] for mail in to(mailoutbox, donation.email)[1:]] == ["Thank you"]


def test_nobody_gets_mail_for_a_donation_that_was_only_begun(mailoutbox: list[Any]) -> None:
    _donation, payment = begun(ProjectFactory())
    payment_fail(payment_id=payment.pk, note="Declined.")
    assert mailoutbox == []


def test_in_the_language_of_the_donation(mailoutbox: list[Any]) -> None:
    donation, _payment = given(ProjectFactory(), amount=123_456, language="ru")
    assert "1\xa0234,56\xa0€" in to(mailoutbox, donation.email)[0].body
