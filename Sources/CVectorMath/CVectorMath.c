#include "CVectorMath.h"
#include <math.h>
void cvectormath_gelu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = 0.5f * x[i] * (1.0f + erff(x[i] * 0.70710678f));
}
