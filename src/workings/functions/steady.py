"""Functions that textbook formulas are, named so that their values and slopes keep all digits over the whole range.

Programs call them (`forms/spellings.py` finds them); pages of derivations keep the spelling of the text.
"""

from __future__ import annotations

from workings.functions.rows import Row

_VAC, _AB = ("v", "a", "c"), ("a", "b")
_ROOT = "the terms cancel near the root"
_TANH = "sqrt(2/pi)*(z + 0.044715*z^3)"


def _row(name: str, says: str, body: str, derivative: str | tuple[str, ...], stable: str = _ROOT, slopes: str = "",
         domain: tuple[float, float] = (-3.0, 3.0), params: tuple[str, ...] = ("z",)) -> Row:
    """A function that pages name only where a text does."""
    texts = (derivative,) if isinstance(derivative, str) else derivative
    return Row(name, says, params, body, texts, (slopes,) if slopes else (), rf"\operatorname{{{name}}}", soft=(name,),
               stable=stable, domain=domain)


SLOPES = (
    _row("sech2", "slope of tanh", "1 - tanh(z)^2", "-2*tanh(z)*sech2(z)",
         "1 - tanh(z)^2 cancels where |tanh z| is near 1", "d2tanh(z)"),
    _row("d2tanh", "second derivative of tanh", "-2*tanh(z)*(1 - tanh(z)^2)", "sech2(z)*(4 - 6*sech2(z))",
         "1 - tanh(z)^2 cancels where |tanh z| is near 1", "d3tanh(z)"),
    _row("d3tanh", "third derivative of tanh", "(1 - tanh(z)^2)*(6*tanh(z)^2 - 2)",
         "8*tanh(z)*(1 - tanh(z)^2)*(2 - 3*tanh(z)^2)"),
    _row("dsigmoid", "slope of sigmoid", "sigmoid(z)*(1 - sigmoid(z))", "-dsigmoid(z)*tanh(z/2)",
         "1 - sigmoid(z) cancels where z is large", "d2sigmoid(z)"),
    _row("d2sigmoid", "second derivative of sigmoid", "sigmoid(z)*(1 - sigmoid(z))*(1 - 2*sigmoid(z))",
         "dsigmoid(z)*(1 - 6*dsigmoid(z))", "1 - sigmoid(z) cancels where z is large", "d3sigmoid(z)"),
    _row("d3sigmoid", "third derivative of sigmoid", "dsigmoid(z)*(1 - 6*dsigmoid(z))",
         "-dsigmoid(z)*tanh(z/2)*(1 - 12*dsigmoid(z))"),
    _row("dPhi", "normal density", "exp(-z^2/2)/sqrt(2*pi)", "-z*exp(-z^2/2)/sqrt(2*pi)",
         "what rounding takes off z^2 counts where z is large", "d2Phi(z)"),
    _row("d2Phi", "slope of the normal density", "-z*exp(-z^2/2)/sqrt(2*pi)", "(z^2 - 1)*exp(-z^2/2)/sqrt(2*pi)",
         "what rounding takes off z^2 counts where z is large"),
    _row("dgelu", "slope of GELU", "Phi(z) + z*exp(-z^2/2)/sqrt(2*pi)", "(2 - z^2)*exp(-z^2/2)/sqrt(2*pi)",
         slopes="d2gelu(z)"),
    _row("d2gelu", "second derivative of GELU", "(2 - z^2)*exp(-z^2/2)/sqrt(2*pi)",
         "(z^3 - 4*z)*exp(-z^2/2)/sqrt(2*pi)"),
    _row("dsilu", "slope of SiLU", "sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))",
         "sigmoid(z)*(1 - sigmoid(z))*(2 - z*tanh(z/2))", slopes="d2silu(z)"),
    _row("d2silu", "second derivative of SiLU", "sigmoid(z)*(1 - sigmoid(z))*(2 - z*tanh(z/2))",
         "dsigmoid(z)*(z*(1 - 6*dsigmoid(z)) - 3*tanh(z/2))"),
    _row("dmish", "slope of Mish", "tanh(softplus(z)) + z*sigmoid(z)*(1 - tanh(softplus(z))^2)",
         "8*exp(z)*(2 + z + (4 + z)*exp(z) + 3/2*(2 - z)*exp(2*z) + (1 - z)*exp(3*z))/(2 + 2*exp(z) + exp(2*z))^3",
         slopes="d2mish(z)"),
    _row("d2mish", "second derivative of Mish",
         "8*exp(z)*(2 + z + (4 + z)*exp(z) + 3/2*(2 - z)*exp(2*z) + (1 - z)*exp(3*z))/(2 + 2*exp(z) + exp(2*z))^3",
         "d2mish(z)*(1 - 6*(exp(z) + exp(2*z))/(2 + 2*exp(z) + exp(2*z)))"
         " + 8*exp(z)*(1 + (5 + z)*exp(z) + 3/2*(3 - 2*z)*exp(2*z) + (2 - 3*z)*exp(3*z))"
         "/(2 + 2*exp(z) + exp(2*z))^3"),
)

UNITS = (
    Row("tanhgelu", "Gaussian error linear unit by tanh", body=f"z/2*(1 + tanh({_TANH}))",
        derivative=(f"(1 + tanh({_TANH}))/2 + z/2*(1 - tanh({_TANH})^2)*sqrt(2/pi)*(1 + 0.134145*z^2)",),
        slopes=("dtanhgelu(z)",), latex=r"\operatorname{GELU}_{\tanh}", spellings=("gelu_tanh",), soft=("tanhgelu",),
        stable="1 + tanh cancels where z is very negative, and the slope near its root", source="arXiv:1606.08415"),
    _row("dtanhgelu", "slope of GELU by tanh",
         f"(1 + tanh({_TANH}))/2 + z/2*(1 - tanh({_TANH})^2)*sqrt(2/pi)*(1 + 0.134145*z^2)", "d2tanhgelu(z)"),
    _row("d2tanhgelu", "second derivative of GELU by tanh",
         f"(1 - tanh({_TANH})^2)*sqrt(2/pi)*(1 + 0.26829*z^2"
         f" - z*tanh({_TANH})*sqrt(2/pi)*(1 + 0.134145*z^2)^2)",
         f"(1 - tanh({_TANH})^2)*sqrt(2/pi)*(0.53658*z - tanh({_TANH})*sqrt(2/pi)*(1 + 0.134145*z^2)"
         f"*(3 + 1.207305*z^2) - z*sqrt(2/pi)^2*(1 + 0.134145*z^2)^3*(1 - 3*tanh({_TANH})^2))"),
    _row("dip", "exp(z) - 1 below 0, and 0 above", "where(z > 0, 0, exp(z) - 1)", "where(z > 0, 0, exp(z))",
         "exp(z) - 1 cancels where z is small, and exp(z) overflows where it is not wanted", "ddip(z)"),
    _row("ddip", "exp(z) below 0, and 0 above", "where(z > 0, 0, exp(z))", "where(z > 0, 0, exp(z))",
         "exp(z) overflows where it is not wanted", "ddip(z)"),
)

LOGARITHMS = (
    Row("logsum", "log(a + c exp(v))", params=_VAC, body="log(a + c*exp(v))",
        derivative=("expshare(v, a, c)", "1/(a + c*exp(v))", "exp(v)/(a + c*exp(v))"),
        slopes=("expshare(v, a, c)", "expshare(-v, c, a)/a", "expshare(v, a, c)/c"),
        latex=r"\operatorname{logsum}", soft=("logsum",), domain=(0.1, 3),
        stable="exp(v) overflows where the logarithm does not"),
    Row("expshare", "share of c exp(v) in a + c exp(v)", params=_VAC, body="c*exp(v)/(a + c*exp(v))",
        derivative=("expshare(v, a, c)*expshare(-v, c, a)", "-c*exp(v)/(a + c*exp(v))^2", "a*exp(v)/(a + c*exp(v))^2"),
        slopes=("dexpshare(v, a, c)", "-dexpshare(v, a, c)/a", "dexpshare(v, a, c)/c"),
        latex=r"\operatorname{expshare}", soft=("expshare",), domain=(0.1, 3),
        stable="exp(v) overflows where the quotient does not"),
    Row("dexpshare", "slope of a share", params=_VAC, body="a*c*exp(v)/(a + c*exp(v))^2",
        derivative=("dexpshare(v, a, c)*(a - c*exp(v))/(a + c*exp(v))",
                    "c*exp(v)*(c*exp(v) - a)/(a + c*exp(v))^3", "a*exp(v)*(a - c*exp(v))/(a + c*exp(v))^3"),
        slopes=("d2expshare(v, a, c)", "(expshare(v, a, c) - expshare(-v, c, a))*dexpshare(v, a, c)/a",
                "(expshare(-v, c, a) - expshare(v, a, c))*dexpshare(v, a, c)/c"),
        latex=r"\operatorname{dexpshare}", soft=("dexpshare",), domain=(0.1, 3),
        stable="exp(v) overflows where the quotient does not"),
    Row("d2expshare", "second derivative of a share", params=_VAC, body="a*c*exp(v)*(a - c*exp(v))/(a + c*exp(v))^3",
        derivative=("a*c*exp(v)*(a^2 - 4*a*c*exp(v) + c^2*exp(2*v))/(a + c*exp(v))^4",
                    "c*exp(v)*(4*a*c*exp(v) - a^2 - c^2*exp(2*v))/(a + c*exp(v))^4",
                    "a*exp(v)*(a^2 - 4*a*c*exp(v) + c^2*exp(2*v))/(a + c*exp(v))^4"),
        latex=r"\operatorname{d2expshare}", soft=("d2expshare",), domain=(0.1, 3), stable=_ROOT),
    _row("log1mexp", "log(1 - exp(-z))", "log(1 - exp(-z))", "1/(exp(z) - 1)",
         "1 - exp(-z) cancels where z is small, and rounds to 1 where it is large", "dlog1mexp(z)", (0.1, 3)),
    _row("dlog1mexp", "1/(exp(z) - 1)", "1/(exp(z) - 1)", "-exp(z)/(exp(z) - 1)^2",
         "exp(z) - 1 cancels where z is small, and overflows where the quotient does not", "d2log1mexp(z)", (0.1, 3)),
    _row("d2log1mexp", "-exp(z)/(exp(z) - 1)^2", "-exp(z)/(exp(z) - 1)^2", "exp(z)*(exp(z) + 1)/(exp(z) - 1)^3",
         "exp(z) - 1 cancels where z is small, and overflows where the quotient does not", "", (0.1, 3)),
    _row("xlogx", "z log z", "z*log(z)", "1 + log(z)", "its value at 0 is 0", "logplus1(z)", (0.1, 4)),
    _row("logplus1", "1 + log z", "1 + log(z)", "1/z", "the sum cancels where z is near 1/e", "", (0.5, 4)),
    _row("dlogit", "slope of the log odds", "1/(z*(1 - z))", "(2*z - 1)/(z*(1 - z))^2",
         "z (1 - z) underflows before its inverse overflows", "d2logit(z)", (0.05, 0.95)),
    _row("d2logit", "second derivative of the log odds", "(2*z - 1)/(z*(1 - z))^2",
         "2/(z*(1 - z))^2 + 2*(2*z - 1)^2/(z*(1 - z))^3", "(z (1 - z))^2 underflows before its inverse overflows", "",
         (0.05, 0.95)),
)

ROOTS = (
    Row("hypot", "length of (a, b)", params=_AB, body="sqrt(a^2 + b^2)", derivative=("a/hypot(a, b)", "b/hypot(a, b)"),
        slopes=("dhypot(a, b)", "dhypot(b, a)"), latex=r"\operatorname{hypot}", soft=("hypot",), domain=(0.1, 3),
        stable="a^2 overflows or vanishes where the root does not"),
    Row("dhypot", "a over the length of (a, b)", params=_AB, body="a/sqrt(a^2 + b^2)",
        derivative=("b^2/sqrt(a^2 + b^2)^3", "-a*b/sqrt(a^2 + b^2)^3"), slopes=("d2hypot(a, b)", "mixedhypot(a, b)"),
        latex=r"\operatorname{dhypot}", soft=("dhypot",), domain=(0.1, 3),
        stable="a^2 overflows or vanishes where the quotient does not"),
    Row("d2hypot", "second derivative of a length", params=_AB, body="b^2/sqrt(a^2 + b^2)^3",
        derivative=("-3*a*b^2/sqrt(a^2 + b^2)^5", "(2*b*a^2 - b^3)/sqrt(a^2 + b^2)^5"),
        latex=r"\operatorname{d2hypot}", soft=("d2hypot",), domain=(0.1, 3),
        stable="powers of a and b overflow or vanish where the quotient does not"),
    Row("mixedhypot", "mixed second derivative of a length", params=_AB, body="-a*b/sqrt(a^2 + b^2)^3",
        derivative=("(2*b*a^2 - b^3)/sqrt(a^2 + b^2)^5", "(2*a*b^2 - a^3)/sqrt(a^2 + b^2)^5"),
        latex=r"\operatorname{mixedhypot}", soft=("mixedhypot",), domain=(0.1, 3),
        stable="powers of a and b overflow or vanish where the quotient does not"),
    _row("sqrt1pm1", "sqrt(1 + z^2) - 1", "sqrt(1 + z^2) - 1", "z/hypot(z, 1)",
         "the difference cancels where z is small", "dsqrt1pm1(z)"),
    _row("dsqrt1pm1", "z/sqrt(1 + z^2)", "z/sqrt(1 + z^2)", "1/sqrt(1 + z^2)^3",
         "z^2 overflows where the quotient does not", "d2sqrt1pm1(z)"),
    _row("d2sqrt1pm1", "(1 + z^2)^(-3/2)", "1/sqrt(1 + z^2)^3", "-3*z/sqrt(1 + z^2)^5",
         "z^2 overflows where the quotient does not"),
)

LOSSES = (
    Row("bce", "binary cross-entropy of a sigmoid", params=("v", "t"), body="softplus(v) - t*v",
        derivative=("sigmoidgap(v, t)", "-v"), latex=r"\operatorname{bce}", soft=("bce",),
        stable="the difference cancels where v is large: t softplus(-v) + (1 - t) softplus(v) does not"),
    Row("sigmoidgap", "sigmoid(v) - t", params=("v", "t"), body="sigmoid(v) - t",
        derivative=("sigmoid(v)*(1 - sigmoid(v))", "-1"),
        slopes=("dsigmoid(v)", "-1"), latex=r"\operatorname{sigmoidgap}", soft=("sigmoidgap",),
        stable="the difference cancels where it is near 0"),
)

MARKS = (                     # what `forms/softmaxes.py` tells a derivation
    Row("held", "its argument, which has no slope here", body="z", derivative=("0",), soft=("held",), kind="index"),
    Row("carry", "0, with a given slope", params=("z", "s"), body="0*z", derivative=("s", "0"), soft=("carry",),
        kind="index"),
    Row("softgap", "S share - t, by the parts of a softmax", params=("e", "top", "part", "rest", "t", "S"),
        body="S*part/(1 + rest) - t", soft=("softgap",), kind="index",
        stable="1 - share is what the other shares are: nothing cancels where one is near 1"),
    Row("expdiff", "exp(a - b)", params=_AB, body="exp(a - b)", derivative=("exp(a - b)", "-exp(a - b)"),
        soft=("expdiff",), kind="index", stable="what rounding takes off a - b counts where it is large"),
)

STEADY = (*SLOPES, *UNITS, *LOGARITHMS, *ROOTS, *LOSSES, *MARKS)
