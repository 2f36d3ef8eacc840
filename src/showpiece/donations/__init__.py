"""What is given: donations once and every month, goals, and the wall of supporters."""
