"""A photo of two invented cars with invented plates, by ray marching of signed distances: `tools/render_car_photo.py`."""
