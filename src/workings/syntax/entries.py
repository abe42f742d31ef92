"""What a name means where it stands: a name, an entry of a family, a slice, a Kronecker delta."""

from __future__ import annotations

import re

from workings.errors import Span
from workings.expr import All, Call, Expr, Num, Ref
from workings.syntax.names import LETTER, Item, Raw, plain_name
from workings.syntax.pratt import Reader


def resolve(raw: Raw, reader: Reader) -> Expr:
    """The reference that a name means here."""
    span = reader.span(raw.start)
    base = raw.base
    if raw.indices is not None:
        name = plain_name(base, raw.layer, [s for s in raw.subs if isinstance(s, str)], raw.primes)
        if reader.scope.surveying:
            reader.scope.add_family(name, len(raw.indices))
        return Ref(name, raw.indices, span)
    subs = _spread(raw, reader)
    if reader.scope.surveying and not (subs or raw.sample or raw.layer):
        reader.scope.alone.add(base)
    if base in ("delta", "I") and len(subs) == 2 and not raw.layer and _kronecker(base, subs, reader):
        return Call("delta", tuple(index_of(s, reader, span) for s in subs), 0, span)
    return _entry(raw, subs, reader, span) or _named(raw, subs, reader, span)


def _kronecker(base: str, subs: list[Item], reader: Reader) -> bool:
    scope = reader.scope
    if scope.family(base, 2) or scope.known(base):
        return False
    return (base == "delta" and all(_value(s, reader) for s in subs)) or all(_active(s, reader) for s in subs)


def _spread(raw: Raw, reader: Reader) -> list[Item]:
    """Subscripts with `ij` taken apart where both letters are indices."""
    out: list[Item] = []
    for item in raw.subs:
        if isinstance(item, str) and len(item) > 1 and not item.isdigit():
            parts = re.findall(r"[A-Za-z]'*|\d+", item)
            # i2 is one fresh index; ij two
            one = re.fullmatch(r"[A-Za-z]\d", item) or parts[0].isdigit()
            if len(parts) > 1 and not one and all(p.isdigit() or _active(p, reader) for p in parts):
                out.extend(parts)
                continue
        out.append(item)
    return out


def _active(item: Item, reader: Reader) -> bool:
    """Is this part of a subscript an index here: a shift, or a letter that is bound or free?"""
    if not isinstance(item, str):
        return True
    if item.isdigit() or not LETTER.fullmatch(item):
        return False
    if item in reader.bound or item in reader.free:
        return True
    if not reader.scope.lines:
        return False
    letter = item.rstrip("'0123456789")
    return item in reader.scope.letters or letter in reader.scope.letters


def _value(item: Item, reader: Reader) -> bool:
    """May this part of a subscript pick an entry: an index, a number, or a name with a value?"""
    if not isinstance(item, str) or item.isdigit() or _active(item, reader):
        return True
    scope = reader.scope
    if not LETTER.fullmatch(item):
        return False
    if item.isupper() and item.lower() in scope.letters:      # h_T beside h_t
        return True
    known = (scope.sizes, scope.defined, scope.letters, scope.ranges)
    return any(item in names for names in known) or (item in scope.alone and item.islower())


def _entry(raw: Raw, subs: list[Item], reader: Reader, span: Span) -> Expr | None:
    """The entry of a family or array, or the slice of one with a place more."""
    scope = reader.scope
    name = raw.base + raw.layer + raw.primes
    places = [*subs, *raw.sample]
    if not places and not raw.layer:
        return None
    if raw.layer and scope.family(raw.base, len(places) + 1) and not scope.known(name):
        name, places = raw.base + raw.primes, [*places, raw.layer]
    if len(places) == 1 and isinstance(places[0], str) and places[0].isdigit() and not scope.family(name, 1):
        digits = list(places[0])
        places = [*digits] if scope.family(name, len(digits)) else places
    picked = bool(places) and _picked(name, raw, places, reader)
    if not places or not (picked or all(_value(p, reader) for p in places)):
        return None
    if raw.bold and not raw.sample and scope.family(name, len(places) + 1):
        _spell(raw, [], reader, span)
        return Ref(name, (All(span), *(index_of(p, reader, span) for p in places)), span)
    if not picked and not scope.family(name, len(places)) and scope.members.get(name) != len(places):
        return None
    _spell(raw, [], reader, span)
    _spell_places(raw, name, len(places) - len(raw.sample), reader)
    return Ref(name, tuple(index_of(p, reader, span) for p in places), span)


def _picked(name: str, raw: Raw, places: list[Item], reader: Reader) -> bool:
    """p_y beside an array or a defined family p: the letter, which nothing else tells of, is an index that is data."""
    scope = reader.scope
    if scope.known(plain_name(raw.base, raw.layer, [p for p in places if isinstance(p, str)], raw.primes)):
        return False
    arrays = (scope.arrays.get(name), scope.ranks.get(name))
    computed = name in scope.defined and len(places) in scope.families.get(name, ())
    return (len(places) in arrays or computed) and all(_value(p, reader) or _lone(p) for p in places)


def _lone(item: Item) -> bool:
    return isinstance(item, str) and LETTER.fullmatch(item) is not None and item.islower()


def _named(raw: Raw, subs: list[Item], reader: Reader, span: Span) -> Ref:
    """A name; parts of the subscript that are indices become indices, the others belong to the name."""
    live = any(_active(s, reader) for s in subs)
    kept = [s for s in subs if isinstance(s, str) and not (_active(s, reader) or (live and s.isdigit()))]
    places = [s for s in subs if not (isinstance(s, str) and s in kept)] + raw.sample
    _spell(raw, kept, reader, span)
    name = plain_name(raw.base, raw.layer, kept, raw.primes)
    _spell_places(raw, name, len(places) - len(raw.sample), reader)
    if places and reader.scope.surveying:
        reader.scope.add_family(name, len(places))
        reader.scope.letters.update(p for p in raw.sample if isinstance(p, str) and not p.isdigit())
    return Ref(name, tuple(index_of(p, reader, span) for p in places), span)


def index_of(item: Item, reader: Reader, span: Span) -> Expr:
    if not isinstance(item, str):
        return item
    return Num(int(item), item, span) if item.isdigit() else Ref(item, (), span)


def _spell(raw: Raw, kept: list[str], reader: Reader, span: Span) -> None:
    """Notes the LaTeX of the name without its indices, and how it is made."""
    if not reader.tex or raw.indices is not None:
        return
    latex = raw.latex or raw.base
    if raw.layer:
        latex += f"^{{({raw.layer})}}"
    if kept:
        latex += "_{%s}" % (",".join(kept) if any(len(k) > 1 for k in kept) else "".join(kept))
    font = "cal" if raw.latex.startswith(("\\mathcal", "\\mathscr", "\\cal")) else ""
    joined = "".join(kept) if all(len(k) == 1 for k in kept) else ",".join(kept)
    name = plain_name(raw.base, raw.layer, kept, raw.primes)
    reader.scope.spell(name, f"{font}{raw.base}|{raw.layer}|{joined}", latex + raw.primes, span, raw.bold)


def _spell_places(raw: Raw, name: str, below: int, reader: Reader) -> None:
    """Notes where the indices of a family stand if one stands above: `x[,]` is x_{#1}^{(#2)}."""
    if len(raw.sample) != 1 or not reader.tex or reader.scope.surveying:
        return
    text = reader.text[raw.start : reader.toks[reader.i - 1][3]]
    in_round = re.search(r"\^\s*\{\s*(\\left\s*)?\(", text)
    left, right = ("\\langle ", "\\rangle") if "\\langle" in text else ("(", ")") if in_round else ("", "")
    places = "".join(f"#{n + 1}" for n in range(below))
    latex = reader.scope.spelling.get(name, raw.latex or raw.base) + (f"_{{{places}}}" if places else "")
    reader.scope.spelling.setdefault(f"{name}[{',' * below}]", f"{latex}^{{{left}#{below + 1}{right}}}")
