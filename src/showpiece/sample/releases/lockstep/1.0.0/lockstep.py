#!/usr/bin/env python3
"""Lockstep reads SQL migrations for PostgreSQL and names the statements that would stop a busy site.

    python lockstep.py check migrations/        0: nothing found, 1: something found, 2: not readable
    python lockstep.py rules                    what it looks for

Python 3.9 or newer, nothing to install. It needs no database and no network.
"""

import argparse
import re
import sys
from pathlib import Path

VERSION = "1.0.0"

# --- reading SQL ---------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""
    (?P<line_comment> --[^\n]* )
  | (?P<comment> /\* )
  | (?P<escaped> \b[eE]'(?:[^'\\]|\\.|'')*' )
  | (?P<text> '(?:[^']|'')*' )
  | (?P<name> "(?:[^"]|"")*" )
  | (?P<dollar> (?<![\w$])\$(?:[A-Za-z_]\w*)?\$ )
  | (?P<end> ; )
  | (?P<space> \s+ )
  | (?P<word> [A-Za-z_][\w$]* )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Statement:
    """One statement: its text in capitals with single spaces, texts emptied, and the line on which it begins."""

    def __init__(self, line):
        self.line, self.parts = line, []

    @property
    def sql(self):
        return re.sub(r"\s+", " ", "".join(self.parts)).strip()


def comment_end(sql, start):
    """Behind a block comment; PostgreSQL nests them."""
    depth, at = 0, start
    while at < len(sql):
        if sql.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif sql.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if not depth:
                return at
        else:
            at += 1
    return len(sql)


def statements(sql):
    """The statements of a file."""
    found, current, at = [], None, 0
    while at < len(sql):
        match = TOKEN.match(sql, at)
        kind, text, start = match.lastgroup, match.group(), at
        at = match.end()
        if kind in ("line_comment", "comment"):
            if kind == "comment":
                at = comment_end(sql, start)
            text = " "
        elif kind == "dollar":
            closing = sql.find(text, at)
            at = len(sql) if closing < 0 else closing + len(text)
            text = "''"
        elif kind in ("text", "escaped"):
            text = "''"
        if kind == "end":
            current = None
            continue
        if current is None:
            if not text.strip():
                continue
            current = Statement(sql.count("\n", 0, start) + 1)
            found.append(current)
        current.parts.append(text if kind == "name" else text.upper())
    return found


def pieces(text):
    """What stands between commas outside of brackets."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append(text[start:at])
            start = at + 1
    return [piece.strip() for piece in [*found, text[start:]]]


# --- rules ---------------------------------------------------------------------------------------------------------

NAME = r'(?:"(?:[^"]|"")*"|[\w$]+)'
FULL = rf"(?:{NAME}\.)?{NAME}"
VOLATILE = r"\b(?:RANDOM|GEN_RANDOM_UUID|UUID_GENERATE_V[14]|UUIDV7|CLOCK_TIMESTAMP|TIMEOFDAY|NEXTVAL)\s*\("
AUTOMATIC = r"\b(?:SMALLSERIAL|BIGSERIAL|SERIAL)\b|\bGENERATED .*(?:AS IDENTITY|STORED)"

# Of a whole statement: name, pattern, what happens, what to do instead.
WHOLE = [
    ("index", rf"^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY\b).*?\bON (?:ONLY )?(?P<table>{FULL})",
     "nobody can write to the table while the index is built", "CREATE INDEX CONCURRENTLY, outside of a transaction"),
    ("drop-index", r"^DROP INDEX (?!CONCURRENTLY\b)",
     "waits for every query on the table, and all later ones wait behind it", "DROP INDEX CONCURRENTLY"),
    ("reindex", r"^REINDEX (?!.*\bCONCURRENTLY\b)",
     "nobody can write to the table, or use the index, meanwhile", "REINDEX ... CONCURRENTLY"),
    ("vacuum-full", r"^VACUUM (?:FULL\b|\([^)]*\bFULL\b)",
     "the table is written anew, and nobody can read it meanwhile", "VACUUM, or a tool that copies in the background"),
    ("cluster", r"^CLUSTER\b", "the table is written anew, and nobody can read it meanwhile", "leave the order as it is"),
    ("refresh", r"^REFRESH MATERIALIZED VIEW (?!CONCURRENTLY\b)",
     "nobody can read the view meanwhile", "REFRESH MATERIALIZED VIEW CONCURRENTLY, with a unique index on it"),
    ("lock-table", r"^LOCK (?:TABLE )?", "takes a lock by hand", "leave it to the statements, and set lock_timeout"),
]
# Of one action of ALTER TABLE.
ACTIONS = [
    ("volatile-default", rf"^ADD (?:COLUMN )?.*(?:\bDEFAULT\b.*{VOLATILE}|{AUTOMATIC})",
     "every row gets a value of its own: the table is written anew, and nobody can read it meanwhile",
     "add the column without a default, set the default, then fill old rows in small steps"),
    ("set-not-null", r"\bSET NOT NULL$",
     "reads the whole table, and nobody can use it meanwhile",
     "ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in another deploy, then SET NOT NULL"),
    ("type", rf"^ALTER (?:COLUMN {NAME}|(?!COLUMN\b){NAME}) (?:SET DATA )?TYPE\b",
     "mostly writes the table and its indexes anew, and nobody can read it meanwhile",
     "add a column of the new type, fill it in small steps, and switch over"),
    ("foreign-key", r"^ADD (?:CONSTRAINT .*?)?FOREIGN KEY\b(?!.*\bNOT VALID\b)",
     "reads the whole table, and nobody can write to either table meanwhile",
     "ADD ... NOT VALID, and VALIDATE CONSTRAINT in another transaction"),
    ("check", r"^ADD (?:CONSTRAINT \S+ )?CHECK\b(?!.*\bNOT VALID\b)",
     "reads the whole table, and nobody can use it meanwhile",
     "ADD ... NOT VALID, and VALIDATE CONSTRAINT in another transaction"),
    ("unique", r"^ADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY)\b(?!.*\bUSING INDEX\b)",
     "builds an index, and nobody can use the table meanwhile",
     "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX"),
    ("rewrite", r"^SET (?:TABLESPACE|LOGGED|UNLOGGED)\b",
     "the table is written anew, and nobody can read it meanwhile", "do it while the site is closed"),
]
IN_TRANSACTION = (
    "concurrently-in-transaction", r"^(?:CREATE|DROP|REINDEX)\b.*\bCONCURRENTLY\b",
    "PostgreSQL refuses it between BEGIN and COMMIT", "run it on its own")  # fmt: skip

ALTER = re.compile(rf"^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(?P<table>{FULL}) (?:\* )?(?P<actions>.*)$")
CREATED = re.compile(
    rf"^CREATE (?:UNLOGGED |(?:GLOBAL |LOCAL )?TEMP(?:ORARY)? )?TABLE (?:IF NOT EXISTS )?(?P<table>{FULL})"
)


def check(sql):
    """What would hurt, as (line, rule, what happens, what instead). A table that the same file makes is empty yet."""
    found, new_tables, in_transaction = [], set(), False
    for statement in statements(sql):
        text, hits = statement.sql, []
        if re.match(r"^(?:BEGIN|START TRANSACTION)\b", text):
            in_transaction = True
        elif re.match(r"^(?:COMMIT|END|ROLLBACK)\b(?! TO\b)", text):
            in_transaction = False
        created = CREATED.match(text)
        if created:
            new_tables.add(created["table"])
        for rule in WHOLE:
            match = re.search(rule[1], text)
            if match and match.groupdict().get("table") not in new_tables:
                hits.append(rule)
        altered = ALTER.match(text)
        if altered and altered["table"] not in new_tables:
            for action in pieces(altered["actions"]):
                hits += [rule for rule in ACTIONS if re.search(rule[1], action)]
        if in_transaction and re.search(IN_TRANSACTION[1], text):
            hits.append(IN_TRANSACTION)
        found += [(statement.line, hit[0], hit[2], hit[3]) for hit in hits]
    return found


def sql_files(paths):
    """The files named, and those in the folders named."""
    found = []
    for path in map(Path, paths):
        found += sorted(path.rglob("*.sql")) if path.is_dir() else [path]
    return found


def check_files(paths):
    """Print what was found. Returns the exit code."""
    count = 0
    files = sql_files(paths)
    if not files:
        print("lockstep: there is no .sql file here", file=sys.stderr)
        return 2
    for path in files:
        try:
            sql = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as error:
            print(f"lockstep: {path}: {error}", file=sys.stderr)
            return 2
        for line, rule, happens, instead in check(sql):
            count += 1
            print(f"{path}:{line}: {rule}: {happens}\n    instead: {instead}")
    print(f"{len(files)} files, {count} found" if count else f"{len(files)} files, nothing found")
    return 1 if count else 0


# --- the command line ----------------------------------------------------------------------------------------------


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="lockstep", description="Names SQL migrations that would stop the site.")
    parser.add_argument("--version", action="version", version=f"lockstep {VERSION}")
    commands = parser.add_subparsers(dest="command")
    checking = commands.add_parser("check", help="read migrations")
    checking.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER")
    commands.add_parser("rules", help="what it looks for")
    given = parser.parse_args(arguments)
    if given.command == "check":
        return check_files(given.paths)
    if given.command == "rules":
        for rule, _pattern, happens, instead in [*WHOLE, *ACTIONS, IN_TRANSACTION]:
            print(f"{rule}\n    {happens}\n    instead: {instead}")
        return 0
    parser.print_help()
    return 2


if __name__ == "__main__":
    sys.exit(main())
