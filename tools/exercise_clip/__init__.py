"""Short films of a drawn person who exercises: see README.md and `tools/render_exercise_clips.py`."""
