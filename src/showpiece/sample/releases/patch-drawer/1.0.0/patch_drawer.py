#!/usr/bin/env python3
"""Patch Drawer: looks into .syx files of synthesizers, and gives sounds other names.

    python patch_drawer.py list BANK.syx               every message: who made it, how long, and the names in it
    python patch_drawer.py rename BANK.syx 3 "GLASS"   the third sound; writes BANK-renamed.syx
    python patch_drawer.py split BANK.syx FOLDER       every message as a file of its own
    python patch_drawer.py example BANK.syx            a bank of 32 sounds to try this with

A SysEx message begins with F0 and the number of its maker and ends with F7; between them every byte is below 80 (hex).
Names are known for the Yamaha DX7 and what speaks its language (Volca FM, Dexed, TX802): a bank of 32 voices, or one
voice. Other messages are listed, split and kept as they are.

Python 3.9 or newer, nothing to install.
"""

import argparse
import sys
from pathlib import Path

MAKERS = {
    (0x01,): "Sequential", (0x04,): "Moog", (0x06,): "Lexicon", (0x07,): "Kurzweil", (0x0F,): "Ensoniq",
    (0x10,): "Oberheim", (0x18,): "E-mu", (0x33,): "Clavia", (0x3E,): "Waldorf", (0x40,): "Kawai", (0x41,): "Roland",
    (0x42,): "Korg", (0x43,): "Yamaha", (0x44,): "Casio", (0x47,): "Akai", (0x7D,): "for tests", (0x7E,): "universal",
    (0x7F,): "universal, in real time", (0x00, 0x20, 0x29): "Focusrite and Novation", (0x00, 0x20, 0x33): "Access",
    (0x00, 0x20, 0x3C): "Elektron", (0x00, 0x20, 0x6B): "Arturia", (0x00, 0x21, 0x10): "Roli",
}  # fmt: skip
START, END = 0xF0, 0xF7
# Of a DX7: F0 43 0n kind length-high length-low, the data, a checksum, F7.
VOICES, VOICE = 0x09, 0x00
HEAD, PACKED, NAME = 6, 128, 10
SIZES = {VOICES: 32 * PACKED, VOICE: 155}
NAME_AT = {VOICES: 118, VOICE: 145}


class NotSysex(Exception):
    """What is wrong with a file, for people."""


def messages(data):
    """The messages of a file, each from F0 to F7. `NotSysex` where a byte is out of its place."""
    found, at = [], 0
    while at < len(data):
        if data[at] != START:
            raise NotSysex(f"byte {at} is {data[at]:02X}: a message begins with F0")
        end = at + 1
        while end < len(data) and data[end] < 0x80:
            end += 1
        if end == len(data):
            raise NotSysex(f"the message at byte {at} has no end")
        if data[end] != END:
            raise NotSysex(f"byte {end} is {data[end]:02X}: within a message every byte is below 80")
        found.append(bytes(data[at : end + 1]))
        at = end + 1
    return found


def maker(message):
    """Whose message it is."""
    number = tuple(message[1:4]) if message[1:2] == b"\x00" else tuple(message[1:2])
    return MAKERS.get(number, "maker " + " ".join(f"{byte:02X}" for byte in number))


def kind(message):
    """VOICES or VOICE of a DX7, or None."""
    if len(message) < HEAD + 2 or message[1] != 0x43 or message[2] & 0xF0:
        return None
    size = SIZES.get(message[3])
    announced = message[4] << 7 | message[5]
    return message[3] if size and announced == size and len(message) == HEAD + size + 2 else None


def checksum(data):
    """Added to the data it makes zero, in seven bits."""
    return -sum(data) & 0x7F


def name_places(message):
    """Where in a message its names begin."""
    found = kind(message)
    count = {VOICES: 32, VOICE: 1}.get(found, 0)
    return [HEAD + NAME_AT[found] + number * PACKED for number in range(count)]


def read_name(message, place):
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in message[place : place + NAME]).rstrip()


def renamed(message, place, name):
    """The message with another name in it, and the checksum that goes with it."""
    if len(name) > NAME or not all(32 <= ord(sign) < 127 for sign in name):
        raise NotSysex(f"a name has at most {NAME} letters, digits and signs of plain ASCII")
    changed = bytearray(message)
    changed[place : place + NAME] = name.ljust(NAME).encode("ascii")
    changed[-2] = checksum(changed[HEAD:-2])
    return bytes(changed)


def show(data):
    number = 0
    for index, message in enumerate(messages(data), 1):
        places = name_places(message)
        wrong = places and message[-2] != checksum(message[HEAD:-2])
        print(f"message {index}: {maker(message)}, {len(message)} bytes" + (", WRONG CHECKSUM" if wrong else ""))
        for place in places:
            number += 1
            print(f"  {number:3}  {read_name(message, place)}")


def rename(data, wanted, name):
    """The file with the sound of that number, counted from 1, called something else."""
    found, number = messages(data), 0
    for index, message in enumerate(found):
        for place in name_places(message):
            number += 1
            if number == wanted:
                found[index] = renamed(message, place, name)
                return b"".join(found)
    raise NotSysex(f"there is no sound {wanted}: {number} names are known in this file")


def split(data, folder, stem):
    folder.mkdir(parents=True, exist_ok=True)
    found = messages(data)
    for index, message in enumerate(found, 1):
        (folder / f"{stem}-{index:03}.syx").write_bytes(message)
    return len(found)


def example():
    """A bank of 32 sounds, each a plain sine, called SINE 1 to SINE 32."""
    silent = bytes([99, 99, 99, 99, 99, 99, 99, 0, 39, 0, 0, 0, 7 << 3, 0, 0, 2, 0])
    heard = bytes([99, 99, 99, 99, 99, 99, 99, 0, 39, 0, 0, 0, 7 << 3, 0, 99, 2, 0])
    common = bytes([99, 99, 99, 99, 50, 50, 50, 50, 31, 8, 35, 0, 0, 0, 1, 24])
    voices = (silent * 5 + heard + common + f"SINE {number}".ljust(NAME).encode() for number in range(1, 33))
    data = b"".join(voices)
    head = bytes([START, 0x43, 0x00, VOICES, len(data) >> 7, len(data) & 0x7F])
    return head + data + bytes([checksum(data), END])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="patch_drawer", description="Looks into .syx files of synthesizers.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("list", "rename", "split", "example"):
        one = commands.add_parser(command)
        one.add_argument("file", type=Path)
        if command == "rename":
            one.add_argument("number", type=int)
            one.add_argument("name")
            one.add_argument("--output", type=Path)
        elif command == "split":
            one.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.command == "example":
            with given.file.open("xb") as file:  # never over a file that is there
                file.write(example())
        elif given.command == "list":
            show(given.file.read_bytes())
        elif given.command == "rename":
            changed = rename(given.file.read_bytes(), given.number, given.name)
            output = given.output or given.file.with_name(f"{given.file.stem}-renamed.syx")
            output.write_bytes(changed)
            print(f"written: {output}")
        else:
            print(f"{split(given.file.read_bytes(), given.folder, given.file.stem)} files")
    except (OSError, NotSysex) as error:
        print(f"patch_drawer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
