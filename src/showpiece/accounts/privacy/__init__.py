"""What people may ask of us about themselves: their data, and to be forgotten."""
