"""What is bought: carts, orders and promo codes."""
