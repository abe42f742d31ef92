"""Functions that textbook formulas are, named so that their values and slopes keep all digits over the whole range.

Programs call them (`forms/spellings.py` finds them); pages of derivations keep the spelling of the text.
"""

from __future__ import annotations

from workings.functions.rows import Row

_VAC = ("v", "a", "c")
STEADY = (
    Row("sech2", "slope of tanh", body="1 - tanh(z)^2", derivative=("-2*tanh(z)*sech2(z)",),
        latex=r"\operatorname{sech2}", soft=("sech2",), stable="1 - tanh(z)^2 cancels where |tanh z| is near 1"),
    Row("dsigmoid", "slope of sigmoid", body="sigmoid(z)*(1 - sigmoid(z))", derivative=("-dsigmoid(z)*tanh(z/2)",),
        latex=r"\operatorname{dsigmoid}", soft=("dsigmoid",), stable="1 - sigmoid(z) cancels where z is large"),
    Row("logsum", "log(a + c exp(v))", params=_VAC, body="log(a + c*exp(v))",
        derivative=("expshare(v, a, c)", "1/(a + c*exp(v))", "exp(v)/(a + c*exp(v))"),
        latex=r"\operatorname{logsum}", soft=("logsum",), domain=(0.1, 3),
        stable="exp(v) overflows where the logarithm does not"),
    Row("expshare", "share of c exp(v) in a + c exp(v)", params=_VAC, body="c*exp(v)/(a + c*exp(v))",
        derivative=("expshare(v, a, c)*expshare(-v, c, a)", "-c*exp(v)/(a + c*exp(v))^2", "a*exp(v)/(a + c*exp(v))^2"),
        latex=r"\operatorname{expshare}", soft=("expshare",), domain=(0.1, 3),
        stable="exp(v) overflows where the quotient does not"),
    Row("hypot", "length of (a, b)", params=("a", "b"), body="sqrt(a^2 + b^2)",
        derivative=("a/hypot(a, b)", "b/hypot(a, b)"), latex=r"\operatorname{hypot}", soft=("hypot",), domain=(0.1, 3),
        stable="a^2 overflows or vanishes where the root does not"),
    Row("sqrt1pm1", "sqrt(1 + z^2) - 1", body="sqrt(1 + z^2) - 1", derivative=("z/hypot(z, 1)",),
        latex=r"\operatorname{sqrt1pm1}", soft=("sqrt1pm1",), stable="the difference cancels where z is small"),
    Row("xlogx", "z log z", body="z*log(z)", derivative=("logplus1(z)",), latex=r"\operatorname{xlogx}",
        soft=("xlogx",), domain=(0.1, 4), stable="its value at 0 is 0"),
    Row("logplus1", "1 + log z", body="1 + log(z)", derivative=("1/z",), latex=r"\operatorname{logplus1}",
        soft=("logplus1",), domain=(0.5, 4), stable="the sum cancels where z is near 1/e"),
    Row("bce", "binary cross-entropy of a sigmoid", params=("v", "t"), body="softplus(v) - t*v",
        derivative=("sigmoidgap(v, t)", "-v"), latex=r"\operatorname{bce}", soft=("bce",),
        stable="the difference cancels where v is large: t softplus(-v) + (1 - t) softplus(v) does not"),
    Row("sigmoidgap", "sigmoid(v) - t", params=("v", "t"), body="sigmoid(v) - t", derivative=("dsigmoid(v)", "-1"),
        latex=r"\operatorname{sigmoidgap}", soft=("sigmoidgap",), stable="the difference cancels where it is near 0"),
)
