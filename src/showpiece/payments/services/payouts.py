"""Money that the operator has sent to a creator."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.payments.locks import lock_party
from showpiece.payments.models import Account, Movement, Payout
from showpiece.payments.selectors import balance_of
from showpiece.payments.services.keys import KeyReused
from showpiece.payments.services.ledger import movement_post


def payout_record(
    *, party: uuid.UUID, amount_minor: int, currency: str, key: uuid.UUID, reference: str = "", by: User | None = None
) -> Payout:
    """Write down that a creator got so much. The same key again is the same payout.

    `ValidationError` for an amount that is none, or more than the creator's balance; `KeyReused`.
    """
    with transaction.atomic():
        lock_party(party)
        if known := Payout.objects.filter(key=key).first():
            if (known.party, known.amount_minor, known.currency) != (party, amount_minor, currency):
                raise KeyReused(str(key))
            return known
        if not 0 < amount_minor <= balance_of(party, currency):
            raise ValidationError(_("More than the creator's balance."), code="too_much")
        payout = Payout(
            key=key, party=party, amount_minor=amount_minor, currency=currency, reference=reference, made_by=by
        )
        payout.full_clean(exclude=["made_by"])
        payout.save()
        movement_post(
            key=f"payout:{payout.pk}",
            kind=Movement.Kind.PAYOUT,
            currency=currency,
            entries=[(Account.CREATOR, str(party), amount_minor), (Account.BANK, "", -amount_minor)],
        )
    return payout
