#pragma once
#include <stddef.h>
/// Exact (erf) GELU in place: x * 0.5 * (1 + erf(x / sqrt 2)).
void cvectormath_gelu(float *x, size_t count);
