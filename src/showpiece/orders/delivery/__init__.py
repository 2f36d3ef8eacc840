"""Handing over what was bought: entitlements, downloads, license keys."""
