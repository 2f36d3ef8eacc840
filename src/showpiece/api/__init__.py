"""The public API over the rooms, under /v1. It is thin: what it asks and does are services of the rooms."""
