"""Receipts on paper: what stands on one, and how it is drawn. Knows no room: who was paid fills in a `Sheet`."""
