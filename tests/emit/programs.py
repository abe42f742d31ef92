"""Networks in the user's language whose programs are tried in every target."""

NETS = {
    "two layers of named weights": """
        z3 = x1*w13 + x2*w23
        z4 = x1*w14 + x2*w24
        a3 = tanh(z3)
        a4 = tanh(z4)
        y = a3*w35 + a4*w45
        E = log cosh(y - t)""",
    "a shared weight": "a = tanh(w*x); y = w*a + b; E = 1/2*(y - t)^2",
    "a weight that is a function": "w = log(1 + exp(v)); y = w*x; E = (y - t)^2",
    "relu": "h = relu(w*x + b); E = 1/2*(h - t)^2",
    "names that a language keeps": "lambda = x*w; E = (lambda - t)^2 + w*w/2",
    "a family and a number of one name": "k = 1..N; E[k] = (w*x[k] - t[k])^2; E = sum(k, E[k])",
    "regression": """
        i = 1..d; k = 1..N
        y[k] = sum(i, w[i]*x[k,i]) + b
        E = 1/N*sum(k, log cosh(y[k] - t[k]))""",
    "samples first in the second place": """
        i = 1..d; k = 1..N
        y[k] = sum(i, w[i]*x[i,k])
        E = 1/2*sum(k, (y[k] - t[k])^2)""",
    "softmax cross-entropy": """
        i = 1..d; k = 1..N; j = 1..h; c = 1..C
        a[k,j] = tanh(sum(i, W1[j,i]*x[k,i]) + b1[j])
        z[k,c] = sum(j, W2[c,j]*a[k,j]) + b2[c]
        p[k,c] = exp(z[k,c])/sum(c2, 1, C, exp(z[k,c2]))
        E = -1/N*sum(k, sum(c, t[k,c]*log(p[k,c])))""",
    "a convolution": """
        i = 1..n; p = 1..P
        y[i] = sum(p, k[p]*x[i + p - 1])
        E = 1/2*sum(i, (y[i] - t[i])^2)""",
    "a sum with a condition": "i = 1..n; j = 1..n; E = sum(i, sum(j, w[i]*w[j]*ind(j != i))) + sum(i, (w[i] - t[i])^2)",
    "three factors under a sum": """
        i = 1..d; j = 1..h; k = 1..N
        y[k] = sum(i, sum(j, v[j]*W[j,i]*x[k,i]))
        E = sum(k, (y[k] - t[k])^2)""",
    "a largest entry": "i = 1..n; E = max(i, w[i]*x[i]) + sum(i, w[i]^2)",
}
