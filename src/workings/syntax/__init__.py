"""Text in: plain notation and LaTeX are two spellings of one language."""

from workings.syntax.assemble import assemble, read
from workings.syntax.lines import read_expression, read_lines
from workings.syntax.statements import Line, Statement, statements

__all__ = ["Line", "Statement", "assemble", "read", "read_expression", "read_lines", "statements"]
