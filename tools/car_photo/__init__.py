"""A photo of two invented cars with invented plates, by marching rays: see `tools/render_car_photo.py`."""
