"""More networks for the emitted programs: arrays and recurrences."""

ARRAYS = {
    "an array network": """
        W1 in R^(h x d); W2 in R^(C x h); b1 in R^h; b2 in R^C; x in R^d; t in R^C
        a = tanh(W1 @ x + b1)
        z = W2 @ a + b2
        E = norm2(z - t)/2""",
    "ridge": "X in R^(N x d); w in R^d; t in R^N; E = norm2(X @ w - t)/N + m*norm2(w)",
    "a recurrence": """
        t = 1..T
        h[0] = 0
        h[t] = tanh(w*h[t-1] + u*x[t])
        E = sum(t, (h[t] - y[t])^2)""",
    "a loss at the last step": """
        t = 1..T
        h[0] = c
        h[t] = sigmoid(w*h[t-1] + x[t])
        E = (h[T] - y)^2""",
    "a recurrence of vectors": """
        i = 1..h; j = 1..h; t = 1..T
        s[0,i] = 0
        s[t,i] = tanh(sum(j, W[i,j]*s[t-1,j]) + u[i]*x[t])
        E = sum(t, (sum(i, v[i]*s[t,i]) - y[t])^2)""",
}
