"""Receipts of paid orders: what stands on one, its page and its PDF."""
