/* Functions that are the same for every type of number; `real` is the program's own (double or float).
   A line that begins with an at sign in a comment opens a function; those that it calls come before it. */

/*@ w_relu */
static inline real w_relu(real z) { return z > 0 ? z : 0; }

/*@ w_leaky */
static inline real w_leaky(real z, real a) { return z > 0 ? z : a*z; }

/*@ w_step */
static inline real w_step(real z) { return z > 0 ? 1 : 0; }

/*@ w_sign */
static inline real w_sign(real z) { return z > 0 ? 1 : z < 0 ? -1 : 0; }

/*@ w_max */
static inline real w_max(real a, real b) { return a > b ? a : b; }

/*@ w_min */
static inline real w_min(real a, real b) { return a < b ? a : b; }

/*@ w_clip */
static inline real w_clip(real z, real lo, real hi) { return w_min(w_max(z, lo), hi); }

/*@ w_elu */
static inline real w_elu(real z) { return z > 0 ? z : w_expm1(z); }

/*@ w_vec */
/* a register of reals; without such a type it is a plain array */
enum { W_LANES = 64/sizeof(real) };
#if defined(__GNUC__)
typedef real w_vec __attribute__((vector_size(64)));
#else
typedef struct { real at[W_LANES]; } w_vec;
#endif

/*@ w_add_product */
/* sum += a*b, a register of entries at once */
static inline void w_add_product(w_vec *sum, real a, const w_vec *b)
{
#if defined(__GNUC__)
    *sum += a * *b;
#else
    for (int s = 0; s < W_LANES; s++) sum->at[s] += a*b->at[s];
#endif
}

/*@ w_tile */
/* six rows by two registers of a product; of a the six rows lie side by side, of b two registers */
static inline void w_tile(long depth, const real *a, const real *b, real out[6][2*W_LANES])
{
    w_vec s00, s01, s10, s11, s20, s21, s30, s31, s40, s41, s50, s51, b0, b1;
    memset(&s00, 0, sizeof s00);
    s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = s00;
    for (long q = 0; q < depth; q++, a += 6, b += 2*W_LANES) {
        memcpy(&b0, b, sizeof b0);
        memcpy(&b1, b + W_LANES, sizeof b1);
        w_add_product(&s00, a[0], &b0), w_add_product(&s01, a[0], &b1);
        w_add_product(&s10, a[1], &b0), w_add_product(&s11, a[1], &b1);
        w_add_product(&s20, a[2], &b0), w_add_product(&s21, a[2], &b1);
        w_add_product(&s30, a[3], &b0), w_add_product(&s31, a[3], &b1);
        w_add_product(&s40, a[4], &b0), w_add_product(&s41, a[4], &b1);
        w_add_product(&s50, a[5], &b0), w_add_product(&s51, a[5], &b1);
    }
    memcpy(out[0], &s00, 64), memcpy(out[0] + W_LANES, &s01, 64), memcpy(out[1], &s10, 64);
    memcpy(out[1] + W_LANES, &s11, 64), memcpy(out[2], &s20, 64), memcpy(out[2] + W_LANES, &s21, 64);
    memcpy(out[3], &s30, 64), memcpy(out[3] + W_LANES, &s31, 64), memcpy(out[4], &s40, 64);
    memcpy(out[4] + W_LANES, &s41, 64), memcpy(out[5], &s50, 64), memcpy(out[5] + W_LANES, &s51, 64);
}

/*@ w_packed */
/* a block of a matrix, `group` rows side by side, rows beyond the last as 0 */
static void w_packed(long count, long depth, long group, const real *from, long apart, long along, real *to)
{
    for (long g = 0; g < count; g += group, to += group*depth) {
        const long full = count - g < group ? count - g : group;
        if (full < group) memset(to, 0, sizeof *to*(size_t)(group*depth));
        if (apart < along)                              /* in the order in which they lie */
            for (long q = 0; q < depth; q++)
                for (long s = 0; s < full; s++) to[q*group + s] = from[(g + s)*apart + q*along];
        else
            for (long s = 0; s < full; s++)
                for (long q = 0; q < depth; q++) to[q*group + s] = from[(g + s)*apart + q*along];
    }
}

/*@ w_plain_gemm */
/* C += A B, C by rows; entries of A lie ar apart along its rows and ac along its columns, those of B likewise */
static void w_plain_gemm(long m, long n, long k, const real *A, long ar, long ac, const real *B, long br, long bc, real *C)
{
    enum { WIDE = 2*W_LANES, PANEL = 4*WIDE };
    real b[256*PANEL], a[256*6], sum[6][WIDE];
    for (long p = 0; p < k; p += 256) {
        const long depth = k - p < 256 ? k - p : 256;
        for (long j = 0; j < n; j += PANEL) {
            const long width = n - j < PANEL ? n - j : PANEL;
            w_packed(width, depth, WIDE, B + p*br + j*bc, bc, br, b);
            for (long i = 0; i < m; i += 6) {
                const long rows = m - i < 6 ? m - i : 6;
                w_packed(rows, depth, 6, A + i*ar + p*ac, ar, ac, a);
                for (long t = 0; t < width; t += WIDE) {
                    const long columns = width - t < WIDE ? width - t : WIDE;
                    w_tile(depth, a, b + t*depth, sum);
                    for (long r = 0; r < rows; r++)
                        for (long s = 0; s < columns; s++) C[(i + r)*n + j + t + s] += sum[r][s];
                }
            }
        }
    }
}

/*@ w_blas */
/* the matrix product of a BLAS, if one was named: sgemm or dgemm, by columns */
typedef void w_blas_gemm(const char *, const char *, const int *, const int *, const int *, const real *, const real *,
                         const int *, const real *, const int *, const real *, real *, const int *);
static w_blas_gemm *w_blas = NULL;

/*@ w_gemm */
static void w_gemm(long m, long n, long k, const real *A, long ar, long ac, const real *B, long br, long bc, real *C)
{
    if (w_blas == NULL || m == 0 || n == 0 || k == 0) {
        w_plain_gemm(m, n, k, A, ar, ac, B, br, bc, C);
    } else {                                            /* by columns: the transpose of C is that of B times that of A */
        const int rows = (int)n, columns = (int)m, inner = (int)k;
        const int lda = (int)(ac == 1 ? ar : ac), ldb = (int)(bc == 1 ? br : bc);
        const real one = 1;
        w_blas(bc == 1 ? "N" : "T", ac == 1 ? "N" : "T", &rows, &columns, &inner, &one, B, &ldb, A, &lda, &one, C, &rows);
    }
}

/*@ w_lmax */
static inline long w_lmax(long a, long b) { return a > b ? a : b; }

/*@ w_lmin */
static inline long w_lmin(long a, long b) { return a < b ? a : b; }
