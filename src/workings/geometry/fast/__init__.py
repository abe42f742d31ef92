"""The complex of a plane in doubles with proved bounds; integers decide where a bound is not enough."""
