#pragma once
#include <stddef.h>
// Column by column over float64 rows. Every column's sums run in the order of its rows and no product is fused into a
// sum, so that results are the same bits whatever the width of the processor's vectors.

/// sums[c] += x[r, c] of `rows` rows that are `stride` apart.
void column_sums(const double *x, size_t stride, size_t rows, size_t columns, double *sums);
/// Adds over `rows` rows of a truth y and a prediction p, about their means: yy += a^2, pp += b^2, yp += a b with
/// a = y - my and b = p - mp, error += (y - p)^2 and total += y^2.
void column_moments(const double *y, size_t yStride, const double *p, size_t pStride, size_t rows, size_t columns,
                    const double *my, const double *mp, double *yy, double *pp, double *yp, double *error,
                    double *total);
/// Solves L D L^T X = B for `columns` columns: `factor` [n] has l_i in place i, `inverse` [n] is 1 / d_i. B is dense, the
/// rows of X are `stride` apart.
void column_tridiagonal(const double *factor, const double *inverse, size_t n, const double *b, size_t columns,
                        double *x, size_t stride);
/// y = x z of `count` complex numbers, real and imaginary parts in turn.
void complex_products(const double *x, const double *z, size_t count, double *y);
