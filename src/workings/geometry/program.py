"""A network as geometry works on it: gates in order, then the form of each named quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from workings.expr import Expr
from workings.geometry.data import Gate, Output, Unit
from workings.geometry.gates import GateForm
from workings.geometry.linear import Form
from workings.geometry.whole import IntForm, Whole


@dataclass(eq=False)
class Program:
    """What geometry works on: gates in order, then the form of each named quantity."""

    inputs: tuple[str, ...]
    units: tuple[Unit, ...]
    pres: tuple[Form, ...]              # of each unit
    gates: tuple[Gate, ...]
    forms: tuple[GateForm, ...]         # of each gate
    named: Mapping[str, Form]
    formulas: Mapping[str, Expr]        # of each named quantity, as written, gates by name
    outputs: tuple[str, ...]

    def output(self, name: str) -> Output:
        return Output(name, self.formulas[name])

    @cached_property
    def whole(self) -> Whole:
        """The same in integers."""
        return Whole(len(self.inputs), self.pres, self.forms)

    @cached_property
    def whole_named(self) -> dict[str, IntForm]:
        return {name: self.whole.form(form) for name, form in self.named.items()}
