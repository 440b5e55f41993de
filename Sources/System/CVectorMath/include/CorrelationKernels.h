#pragma once
#include <stddef.h>
#include <stdint.h>
// Sums of products between the series of several subjects, eight regions ("lanes") side by side, in float64.
// A panel is [samples, subjects, 8]; `products` is float64 [pairs, 8] with pairs (a, b), a <= b, in the order
// (0,0), (0,1), ... (0,S-1), (1,1), ...; per-subject quantities are [subjects, 8].

/// One subject's block, row-major [samples, stride], centred on its own mean and laid into a float64 panel.
/// `lanes` regions are valid; a lane with a non-finite sample is zeroed and `missing` set to 1. `low` and `high` bound the values.
void correlation_pack(const float *x, size_t samples, size_t stride, size_t lanes, double *panel, size_t subject,
                      size_t subjects, double *mean, float *low, float *high, uint8_t *missing);
/// The same from a block [lanes, stride], each lane's samples side by side.
void correlation_pack_rows(const float *x, size_t samples, size_t stride, size_t lanes, double *panel, size_t subject,
                           size_t subjects, double *mean, float *low, float *high, uint8_t *missing);
/// products += panel^T panel per lane, of a float64 panel.
void correlation_products_wide(const double *panel, size_t samples, size_t subjects, double *products);
/// products += panel^T panel per lane, of a float32 panel; at most 32 products are summed before float64 takes over.
void correlation_products(const float *panel, size_t samples, size_t subjects, double *products);
/// Widens `least` and `most` by a segment's bounds and marks its missing values, all [width].
void correlation_bounds(const float *low, const float *high, const uint8_t *missing, size_t width, float *least,
                        float *most, uint8_t *any);
/// Joins a segment's own products and means (`n1` samples) to the running count, mean and sum of squares of each subject.
void correlation_variance(const double *products, const double *means, const uint8_t *missing, double n1,
                          size_t subjects, double *count, double *mean, double *squares);
/// Joins a block (its centred products and means, `n1` samples) to a segment of `n0` samples, in place (Chan et al. 1979).
void correlation_join(double *products, double *mean, double n0, const double *blockProducts, const double *blockMean,
                      double n1, size_t subjects);
/// total += sign * (products + n d d^T), sums += sign * n d, where d = mean - offset.
void correlation_slide(double *total, double *sums, const double *products, const double *mean, const double *offset,
                       double n, double sign, size_t subjects);
/// squares[s] = total[s,s] - sums[s]^2 / n: the centred sum of squares of each subject.
void correlation_squares(const double *total, const double *sums, double n, size_t subjects, double *squares);
/// Pearson r of every pair a < b from sums; `scale` is 1/sqrt(squares), or 0 for a subject that is left out (its r is 0).
/// rowSums[s] = sum of r over the others; zSum = sum over pairs of atanh(clip(r, 1 - 1e-7)); `r` [pairs, 8] may be NULL.
void correlation_pairs(const double *total, const double *sums, double n, const double *scale, size_t subjects,
                       double *rowSums, double *zSum, double *r);
/// Leave-one-out: zSum = sum over subjects of atanh(clip(q / sqrt(T - 2q - 1))), q the row sum of r, T = sum of q + valid;
/// `count` [8] = subjects that have a value (a positive `scale` and others that vary).
void correlation_left_out(const double *rowSums, const double *scale, const double *valid, size_t subjects,
                          double *zSum, double *count);
/// zSum = sum of atanh(clip(r, 1 - 1e-7)) over the listed pairs of an [pairs, 8] array.
void correlation_listed(const double *r, const int32_t *pairs, size_t count, double *zSum);
/// panel[k, s] = signs[s, k] in[k, s] for `rows` rows; `in` and `panel` [rows, subjects, 8], `signs` [subjects, stride].
void correlation_signed(const float *in, const float *signs, size_t rows, size_t subjects, size_t stride, float *panel);
/// panel[k, s] = in[(first + k - shifts[s]) mod count, s] for `rows` rows; `in` [count, subjects, 8].
void correlation_shifted(const float *in, const int64_t *shifts, size_t count, size_t first, size_t rows,
                         size_t subjects, float *panel);
