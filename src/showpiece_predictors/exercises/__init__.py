"""Which exercise a person does in a clip, and how often."""
