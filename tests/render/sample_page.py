"""A page that holds every kind of block, every kind of inline, and text that means harm."""

from __future__ import annotations

from workings.document import (
    Aside, Bullets, Code, Display, Document, Fold, Heading, Math, Mono, Paragraph, Picture, Raw, Row, Step, Strong,
    Table,
)
from workings.expr import Add, Call, Deriv, Div, Expr, Mul, Neg, Num, Pow, Ref, Rel
from workings.figures import Figure

E, Y, T, Z, C, X1, W13 = (Ref(n) for n in ("E", "y", "t", "z", "c", "x1", "w13"))
HARM = "<script>alert(1)</script> & \"quotes\" [link](http://x) `code` *stars* $9 _under_ a|b"


def d(of: Expr, wrt: Expr) -> Expr:
    """A derivative as printed."""
    return Deriv(of, (wrt,))


def equal(left: Expr, *right: Expr) -> Rel:
    """A chain of equations."""
    return Rel((left, *right), ("=",) * len(right))


TANH = Call("tanh", (Add((Y, Neg(T))),))
LONG = Add(tuple(Mul((Ref(f"w{i}{j}"), Call("tanh", (Ref(f"z{i}"),)))) for i in range(1, 4) for j in range(1, 5)))
PATHS = Add(tuple(Mul((d(Y, Ref(f"a{k}")), d(Ref(f"a{k}"), Ref(f"z{k}")), d(Ref(f"z{k}"), Ref("a3")))) for k in (5, 6)))

DERIVATION = (
    Step("name the parts", ("Write the error as a chain of named quantities.",),
         (Row(equal(Z, Add((Y, Neg(T)))), tag="2"),
          Row(equal(C, Call("cosh", (Z,))), ("the argument of the logarithm",)),
          Row(equal(E, Call("log", (C,))), tag="3"))),
    Step("chain rule", ("E depends on ", Math(Y), " through ", Math(Z), " and ", Math(C), "."),
         (Row(equal(d(E, Y), Mul((d(E, C), d(C, Z), d(Z, Y))))),),
         (Paragraph(("There is one path.",)), Display((Row(equal(d(Z, Y), Num(1, "1"))),)))),
    Step("local derivatives", ("Each factor in its own equation.",),
         (Row(equal(d(E, C), Div(Num(1, "1"), C)), ("the derivative of log ", Math(C))),
          Row(equal(d(C, Z), Call("sinh", (Z,))), ("the derivative of cosh ", Math(Z))),
          Row(equal(d(Z, Y), Num(1, "1"))))),
    Step("simplify", ("sinh divided by cosh is tanh.",),
         (Row(equal(d(E, Y), Div(Call("sinh", (Z,)), Call("cosh", (Z,))))),
          Row(equal(d(E, Y), TANH), continues=True))),
)

DOCUMENT = Document(
    "Backpropagation & other things",
    (
        Heading(2, ("Exercise 1: Drawing ", Math(Y))),
        Heading(3, ("(a) Draw the network",)),
        Aside("quote", (Paragraph(("Let ", Math(Raw(r"\rho(z) = \max(0, z)")), " be the ReLU.", )),
                        Display((Row(Raw(r"y = 1 - \rho(x_1) - \rho(x_2) + \rho(x_1 + x_2) \tag{1}"), tag="1"),)))),
        Paragraph((Strong("Four neurons"), ", seven connections; see ", Mono("workings draw"), ". ", HARM)),
        Picture(Figure(240, 120, (), "A network", "Two inputs feed three neurons."), ("The network of ", Math(Y)),
                "Two inputs x1 and x2 feed three neurons.", "network"),
        Heading(3, ("(b) Draw the decision boundary",)),
        Table((("No.",), ("pattern",), (Math(Y), " there")),
              ((("1",), ("+++",), (Math(Num(1, "1")),)),
               (("2",), ("++-",), ("empty: ", Math(Rel((X1, Num(0)), (">=",)))))),
              ("The eight sign patterns.",)),
        Bullets(((Paragraph(("first",)),), (Paragraph(("second, with a display",)), Display((Row(equal(Y, X1)),))))),
        Bullets(((Paragraph(("one",)),), (Paragraph(("two",)),)), ordered=True),
        Heading(2, ("Exercise 2: Deriving",)),
        *DERIVATION,
        Aside("result", (Display((Row(equal(d(E, Y), TANH)),)),)),
        Aside("repaired", (Paragraph(("The sheet prints ", Math(Raw("(y t)^2")), "; read as ",
                                      Math(Pow(Add((Y, Neg(T))), Num(2, "2"))), "."),),)),
        Aside("wrong line", (Paragraph(("Line 31 lists a domain twice.",)),)),
        Aside("ambiguous", (Paragraph((Math(Raw("f^2(x)")), " is f applied twice.")),)),
        Aside("note", (Paragraph(("A note.",)),)),
        Fold(("Why ", Math(Y), " is continuous"), (Paragraph(("Bookkeeping.",)), Display((Row(equal(Y, LONG)),)))),
        Fold(("An open fold",), (Paragraph(("Seen at once.",)),), True),
        Heading(2, ("Exercise 3: Wide things",)),
        Display((Row(equal(d(E, W13), Mul((d(E, Y), PATHS, d(Ref("a3"), Ref("z3")), d(Ref("z3"), W13)))),
                     ("a note of many words that has to stand somewhere, beside it or below",), "12"),)),
        Display((Row(equal(Y, LONG), tag="13"), Row(equal(d(E, Y), d(E, C), TANH, LONG), ("a chain",)))),
        Display((Row(Rel((Num(0, "0"), X1, Num(1, "1")), ("<=", "<="))), Row(Raw(r"\foo{<b>}")))),
        Code("for x in <y>:\n    print(x)  # ``` & more\n", "python"),
    ),
    {"w13": "w_{13}"},
)
