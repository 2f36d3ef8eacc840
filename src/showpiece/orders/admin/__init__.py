"""Orders and offers for staff with Django's permissions. Every change goes through the services.

`view_order` looks and exports, `change_order` changes and cancels open orders, `delete_order` puts orders away and
takes them back (none is ever deleted), `payments.change_payment` confirms a transfer, `payments.add_refund` gives back,
`change_entitlement` takes downloads back and gives them again.
"""

from showpiece.orders.admin import offers, orders, payouts

__all__ = ["offers", "orders", "payouts"]
