#pragma once
#include <stddef.h>
// Convolutions of images whose channels are innermost, in float32, without a copy of the windows: a window is `taps`
// runs of `run` neighbouring numbers, at fixed distances from its first one. The sum over a window runs in the order
// taps, run, whatever the number of threads. No pointer may be null unless said, no argument is checked.

/// What happens to a sum s of output channel c:
///   y = s + bias[c];  if `rectify`: y = max(y, 0);  if scale and not `second`: y = y * scale[c] + shift[c];
///   if `second`: z = y * scale[c] + shift[c], second = z < 0 ? slope * z : z.
typedef struct {
  const float *bias;
  const float *scale;  // may be null
  const float *shift;  // null with scale
  int rectify;
  float slope;
} convolution_epilogue;

/// Panels of 16 output channels in a packed kernel: ceil(outputs / 16).
size_t convolution_panels(size_t outputs);
/// Packs `[length, outputs]` weights into `[panels, length, 16]`, the missing outputs of the last panel zero.
void convolution_pack(const float *weight, size_t length, size_t outputs, float *packed);
/// Rows x columns of outputs first_panel * 16 ..< min(last_panel * 16, outputs).
/// The window of output (r, c) begins at x + r * row_step + c * column_step; its tap t at + offsets[t].
/// Output (r, c) is written from y + r * y_row + c * y_column (and second + r * second_row + c * second_column; may be
/// null).
void convolution_block(const float *x, ptrdiff_t row_step, ptrdiff_t column_step, const ptrdiff_t *offsets,
                       size_t taps, size_t run, const float *packed, size_t outputs, size_t first_panel,
                       size_t last_panel, size_t rows, size_t columns, const convolution_epilogue *epilogue, float *y,
                       ptrdiff_t y_row, ptrdiff_t y_column, float *second, ptrdiff_t second_row,
                       ptrdiff_t second_column);
/// y[c] = bias + sum_t weight[t] * x[offsets[t] + c] for `columns` neighbouring outputs: one channel in, one out.
void convolution_plane(const float *x, const ptrdiff_t *offsets, const float *weight, size_t taps, float bias,
                       size_t columns, float *y);
/// y[c, k] = the largest of x over 2 rows and 2 columns: rows at x and x + row, columns `channels` apart.
void convolution_pool_row(const float *x, ptrdiff_t row, size_t columns, size_t channels, float *y);
