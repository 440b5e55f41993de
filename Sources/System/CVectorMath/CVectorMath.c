#include "CVectorMath.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

// One binary for every x86-64: the loader picks the widest version the processor runs.
#if defined(__x86_64__) && defined(__has_attribute) && defined(__linux__)
#if __has_attribute(target_clones)
#define EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif
#ifndef EVERY_WIDTH
#define EVERY_WIDTH
#endif
#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16 };

// erf as an odd rational function on [-4, 4] (the minimax coefficients of Eigen's float erf); beyond, float32 erf is 1
// to within 2e-8. Largest error 3e-7.
INLINE float erf_lane(float x) {
  float v = x < -4.0f ? -4.0f : (x > 4.0f ? 4.0f : x);
  v = x != x ? x : v;
  float s = v * v;
  float p = -2.72614225801306e-10f;
  p = p * s + 2.77068142495902e-08f;
  p = p * s - 2.10102402082508e-06f;
  p = p * s - 5.69250639462346e-05f;
  p = p * s - 7.34990630326855e-04f;
  p = p * s - 2.95459980854025e-03f;
  p = p * s - 1.60960333262415e-02f;
  float q = -1.45660718464996e-05f;
  q = q * s - 2.13374055278905e-04f;
  q = q * s - 1.68282697438203e-03f;
  q = q * s - 7.37332916720468e-03f;
  q = q * s - 1.42647390514189e-02f;
  return v * p / q;
}

INLINE float gelu_lane(float x) { return 0.5f * x * (1.0f + erf_lane(x * 0.70710678118654752f)); }

// exp(x) = 2^n exp(r), |r| <= ln 2 / 2, with Cephes' degree-5 polynomial; below -87 the result is exp(-87).
INLINE float exp_lane(float x) {
  float v = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
  v = x != x ? x : v;
  const float magic = 12582912.0f;
  float shifted = v * 1.44269504088896341f + magic;
  float n = shifted - magic;
  float r = v - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  union { float f; int32_t i; } bits = {shifted};
  union { int32_t i; float f; } power = {(int32_t)(((uint32_t)bits.i - 0x4b400000u + 127u) << 23)};
  return p * power.f;
}

INLINE float sum_lanes(const float *lane) {
  float total = 0;
  for (size_t l = 0; l < LANES; l++) total += lane[l];
  return total;
}

EVERY_WIDTH void cvectormath_gelu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = gelu_lane(x[i]);
}

EVERY_WIDTH void cvectormath_erf(const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = erf_lane(x[i]);
}

EVERY_WIDTH void cvectormath_exp(const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = exp_lane(x[i]);
}

EVERY_WIDTH void cvectormath_add_bias(float *restrict x, const float *restrict bias, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float *restrict row = x + r * columns;
    for (size_t c = 0; c < columns; c++) row[c] += bias[c];
  }
}

EVERY_WIDTH void cvectormath_bias_gelu(float *restrict x, const float *restrict bias, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float *restrict row = x + r * columns;
    for (size_t c = 0; c < columns; c++) row[c] = gelu_lane(row[c] + bias[c]);
  }
}

EVERY_WIDTH void cvectormath_bias_residual(float *restrict x, const float *restrict bias,
                                           const float *restrict residual, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float *restrict row = x + r * columns;
    const float *restrict other = residual + r * columns;
    for (size_t c = 0; c < columns; c++) row[c] += bias[c] + other[c];
  }
}

EVERY_WIDTH void cvectormath_add(float *restrict x, const float *restrict y, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] += y[i];
}

EVERY_WIDTH void cvectormath_scale_shift(const float *x, float *y, const float *restrict scale,
                                         const float *restrict shift, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) y[r * columns + c] = x[r * columns + c] * scale[c] + shift[c];
  }
}

EVERY_WIDTH void cvectormath_layer_norm(const float *x, float *y, const float *restrict gain,
                                        const float *restrict bias, float epsilon, size_t rows, size_t columns) {
  const size_t whole = columns - columns % LANES;
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    float *out = y + r * columns;
    float lane[LANES] = {0};
    for (size_t c = 0; c < whole; c += LANES) {
      for (size_t l = 0; l < LANES; l++) lane[l] += row[c + l];
    }
    float sum = sum_lanes(lane);
    for (size_t c = whole; c < columns; c++) sum += row[c];
    const float mean = sum / (float)columns;
    float square[LANES] = {0};
    for (size_t c = 0; c < whole; c += LANES) {
      for (size_t l = 0; l < LANES; l++) {
        float d = row[c + l] - mean;
        square[l] += d * d;
      }
    }
    float variance = sum_lanes(square);
    for (size_t c = whole; c < columns; c++) variance += (row[c] - mean) * (row[c] - mean);
    const float scale = 1.0f / sqrtf(variance / (float)columns + epsilon);
    for (size_t c = 0; c < columns; c++) out[c] = (row[c] - mean) * scale * gain[c] + bias[c];
  }
}

// exp(x - largest) / sum in place.
INLINE void softmax_row(float *restrict row, size_t columns) {
  const size_t whole = columns - columns % LANES;
  float top[LANES];
  for (size_t l = 0; l < LANES; l++) top[l] = row[0];
  for (size_t c = 0; c < whole; c += LANES) {
    for (size_t l = 0; l < LANES; l++) top[l] = row[c + l] > top[l] ? row[c + l] : top[l];
  }
  float largest = top[0];
  for (size_t l = 1; l < LANES; l++) largest = top[l] > largest ? top[l] : largest;
  for (size_t c = whole; c < columns; c++) largest = row[c] > largest ? row[c] : largest;
  float lane[LANES] = {0};
  for (size_t c = 0; c < whole; c += LANES) {
    for (size_t l = 0; l < LANES; l++) {
      float e = exp_lane(row[c + l] - largest);
      row[c + l] = e;
      lane[l] += e;
    }
  }
  float sum = sum_lanes(lane);
  for (size_t c = whole; c < columns; c++) {
    row[c] = exp_lane(row[c] - largest);
    sum += row[c];
  }
  const float scale = 1.0f / sum;
  for (size_t c = 0; c < columns; c++) row[c] *= scale;
}

EVERY_WIDTH void cvectormath_softmax(float *x, size_t rows, size_t columns, size_t stride) {
  for (size_t r = 0; r < rows; r++) softmax_row(x + r * stride, columns);
}

EVERY_WIDTH void cvectormath_softmax_relative(float *x, const float *gate, const float *bias, size_t rows,
                                              size_t columns, size_t stride) {
  for (size_t r = 0; r < rows; r++) {
    float *restrict row = x + r * stride;
    const float *restrict shifted = bias - r;
    const float scale = gate[r];
    for (size_t c = 0; c < columns; c++) row[c] += scale * shifted[c];
    softmax_row(row, columns);
  }
}

EVERY_WIDTH void cvectormath_mono_convolution(const float *restrict x, float *restrict out,
                                              const float *restrict weight, const float *restrict bias, size_t frames,
                                              size_t taps, size_t step, size_t channels) {
  enum { BLOCK = 64 };
  const size_t whole = channels - channels % BLOCK;
  for (size_t f = 0; f < frames; f++) {
    const float *restrict in = x + f * step;
    float *restrict row = out + f * channels;
    for (size_t c = 0; c < whole; c += BLOCK) {
      float total[BLOCK];
      for (size_t l = 0; l < BLOCK; l++) total[l] = bias[c + l];
      for (size_t t = 0; t < taps; t++) {
        const float value = in[t];
        const float *restrict w = weight + t * channels + c;
        for (size_t l = 0; l < BLOCK; l++) total[l] += value * w[l];
      }
      for (size_t l = 0; l < BLOCK; l++) row[c + l] = total[l];
    }
    for (size_t c = whole; c < channels; c++) {
      float total = bias[c];
      for (size_t t = 0; t < taps; t++) total += in[t] * weight[t * channels + c];
      row[c] = total;
    }
  }
}

EVERY_WIDTH void cvectormath_accumulate(double *restrict sum, const float *restrict x, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) sum[c] += (double)x[r * columns + c];
  }
}

EVERY_WIDTH void cvectormath_accumulate_squares(double *restrict sum, double *restrict squares,
                                                const float *restrict x, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      const double value = (double)x[r * columns + c];
      sum[c] += value;
      squares[c] += value * value;
    }
  }
}

void cvectormath_gather_windows(const float *x, size_t rows, size_t columns, size_t first_column, size_t width,
                                ptrdiff_t first_row, size_t span, size_t count, float *windows) {
  for (size_t r = 0; r < count; r++) {
    for (size_t s = 0; s < span; s++) {
      const ptrdiff_t row = first_row + (ptrdiff_t)(r + s);
      float *out = windows + (r * span + s) * width;
      if (row >= 0 && row < (ptrdiff_t)rows) {
        memcpy(out, x + (size_t)row * columns + first_column, width * sizeof(float));
      } else {
        memset(out, 0, width * sizeof(float));
      }
    }
  }
}

int cvectormath_has_avx512(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}
