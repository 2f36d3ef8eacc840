"""What the sample shop sells is small, and works."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import showpiece

SAMPLE = Path(showpiece.__file__).parent / "sample"
RELEASES = SAMPLE / "releases"
FOLDERS = sorted(path.relative_to(RELEASES).as_posix() for path in RELEASES.glob("*/*"))


def program(path: str) -> ModuleType:
    """One of the programs, as a module."""
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(f"sample_{name}", RELEASES / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ran(path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program as a buyer starts it: alone, in the folder where it lies."""
    file = RELEASES / path
    command = [sys.executable, "-I", "-B", file.name, *arguments]
    return subprocess.run(command, cwd=file.parent, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_version_says_what_it_is_and_may_be_used(folder: str) -> None:
    files = [path for path in (RELEASES / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    readme = (RELEASES / folder / "README.txt").read_text(encoding="utf-8")
    assert readme.splitlines()[0].endswith(folder.split("/")[1])
    assert "MIT License" in (RELEASES / folder / "LICENSE.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in files) < 25_000
    top = {path.relative_to(RELEASES / folder).parts[0] for path in files} - {"README.txt"}
    assert [name for name in top if name not in readme] == []


# Lockstep


@pytest.fixture(scope="module")
def lockstep() -> ModuleType:
    return program("lockstep/1.1.0/lockstep.py")


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_lockstep_tells_by_its_exit_code(version: str) -> None:
    path = f"lockstep/{version}/lockstep.py"
    stops = ran(path, "check", "migrations/0001_stops_the_site.sql")
    assert stops.returncode == 1
    assert re.findall(r"sql:(\d+): ([\w-]+):", stops.stdout) == [
        ("3", "index"),
        ("4", "volatile-default"),
        ("4", "set-not-null"),
        ("4", "type"),
        ("8", "foreign-key"),
    ]
    assert ran(path, "check", "migrations/0002_goes_on_selling.sql").returncode == 0
    missing = ran(path, "check", "nothing.sql")
    assert missing.returncode == 2
    assert missing.stderr.startswith("lockstep: nothing.sql")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("create unique index on a (b)", ["index"]),
        ("CREATE INDEX CONCURRENTLY i ON a (b)", []),
        ("BEGIN; CREATE INDEX CONCURRENTLY i ON a (b); COMMIT", ["concurrently-in-transaction"]),
        ("BEGIN; COMMIT; DROP INDEX CONCURRENTLY i", []),
        ("drop index i", ["drop-index"]),
        ("REINDEX TABLE a", ["reindex"]),
        ("VACUUM (ANALYZE, FULL) a", ["vacuum-full"]),
        ("REFRESH MATERIALIZED VIEW v", ["refresh"]),
        ("LOCK a", ["lock-table"]),
        ("ALTER TABLE a ADD COLUMN t timestamptz DEFAULT now()", []),
        ("ALTER TABLE a ADD t uuid DEFAULT gen_random_uuid()", ["volatile-default"]),
        ("ALTER TABLE a ADD id bigserial, ADD CHECK (id > 0)", ["volatile-default", "check"]),
        ("ALTER TABLE a ADD CHECK (b IN (1, 2)) NOT VALID", []),
        ("ALTER TABLE a ADD PRIMARY KEY (b)", ["unique"]),
        ("ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i", []),
        ('ALTER TABLE ONLY s.a ALTER COLUMN "my; B" SET DATA TYPE int', ["type"]),
        ("ALTER TABLE a ALTER COLUMN type SET DEFAULT 3", []),
        ("ALTER TABLE a RENAME COLUMN type TO kind", []),
        ("ALTER TABLE a SET UNLOGGED", ["rewrite"]),
        ("CREATE TABLE a (b int); CREATE INDEX ON a (b); ALTER TABLE a ALTER b TYPE bigint", []),
        ("/* a /* b */ CREATE INDEX ON a (b); */ SELECT 'LOCK; DROP INDEX i'; -- REINDEX a", []),
        ("DO $x$ BEGIN; DROP INDEX i; $x$", []),
        ("-- lockstep: allow index it is a small table\nCREATE INDEX ON a (b); CREATE INDEX ON a (c)", ["index"]),
    ],
)
def test_lockstep_knows_what_blocks_a_table(lockstep: ModuleType, sql: str, found: list[str]) -> None:
    assert [rule for _line, rule, *_texts in lockstep.check(sql)] == found


def test_lockstep_asks_for_the_project_whose_keys_it_is_sold_with(lockstep: ModuleType) -> None:
    shop = tomllib.loads((SAMPLE / "shop.toml").read_text(encoding="utf-8"))
    assert [row["id"] for row in shop["project"] if row["slug"] == "lockstep"] == [lockstep.PROJECT]


# Patch Drawer


@pytest.fixture(scope="module")
def drawer() -> ModuleType:
    return program("patch-drawer/1.0.0/patch_drawer.py")


def test_patch_drawer_lists_renames_and_splits(drawer: ModuleType, tmp_path: Path) -> None:
    path, bank = "patch-drawer/1.0.0/patch_drawer.py", tmp_path / "sines.syx"
    assert ran(path, "example", str(bank)).returncode == 0
    assert len(bank.read_bytes()) == 4104, "the size of a bank of the DX7"
    assert ran(path, "rename", str(bank), "3", "GLASS").returncode == 0
    listed = ran(path, "list", str(tmp_path / "sines-renamed.syx")).stdout
    assert "Yamaha, 4104 bytes\n" in listed
    assert "WRONG" not in listed
    assert [line.split()[1:] for line in listed.splitlines()[1:5]] == [
        ["SINE", "1"],
        ["SINE", "2"],
        ["GLASS"],
        ["SINE", "4"],
    ]
    (tmp_path / "two.syx").write_bytes(bank.read_bytes() + bytes([0xF0, 0x42, 0x30, 0x01, 0xF7]))
    assert ran(path, "split", str(tmp_path / "two.syx"), str(tmp_path / "parts")).stdout == "2 files\n"
    assert (tmp_path / "parts" / "two-001.syx").read_bytes() == bank.read_bytes()
    assert drawer.maker((tmp_path / "parts" / "two-002.syx").read_bytes()) == "Korg"


@pytest.mark.parametrize(
    "data", [b"\x43\xf7", b"\xf0\x43", b"\xf0\x43\x90\xf7"], ids=["no start", "no end", "a high byte"]
)
def test_patch_drawer_refuses_what_is_no_sysex(drawer: ModuleType, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(drawer.NotSysex):
        drawer.messages(data)
    (tmp_path / "bad.syx").write_bytes(data)
    refused = ran("patch-drawer/1.0.0/patch_drawer.py", "list", str(tmp_path / "bad.syx"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("patch_drawer: ")


# Seven Left


Board = dict[tuple[int, int], str]
KNIGHT = [(1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)]
STRAIGHT, SLANTED = [(0, 1), (0, -1), (1, 0), (-1, 0)], [(1, 1), (1, -1), (-1, 1), (-1, -1)]


def placed(fen: str) -> Board:
    """The pieces by file and rank, both from 0."""
    board: Board = {}
    rows = fen.split()[0].split("/")
    assert len(rows) == 8
    for rank, row in zip(range(7, -1, -1), rows, strict=True):
        squares = "".join(" " * int(sign) if sign.isdigit() else sign for sign in row)
        assert len(squares) == 8
        board |= {(file, rank): sign for file, sign in enumerate(squares) if sign != " "}
    return board


def attacked(board: Board, square: tuple[int, int], by_white: bool) -> bool:
    """Whether a piece of that side could take on the square."""
    for (file, rank), sign in board.items():
        if sign.isupper() != by_white:
            continue
        kind, across, up = sign.upper(), square[0] - file, square[1] - rank
        if kind == "P" and abs(across) == 1 and up == (1 if by_white else -1):
            return True
        if kind == "N" and (across, up) in KNIGHT:
            return True
        if kind == "K" and max(abs(across), abs(up)) == 1:
            return True
        for step in {"R": STRAIGHT, "B": SLANTED, "Q": STRAIGHT + SLANTED}.get(kind, []):
            at = (file + step[0], rank + step[1])
            while 0 <= at[0] < 8 and 0 <= at[1] < 8:
                if at == square:
                    return True
                if at in board:
                    break
                at = (at[0] + step[0], at[1] + step[1])
    return False


def positions() -> list[Any]:
    return list(program("seven-left/1.0.0/seven_left.py").positions())


def test_positions_are_legal_endings_and_their_answers_are_known() -> None:
    found = positions()
    assert len(found) >= 20
    assert len({fen for fen, *_rest in found}) == len(found)
    for fen, answer, idea in found:
        board, (_squares, turn, castling, passing, half, move) = placed(fen), fen.split()
        count = Counter(board.values())
        assert (count["K"], count["k"]) == (1, 1), fen
        assert len(board) <= 7, fen
        assert set(count) <= set("KQRBNPkqrbnp"), fen
        assert [square for square, sign in board.items() if sign in "Pp" and square[1] in (0, 7)] == [], fen
        assert turn in ("w", "b"), fen
        assert (castling, passing, half, move) == ("-", "-", "0", "1"), fen
        waits = "k" if turn == "w" else "K"
        king = next(square for square, sign in board.items() if sign == waits)
        assert not attacked(board, king, by_white=turn == "w"), f"{fen}: who does not move is in check"
        assert answer in ("win", "draw", "loss"), fen
        assert idea.endswith("."), fen


def test_the_trainer_asks_again_what_was_missed(tmp_path: Path) -> None:
    for name in ("seven_left.py", "positions.txt"):
        (tmp_path / name).write_bytes((RELEASES / "seven-left" / "1.0.0" / name).read_bytes())
    command = [sys.executable, "-I", "-B", "-X", "utf8", "seven_left.py"]
    count = len(positions())

    def asked(answers: str) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, input=answers, capture_output=True, encoding="utf-8", timeout=60, check=True
        )
        return done.stdout

    draws = sum(answer == "draw" for _fen, answer, _idea in positions())
    assert f"{draws} of {count} right." in asked("d\n" * count)
    kept = json.loads((tmp_path / "seven_left.json").read_text())
    assert Counter(days for _day, days in kept.values()) == {1: count - draws, 2: draws}
    assert "Nothing is due today." in asked("")


# Tideline and Halves


@pytest.mark.parametrize("name", ["style.json", "style-dusk.json"])
def test_tideline_is_a_style_for_maplibre(name: str) -> None:
    style = json.loads((RELEASES / "tideline" / "1.0.0" / name).read_text(encoding="utf-8"))
    assert style["version"] == 8
    layers = style["layers"]
    assert len({layer["id"] for layer in layers}) == len(layers)
    kinds = {"background", "fill", "line", "circle", "symbol"}
    for layer in layers:
        assert layer["type"] in kinds, layer["id"]
        prefixes = ("text-", "icon-", "symbol-") if layer["type"] == "symbol" else (f"{layer['type']}-",)
        assert [name for name in layer["paint"] if not name.startswith(prefixes)] == [], layer["id"]
        if layer["type"] != "background":
            assert layer["source"] in style["sources"], layer["id"]
            assert layer["source-layer"], layer["id"]
    assert {source["url"].split("/")[2] for source in style["sources"].values()} == {"tiles.example.org"}


def test_halves_needs_no_network() -> None:
    page = (RELEASES / "halves" / "1.0.0" / "halves.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert re.findall(r"https?://|\b(?:src|href)=|\bfetch\(|import ", page) == []
