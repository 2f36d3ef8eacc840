"""The studio's pages about what was given."""
