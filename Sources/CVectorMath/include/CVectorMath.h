#pragma once
#include <stddef.h>
#include "CorrelationKernels.h"
/// Exact (erf) GELU in place: x * 0.5 * (1 + erf(x / sqrt 2)).
void cvectormath_gelu(float *x, size_t count);
