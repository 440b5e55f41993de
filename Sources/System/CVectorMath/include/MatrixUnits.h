#pragma once
#include <stddef.h>

/// Matrix products whose inputs are rounded to bfloat16 and summed in float32, by oneDNN, which is loaded when it is
/// first asked for. All functions may be called by several threads at once; each call runs on its own thread alone.

/// Why this machine cannot run them (static text), or null if it can.
const char *matrix_units_refusal(void);
/// Version of oneDNN and the instructions it found, for example "oneDNN 2.6.3, avx512_core_bf16"; null if it cannot run.
const char *matrix_units_name(void);

/// A matrix in bfloat16, in the order the instructions read it.
typedef struct matrix_units_weights matrix_units_weights;
/// From float32 `[outputs, inner]`; null if oneDNN refused.
matrix_units_weights *matrix_units_pack(const float *weights, size_t outputs, size_t inner);
void matrix_units_free(matrix_units_weights *weights);
/// y[r, o] = sum_i x[r, i] weights[o, i]; rows of x begin `x_stride` apart and may overlap. 0 where oneDNN refused.
int matrix_units_multiply(matrix_units_weights *weights, size_t rows, const float *x, size_t x_stride, float *y,
                          size_t y_stride);
