"""The sizes of arrays, and what does not fit, said at its place."""
