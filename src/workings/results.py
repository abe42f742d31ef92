"""Results that show and save themselves.  Each wraps an engine's plain data, which stays reachable through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from workings.errors import BadValue, OutOfReach
from workings.expr import Network as PlainNetwork

if TYPE_CHECKING:
    from workings.document import Block, Document, Picture

WRITTEN = (".html", ".md", ".txt", ".json")
LATER = {".tex": "LaTeX", ".pdf": "PDF", ".ipynb": "notebooks"}


class Shown:
    """What every result can do, given its verb's module in `answers`."""

    verb: ClassVar[str] = ""
    title: ClassVar[str] = ""
    _level: str = "full"

    # what the subclass knows
    def _data(self) -> Any:
        return self

    def _net(self) -> PlainNetwork:
        raise NotImplementedError

    def _answers(self) -> Any:
        return import_module(f"workings.answers.{self.verb}")

    # what a person asks for
    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON, the same as the command line prints with --json."""
        out: dict[str, Any] = self._answers().as_dict(self._data())
        return {"schema": 1, **out}

    def blocks(self) -> tuple[Block, ...]:
        """The facts as blocks of a page."""
        found: tuple[Block, ...] = self._answers().blocks(self._data())
        return found

    def document(self) -> Document:
        """A page of its own."""
        from workings.document import Document

        from workings.answers.levels import levelled

        shown = levelled(self.blocks(), self._level, self.verb)
        return Document(self.title, shown, self._spelling(), unfold=self._level == "every")

    def at_level(self, level: str) -> Self:
        """The same result, showing a "hint", the "brief" form, the "full" one or "every" small step."""
        from copy import copy

        from workings.answers.levels import LEVELS

        if level not in LEVELS:
            raise BadValue(f"there is no level {level!r}", expected=f"one of {', '.join(LEVELS)}")
        other = copy(self)
        other._level = level
        return other

    def _spelling(self) -> Mapping[str, str]:
        from workings.answers.spelling import spelling

        return spelling(self._data(), self._net())

    def text(self, unfold: bool = False, width: int = 80) -> str:
        """Plain text, `width` columns wide; `unfold` prints the bookkeeping steps as well."""
        from workings.render.text import text

        return text(replace(self.document(), title=""), width, unfold).strip("\n")

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from workings.render.html import fragment

        return fragment(self.document())

    def save(self, path: str | Path) -> Path:
        """Write .html, .md (pictures beside it), .txt .json, pictures as .svg, .png or .tikz; whole or not at all."""
        from workings.render.save import write

        target = Path(path)
        suffix = target.suffix.lower()
        if target.is_dir():
            raise BadValue(f"{target} is a folder", expected="a file name")
        if suffix == ".md":
            from workings.render.markdown import markdown

            # The page comes last, so that it never names pictures that are not there.
            return write(target, markdown(self.document(), target.with_suffix(".files")))
        return write(target, self._content(suffix))

    def _content(self, suffix: str) -> str | bytes:
        if suffix in (".html", ".htm"):
            from workings.render.html import html

            return html(self.document())
        if suffix == ".txt":
            from workings.render.text import text

            return text(self.document())
        if suffix == ".json":
            return dumps(self.as_dict())
        if suffix in (".svg", ".png", ".tikz"):
            return self._picture_as(suffix)
        what = LATER.get(suffix)
        if what:
            raise OutOfReach(f"this release does not write {what} ({suffix}) yet", hint=f"one of {', '.join(WRITTEN)}")
        raise BadValue(
            f"the suffix {suffix or 'of no file type'} says no format that is written",
            expected=f"a name that ends in {', '.join(WRITTEN)}",
        )

    def _picture_as(self, suffix: str) -> str | bytes:
        return drawn(self._picture(), suffix)

    def _picture(self) -> Picture:
        from workings.document import Picture

        found = [b for b in self.blocks() if isinstance(b, Picture)]
        if not found:
            raise BadValue("there is no picture in this result", expected=f"a name that ends in {', '.join(WRITTEN)}")
        return found[-1]


def drawn(picture: Picture, suffix: str) -> str | bytes:
    """A picture as .svg, .png or .tikz."""
    if suffix == ".svg":
        from workings.render.svg import svg

        return str(svg(picture.figure))
    if suffix == ".tikz":
        from workings.render import tikz

        return tikz.picture(picture.figure)
    from workings.render.png import png

    return bytes(png(picture.figure))


def dumps(data: Any) -> str:
    """JSON as the command line prints it: readable, and the same bytes for the same data."""
    import json

    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


class Network(Shown, PlainNetwork):
    """A network as read: equations, declarations, roles, and what was ambiguous."""

    verb, title = "read", "The network"

    @classmethod
    def of(cls, net: PlainNetwork) -> Self:
        """The same network, able to show itself."""
        return cls(**{f.name: getattr(net, f.name) for f in fields(net)})

    def _net(self) -> PlainNetwork:
        return self

    def _repr_latex_(self) -> str | None:
        from workings.answers.read import formula

        found = formula(self)
        return None if found is None else f"$$\n{found.latex}\n$$"


class Result(Shown):
    """An engine's data with its network; the fields of the data are read through it."""

    def __init__(self, data: Any, net: PlainNetwork) -> None:
        self.data, self.net = data, net

    def _data(self) -> Any:
        return self.data

    def _net(self) -> PlainNetwork:
        return self.net

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("data", "net"):
            raise AttributeError(name)
        return getattr(self.data, name)

    def __repr__(self) -> str:
        return f"<workings.{type(self).__name__}: print() shows it, .as_dict() gives its facts>"


class Pictured(Result):
    """A result whose first picture says most of it."""

    def _repr_svg_(self) -> str:
        return str(self._picture_as(".svg"))


class Drawing(Pictured):
    """The graph of a network."""

    verb, title = "draw", "The network"

    def _content(self, suffix: str) -> str | bytes:
        if suffix == ".dot":
            from workings.render.dot import dot

            return dot(self.data)
        if suffix == ".tex":
            from workings.render import tikz

            return tikz.document(self._picture().figure)
        return super()._content(suffix)


class Values(Result):
    """The forward pass."""

    verb, title = "run", "The forward pass"

    def __getitem__(self, name: str) -> Any:
        return self.data.values[name]


class Derivation(Result):
    """A derivative with its workings."""

    verb, title = "gradient", "The derivative, step by step"

    def _repr_latex_(self) -> str:
        from workings.answers.gradient import line
        from workings.notation import latex

        return f"$\\displaystyle {latex(line(self.data), self._spelling())}$"


class Expansion(Result):
    """A Taylor polynomial with its workings."""

    verb, title = "taylor", "The Taylor polynomial to second order"

    def _repr_latex_(self) -> str:
        from workings.answers.taylor import line
        from workings.notation import latex

        return f"$\\displaystyle {latex(line(self.data), self._spelling())}$"


class Program(Result):
    """Forward and backward computations."""

    verb, title = "backward", "The backward computations"


class Fit(Pictured):
    """Fitted parameters; `network` is the network with their values."""

    verb, title = "train", "The fitted network"

    @property
    def network(self) -> Network:
        """The network with the fitted values, to draw, run, cut and check."""
        return Network.of(self.data.network)


class Report(Result):
    """Verdicts on lines."""

    verb, title = "check", "The lines, checked"

    def _spelling(self) -> Mapping[str, str]:
        from workings.answers.check import spelled

        return {**super()._spelling(), **spelled(self.data)}


class Grades(Result):
    """A folder of answers, marked."""

    verb, title = "grade", "Marks"

    def document(self) -> Document:
        return replace(super().document(), title=f"Marks: {self.data.title}")

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write .csv (an overview of the slips and a folder of pages beside it), .html, .md, .txt or .json."""
        target = Path(path)
        if target.suffix.lower() != ".csv":
            return super().save(path)
        from workings.render.marks import write_marks

        return write_marks(target, self.data, self.document(), overwrite)


class Solution(Result):
    """A worked exercise sheet."""

    verb = "solution"

    def document(self) -> Document:
        from workings.sheets.page import document

        from workings.answers.levels import solution

        page: Document = document(solution(self.data, self._level))
        return replace(page, unfold=self._level == "every")

    def blocks(self) -> tuple[Block, ...]:
        return self.document().blocks

    def text(self, unfold: bool = False, width: int = 80) -> str:
        from workings.render.text import text

        return text(self.document(), width, unfold).rstrip("\n")
