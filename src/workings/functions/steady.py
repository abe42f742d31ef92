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
        slopes=("dtanhgelu(z)",), latex=r"\operatorname{tanhgelu}", spellings=("gelu_tanh",), soft=("tanhgelu",),
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
    Row("shareloss", "log(a + c exp(v)) - t v", params=("v", "a", "c", "t"), body="log(a + c*exp(v)) - t*v",
        derivative=("c*exp(v)/(a + c*exp(v)) - t", "1/(a + c*exp(v))", "exp(v)/(a + c*exp(v))", "-v"),
        slopes=("sharegap(v, a, c, t)", "expshare(-v, c, a)/a", "expshare(v, a, c)/c", "-v"),
        latex=r"\operatorname{shareloss}", soft=("shareloss",), domain=(0.1, 3),
        stable="exp(v) overflows, and the slope cancels where the share is near t"),
    Row("sharegap", "share of c exp(v) in a + c exp(v), less t", params=("v", "a", "c", "t"),
        body="c*exp(v)/(a + c*exp(v)) - t",
        derivative=("a*c*exp(v)/(a + c*exp(v))^2", "-c*exp(v)/(a + c*exp(v))^2", "a*exp(v)/(a + c*exp(v))^2", "-1"),
        slopes=("dexpshare(v, a, c)", "-dexpshare(v, a, c)/a", "dexpshare(v, a, c)/c", "-1"),
        latex=r"\operatorname{sharegap}", soft=("sharegap",), domain=(0.1, 3),
        stable="the difference cancels where it is near 0"),
    Row("poisson", "exp(v) - k v", params=("v", "k"), body="exp(v) - k*v", derivative=("exp(v) - k", "-v"),
        slopes=("expgap(v, k)", "-v"), latex=r"\operatorname{poisson}", soft=("poisson",), domain=(0.1, 3),
        stable="its slope exp(v) - k cancels where exp(v) is near k"),
    Row("expgap", "exp(v) - k", params=("v", "k"), body="exp(v) - k", derivative=("exp(v)", "-1"),
        slopes=("growth(v)", "-1"),
        latex=r"\operatorname{expgap}", soft=("expgap",), domain=(0.1, 3),
        stable="the difference cancels where exp(v) is near k"),
    Row("poissonrate", "r - k log r", params=("r", "k"), body="r - k*log(r)", derivative=("1 - k/r", "-log(r)"),
        slopes=("rategap(r, k)", "-log(r)"), latex=r"\operatorname{poissonrate}", soft=("poissonrate",),
        domain=(0.1, 3), stable="its slope 1 - k/r is (r - k)/r, which does not round before it subtracts"),
    Row("normalloss", "r^2/(2 s^2) + log s", params=("s", "r"), body="r^2/(2*s^2) + log(s)",
        derivative=("1/s - r^2/s^3", "r/s^2"), slopes=("normalgap(s, r)", "r/s/s"),
        latex=r"\operatorname{normalloss}", soft=("normalloss",), domain=(0.1, 3),
        stable="its slope cancels where s is near |r|, and s^3 underflows"),
    Row("normalgap", "1/s - r^2/s^3", params=("s", "r"), body="1/s - r^2/s^3",
        derivative=("3*r^2/s^4 - 1/s^2", "-2*r/s^3"), slopes=("dnormalgap(s, r)", "-2*r/s/s/s"),
        latex=r"\operatorname{normalgap}", soft=("normalgap",), domain=(0.1, 3),
        stable="the difference cancels where s is near |r|: it is (s - r)(s + r)/s^3"),
    Row("dnormalgap", "3 r^2/s^4 - 1/s^2", params=("s", "r"), body="3*r^2/s^4 - 1/s^2",
        derivative=("2/s^3 - 12*r^2/s^5", "6*r/s^4"), latex=r"\operatorname{dnormalgap}", soft=("dnormalgap",),
        domain=(0.1, 3), stable="s^4 underflows before its inverse overflows"),
    Row("focal", "sigmoid(-v)^g softplus(-v)", params=("v", "g"), body="sigmoid(-v)^g*softplus(-v)",
        derivative=("-sigmoid(-v)^g*(g*sigmoid(v)*softplus(-v) + sigmoid(-v))",
                    "sigmoid(-v)^g*softplus(-v)*log(sigmoid(-v))"),
        slopes=("dfocal(v, g)", "-focal(v, g)*softplus(v)"), latex=r"\operatorname{focal}", soft=("focal",),
        stable="a power of 1 - p underflows or has no slope where the loss has one", source="arXiv:1708.02002"),
    Row("dfocal", "slope of the focal loss", params=("v", "g"),
        body="-sigmoid(-v)^g*(g*sigmoid(v)*softplus(-v) + sigmoid(-v))",
        derivative=("sigmoid(-v)^g*sigmoid(v)*(g*softplus(-v)*(g*sigmoid(v) - sigmoid(-v)) + (2*g + 1)*sigmoid(-v))",
                    "-dfocal(v, g)*softplus(v) - sigmoid(-v)^g*sigmoid(v)*softplus(-v)"),
        slopes=("d2focal(v, g)", "-dfocal(v, g)*softplus(v) - sigmoid(-v)^g*sigmoid(v)*softplus(-v)"),
        latex=r"\operatorname{dfocal}", soft=("dfocal",),
        stable="a power of 1 - p underflows where the slope does not"),
    Row("d2focal", "second derivative of the focal loss", params=("v", "g"),
        body="sigmoid(-v)^g*sigmoid(v)*(g*softplus(-v)*(g*sigmoid(v) - sigmoid(-v)) + (2*g + 1)*sigmoid(-v))",
        derivative=("sigmoid(-v)^g*sigmoid(v)*((g*softplus(-v)*(g*sigmoid(v) - sigmoid(-v)) + (2*g + 1)*sigmoid(-v))"
                    "*(sigmoid(-v) - g*sigmoid(v)) - g*sigmoid(-v)*(g*sigmoid(v) - sigmoid(-v))"
                    " + (g*(g + 1)*softplus(-v) - 2*g - 1)*sigmoid(v)*sigmoid(-v))",
                    "-d2focal(v, g)*softplus(v) + sigmoid(-v)^g*sigmoid(v)"
                    "*(softplus(-v)*(2*g*sigmoid(v) - sigmoid(-v)) + 2*sigmoid(-v))"),
        latex=r"\operatorname{d2focal}", soft=("d2focal",),
        stable="a power of 1 - p underflows where the slope does not"),
    _row("growth", "exp(v), and inf where that is the nearest number", "exp(z)", "exp(z)",
         "plain Python stops where exp(v) is larger than any number", "growth(z)"),
    Row("rategap", "1 - k/r", params=("r", "k"), body="1 - k/r", derivative=("k/r^2", "-1/r"),
        slopes=("k*inverse2(r)", "-inverse(r)"), latex=r"\operatorname{rategap}", soft=("rategap",), domain=(0.1, 3),
        stable="k/r rounds before it is subtracted"),
    _row("inverse", "1/z", "1/z", "-1/z^2", "z^2 overflows where 1/z^2 does not", "-inverse2(z)", (0.1, 3)),
    _row("inverse2", "1/z^2", "1/z^2", "-2/z^3", "z^2 overflows or vanishes where 1/z^2 does not", "", (0.1, 3)),
    Row("relent", "p log(p/q)", params=("p", "q"), body="p*log(p/q)", derivative=("1 + log(p/q)", "-p/q"),
        slopes=("relentgap(p, q)", "-p*inverse(q)"), latex=r"\operatorname{relent}", soft=("relent",), domain=(0.1, 3),
        stable="p/q rounds before the logarithm, which is near 0 where p is near q"),
    Row("relentgap", "1 + log(p/q)", params=("p", "q"), body="1 + log(p/q)", derivative=("1/p", "-1/q"),
        slopes=("inverse(p)", "-inverse(q)"), latex=r"\operatorname{relentgap}", soft=("relentgap",), domain=(0.1, 3),
        stable="the sum cancels where p is near q/e"),
    Row("logratio", "log(a/b)", params=_AB, body="log(a/b)", derivative=("1/a", "-1/b"),
        slopes=("inverse(a)", "-inverse(b)"), latex=r"\operatorname{logratio}", soft=("logratio",), domain=(0.1, 3),
        stable="a/b rounds before the logarithm, which is near 0 where a is near b, and may overflow"),
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
