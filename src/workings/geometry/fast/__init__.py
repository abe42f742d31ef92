"""The complex of a plane in doubles with proved bounds; integers decide where a bound is not enough.

Doors: `engine.complex_of(stack, domain, …) -> Complex` (arrays, counts), `frontier.boundary_of(complex, …)`.
The stack comes from `geometry.stacking.stack(net)`, the domain from `geometry.plane`.
"""
