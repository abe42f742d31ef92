"""Integer forms: the same maps as fractions give, under every choice of signs."""

from __future__ import annotations

from hypothesis import given, settings

from nets import Random, grid, networks
from workings.functions import signatures
from workings.geometry.certify import run
from workings.geometry.lower import lower
from workings.syntax import read


@settings(max_examples=40, derandomize=True, deadline=None)
@given(networks(sizes=(1, 2), deepest=2))
def test_held_maps_are_the_values_of_the_gates(net: Random) -> None:
    program = lower(net.network())
    whole = program.whole
    for point in grid(len(net.inputs))[::3]:
        signs, values = run(program, point, program.named)
        held: tuple[tuple[int, ...], ...] = ()
        unit = 0
        for gate, form in zip(whole.gates, program.forms):
            unit += len(form.units)
            chosen = gate.values[signs[unit - len(form.units):unit]]
            pre = whole.pres[unit - 1].of(held)
            held = (*held, tuple(chosen * v for v in pre) if isinstance(chosen, int) else chosen.of(held))
        for name, wanted in values.items():
            *slope, const = whole.map(program.whole_named[name], held)
            assert sum((c * x for c, x in zip(slope, point)), const) == wanted


def test_units_of_one_layer_are_computed_together() -> None:
    text = "a = relu(x1/3 - 1); b = leaky(x2, 1/7); c = relu(a - b/2); d = clip(b + 1/5, 0, 1); y = c - d"
    whole = lower(read(text, signatures())).whole
    assert whole.starts == [0, 0, 2, 2, 2]
    assert whole.scales == [3, 7, 42, 35]
