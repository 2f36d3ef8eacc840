#!/usr/bin/env python3
"""Seven Left: shows endings of chess and asks what they are worth. There are three answers: win, draw, loss.

    python seven_left.py           all that are due today, in another order each time
    python seven_left.py --all     all of them

What you missed comes back tomorrow, what you knew comes back after twice as long as last time. This is kept in
seven_left.json beside this file. Python 3.9 or newer, nothing to install.
"""

import argparse
import json
import random
import sys
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
POSITIONS, KEPT = HERE / "positions.txt", HERE / "seven_left.json"
ANSWERS = {"w": "win", "d": "draw", "l": "loss"}
PIECES = dict(zip("KQRBNPkqrbnp", "♔♕♖♗♘♙♚♛♜♝♞♟"))
LONGEST = 64


def positions():
    """The positions of the file, as (FEN, answer, idea)."""
    lines = POSITIONS.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" | ")) for line in lines if line.strip() and not line.startswith("#")]


def board(fen):
    """The position as text, with White below."""
    rows = []
    for rank, row in zip(range(8, 0, -1), fen.split()[0].split("/")):
        squares = "".join("." * int(sign) if sign.isdigit() else sign for sign in row)
        rows.append(f"  {rank}  " + " ".join(PIECES.get(sign, "·") for sign in squares))
    return "\n".join([*rows, "", "     a b c d e f g h"])


def read_kept():
    """When each position is due, and how many days it was put off last time: {FEN: [day, days]}."""
    try:
        return json.loads(KEPT.read_text())
    except (OSError, ValueError):
        return {}


def due(fen, kept, today):
    return fen not in kept or kept[fen][0] <= today.isoformat()


def put_off(fen, knew, kept, today):
    """Write down when it comes back."""
    days = min(2 * kept.get(fen, ["", 1])[1], LONGEST) if knew else 1
    kept[fen] = [(today + timedelta(days=days)).isoformat(), days]


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="seven_left", description="Shows endings of chess, and asks what they are worth.")
    parser.add_argument("--all", action="store_true", help="also those that are not due yet")
    given = parser.parse_args(arguments)
    kept, today, right, asked = read_kept(), date.today(), 0, 0
    wanted = [one for one in positions() if given.all or due(one[0], kept, today)]
    random.shuffle(wanted)
    for fen, answer, idea in wanted:
        print(f"\n{board(fen)}\n\n{'White' if fen.split()[1] == 'w' else 'Black'} to move. What is it for White?")
        try:
            typed = input("w(in), d(raw), l(oss), or q to stop: ").strip().lower()
        except EOFError:
            typed = "q"
        if typed.startswith("q"):
            break
        knew = ANSWERS.get(typed[:1]) == answer
        asked, right = asked + 1, right + knew
        print(f"{'Right' if knew else 'No'}: {answer}. {idea}")
        put_off(fen, knew, kept, today)
        KEPT.write_text(json.dumps(kept, indent=1))
    print(f"\n{right} of {asked} right." if asked else "Nothing is due today." if not wanted else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
