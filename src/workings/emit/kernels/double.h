/* Functions of one double without branches and without tables, so that a compiler can make vectors of them.
   Each stays within 4 units in the last place over the whole range; no result is inf or NaN where the truth is not.
   A line that begins with an at sign in a comment opens a function; those that it calls come before it. */

/*@ w_of_bits */
static inline double w_of_bits(unsigned long long i) { double x; memcpy(&x, &i, sizeof x); return x; }

/*@ w_bits */
static inline unsigned long long w_bits(double x) { unsigned long long i; memcpy(&i, &x, sizeof i); return i; }

/*@ w_reduce */
/* x = n log 2 + r with |r| <= log(2)/2; n stands in the low bits of *k */
static inline double w_reduce(double x, double *r, unsigned long long *k)
{
    const double shift = 6755399441055744.0;            /* 1.5 * 2^52: adding it rounds to a whole number */
    double t = x*1.4426950408889634 + shift, n = t - shift;
    *k = w_bits(t);
    *r = (x - n*6.93147180369123816490e-01) - n*1.90821492927058770002e-10;
    return n;
}

/*@ w_power2 */
/* 2^k for -1022 <= k <= 1023: only the low bits of k count */
static inline double w_power2(unsigned long long k) { return w_of_bits((k + 1023) << 52); }

/*@ w_less1 */
/* exp(r) - 1 for |r| <= 0.35, by its series */
static inline double w_less1(double r)
{
    double p = 1.6059043836821613e-10;
    p = p*r + 2.08767569878681e-09;
    p = p*r + 2.505210838544172e-08;
    p = p*r + 2.755731922398589e-07;
    p = p*r + 2.7557319223985893e-06;
    p = p*r + 2.48015873015873e-05;
    p = p*r + 1.984126984126984e-04;
    p = p*r + 1.388888888888889e-03;
    p = p*r + 8.333333333333333e-03;
    p = p*r + 4.1666666666666664e-02;
    p = p*r + 1.6666666666666666e-01;
    return r + r*r*(0.5 + r*p);
}

/*@ w_exp */
static inline double w_exp(double x)
{
    double r, y = x < -746.0 ? -746.0 : x > 710.0 ? 710.0 : x, e;
    unsigned long long k, half;
    double n = w_reduce(y, &r, &k);
    half = w_bits(n*0.5 + 6755399441055744.0);          /* 2^n as two factors: one alone need not be a normal number */
    e = (1.0 + w_less1(r))*w_power2(half)*w_power2(k - half);
    return x > 709.782712893384 ? INFINITY : x != x ? x : e;
}

/*@ w_expm1 */
static inline double w_expm1(double x)
{
    double r, y = x < -45.0 ? -45.0 : x > 709.0 ? 709.0 : x, s, e;
    unsigned long long k;
    w_reduce(y, &r, &k);
    s = w_power2(k);
    e = s*w_less1(r) + (s - 1.0);
    return x > 709.0 ? w_exp(x) : x != x ? x : e;
}

/*@ w_fall */
/* exp(-a) for a >= 0, and exp(-a) - 1, from one reduction */
static inline double w_fall(double a, double *less)
{
    double r, y = a > 746.0 ? 746.0 : a, s1, s2, p;
    unsigned long long k, half;
    double n = w_reduce(-y, &r, &k);
    half = w_bits(n*0.5 + 6755399441055744.0);
    s1 = w_power2(half), s2 = w_power2(k - half), p = w_less1(r);
    *less = s1*s2*p + (s1*s2 - 1.0);
    return (1.0 + p)*s1*s2;
}

/*@ w_tanh */
static inline double w_tanh(double z)
{
    double m;
    w_fall(2.0*fabs(z), &m);
    return z != z ? z : copysign(-m/(2.0 + m), z);
}

/*@ w_dtanh */
/* 1 - tanh(z)^2, which cancels where |tanh z| is near 1 */
static inline double w_dtanh(double z)
{
    double m, u = w_fall(2.0*fabs(z), &m), b = 1.0 + u;
    return z != z ? z : 4.0*u/(b*b);
}

/*@ w_sigmoid */
static inline double w_sigmoid(double z)
{
    double m, u = w_fall(fabs(z), &m);
    return z != z ? z : (z >= 0.0 ? 1.0 : u)/(1.0 + u);
}

/*@ w_dsigmoid */
/* sigma(z) (1 - sigma(z)) */
static inline double w_dsigmoid(double z)
{
    double m, u = w_fall(fabs(z), &m), b = 1.0 + u;
    return z != z ? z : u/(b*b);
}

/*@ w_logs */
/* log(y) for y > 0 where y = 1 + x, x as exact as it may be; after FDLIBM (Sun Microsystems, 1993) */
static inline double w_logs(double y, double x, double lost)
{
    unsigned long long i = w_bits(y) + (0x3ff0000000000000ULL - 0x3fe6a09e667f3bcdULL);
    double k = w_of_bits(0x4330000000000000ULL | (i >> 52)) - 4503599627370496.0 - 1023.0;
    double f = w_of_bits((i & 0x000fffffffffffffULL) + 0x3fe6a09e667f3bcdULL) - 1.0, c, h, s, w, t1, t2;
    f = k == 0.0 ? x : f;
    c = k == 0.0 ? 0.0 : lost/y;
    h = 0.5*f*f;
    s = f/(2.0 + f);
    w = s*s;
    t2 = w*(0.6666666666666735130 + w*w*(0.2857142874366239149 + w*w*(0.1818357216161805012 + w*w*0.1479819860511658591)));
    t1 = w*w*(0.3999999999940941908 + w*w*(0.2222219843214978396 + w*w*0.1531383769920937332));
    return k*6.93147180369123816490e-01 - ((h - (s*(h + t1 + t2) + (k*1.90821492927058770002e-10 + c))) - f);
}

/*@ w_log1p */
static inline double w_log1p(double x)
{
    double y = 1.0 + x, lost = x > 1.0 ? 1.0 - (y - x) : x - (y - 1.0);
    double v = w_logs(y, x, lost);
    return y > 0.0 && y < INFINITY ? v : y == 0.0 ? -INFINITY : y > 0.0 ? y : NAN;
}

/*@ w_log */
static inline double w_log(double x)
{
    double scaled = x < 2.2250738585072014e-308 ? x*18014398509481984.0 : x;         /* 2^54 */
    double v = w_logs(scaled, scaled - 1.0, 0.0) - (x < 2.2250738585072014e-308 ? 37.429947750237041 : 0.0);
    return x > 0.0 && x < INFINITY ? v : x == 0.0 ? -INFINITY : x > 0.0 ? x : NAN;
}

/*@ w_softplus */
static inline double w_softplus(double z)
{
    double m, u = w_fall(fabs(z), &m);
    return z != z ? z : (z > 0.0 ? z : 0.0) + w_log1p(u);
}

/*@ w_logsigmoid */
static inline double w_logsigmoid(double z) { return -w_softplus(-z); }

/*@ w_cosh1 */
/* cosh(m) - 1 for 0 <= m <= 2, by its series */
static inline double w_cosh1(double m)
{
    double w = m*m;
    double p = 2.4795962632247976e-27;
    p = p*w + 1.6117375710961184e-24;
    p = p*w + 8.8967913924505741e-22;
    p = p*w + 4.1103176233121648e-19;
    p = p*w + 1.5619206968586225e-16;
    p = p*w + 4.7794773323873853e-14;
    p = p*w + 1.1470745597729725e-11;
    p = p*w + 2.08767569878681e-09;
    p = p*w + 2.7557319223985888e-07;
    p = p*w + 2.4801587301587302e-05;
    p = p*w + 0.0013888888888888889;
    p = p*w + 0.041666666666666664;
    p = p*w + 0.5;
    return w*p;
}

/*@ w_logcosh */
static inline double w_logcosh(double z)
{
    double m = fabs(z), e, u = w_fall(2.0*m, &e), near = w_cosh1(m < 2.0 ? m : 2.0);
    double v = w_log1p(m < 2.0 ? near : u);
    return z != z ? z : m < 2.0 ? v : v - 0.6931471805599453 + m;
}

/*@ w_sech */
static inline double w_sech(double z)
{
    double m, u = w_fall(fabs(z), &m);
    return z != z ? z : 2.0*u/(1.0 + u*u);
}

/*@ w_sech2 */
static inline double w_sech2(double z) { return w_dtanh(z); }

/*@ w_hypot */
static inline double w_hypot(double a, double b)
{
    double x = fabs(a), y = fabs(b), far = x > y ? x : y, near = x > y ? y : x, q = far > 0.0 ? near/far : 0.0;
    return far*sqrt(1.0 + q*q);
}
