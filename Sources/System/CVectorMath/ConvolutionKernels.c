#include "CVectorMath.h"
#include <string.h>

// The inner loop holds a tile of sums in registers: PIXELS windows x VECTORS vectors of output channels. Wide vectors
// (AVX-512) take 8 x 2 and 16 x 1, narrow ones (16 registers of 8) 6 x 2 and 4 x 2.

#if defined(__x86_64__)
// Naming the features, not the generation, lets the compiler use whole 512-bit registers.
#define WIDE __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2")))
#define NARROW __attribute__((target("arch=x86-64-v3")))
#else
#define WIDE
#define NARROW
#endif
#define PLAIN

enum { PANEL = 16 };

typedef float vector16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float vector8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float vector4 __attribute__((vector_size(16), aligned(4), may_alias));

size_t convolution_panels(size_t outputs) { return (outputs + PANEL - 1) / PANEL; }

void convolution_pack(const float *weight, size_t length, size_t outputs, float *packed) {
  const size_t panels = convolution_panels(outputs);
  for (size_t p = 0; p < panels; p++) {
    const size_t first = p * PANEL;
    const size_t width = outputs - first < PANEL ? outputs - first : PANEL;
    for (size_t k = 0; k < length; k++) {
      float *to = packed + (p * length + k) * PANEL;
      memcpy(to, weight + k * outputs + first, width * sizeof(float));
      memset(to + width, 0, (PANEL - width) * sizeof(float));
    }
  }
}

// Sums of PIXELS windows `step` apart over one (VECTORS vectors of) panel slice; `w` advances PANEL a number, the
// second half of a wide tile lies `next` behind. Written to sums[pixel][slot].
#define TILE(NAME, VECTOR, LANES, VECTORS, PIXELS, TARGET)                                                            \
  TARGET static void NAME(const float *x, ptrdiff_t step, const ptrdiff_t *offsets, size_t taps, size_t run,          \
                          const float *w, size_t next, float *sums, size_t width) {                                   \
    VECTOR total[PIXELS][VECTORS];                                                                                    \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < PIXELS; p++) {                                             \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) total[p][v] = (VECTOR){0};                 \
    }                                                                                                                 \
    for (size_t t = 0; t < taps; t++) {                                                                               \
      const float *in = x + offsets[t];                                                                               \
      for (size_t k = 0; k < run; k++) {                                                                              \
        VECTOR weight[VECTORS];                                                                                       \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) weight[v] =                              \
            *(const VECTOR *)(w + (size_t)v * next);                                                                  \
        _Pragma("clang loop unroll(full)") for (int p = 0; p < PIXELS; p++) {                                         \
          const float value = in[p * step];                                                                           \
          _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) total[p][v] =                          \
              total[p][v] + weight[v] * value;                                                                        \
        }                                                                                                             \
        in++;                                                                                                         \
        w += PANEL;                                                                                                   \
      }                                                                                                               \
    }                                                                                                                 \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < PIXELS; p++) {                                             \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) *(VECTOR *)(sums + (size_t)p * width +     \
                                                                                       v * LANES) = total[p][v];      \
    }                                                                                                                 \
  }

// Two panels at once, `width` 32; or one, `width` 16.
TILE(wide_pair_8, vector16, 16, 2, 8, WIDE)
TILE(wide_pair_4, vector16, 16, 2, 4, WIDE)
TILE(wide_pair_2, vector16, 16, 2, 2, WIDE)
TILE(wide_pair_1, vector16, 16, 2, 1, WIDE)
TILE(wide_one_16, vector16, 16, 1, 16, WIDE)
TILE(wide_one_8, vector16, 16, 1, 8, WIDE)
TILE(wide_one_4, vector16, 16, 1, 4, WIDE)
TILE(wide_one_1, vector16, 16, 1, 1, WIDE)
TILE(narrow_6, vector8, 8, 2, 6, NARROW)
TILE(narrow_4, vector8, 8, 2, 4, NARROW)
TILE(narrow_2, vector8, 8, 2, 2, NARROW)
TILE(narrow_1, vector8, 8, 2, 1, NARROW)
TILE(plain_2, vector4, 4, 4, 2, PLAIN)
TILE(plain_1, vector4, 4, 4, 1, PLAIN)

#define EPILOGUE(NAME, TARGET)                                                                                        \
  TARGET static void NAME(const float *restrict sums, size_t width, size_t channels, size_t channel, size_t pixels,   \
                          const convolution_epilogue *epilogue, float *restrict y, ptrdiff_t column,                  \
                          float *restrict second, ptrdiff_t second_column) {                                          \
    const float *restrict bias = epilogue->bias + channel;                                                            \
    const float *restrict scale = epilogue->scale ? epilogue->scale + channel : 0;                                    \
    const float *restrict shift = epilogue->scale ? epilogue->shift + channel : 0;                                    \
    const float slope = epilogue->slope;                                                                              \
    for (size_t p = 0; p < pixels; p++) {                                                                             \
      const float *restrict sum = sums + p * width;                                                                   \
      float *restrict out = y + (ptrdiff_t)p * column + channel;                                                      \
      if (!epilogue->rectify) {                                                                                       \
        for (size_t c = 0; c < channels; c++) out[c] = sum[c] + bias[c];                                              \
      } else {                                                                                                        \
        for (size_t c = 0; c < channels; c++) {                                                                       \
          const float value = sum[c] + bias[c];                                                                       \
          out[c] = value < 0 ? 0 : value;                                                                             \
        }                                                                                                             \
      }                                                                                                               \
      if (!scale) continue;                                                                                           \
      if (!second) {                                                                                                  \
        for (size_t c = 0; c < channels; c++) out[c] = out[c] * scale[c] + shift[c];                                  \
      } else {                                                                                                        \
        float *restrict other = second + (ptrdiff_t)p * second_column + channel;                                      \
        for (size_t c = 0; c < channels; c++) {                                                                       \
          const float value = out[c] * scale[c] + shift[c];                                                           \
          other[c] = value < 0 ? slope * value : value;                                                               \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }

EPILOGUE(wide_epilogue, WIDE)
EPILOGUE(narrow_epilogue, NARROW)
EPILOGUE(plain_epilogue, PLAIN)

typedef void tile(const float *, ptrdiff_t, const ptrdiff_t *, size_t, size_t, const float *, size_t, float *, size_t);
typedef void finish(const float *, size_t, size_t, size_t, size_t, const convolution_epilogue *, float *, ptrdiff_t,
                    float *, ptrdiff_t);

// The tiles of one processor generation, largest first; the last takes one pixel.
typedef struct {
  size_t pixels[4];
  tile *tiles[4];
  size_t lanes;   // channels of a tile's first vector group
  size_t pieces;  // tiles side by side that make up `width` channels
} tiling;

typedef struct {
  tiling pair, one;
  finish *finish;
} generation;

static const generation *this_generation(void) {
  static const generation plain = {{{2, 1}, {plain_2, plain_1}, PANEL, 2}, {{2, 1}, {plain_2, plain_1}, PANEL, 1},
                                   plain_epilogue};
#if defined(__x86_64__)
  static const generation wide = {{{8, 4, 2, 1}, {wide_pair_8, wide_pair_4, wide_pair_2, wide_pair_1}, 2 * PANEL, 1},
                                  {{16, 8, 4, 1}, {wide_one_16, wide_one_8, wide_one_4, wide_one_1}, PANEL, 1},
                                  wide_epilogue};
  static const generation narrow = {{{6, 4, 2, 1}, {narrow_6, narrow_4, narrow_2, narrow_1}, PANEL, 2},
                                    {{6, 4, 2, 1}, {narrow_6, narrow_4, narrow_2, narrow_1}, PANEL, 1},
                                    narrow_epilogue};
  if (cvectormath_has_avx512()) return &wide;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &narrow;
#endif
  return &plain;
}

void convolution_block(const float *x, ptrdiff_t row_step, ptrdiff_t column_step, const ptrdiff_t *offsets,
                       size_t taps, size_t run, const float *packed, size_t outputs, size_t first_panel,
                       size_t last_panel, size_t rows, size_t columns, const convolution_epilogue *epilogue, float *y,
                       ptrdiff_t y_row, ptrdiff_t y_column, float *second, ptrdiff_t second_row,
                       ptrdiff_t second_column) {
  const generation *own = this_generation();
  const size_t length = taps * run;
  float sums[16 * 2 * PANEL] __attribute__((aligned(64)));
  size_t panel = first_panel;
  while (panel < last_panel) {
    const size_t together = panel + 2 <= last_panel ? 2 : 1;
    const tiling *tiling = together == 2 ? &own->pair : &own->one;
    const size_t width = together * PANEL;
    const size_t channel = panel * PANEL;
    const size_t channels = outputs - channel < width ? outputs - channel : width;
    const float *w = packed + panel * length * PANEL;
    // A vector8 tile covers a panel in two vectors 8 apart, a vector4 tile in four; a pair of vector16 is a panel apart.
    const size_t next = tiling->lanes == 2 * PANEL ? length * PANEL : (own->finish == plain_epilogue ? 4 : 8);
    for (size_t r = 0; r < rows; r++) {
      const float *in = x + (ptrdiff_t)r * row_step;
      size_t c = 0;
      while (c < columns) {
        size_t size = 0;
        while (tiling->pixels[size] > columns - c) size++;
        const size_t pixels = tiling->pixels[size];
        const float *window = in + (ptrdiff_t)c * column_step;
        for (size_t piece = 0; piece < tiling->pieces; piece++) {
          tiling->tiles[size](window, column_step, offsets, taps, run, w + piece * length * PANEL, next,
                              sums + piece * PANEL, width);
        }
        own->finish(sums, width, channels, channel, pixels, epilogue,
                    y + (ptrdiff_t)r * y_row + (ptrdiff_t)c * y_column, y_column,
                    second ? second + (ptrdiff_t)r * second_row + (ptrdiff_t)c * second_column : 0, second_column);
        c += pixels;
      }
    }
    panel += together;
  }
}

#if defined(__x86_64__) && defined(__linux__)
#define EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_WIDTH
#endif

EVERY_WIDTH void convolution_plane(const float *restrict x, const ptrdiff_t *restrict offsets,
                                   const float *restrict weight, size_t taps, float bias, size_t columns,
                                   float *restrict y) {
  enum { BLOCK = 64 };
  size_t c = 0;
  for (; c + BLOCK <= columns; c += BLOCK) {
    float total[BLOCK];
    for (size_t l = 0; l < BLOCK; l++) total[l] = bias;
    for (size_t t = 0; t < taps; t++) {
      const float *restrict in = x + offsets[t] + c;
      const float w = weight[t];
      for (size_t l = 0; l < BLOCK; l++) total[l] += w * in[l];
    }
    for (size_t l = 0; l < BLOCK; l++) y[c + l] = total[l];
  }
  for (; c < columns; c++) {
    float total = bias;
    for (size_t t = 0; t < taps; t++) total += weight[t] * x[offsets[t] + (ptrdiff_t)c];
    y[c] = total;
  }
}

EVERY_WIDTH void convolution_pool_row(const float *restrict x, ptrdiff_t row, size_t columns, size_t channels,
                                      float *restrict y) {
  for (size_t c = 0; c < columns; c++) {
    const float *restrict a = x + 2 * c * channels;
    const float *restrict b = a + row;
    float *restrict out = y + c * channels;
    for (size_t k = 0; k < channels; k++) {
      const float top = a[k] < a[k + channels] ? a[k + channels] : a[k];
      const float low = b[k] < b[k + channels] ? b[k + channels] : b[k];
      out[k] = top < low ? low : top;
    }
  }
}
