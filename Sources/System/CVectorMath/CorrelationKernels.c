#include "CorrelationKernels.h"
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
// Without the stated width clang splits every lane of eight float64 in two.
#define WIDE __attribute__((min_vector_width(512)))
#define CLONES WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef float f8 __attribute__((vector_size(32), aligned(4)));
typedef double d8 __attribute__((vector_size(64), aligned(8)));
typedef int64_t m8 __attribute__((vector_size(64), aligned(8)));
// Samples summed in float32 before float64 takes over; 32 rows of 30 subjects fit the first-level cache.
enum { DEPTH = 32, ROWS = 4, COLUMNS = 3 };

static inline size_t pair_index(size_t a, size_t b, size_t subjects) {
  return a * subjects - a * (a - 1) / 2 + (b - a);
}

// Eight rows of eight samples turned into eight samples of eight lanes.
static inline __attribute__((always_inline)) void turn(f8 *r) {
  f8 t[8], u[8];
  for (int i = 0; i < 4; i++) {
    t[2 * i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[2 * i + 1] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int h = 0; h < 8; h += 4)
    for (int i = 0; i < 2; i++) {
      u[h + 2 * i] = __builtin_shufflevector(t[h + i], t[h + i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      u[h + 2 * i + 1] = __builtin_shufflevector(t[h + i], t[h + i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    r[i] = __builtin_shufflevector(u[i], u[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(u[i], u[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Sums become means; `keep` has all bits set where every sample of a lane is finite, and elsewhere the mean is 0.
static inline __attribute__((always_inline)) void finish(d8 *centre, size_t samples, m8 *keep, uint8_t *missing) {
  for (int l = 0; l < 8; l++) {
    int bad = !isfinite((*centre)[l]);
    missing[l] = (uint8_t)bad;
    (*keep)[l] = bad ? 0 : -1;
    (*centre)[l] = bad ? 0 : (*centre)[l] / (double)samples;
  }
}

static inline __attribute__((always_inline)) void put(double *to, const f8 *v, const d8 *centre, const m8 *keep) {
  *(d8 *)to = (d8)((m8)(__builtin_convertvector(*v, d8) - *centre) & *keep);
}

static inline __attribute__((always_inline)) void lanes_of(f8 *v, const float *x, size_t lanes) {
  if (lanes == 8) { *v = *(const f8 *)x; return; }
  *v = (f8){0};
  for (size_t l = 0; l < lanes; l++) (*v)[l] = x[l];
}

CLONES void correlation_pack(const float *x, size_t samples, size_t stride, size_t lanes, double *panel, size_t subject,
                             size_t subjects, double *mean, float *low, float *high, uint8_t *missing) {
  d8 centre = {0};
  m8 keep;
  f8 v, least, most;
  for (int l = 0; l < 8; l++) { least[l] = INFINITY; most[l] = -INFINITY; }
  for (size_t t = 0; t < samples; t++) {
    lanes_of(&v, x + t * stride, lanes);
    centre += __builtin_convertvector(v, d8);
    least = __builtin_elementwise_min(least, v);
    most = __builtin_elementwise_max(most, v);
  }
  finish(&centre, samples, &keep, missing);
  for (size_t t = 0; t < samples; t++) {
    lanes_of(&v, x + t * stride, lanes);
    put(panel + (t * subjects + subject) * 8, &v, &centre, &keep);
  }
  memcpy(mean, &centre, sizeof centre);
  memcpy(low, &least, sizeof least);
  memcpy(high, &most, sizeof most);
}

// One lane's sum and bounds; eight partial sums, the rest added last.
static inline __attribute__((always_inline)) double scan(const float *x, size_t samples, float *low, float *high) {
  d8 sum = {0};
  f8 least, most;
  for (int l = 0; l < 8; l++) { least[l] = x[0]; most[l] = x[0]; }
  size_t t = 0;
  for (; t + 8 <= samples; t += 8) {
    // The same lane's next block; there are too many lanes for the processor to foresee it.
    if (t % 16 == 0) __builtin_prefetch(x + t + samples, 0, 2);
    f8 v = *(const f8 *)(x + t);
    sum += __builtin_convertvector(v, d8);
    least = __builtin_elementwise_min(least, v);
    most = __builtin_elementwise_max(most, v);
  }
  double total = 0;
  *low = least[0];
  *high = most[0];
  for (int l = 0; l < 8; l++) { total += sum[l]; *low = fminf(*low, least[l]); *high = fmaxf(*high, most[l]); }
  for (; t < samples; t++) { total += x[t]; *low = fminf(*low, x[t]); *high = fmaxf(*high, x[t]); }
  return total;
}

CLONES void correlation_pack_rows(const float *x, size_t samples, size_t stride, size_t lanes, double *panel,
                                  size_t subject, size_t subjects, double *mean, float *low, float *high,
                                  uint8_t *missing) {
  d8 centre = {0};
  m8 keep;
  for (size_t l = 0; l < 8; l++) { low[l] = 0; high[l] = 0; }
  for (size_t l = 0; l < lanes; l++) centre[l] = scan(x + l * stride, samples, low + l, high + l);
  finish(&centre, samples, &keep, missing);
  double *column = panel + subject * 8;
  size_t t = 0;
  for (; t + 8 <= samples; t += 8) {
    f8 r[8];
    for (size_t l = 0; l < 8; l++) r[l] = l < lanes ? *(const f8 *)(x + l * stride + t) : (f8){0};
    turn(r);
    for (size_t i = 0; i < 8; i++) put(column + (t + i) * subjects * 8, r + i, &centre, &keep);
  }
  for (; t < samples; t++) {
    f8 v = {0};
    for (size_t l = 0; l < lanes; l++) v[l] = x[l * stride + t];
    put(column + t * subjects * 8, &v, &centre, &keep);
  }
  memcpy(mean, &centre, sizeof centre);
}

// Products of `side` x `side` subjects from a0 and b0 on (above the diagonal of `diagonal` tiles), kept in registers over `samples`, then added.
static inline __attribute__((always_inline)) void wide_tile(const double *panel, size_t samples, size_t subjects,
                                                            size_t a0, size_t b0, const size_t side,
                                                            const int diagonal, double *products) {
  d8 s[5][5];
  size_t a[5], b[5];
  for (size_t i = 0; i < side; i++) a[i] = a0 + i < subjects ? a0 + i : subjects - 1;
  for (size_t j = 0; j < side; j++) b[j] = b0 + j < subjects ? b0 + j : subjects - 1;
  for (size_t i = 0; i < side; i++) for (size_t j = diagonal ? i : 0; j < side; j++) s[i][j] = (d8){0};
  for (size_t t = 0; t < samples; t++) {
    const double *row = panel + t * subjects * 8;
    d8 y[5];
    for (size_t j = 0; j < side; j++) y[j] = *(const d8 *)(row + b[j] * 8);
    for (size_t i = 0; i < side; i++) {
      d8 x = diagonal ? y[i] : *(const d8 *)(row + a[i] * 8);
      for (size_t j = diagonal ? i : 0; j < side; j++) s[i][j] += x * y[j];
    }
  }
  for (size_t i = 0; i < side && a0 + i < subjects; i++)
    for (size_t j = diagonal ? i : 0; j < side && b0 + j < subjects; j++)
      if (b0 + j >= a0 + i) *(d8 *)(products + pair_index(a0 + i, b0 + j, subjects) * 8) += s[i][j];
}

// Tiles of one shape over the upper triangle, as many samples at a time as the first-level cache holds.
static inline __attribute__((always_inline)) void wide_products(const double *panel, size_t samples, size_t subjects,
                                                                double *products, const size_t side) {
  size_t depth = subjects <= 32 ? 16 : subjects <= 64 ? 8 : 4;
  for (size_t t = 0; t < samples; t += depth) {
    size_t count = samples - t < depth ? samples - t : depth;
    const double *from = panel + t * subjects * 8;
    for (size_t a0 = 0; a0 < subjects; a0 += side) {
      wide_tile(from, count, subjects, a0, a0, side, 1, products);
      for (size_t b0 = a0 + side; b0 < subjects; b0 += side)
        wide_tile(from, count, subjects, a0, b0, side, 0, products);
    }
  }
}

// A lane of eight float64 is one AVX-512 register, two of AVX2, four of SSE2 or NEON: the tiles fill the registers.
#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"))) WIDE static void products_avx512(const double *panel, size_t samples,
                                                                           size_t subjects, double *products) {
  wide_products(panel, samples, subjects, products, 5);
}
__attribute__((target("arch=x86-64-v3"))) static void products_avx2(const double *panel, size_t samples,
                                                                    size_t subjects, double *products) {
  wide_products(panel, samples, subjects, products, 2);
}
#endif

void correlation_products_wide(const double *panel, size_t samples, size_t subjects, double *products) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) { products_avx512(panel, samples, subjects, products); return; }
  if (__builtin_cpu_supports("x86-64-v3")) { products_avx2(panel, samples, subjects, products); return; }
#endif
  wide_products(panel, samples, subjects, products, 2);
}

// Products of up to ROWS x COLUMNS subjects over at most DEPTH samples; indices beyond the last subject repeat it.
static inline __attribute__((always_inline)) void tile(const float *panel, size_t samples, size_t subjects,
                                                       const size_t *a, const size_t *b, f8 *out) {
  f8 s[ROWS][COLUMNS];
  for (int i = 0; i < ROWS; i++) for (int j = 0; j < COLUMNS; j++) s[i][j] = (f8){0};
  for (size_t t = 0; t < samples; t++) {
    const float *row = panel + t * subjects * 8;
    f8 y[COLUMNS];
    for (int j = 0; j < COLUMNS; j++) y[j] = *(const f8 *)(row + b[j] * 8);
    for (int i = 0; i < ROWS; i++) {
      f8 x = *(const f8 *)(row + a[i] * 8);
      for (int j = 0; j < COLUMNS; j++) s[i][j] += x * y[j];
    }
  }
  for (int i = 0; i < ROWS; i++) for (int j = 0; j < COLUMNS; j++) out[i * COLUMNS + j] = s[i][j];
}

CLONES void correlation_products(const float *panel, size_t samples, size_t subjects, double *products) {
  f8 out[ROWS * COLUMNS];
  size_t a[ROWS], b[COLUMNS];
  for (size_t t = 0; t < samples; t += DEPTH) {
    size_t depth = samples - t < DEPTH ? samples - t : DEPTH;
    for (size_t a0 = 0; a0 < subjects; a0 += ROWS) {
      for (size_t i = 0; i < ROWS; i++) a[i] = a0 + i < subjects ? a0 + i : subjects - 1;
      for (size_t b0 = a0; b0 < subjects; b0 += COLUMNS) {
        for (size_t j = 0; j < COLUMNS; j++) b[j] = b0 + j < subjects ? b0 + j : subjects - 1;
        tile(panel + t * subjects * 8, depth, subjects, a, b, out);
        for (size_t i = 0; i < ROWS && a0 + i < subjects; i++)
          for (size_t j = 0; j < COLUMNS && b0 + j < subjects; j++)
            if (b0 + j >= a0 + i)
              *(d8 *)(products + pair_index(a0 + i, b0 + j, subjects) * 8) +=
                  __builtin_convertvector(out[i * COLUMNS + j], d8);
      }
    }
  }
}

CLONES void correlation_join(double *products, double *mean, double n0, const double *blockProducts,
                             const double *blockMean, double n1, size_t subjects) {
  double weight = n0 * n1 / (n0 + n1);
  for (size_t a = 0, p = 0; a < subjects; a++) {
    d8 da = *(const d8 *)(blockMean + a * 8) - *(const d8 *)(mean + a * 8);
    for (size_t b = a; b < subjects; b++, p++) {
      d8 db = *(const d8 *)(blockMean + b * 8) - *(const d8 *)(mean + b * 8);
      *(d8 *)(products + p * 8) += *(const d8 *)(blockProducts + p * 8) + weight * da * db;
    }
  }
  for (size_t s = 0; s < subjects; s++)
    *(d8 *)(mean + s * 8) += (n1 / (n0 + n1)) * (*(const d8 *)(blockMean + s * 8) - *(const d8 *)(mean + s * 8));
}

CLONES void correlation_slide(double *total, double *sums, const double *products, const double *mean,
                              const double *offset, double n, double sign, size_t subjects) {
  for (size_t a = 0, p = 0; a < subjects; a++) {
    d8 da = *(const d8 *)(mean + a * 8) - *(const d8 *)(offset + a * 8);
    for (size_t b = a; b < subjects; b++, p++) {
      d8 db = *(const d8 *)(mean + b * 8) - *(const d8 *)(offset + b * 8);
      *(d8 *)(total + p * 8) += sign * (*(const d8 *)(products + p * 8) + n * da * db);
    }
    *(d8 *)(sums + a * 8) += sign * n * da;
  }
}

CLONES void correlation_squares(const double *total, const double *sums, double n, size_t subjects, double *squares) {
  for (size_t a = 0; a < subjects; a++) {
    d8 s = *(const d8 *)(sums + a * 8);
    *(d8 *)(squares + a * 8) = *(const d8 *)(total + pair_index(a, a, subjects) * 8) - s * s / n;
  }
}

CLONES void correlation_bounds(const float *low, const float *high, const uint8_t *missing, size_t width, float *least,
                               float *most, uint8_t *any) {
  for (size_t i = 0; i < width; i++) {
    least[i] = low[i] < least[i] ? low[i] : least[i];
    most[i] = high[i] > most[i] ? high[i] : most[i];
    any[i] |= missing[i];
  }
}

CLONES void correlation_variance(const double *products, const double *means, const uint8_t *missing, double n1,
                                 size_t subjects, double *count, double *mean, double *squares) {
  for (size_t s = 0; s < subjects; s++) {
    d8 own = *(const d8 *)(products + pair_index(s, s, subjects) * 8);
    d8 n0 = *(d8 *)(count + s * 8), m0 = *(d8 *)(mean + s * 8), q0 = *(d8 *)(squares + s * 8);
    m8 keep;
    for (int l = 0; l < 8; l++) keep[l] = missing[s * 8 + l] ? 0 : -1;
    d8 difference = *(const d8 *)(means + s * 8) - m0, n = n0 + n1;
    d8 q = q0 + own + difference * difference * n0 * n1 / n, m = m0 + difference * n1 / n;
    *(d8 *)(count + s * 8) = (d8)(((m8)n & keep) | ((m8)n0 & ~keep));
    *(d8 *)(mean + s * 8) = (d8)(((m8)m & keep) | ((m8)m0 & ~keep));
    *(d8 *)(squares + s * 8) = (d8)(((m8)q & keep) | ((m8)q0 & ~keep));
  }
}

// log of a product of up to 32 ratios (1 + r) / (1 - r): each is below 2e7, so the product stays below 1e234.
static inline __attribute__((always_inline)) void take(d8 *above, d8 *below, double *zSum) {
  for (int l = 0; l < 8; l++) zSum[l] += 0.5 * log((*above)[l] / (*below)[l]);
  for (int l = 0; l < 8; l++) { (*above)[l] = 1; (*below)[l] = 1; }
}

static inline __attribute__((always_inline)) void clip(d8 *r) {
  d8 top;
  for (int l = 0; l < 8; l++) top[l] = 1 - 1e-7;
  *r = __builtin_elementwise_max(__builtin_elementwise_min(*r, top), -top);
}

CLONES void correlation_pairs(const double *total, const double *sums, double n, const double *scale, size_t subjects,
                              double *rowSums, double *zSum, double *r) {
  memset(rowSums, 0, subjects * 8 * sizeof(double));
  memset(zSum, 0, 8 * sizeof(double));
  d8 above, below;
  for (int l = 0; l < 8; l++) { above[l] = 1; below[l] = 1; }
  int held = 0;
  for (size_t a = 0, p = 0; a < subjects; a++) {
    d8 sa = *(const d8 *)(sums + a * 8) / n, ka = *(const d8 *)(scale + a * 8), row = {0};
    if (r) { d8 one; for (int l = 0; l < 8; l++) one[l] = ka[l] > 0 ? 1 : 0; *(d8 *)(r + p * 8) = one; }
    p++;
    for (size_t b = a + 1; b < subjects; b++, p++) {
      d8 c = *(const d8 *)(total + p * 8) - sa * *(const d8 *)(sums + b * 8);
      c *= ka * *(const d8 *)(scale + b * 8);
      if (r) *(d8 *)(r + p * 8) = c;
      row += c;
      *(d8 *)(rowSums + b * 8) += c;
      clip(&c);
      above *= 1 + c;
      below *= 1 - c;
      if (++held == 32) { take(&above, &below, zSum); held = 0; }
    }
    *(d8 *)(rowSums + a * 8) += row;
  }
  take(&above, &below, zSum);
}

CLONES void correlation_left_out(const double *rowSums, const double *scale, const double *valid, size_t subjects,
                                 double *zSum, double *count) {
  memset(zSum, 0, 8 * sizeof(double));
  memset(count, 0, 8 * sizeof(double));
  d8 all = *(const d8 *)valid, above, below;
  for (size_t s = 0; s < subjects; s++) all += *(const d8 *)(rowSums + s * 8);
  for (int l = 0; l < 8; l++) { above[l] = 1; below[l] = 1; }
  int held = 0;
  for (size_t s = 0; s < subjects; s++) {
    d8 q = *(const d8 *)(rowSums + s * 8), others = all - 2 * q - 1, root, one;
    m8 keep = (m8)(*(const d8 *)(scale + s * 8) > 0) & (m8)(others > 1e-10 * *(const d8 *)valid);
    for (int l = 0; l < 8; l++) { root[l] = keep[l] ? sqrt(others[l]) : 1; one[l] = 1; }
    d8 c = (d8)((m8)(q / root) & keep);
    clip(&c);
    above *= 1 + c;
    below *= 1 - c;
    *(d8 *)count += (d8)((m8)one & keep);
    if (++held == 32) { take(&above, &below, zSum); held = 0; }
  }
  take(&above, &below, zSum);
}

CLONES void correlation_listed(const double *r, const int32_t *pairs, size_t count, double *zSum) {
  memset(zSum, 0, 8 * sizeof(double));
  d8 above, below;
  for (int l = 0; l < 8; l++) { above[l] = 1; below[l] = 1; }
  int held = 0;
  for (size_t i = 0; i < count; i++) {
    d8 c = *(const d8 *)(r + (size_t)pairs[i] * 8);
    clip(&c);
    above *= 1 + c;
    below *= 1 - c;
    if (++held == 32) { take(&above, &below, zSum); held = 0; }
  }
  take(&above, &below, zSum);
}

CLONES void correlation_signed(const float *in, const float *signs, size_t rows, size_t subjects, size_t stride,
                               float *panel) {
  for (size_t k = 0; k < rows; k++)
    for (size_t s = 0; s < subjects; s++)
      *(f8 *)(panel + (k * subjects + s) * 8) = signs[s * stride + k] * *(const f8 *)(in + (k * subjects + s) * 8);
}

CLONES void correlation_shifted(const float *in, const int64_t *shifts, size_t count, size_t first, size_t rows,
                                size_t subjects, float *panel) {
  for (size_t s = 0; s < subjects; s++) {
    size_t from = (first + count - (size_t)shifts[s] % count) % count;
    for (size_t k = 0; k < rows; k++) {
      *(f8 *)(panel + (k * subjects + s) * 8) = *(const f8 *)(in + (from * subjects + s) * 8);
      if (++from == count) from = 0;
    }
  }
}
