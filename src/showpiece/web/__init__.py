"""How the site looks: base page, components, tokens, preferences, error pages."""
