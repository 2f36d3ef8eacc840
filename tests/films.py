"""Small films for the tests, made on the fly."""

import io

import av
import numpy as np

SIZE = (64, 48)


def film_bytes(seconds: float = 4.0, *, rate: int = 10, container: str = "webm", light: int = 200) -> bytes:
    """A VP9 film whose grey becomes lighter from 0 to `light`. Its title is "private place"."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as film:
        film.metadata["title"] = "private place"
        stream = film.add_stream("libvpx-vp9", rate=rate, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        count = round(seconds * rate)
        for number in range(count):
            grey = np.full((SIZE[1], SIZE[0], 3), round(light * number / count), np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        film.mux(stream.encode())
    return out.getvalue()
