#include "ColumnKernels.h"

#pragma STDC FP_CONTRACT OFF

// One binary for every x86-64: the loader picks the widest version the processor runs.
#if defined(__x86_64__) && defined(__linux__)
#define EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_WIDTH
#endif

EVERY_WIDTH void column_sums(const double *restrict x, size_t stride, size_t rows, size_t columns,
                             double *restrict sums) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) sums[c] += x[r * stride + c];
}

EVERY_WIDTH void column_moments(const double *restrict y, size_t yStride, const double *restrict p, size_t pStride,
                                size_t rows, size_t columns, const double *restrict my, const double *restrict mp,
                                double *restrict yy, double *restrict pp, double *restrict yp, double *restrict error,
                                double *restrict total) {
  for (size_t r = 0; r < rows; r++) {
    const double *restrict truth = y + r * yStride;
    const double *restrict prediction = p + r * pStride;
    for (size_t c = 0; c < columns; c++) {
      double a = truth[c] - my[c], b = prediction[c] - mp[c], e = truth[c] - prediction[c];
      yy[c] += a * a;
      pp[c] += b * b;
      yp[c] += a * b;
      error[c] += e * e;
      total[c] += truth[c] * truth[c];
    }
  }
}

EVERY_WIDTH void column_tridiagonal(const double *restrict factor, const double *restrict inverse, size_t n,
                                    const double *restrict b, size_t columns, double *restrict x, size_t stride) {
  for (size_t c = 0; c < columns; c++) x[c] = b[c];
  for (size_t i = 1; i < n; i++) {
    const double *restrict above = x + (i - 1) * stride;
    double *restrict row = x + i * stride;
    for (size_t c = 0; c < columns; c++) row[c] = b[i * columns + c] - factor[i] * above[c];
  }
  for (size_t c = 0; c < columns; c++) x[(n - 1) * stride + c] *= inverse[n - 1];
  for (size_t i = n - 1; i-- > 0;) {
    const double *restrict below = x + (i + 1) * stride;
    double *restrict row = x + i * stride;
    for (size_t c = 0; c < columns; c++) row[c] = row[c] * inverse[i] - factor[i + 1] * below[c];
  }
}

EVERY_WIDTH void complex_products(const double *restrict x, const double *restrict z, size_t count,
                                  double *restrict y) {
  for (size_t i = 0; i < count; i++) {
    double a = x[2 * i], b = x[2 * i + 1], c = z[2 * i], s = z[2 * i + 1];
    y[2 * i] = a * c - b * s;
    y[2 * i + 1] = a * s + b * c;
  }
}
