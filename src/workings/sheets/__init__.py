"""A sheet in, its solution out: exercises, scopes, what is asked; the order in which it is worked.

    blocks → outline → prose → asks, purpose → parse, roles → targets → read       the sheet as data
    tasks, crosscheck → solve → page                                               its solution
"""

from workings.sheets.model import Exercise, Hint, Part, Question, Sheet
from workings.sheets.read import read_sheet
from workings.sheets.solve import solve

__all__ = ["Exercise", "Hint", "Part", "Question", "Sheet", "read_sheet", "solve"]
