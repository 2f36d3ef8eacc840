"""Render the clips of the demo *Exercises*: `python tools/render_exercise_clips.py WHAT [OUT] [NAME ...]`.

WHAT is `sample` (the clip that ships), `tests` (the small ones in tests/predictors/exercise_clips) or `bench` (every
exercise from several sides, into a folder OUT that is not committed). Beside the clips goes `truth.json` (for the
sample: `sample.json` beside the tests' clips): what is done, how often, and from when to when. See
tools/exercise_clip/README.md for what it needs.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.exercise_clip import plan as plans  # noqa: E402
from tools.exercise_clip.catalog import bench, sample, tests  # noqa: E402
from tools.exercise_clip.film import encode, frames, times  # noqa: E402

PLACES = {
    "sample": ROOT / "src/showpiece_predictors/exercises",
    "tests": ROOT / "tests/predictors/exercise_clips",
    "bench": ROOT / "var/exercise_clips",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(PLACES))
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("names", nargs="*", help="only these clips")
    parser.add_argument("--rate", type=int, help="frames per second, for a quick look")
    parser.add_argument("--scale", type=float, default=1.0, help="of the size, for a quick look")
    asked = parser.parse_args()
    clips = {"sample": sample, "tests": tests, "bench": bench}[asked.what]()
    out = asked.out or PLACES[asked.what]
    out.mkdir(parents=True, exist_ok=True)
    # The truth about the sample is for tests; it does not ship.
    record = PLACES["tests"] / "sample.json" if asked.what == "sample" and not asked.out else out / "truth.json"
    known = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    for name, clip in clips.items():
        if asked.names and name not in asked.names:
            continue
        size = {side: round(getattr(clip, side) * asked.scale / 2) * 2 for side in ("width", "height")}
        clip = replace(clip, rate=asked.rate or clip.rate, **size)
        encode(frames(clip, times(clip)), out / f"{name}.webm", clip)
        known[f"{name}.webm"] = plans.truth(clip.plan)
        lines = (f"  {json.dumps(file)}: {json.dumps(said)}" for file, said in known.items())
        record.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
