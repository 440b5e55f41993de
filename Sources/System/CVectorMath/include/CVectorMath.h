#pragma once
#include <stddef.h>
#include "ColumnKernels.h"
#include "ConvolutionKernels.h"
#include "CorrelationKernels.h"
#include "SeparationKernels.h"
#include "Lanes.h"
#include "MatrixUnits.h"

// Kernels over contiguous float32. Every matrix is row-major and dense unless a stride is named; sums inside a row
// run in 16 lanes, so their order differs from a plain loop. No pointer may be null, no argument is checked.

/// x = gelu(x), exact form: x * 0.5 * (1 + erf(x / sqrt 2)).
void cvectormath_gelu(float *x, size_t count);
/// y = erf(x); x and y may be the same.
void cvectormath_erf(const float *x, float *y, size_t count);
/// y = exp(x); x and y may be the same.
void cvectormath_exp(const float *x, float *y, size_t count);
/// x[r, c] += bias[c].
void cvectormath_add_bias(float *x, const float *bias, size_t rows, size_t columns);
/// x[r, c] = gelu(x[r, c] + bias[c]).
void cvectormath_bias_gelu(float *x, const float *bias, size_t rows, size_t columns);
/// x[r, c] += bias[c] + residual[r, c].
void cvectormath_bias_residual(float *x, const float *bias, const float *residual, size_t rows, size_t columns);
/// x[i] += y[i].
void cvectormath_add(float *x, const float *y, size_t count);
/// y[r, c] = x[r, c] * scale[c] + shift[c]; x and y may be the same.
void cvectormath_scale_shift(const float *x, float *y, const float *scale, const float *shift, size_t rows,
                             size_t columns);
/// y[r] = (x[r] - mean) / sqrt(variance + epsilon) * gain + bias, population variance of the row; x and y may be the
/// same.
void cvectormath_layer_norm(const float *x, float *y, const float *gain, const float *bias, float epsilon, size_t rows,
                            size_t columns);
/// Each row becomes exp(x - max) / sum; row r starts at x + r * stride.
void cvectormath_softmax(float *x, size_t rows, size_t columns, size_t stride);
/// The same of x[r, c] + gate[r] * bias[c - r]; bias points at the number for c = r.
void cvectormath_softmax_relative(float *x, const float *gate, const float *bias, size_t rows, size_t columns,
                                  size_t stride);
/// out[f, c] = bias[c] + sum_t weight[t, c] * x[f * step + t]: a convolution of one channel.
void cvectormath_mono_convolution(const float *x, float *out, const float *weight, const float *bias, size_t frames,
                                  size_t taps, size_t step, size_t channels);
/// sum[c] += sum_r x[r, c].
void cvectormath_accumulate(double *sum, const float *x, size_t rows, size_t columns);
/// sum[c] += sum_r x[r, c], squares[c] += sum_r x[r, c]^2.
void cvectormath_accumulate_squares(double *sum, double *squares, const float *x, size_t rows, size_t columns);
/// windows[r, s, c] = x[first_row + r + s, first_column + c] for `count` windows of `span` rows and `width` columns, zero
/// outside x's `rows` rows of `columns`.
void cvectormath_gather_windows(const float *x, size_t rows, size_t columns, size_t first_column, size_t width,
                                ptrdiff_t first_row, size_t span, size_t count, float *windows);
/// 1 where this processor runs AVX-512 (F, BW, CD, DQ, VL).
int cvectormath_has_avx512(void);
