"""The tables of giving. Amounts are integers in minor units of a currency of ISO 4217."""

from showpiece.donations.models.donations import (
    MESSAGE_MAX_LENGTH,
    NAME_MAX_LENGTH,
    Donation,
    DonationPart,
    Pledge,
    PledgePart,
)
from showpiece.donations.models.goals import DonationPolicy, Goal, Support

__all__ = [
    "MESSAGE_MAX_LENGTH",
    "NAME_MAX_LENGTH",
    "Donation",
    "DonationPart",
    "DonationPolicy",
    "Goal",
    "Pledge",
    "PledgePart",
    "Support",
]
