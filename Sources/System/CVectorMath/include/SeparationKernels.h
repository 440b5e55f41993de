#pragma once
#include <stddef.h>
// Spectra of two channels side by side: `spectrum` rows are interleaved complex float32. No pointer may be null unless
// said, no argument is checked.

/// out[k, 0|1] = |left[k]|, |right[k]| for `bins` bins.
void separation_magnitudes(const float *left, const float *right, size_t bins, float *out);
/// Ratio masks of two sources with exponent 2 applied to one spectrum. With a_i = sigmoid(raw_i) |X|:
///   mask_i = (a_i^2 + epsilon / 2) / (a_0^2 + a_1^2 + epsilon);  out_i[k] = mask_i[k] * X[k], k < bins.
/// Returns the masks' sums in sums[2]; `mask0`, `mask1` (may be null) get the masks themselves.
void separation_ratio(const float *raw0, const float *raw1, const float *spectrum, size_t bins, float epsilon,
                      float *out0, float *out1, float *mask0, float *mask1, double *sums);
