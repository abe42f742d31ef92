"""The labels of an answer: 2a, 2 (a), **3b)**, Exercise 2, Aufgabe 2a, \\item[b)], (a) below "Exercise 2".

What a row begins with is a label if the sheet has such a part; one that the sheet does not have counts only where
it cannot be anything else, and is then told as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workings.sheets.model import Sheet

MARK = (
    r"[ \t>]*(?:[-*+•][ \t]+)?(?P<deco>\#{1,6}[ \t]*|)"
    r"(?P<bold>[*_]{1,3}(?=\S)|\\(?:textbf|emph|(?:sub)*section|paragraph)\*?[ \t]*\{|\\item[ \t]*\[?|)[ \t]*"
    r"(?:(?:my[ \t]+)?(?:solutions?|answers?|lösung(?:en)?|antwort(?:en)?)[ \t]+(?:(?:to|of|for|zu[rm]?)[ \t]+)?)?")
KEY = r"(?:exercises?|problems?|questions?|tasks?|(?:teil)?aufgaben?|übung|ex|prob|aufg|q|nr|no)(?![a-zäöü])\.?[ \t]*"
PART = r"(?:sub-?part|part|teil|item)\b[ \t]*"
LETTER = r"(?P<l>[ivx]{2,4}|[a-z]|\d{1,2})"
NUMBER = r"(?P<n>\d+(?:\.\d+)*|[ivx]+(?=\b))"
AFTER = r"(?!['^]|[^\W_]|_\w)(?P<close>[ \t]*[)\].:,}]*[*_]{0,3}[ \t]*[)\].:}]*)[ \t]*(?P<rest>.*)"
BOTH = re.compile(
    rf"{MARK}(?P<key>{KEY})?\(?(?P<n>\d+(?:\.\d+)*)"
    rf"(?P<gap>[ \t]*[.,:)/–-]?[ \t]*(?:{PART})?[(\[]?[ \t]*){LETTER}{AFTER}", re.I | re.S)
WHOLE = re.compile(rf"{MARK}(?P<key>{KEY})?{NUMBER}{AFTER}", re.I | re.S)
ALONE = re.compile(rf"{MARK}(?P<key>{PART})?(?P<open>[(\[])?{LETTER}{AFTER}", re.I | re.S)
GOES_ON = re.compile(r"[ \t]*(?:[=+*/^_<>≤≥·|!-]|\\(?:cdot|times|leq?|geq?|in)\b)")


@dataclass(frozen=True, slots=True)
class Label:
    """What a row begins with: a part, or an exercise (letter ""); `end` is where the row goes on."""

    number: str
    letter: str
    end: int
    known: bool


class Labels:
    """The labels of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.parts = {(e.number.lower(), p.label.lower()): (e.number, p.label)
                      for e in sheet.exercises for p in [e.intro, *e.parts]}
        self.numbers = [e.number for e in sheet.exercises]

    def find(self, row: str, number: str) -> Label | None:
        """The label at the start of a row; `number` is the exercise named last, "" where none is."""
        match = BOTH.match(row)
        if match and (found := self._both(match)):
            return found
        match = ALONE.match(row)
        if match and (found := self._alone(match, number)):
            return found
        match = WHOLE.match(row)
        return self._whole(match) if match else None

    def _both(self, match: re.Match[str]) -> Label | None:
        number, letter = match["n"].lower(), match["l"].lower()
        known = self.parts.get((number, letter))
        if known is None and (number + letter, "") in self.parts:
            known = (number + letter, "")
        strong = _strong(match) or bool(match["close"].strip()) or "(" in match["gap"]
        if _in_formula(match) or (letter.isdigit() and known is None) or not (known or strong):
            return None
        if match["gap"].isspace() and not strong:                # "2 a b = c" is no label
            return None
        return Label(*(known or (match["n"], letter)), match.start("rest"), known is not None)

    def _alone(self, match: re.Match[str], number: str) -> Label | None:
        letter, closed = match["l"].lower(), match["close"].strip()
        known = self._of(number, letter)
        bracketed = match["open"] and closed[:1] in (")", "]")
        strong = _strong(match) or bracketed or closed[:1] in (")", "]")
        if _in_formula(match) or not (strong or (known and closed[:1] in (".", ":"))):
            return None
        if known is None and not (bracketed and len(letter) == 1 and "a" <= letter <= "h" and letter.isalpha()):
            return None
        return Label(*(known or (number, letter)), match.start("rest"), known is not None)

    def _of(self, number: str, letter: str) -> tuple[str, str] | None:
        """The part with this letter, of the exercise named last, or of the only exercise that has one."""
        if number:
            return self.parts.get((number.lower(), letter))
        having = [pair for key, pair in self.parts.items() if key[1] == letter]
        return having[0] if len(having) == 1 else None

    def _whole(self, match: re.Match[str]) -> Label | None:
        if not (match["key"] or (match["deco"] and not match["rest"][:1].islower())
                or (match["bold"] and not match["rest"].strip())) or _in_formula(match):
            return None
        known = self.parts.get((match["n"].lower(), ""))
        if known is None and not match["key"]:
            return None
        return Label(*(known or (match["n"], "")), match.start("rest"), known is not None)


def _strong(match: re.Match[str]) -> bool:
    """Words, a heading, bold print, or nothing else in the row: it is meant as a label."""
    return bool(match["key"] or match["deco"] or match["bold"] or not match["rest"].strip())


def _in_formula(match: re.Match[str]) -> bool:
    """Does a relation or an operator follow, as in "2a = 4" or "(a) * b"?"""
    goes_on = match["close"].strip(" \t*_)].:}") + match["rest"]
    return not (match["deco"] or match["key"]) and bool(GOES_ON.match(goes_on))


def said(keys: Iterable[tuple[str, str]]) -> str:
    """2a, 2b and 3."""
    names = ["".join(k) for k in keys]
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
