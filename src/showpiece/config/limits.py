"""How often somebody may do what invites abuse: `COUNT/TIME/WHOM`, as django-allauth counts.

What is counted lies in the cache; see CACHES.
"""

RATE_LIMITS = {
    # Signing in. The texts about it say five minutes.
    "login_failed": "20/5m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/5m/key",
    "rate_project": "60/m/user",
    "invite_contributor": "50/d/user,5/d/key",
    # Buying: see payments/limits.py and orders/limits.py. The key is the buyer's e-mail, the network, or the cart.
    "place_order": "30/10m/ip,10/h/key",
    "place_order_network": "200/h/key",
    "free_order": "5/d/key",
    "promo_code": "30/h/ip,20/h/key",
    "start_payment": "30/h/ip",
    "begin_cart": "300/h/ip",
    "name_promo_code": "60/h/user",
    "find_orders": "20/h/ip,3/h/key",
    "find_orders_network": "100/h/key",
    "payment_failed": "10/h/ip",
    "payment_failed_network": "50/h/key",
}
