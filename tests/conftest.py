"""Having this file puts `tests/` on the path, so that tests share `strategies`."""
