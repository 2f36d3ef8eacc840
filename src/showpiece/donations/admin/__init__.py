"""Donations for staff with Django's permissions. Every change goes through the services.

`view_donation` looks and exports, `change_donation` cancels open ones, `delete_donation` puts donations away and takes
them back (none is ever deleted), `payments.change_payment` confirms a transfer, `payments.add_refund` gives back,
`change_pledge` ends a monthly one. What projects ask for, and got, is only looked at.
"""

from showpiece.donations.admin import donations, pledges, support

__all__ = ["donations", "pledges", "support"]
