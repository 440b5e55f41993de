#include "CVectorMath.h"
#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_WIDTH
#endif

EVERY_WIDTH void separation_magnitudes(const float *restrict left, const float *restrict right, size_t bins,
                                       float *restrict out) {
  for (size_t k = 0; k < bins; k++) {
    out[2 * k] = __builtin_sqrtf(left[2 * k] * left[2 * k] + left[2 * k + 1] * left[2 * k + 1]);
    out[2 * k + 1] = __builtin_sqrtf(right[2 * k] * right[2 * k] + right[2 * k + 1] * right[2 * k + 1]);
  }
}

enum { BLOCK = 256 };

EVERY_WIDTH static void block(const float *restrict a, const float *restrict b, const float *restrict x, size_t count,
                              float epsilon, float *restrict out0, float *restrict out1, float *restrict first,
                              float *restrict second) {
  for (size_t k = 0; k < count; k++) {
    const float power = x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1];
    // sigmoid(r) = 1 / (1 + exp(-r)); a and b hold exp(-r).
    const float s0 = 1.0f / (1.0f + a[k]);
    const float s1 = 1.0f / (1.0f + b[k]);
    const float p0 = s0 * s0 * power;
    const float p1 = s1 * s1 * power;
    const float total = 1.0f / (p0 + p1 + epsilon);
    first[k] = (p0 + 0.5f * epsilon) * total;
    second[k] = (p1 + 0.5f * epsilon) * total;
  }
  for (size_t k = 0; k < count; k++) {
    out0[2 * k] = x[2 * k] * first[k];
    out0[2 * k + 1] = x[2 * k + 1] * first[k];
    out1[2 * k] = x[2 * k] * second[k];
    out1[2 * k + 1] = x[2 * k + 1] * second[k];
  }
}

void separation_ratio(const float *raw0, const float *raw1, const float *spectrum, size_t bins, float epsilon,
                      float *out0, float *out1, float *mask0, float *mask1, double *sums) {
  double sum0 = 0, sum1 = 0;
  for (size_t k = 0; k < bins; k += BLOCK) {
    const size_t count = bins - k < BLOCK ? bins - k : BLOCK;
    float a[BLOCK], b[BLOCK], first[BLOCK], second[BLOCK];
    for (size_t l = 0; l < count; l++) a[l] = -raw0[k + l];
    for (size_t l = 0; l < count; l++) b[l] = -raw1[k + l];
    cvectormath_exp(a, a, count);
    cvectormath_exp(b, b, count);
    block(a, b, spectrum + 2 * k, count, epsilon, out0 + 2 * k, out1 + 2 * k, first, second);
    for (size_t l = 0; l < count; l++) {
      sum0 += (double)first[l];
      sum1 += (double)second[l];
      if (mask0) mask0[k + l] = first[l];
      if (mask1) mask1[k + l] = second[l];
    }
  }
  sums[0] = sum0;
  sums[1] = sum1;
}
