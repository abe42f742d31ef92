"""The table of functions: a row says what a function is, how it is written, derived, cut into pieces and kept stable.

Sources: DLMF = NIST Digital Library of Mathematical Functions, dlmf.nist.gov, by section.
"""

from __future__ import annotations

from workings.functions.array_rows import ARRAYS
from workings.functions.layer_rows import LAYERS
from workings.functions.loss_rows import LOSS_ROWS
from workings.functions.rows import MANY, Piecewise, Row
from workings.functions.steady import STEADY

ELEMENTARY = (
    Row("exp", "exponential function", derivative=("exp(z)",), latex=r"\exp", source="DLMF 4.10"),
    Row("log", "natural logarithm", derivative=("1/z",), latex=r"\log", spellings=("ln",),
        domain=(0.1, 4), source="DLMF 4.10"),
    Row("sqrt", "square root", derivative=("1/(2*sqrt(z))",), latex=r"\sqrt", domain=(0.1, 4), source="DLMF 4.10"),
    Row("log2", "logarithm to base 2", body="log(z)/log(2)", derivative=("1/(z*log(2))",), latex=r"\log_{2}",
        spellings=("log_2",), soft=("ld",), domain=(0.1, 4), stable="its own method: exact at powers of 2"),
    Row("log10", "logarithm to base 10", body="log(z)/log(10)", derivative=("1/(z*log(10))",), latex=r"\log_{10}",
        spellings=("log_10",), domain=(0.1, 4), stable="its own method: exact at powers of 10"),
    Row("log1p", "log(1 + z)", body="log(1 + z)", derivative=("1/(1 + z)",), latex=r"\operatorname{log1p}",
        domain=(-0.9, 3), stable="1 + z would round z away where z is small"),
    Row("expm1", "exp(z) - 1", body="exp(z) - 1", derivative=("exp(z)",), latex=r"\operatorname{expm1}",
        stable="exp(z) - 1 would cancel where z is small"),
    Row("pow", "power", params=("a", "b"), body="a^b", derivative=("b*a^(b - 1)", "a^b*log(a)"),
        latex=r"\operatorname{pow}", soft=("pow",), domain=(0.1, 3)),
    Row("square", "square", body="z^2", derivative=("2*z",), latex=r"\operatorname{square}", soft=("square",)),
)

CIRCULAR = (
    Row("sin", "sine", derivative=("cos(z)",), latex=r"\sin", source="DLMF 4.20"),
    Row("cos", "cosine", derivative=("-sin(z)",), latex=r"\cos", source="DLMF 4.20"),
    Row("tan", "tangent", derivative=("1 + tan(z)^2",), latex=r"\tan", domain=(-1.4, 1.4), source="DLMF 4.20"),
    Row("sec", "secant", body="1/cos(z)", derivative=("sec(z)*tan(z)",), latex=r"\sec", domain=(-1.4, 1.4)),
    Row("csc", "cosecant", body="1/sin(z)", derivative=("-csc(z)*cot(z)",), latex=r"\csc", domain=(0.2, 3)),
    Row("cot", "cotangent", body="cos(z)/sin(z)", derivative=("-(1 + cot(z)^2)",), latex=r"\cot", domain=(0.2, 3)),
    Row("asin", "inverse sine", derivative=("1/sqrt(1 - z^2)",), latex=r"\arcsin", spellings=("arcsin",),
        domain=(-0.95, 0.95), source="DLMF 4.24"),
    Row("acos", "inverse cosine", derivative=("-1/sqrt(1 - z^2)",), latex=r"\arccos", spellings=("arccos",),
        domain=(-0.95, 0.95), source="DLMF 4.24"),
    Row("atan", "inverse tangent", derivative=("1/(1 + z^2)",), latex=r"\arctan", spellings=("arctan",),
        source="DLMF 4.24"),
)

HYPERBOLIC = (
    Row("tanh", "hyperbolic tangent", derivative=("1 - tanh(z)^2",), slopes=("sech2(z)",),
        latex=r"\tanh", source="DLMF 4.34"),
    Row("sinh", "hyperbolic sine", derivative=("cosh(z)",), latex=r"\sinh", source="DLMF 4.34"),
    Row("cosh", "hyperbolic cosine", derivative=("sinh(z)",), latex=r"\cosh", source="DLMF 4.34"),
    Row("sech", "hyperbolic secant", body="1/cosh(z)", derivative=("-sech(z)*tanh(z)",),
        latex=r"\operatorname{sech}", stable="cosh(z) would overflow where the value is merely small"),
    Row("csch", "hyperbolic cosecant", body="1/sinh(z)", derivative=("-csch(z)*coth(z)",),
        latex=r"\operatorname{csch}", domain=(0.2, 3), stable="sinh(z) would overflow where the value is merely small"),
    Row("coth", "hyperbolic cotangent", body="1/tanh(z)", derivative=("1 - coth(z)^2",), latex=r"\coth",
        domain=(0.2, 3)),
    Row("asinh", "inverse hyperbolic sine", derivative=("1/sqrt(1 + z^2)",), latex=r"\operatorname{arsinh}",
        spellings=("arsinh", "arcsinh"), source="DLMF 4.38"),
    Row("acosh", "inverse hyperbolic cosine", derivative=("1/sqrt(z^2 - 1)",), latex=r"\operatorname{arcosh}",
        spellings=("arcosh", "arccosh"), domain=(1.1, 4), source="DLMF 4.38"),
    Row("atanh", "inverse hyperbolic tangent", derivative=("1/(1 - z^2)",), latex=r"\operatorname{artanh}",
        spellings=("artanh", "arctanh"), domain=(-0.95, 0.95), source="DLMF 4.38"),
    Row("logcosh", "log of the hyperbolic cosine", body="log(cosh(z))", derivative=("tanh(z)",),
        latex=r"\operatorname{logcosh}", stable="cosh(z) would overflow: |z| + log1p(exp(-2|z|)) - log 2 does not"),
)

BELL = (
    Row("erf", "error function", derivative=("2*exp(-z^2)/sqrt(pi)",), latex=r"\operatorname{erf}", source="DLMF 7.2"),
    Row("erfc", "complementary error function", body="1 - erf(z)", derivative=("-2*exp(-z^2)/sqrt(pi)",),
        latex=r"\operatorname{erfc}", stable="1 - erf(z) would cancel where z is large", source="DLMF 7.2"),
    Row("Phi", "normal distribution function", body="(1 + erf(z/sqrt(2)))/2",
        derivative=("exp(-z^2/2)/sqrt(2*pi)",), slopes=("dPhi(z)",), latex=r"\Phi", soft=("Phi",),
        spellings=("normcdf",),
        stable="1 + erf would cancel where z is very negative: erfc(-z/sqrt 2)/2 does not", source="DLMF 7.18"),
)

SIGMOIDS = (
    Row("sigmoid", "logistic sigmoid", body="1/(1 + exp(-z))", derivative=("sigmoid(z)*(1 - sigmoid(z))",),
        slopes=("dsigmoid(z)",), latex=r"\sigma", spellings=("logistic", "sigm", "expit"), soft=("sigma",),
        stable="exp(-z) would overflow for very negative z: exp(z)/(1 + exp(z)) does not"),
    Row("logsigmoid", "log of the logistic sigmoid", body="-log(1 + exp(-z))", derivative=("1 - sigmoid(z)",),
        slopes=("sigmoid(-z)",),
        latex=r"\operatorname{logsigmoid}", stable="exp(-z) would overflow: it is -softplus(-z)"),
    Row("softplus", "softplus", body="log(1 + exp(z))", derivative=("sigmoid(z)",), latex=r"\operatorname{softplus}",
        stable="exp(z) would overflow: max(z, 0) + log1p(exp(-|z|)) does not"),
    Row("logit", "log odds", body="log(z/(1 - z))", derivative=("1/(z*(1 - z))",), latex=r"\operatorname{logit}",
        slopes=("dlogit(z)",), stable="log(z/(1 - z)) cancels where z is near 1/2", domain=(0.05, 0.95)),
    Row("softsign", "softsign", body="z/(1 + abs(z))", derivative=("1/(1 + abs(z))^2",),
        latex=r"\operatorname{softsign}"),
    Row("silu", "sigmoid linear unit", body="z*sigmoid(z)", derivative=("sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))",),
        slopes=("dsilu(z)",), stable="exp(-z) would overflow for very negative z, and the slope cancels near its root",
        latex=r"\operatorname{SiLU}", spellings=("SiLU", "swish", "Swish"), source="arXiv:1702.03118"),
    Row("gelu", "Gaussian error linear unit", body="z*Phi(z)", derivative=("Phi(z) + z*exp(-z^2/2)/sqrt(2*pi)",),
        slopes=("dgelu(z)",), stable="1 + erf would cancel where z is very negative, and the slope near its root",
        latex=r"\operatorname{GELU}", spellings=("GELU",), source="arXiv:1606.08415"),
    Row("mish", "Mish", body="z*tanh(softplus(z))",
        derivative=("tanh(softplus(z)) + z*sigmoid(z)*(1 - tanh(softplus(z))^2)",),
        slopes=("dmish(z)",), stable="1 - tanh^2 cancels where z is large, and the slope near its root",
        latex=r"\operatorname{Mish}", spellings=("Mish",), source="arXiv:1908.08681"),
    Row("elu", "exponential linear unit", body="where(z > 0, z, exp(z) - 1)", derivative=("where(z > 0, 1, exp(z))",),
        latex=r"\operatorname{ELU}", spellings=("ELU",), stable="exp(z) - 1 would cancel where z is small",
        source="arXiv:1511.07289"),
    Row("selu", "scaled exponential linear unit",
        body="1.0507009873554805*where(z > 0, z, 1.6732632423543772*(exp(z) - 1))",
        derivative=("1.0507009873554805*where(z > 0, 1, 1.6732632423543772*exp(z))",),
        latex=r"\operatorname{SELU}", spellings=("SELU",), kink="selu'(0) is the slope from below",
        source="arXiv:1706.02515"),
)

CREASED = (
    Row("relu", "rectified linear unit", body="max(0, z)", derivative=("step(z)",), latex=r"\operatorname{ReLU}",
        spellings=("ReLU", "RELU", "Relu"), soft=("sigma_R",), kink="relu'(0) = 0",
        piecewise=Piecewise(("z",), {"+": "z", "-": "0"})),
    Row("leaky", "leaky rectified linear unit", params=("z", "a"), body="where(z > 0, z, a*z)",
        derivative=("where(z > 0, 1, a)", "where(z > 0, 0, z)"), latex=r"\operatorname{leaky}",
        spellings=("leaky_relu", "LeakyReLU", "leakyrelu", "prelu", "PReLU"), kink="leaky'(0) = a",
        piecewise=Piecewise(("z",), {"+": "z", "-": "a*z"})),
    Row("abs", "absolute value", derivative=("sign(z)",), latex=r"\left|z\right|", kink="the slope of |z| at 0 is 0",
        piecewise=Piecewise(("z",), {"+": "z", "-": "-z"})),
    Row("step", "unit step", derivative=("0",), latex=r"\operatorname{step}", spellings=("heaviside", "Heaviside"),
        soft=("H",), kink="step(0) = 0", piecewise=Piecewise(("z",), {"+": "1", "-": "0"}, crease="0")),
    Row("sign", "sign", derivative=("0",), latex=r"\operatorname{sign}", spellings=("sgn", "Sgn", "signum"),
        kink="sign(0) = 0", piecewise=Piecewise(("z",), {"+": "1", "-": "-1"}, crease="0")),
    Row("max", "maximum", params=("a", "b"), derivative=("step(a - b)", "step(b - a)"), latex=r"\max", most=MANY,
        kink="where a = b the slope of max(a, b) is 0",
        piecewise=Piecewise(("a - b",), {"+": "a", "-": "b"}, nests=True)),
    Row("min", "minimum", params=("a", "b"), derivative=("step(b - a)", "step(a - b)"), latex=r"\min", most=MANY,
        kink="where a = b the slope of min(a, b) is 0",
        piecewise=Piecewise(("a - b",), {"+": "b", "-": "a"}, nests=True)),
    Row("clip", "clipping to an interval", params=("z", "lo", "hi"), body="min(max(z, lo), hi)",
        derivative=("step(z - lo)*step(hi - z)", "step(lo - z)", "step(z - hi)"), latex=r"\operatorname{clip}",
        spellings=("clamp",), kink="the slope of clip at its ends is 0",
        piecewise=Piecewise(("z - lo", "z - hi"), {"++": "hi", "+-": "z", "-+": "hi", "--": "lo"})),
    Row("floor", "floor", derivative=("0",), latex=r"\operatorname{floor}",
        kink="the slope of floor is 0, at its jumps too"),
    Row("ceil", "ceiling", derivative=("0",), latex=r"\operatorname{ceil}",
        kink="the slope of ceil is 0, at its jumps too"),
    Row("hardtanh", "hard tanh", body="clip(z, -1, 1)", derivative=("step(z + 1)*step(1 - z)",),
        latex=r"\operatorname{hardtanh}", kink="the slope of hardtanh at its ends is 0"),
    Row("relu6", "rectified linear unit up to 6", body="clip(z, 0, 6)", derivative=("step(z)*step(6 - z)",),
        latex=r"\operatorname{ReLU6}", spellings=("ReLU6",), kink="the slope of relu6 at its ends is 0"),
)

INDEXED = (
    Row("where", "cases", params=("c", "a", "b"), derivative=("0", "where(c, 1, 0)", "where(c, 0, 1)"),
        latex=r"\begin{cases}", kind="index"),
    Row("ind", "indicator", params=("c",), derivative=("0",), latex=r"\mathbb{1}", kind="index",
        spellings=("indicator",)),
    Row("delta", "Kronecker delta", params=("i", "j"), derivative=("0", "0"), latex=r"\delta", soft=("delta",),
        kind="index"),
)

ROWS = (*ELEMENTARY, *CIRCULAR, *HYPERBOLIC, *BELL, *SIGMOIDS, *CREASED, *INDEXED, *LOSS_ROWS, *ARRAYS, *LAYERS,
        *STEADY)
