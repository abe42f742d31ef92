"""The sheet of a transformer block: every question solved, in the letters of the sheet, without a delta or a case."""

from pathlib import Path

from workings.answers.solution import as_dict
from workings.errors import Source
from workings.sheets import solve

SHEET = Path(__file__).parents[2] / "sheets" / "transformer-block.md"


def test_every_question_is_solved() -> None:
    solved = as_dict(solve(Source(SHEET.read_text("utf-8"), str(SHEET))))
    first, second, third = solved["exercises"][0]["tasks"]
    assert first["answer"]["result"] == "sum(i, (Y[i,e] - c[i,e])*gelu(z[i,m]))"
    assert second["answer"]["result"] == "A[h,i,j]*(v[h,j,d] - sum(l, v[h,l,d]*A[h,i,l]))"
    stated = {s["name"]: s["value"] for s in third["answer"]["backward"]}
    assert stated["gS[h,i,j]"] == "A[h,i,j]*(gA[h,i,j] - sum(l, gA[h,i,l]*A[h,i,l]))"
    assert stated["gP[h,e,d]"] == "sum(i, gq[h,i,d]*u[i,e])"
    assert stated["gB[h,d,e]"] == "sum(i, gy[i,e]*o[h,i,d])"
    assert not [s for s in stated.values() if "where" in s or "delta" in s]
