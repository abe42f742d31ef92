/* Functions of one float without branches, so that a compiler can make vectors of them; see double.h. */

/*@ w_of_bits */
static inline float w_of_bits(unsigned i) { float x; memcpy(&x, &i, sizeof x); return x; }

/*@ w_bits */
static inline unsigned w_bits(float x) { unsigned i; memcpy(&i, &x, sizeof i); return i; }

/*@ w_reduce */
/* x = n log 2 + r with |r| <= log(2)/2; n stands in the low bits of *k */
static inline float w_reduce(float x, float *r, unsigned *k)
{
    const float shift = 12582912.0f;                    /* 1.5 * 2^23: adding it rounds to a whole number */
    float t = x*1.44269504f + shift, n = t - shift;
    *k = w_bits(t);
    *r = (x - n*0.693145752f) - n*1.42860677e-06f;
    return n;
}

/*@ w_power2 */
static inline float w_power2(unsigned k) { return w_of_bits((k + 127u) << 23); }

/*@ w_less1 */
/* exp(r) - 1 for |r| <= 0.35, by its series */
static inline float w_less1(float r)
{
    float p = 1.98412698e-04f;
    p = p*r + 1.38888889e-03f;
    p = p*r + 8.33333333e-03f;
    p = p*r + 4.16666667e-02f;
    p = p*r + 1.66666667e-01f;
    return r + r*r*(0.5f + r*p);
}

/*@ w_exp */
static inline float w_exp(float x)
{
    float r, y = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x, e, n;
    unsigned k, half;
    n = w_reduce(y, &r, &k);
    half = w_bits(n*0.5f + 12582912.0f);                /* 2^n as two factors: one alone need not be a normal number */
    e = (1.0f + w_less1(r))*w_power2(half)*w_power2(k - half);
    return x > 88.7228394f ? INFINITY : x != x ? x : e;
}

/*@ w_expm1 */
static inline float w_expm1(float x)
{
    float r, y = x < -20.0f ? -20.0f : x > 88.0f ? 88.0f : x, s, e;
    unsigned k;
    w_reduce(y, &r, &k);
    s = w_power2(k);
    e = s*w_less1(r) + (s - 1.0f);
    return x > 88.0f ? w_exp(x) : x != x ? x : e;
}

/*@ w_fall */
/* exp(-a) for a >= 0, and exp(-a) - 1, from one reduction */
static inline float w_fall(float a, float *less)
{
    float r, y = a > 104.0f ? 104.0f : a, s1, s2, p, n;
    unsigned k, half;
    n = w_reduce(-y, &r, &k);
    half = w_bits(n*0.5f + 12582912.0f);
    s1 = w_power2(half), s2 = w_power2(k - half), p = w_less1(r);
    *less = s1*s2*p + (s1*s2 - 1.0f);
    return (1.0f + p)*s1*s2;
}

/*@ w_tanh */
static inline float w_tanh(float z)
{
    float m;
    w_fall(2.0f*fabsf(z), &m);
    return z != z ? z : copysignf(-m/(2.0f + m), z);
}

/*@ w_dtanh */
/* 1 - tanh(z)^2, which cancels where |tanh z| is near 1 */
static inline float w_dtanh(float z)
{
    float m, u = w_fall(2.0f*fabsf(z), &m), b = 1.0f + u;
    return z != z ? z : 4.0f*u/(b*b);
}

/*@ w_sigmoid */
static inline float w_sigmoid(float z)
{
    float m, u = w_fall(fabsf(z), &m);
    return z != z ? z : (z >= 0.0f ? 1.0f : u)/(1.0f + u);
}

/*@ w_dsigmoid */
/* sigma(z) (1 - sigma(z)) */
static inline float w_dsigmoid(float z)
{
    float m, u = w_fall(fabsf(z), &m), b = 1.0f + u;
    return z != z ? z : u/(b*b);
}

/*@ w_log1p */
static inline float w_log1p(float x) { return log1pf(x); }

/*@ w_log */
static inline float w_log(float x) { return logf(x); }

/*@ w_softplus */
static inline float w_softplus(float z)
{
    float m, u = w_fall(fabsf(z), &m);
    return z != z ? z : (z > 0.0f ? z : 0.0f) + w_log1p(u);
}

/*@ w_logsigmoid */
static inline float w_logsigmoid(float z) { return -w_softplus(-z); }

/*@ w_cosh1 */
/* cosh(m) - 1 for 0 <= m <= 2, by its series */
static inline float w_cosh1(float m)
{
    float w = m*m, p = 1.14707456e-11f;
    p = p*w + 2.08767570e-09f;
    p = p*w + 2.75573192e-07f;
    p = p*w + 2.48015873e-05f;
    p = p*w + 0.00138888889f;
    p = p*w + 0.0416666667f;
    p = p*w + 0.5f;
    return w*p;
}

/*@ w_logcosh */
static inline float w_logcosh(float z)
{
    float m = fabsf(z), e, u = w_fall(2.0f*m, &e), near = w_cosh1(m < 2.0f ? m : 2.0f);
    float v = w_log1p(m < 2.0f ? near : u);
    return z != z ? z : m < 2.0f ? v : v - 0.693147181f + m;
}

/*@ w_sech */
static inline float w_sech(float z)
{
    float m, u = w_fall(fabsf(z), &m);
    return z != z ? z : 2.0f*u/(1.0f + u*u);
}

/*@ w_sech2 */
static inline float w_sech2(float z) { return w_dtanh(z); }

/*@ w_hypot */
static inline float w_hypot(float a, float b)
{
    float x = fabsf(a), y = fabsf(b), far = x > y ? x : y, near = x > y ? y : x, q = far > 0.0f ? near/far : 0.0f;
    return far*sqrtf(1.0f + q*q);
}
