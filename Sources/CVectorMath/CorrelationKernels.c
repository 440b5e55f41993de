#include "CorrelationKernels.h"
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef float f8 __attribute__((vector_size(32), aligned(4)));
typedef double d8 __attribute__((vector_size(64), aligned(8)));
// Samples summed in float32 before float64 takes over; 32 rows of 30 subjects fit the first-level cache.
enum { DEPTH = 32, ROWS = 4, COLUMNS = 3 };

static inline size_t pair_index(size_t a, size_t b, size_t subjects) {
  return a * subjects - a * (a - 1) / 2 + (b - a);
}

CLONES void correlation_pack(const float *x, size_t samples, size_t stride, size_t lanes, float *panel, size_t subject,
                             size_t subjects, double *mean, float *low, float *high, uint8_t *missing) {
  d8 sum = {0};
  f8 least, most, keep;
  for (int l = 0; l < 8; l++) { least[l] = INFINITY; most[l] = -INFINITY; keep[l] = 1; }
  float *column = panel + subject * 8;
  for (size_t t = 0; t < samples; t++) {
    f8 v = {0};
    memcpy(&v, x + t * stride, lanes * sizeof(float));
    sum += __builtin_convertvector(v, d8);
    least = __builtin_elementwise_min(least, v);
    most = __builtin_elementwise_max(most, v);
    *(f8 *)(column + t * subjects * 8) = v;
  }
  d8 centre = sum / (double)samples;
  for (int l = 0; l < 8; l++) {
    int bad = !isfinite(sum[l]);
    missing[l] = (uint8_t)bad;
    if (bad) { centre[l] = 0; keep[l] = 0; }
  }
  int any = 0;
  for (int l = 0; l < 8; l++) any |= missing[l];
  for (size_t t = 0; t < samples; t++) {
    f8 *p = (f8 *)(column + t * subjects * 8);
    f8 c = __builtin_convertvector(__builtin_convertvector(*p, d8) - centre, f8);
    if (any) for (int l = 0; l < 8; l++) if (keep[l] == 0) c[l] = 0;
    *p = c;
  }
  memcpy(mean, &centre, sizeof centre);
  memcpy(low, &least, sizeof least);
  memcpy(high, &most, sizeof most);
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

CLONES void correlation_rotate(const float *in, const float *cosine, const float *sine, size_t frequencies,
                               size_t subjects, size_t rotationStride, float *panel) {
  for (size_t k = 0; k < frequencies; k++) {
    const float *re = in + k * 2 * subjects * 8, *im = re + subjects * 8;
    float *outRe = panel + k * 2 * subjects * 8, *outIm = outRe + subjects * 8;
    for (size_t s = 0; s < subjects; s++) {
      float c = cosine[s * rotationStride + k], d = sine[s * rotationStride + k];
      f8 x = *(const f8 *)(re + s * 8), y = *(const f8 *)(im + s * 8);
      *(f8 *)(outRe + s * 8) = x * c - y * d;
      *(f8 *)(outIm + s * 8) = x * d + y * c;
    }
  }
}
