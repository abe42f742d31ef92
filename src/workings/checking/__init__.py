"""Right or wrong, with a proof or a counterexample: `decide.equal` for two expressions, `check` for lines."""

from workings.checking.code import check_code
from workings.checking.code_names import derives
from workings.checking.decide import equal
from workings.checking.lines import check
from workings.checking.verdict import Counterexample, Judged, Report, Verdict

__all__ = ["Counterexample", "Judged", "Report", "Verdict", "check", "check_code", "derives", "equal"]
