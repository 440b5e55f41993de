// Statistics in SQL. A row with a NULL among its arguments does not count; NaN is NULL to SQLite. Text that is no number is an
// error, never a zero.
//
// The moments are sums of values and of products, kept exactly: adding a row and taking it out again leaves the sums as they
// were, so that a window gives the same as its rows alone, in any order.
#include "ArraySQL.h"

// Exact sums

// A sum of doubles as whole numbers of 32 bits each, the least worth 2^-1074.
typedef struct {
  int64_t digits[68];
  int unsettled;
} ExactSum;

static void settle(ExactSum *sum) {
  for (int i = 0; i < 67; i++) {
    int64_t carry = sum->digits[i] >> 32;
    sum->digits[i] -= carry * (1ll << 32);
    sum->digits[i + 1] += carry;
  }
  sum->unsettled = 0;
}

static void add(ExactSum *sum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  int exponent = (int)(bits >> 52 & 2047);
  uint64_t mantissa = bits & ((1ull << 52) - 1);
  if (exponent) mantissa |= 1ull << 52; else exponent = 1;
  int digit = (exponent - 1) >> 5, shift = (exponent - 1) & 31;
  uint64_t low = mantissa << shift, high = shift ? mantissa >> (64 - shift) : 0;
  int64_t parts[3] = {(int64_t)(low & 0xffffffff), (int64_t)(low >> 32), (int64_t)high};
  int64_t sign = bits >> 63 ? -1 : 1;
  for (int i = 0; i < 3; i++) sum->digits[digit + i] += sign * parts[i];
  if (++sum->unsettled == 1 << 30) settle(sum);
}

static void add_product(ExactSum *sum, double a, double b, double sign) {
  double product = a * b;
  add(sum, sign * product);
  add(sum, sign * fma(a, b, -product));
}

// The digits of a sum's magnitude; its sign.
static double magnitude(const ExactSum *sum, ExactSum *digits) {
  *digits = *sum;
  settle(digits);
  // Digits of a negative sum are those of its complement.
  if (digits->digits[67] >= 0) return 1;
  for (int i = 0; i < 68; i++) digits->digits[i] = -digits->digits[i];
  settle(digits);
  return -1;
}

static double worth(const ExactSum *digits, int i) { return ldexp((double)digits->digits[i], 32 * i - 1074); }

// The nearest double, but for its last bit.
static double total(const ExactSum *sum) {
  ExactSum digits;
  double sign = magnitude(sum, &digits), value = 0;
  for (int i = 0; i < 68; i++) if (digits.digits[i]) value += worth(&digits, i);
  return sign * value;
}

// Takes `factor` times a sum away, exactly.
static void subtract(ExactSum *from, const ExactSum *sum, double factor) {
  ExactSum digits;
  double sign = magnitude(sum, &digits);
  for (int i = 0; i < 68; i++) if (digits.digits[i]) add_product(from, worth(&digits, i), factor, -sign);
}

// The sum of (a - mean of a)(b - mean of b). The products are moved, exactly, to doubles next to the means, so that a mean far
// from zero costs no digits, and what does not vary gives 0.
static double scatter(double n, const ExactSum *products, const ExactSum *a, const ExactSum *b) {
  double near_a = total(a) / n, near_b = total(b) / n;
  double n_a = n * near_a, rest_a = fma(n, near_a, -n_a), n_b = n * near_b, rest_b = fma(n, near_b, -n_b);
  ExactSum moved = *products, off_a = *a, off_b = *b;
  subtract(&moved, b, near_a);
  subtract(&moved, a, near_b);
  add_product(&moved, n_a, near_b, 1);
  add_product(&moved, rest_a, near_b, 1);
  add(&off_a, -n_a);
  add(&off_a, -rest_a);
  add(&off_b, -n_b);
  add(&off_b, -rest_b);
  return total(&moved) - total(&off_a) * total(&off_b) / n;
}

// Arguments

// Whether an argument counts; text that is no number is an error.
static bool take(sqlite3_context *context, sqlite3_value *value, const char *function, double *number, bool *is_wrong) {
  switch (sqlite3_value_numeric_type(value)) {
    case SQLITE_INTEGER: case SQLITE_FLOAT: *number = sqlite3_value_double(value); return true;
    case SQLITE_NULL: return false;
    default: break;
  }
  char *text = sqlite3_mprintf("%s: '%.40s' is no number", function, (const char *)sqlite3_value_text(value));
  sqlite3_result_error(context, text ? text : "no number", -1);
  sqlite3_free(text);
  *is_wrong = true;
  return false;
}

// Moments

// Beyond this, squares leave the range of doubles; such values are counted, and while any counts there is no result.
static const double greatest = 1e145;

typedef struct {
  int64_t count, beyond;
  ExactSum x, xx, y, yy, xy;
} Moments;

static void moments_change(sqlite3_context *context, int count, sqlite3_value **arguments, int sign) {
  double x, y = 0;
  bool is_wrong = false;
  const char *function = sqlite3_user_data(context);
  if (!take(context, arguments[0], function, &x, &is_wrong)) return;
  if (count == 2 && !take(context, arguments[1], function, &y, &is_wrong)) return;
  Moments *moments = sqlite3_aggregate_context(context, sizeof *moments);
  if (!moments) {
    sqlite3_result_error_nomem(context);
    return;
  }
  if (!(fabs(x) <= greatest && fabs(y) <= greatest)) {
    moments->beyond += sign;
    return;
  }
  moments->count += sign;
  add(&moments->x, sign * x);
  add_product(&moments->xx, x, x, sign);
  if (count < 2) return;
  add(&moments->y, sign * y);
  add_product(&moments->yy, y, y, sign);
  add_product(&moments->xy, x, y, sign);
}

static void moments_step(sqlite3_context *context, int count, sqlite3_value **arguments) {
  moments_change(context, count, arguments, 1);
}

static void moments_inverse(sqlite3_context *context, int count, sqlite3_value **arguments) {
  moments_change(context, count, arguments, -1);
}

static void stddev_value(sqlite3_context *context) {
  Moments *moments = sqlite3_aggregate_context(context, 0);
  if (!moments || moments->count < 2 || moments->beyond) return;
  double n = (double)moments->count, rest = scatter(n, &moments->xx, &moments->x, &moments->x);
  sqlite3_result_double(context, sqrt(fmax(0, rest) / (n - 1)));
}

static void corr_value(sqlite3_context *context) {
  Moments *moments = sqlite3_aggregate_context(context, 0);
  if (!moments || moments->count < 2 || moments->beyond) return;
  double n = (double)moments->count;
  double xx = scatter(n, &moments->xx, &moments->x, &moments->x), yy = scatter(n, &moments->yy, &moments->y, &moments->y);
  if (!(xx > 0 && yy > 0)) return;
  double r = scatter(n, &moments->xy, &moments->x, &moments->y) / sqrt(xx) / sqrt(yy);
  sqlite3_result_double(context, fmax(-1, fmin(1, r)));
}

// Of least squares: what the first argument changes by where the second one is 1 more.
static void slope_value(sqlite3_context *context) {
  Moments *moments = sqlite3_aggregate_context(context, 0);
  if (!moments || moments->count < 2 || moments->beyond) return;
  double n = (double)moments->count, yy = scatter(n, &moments->yy, &moments->y, &moments->y);
  if (yy > 0) sqlite3_result_double(context, scatter(n, &moments->xy, &moments->x, &moments->y) / yy);
}

// Order statistics

// All values: those before `sorted` in order, later ones as they came.
typedef struct {
  double *values;
  int64_t count, sorted, room;
  double q;
  bool has_q, is_unasked;
} Ordered;

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static Ordered *ordered_of(sqlite3_context *context) {
  Ordered *ordered = sqlite3_aggregate_context(context, sizeof *ordered);
  if (!ordered) sqlite3_result_error_nomem(context);
  return ordered;
}

// The quantile asked for, the same in all rows; false where the row does not count.
static bool take_q(sqlite3_context *context, Ordered *ordered, int count, sqlite3_value **arguments) {
  double q = 0.5;
  bool is_wrong = false;
  if (count == 2 && !take(context, arguments[1], "quantile", &q, &is_wrong)) {
    ordered->is_unasked = true;
    return false;
  }
  if (!(q >= 0 && q <= 1)) sqlite3_result_error(context, "quantile: q lies between 0 and 1", -1);
  else if (ordered->has_q && ordered->q != q) sqlite3_result_error(context, "quantile: q is the same for all rows", -1);
  else {
    ordered->q = q;
    ordered->has_q = true;
    return true;
  }
  return false;
}

static void ordered_step(sqlite3_context *context, int count, sqlite3_value **arguments) {
  Ordered *ordered = ordered_of(context);
  double x;
  bool is_wrong = false;
  if (!ordered || !take_q(context, ordered, count, arguments)) return;
  if (!take(context, arguments[0], count == 2 ? "quantile" : "median", &x, &is_wrong)) return;
  if (ordered->count == ordered->room) {
    int64_t room = ordered->room ? 2 * ordered->room : 64;
    double *values = sqlite3_realloc64(ordered->values, (size_t)room * sizeof *values);
    if (!values) {
      sqlite3_result_error_nomem(context);
      return;
    }
    ordered->values = values;
    ordered->room = room;
  }
  ordered->values[ordered->count++] = x;
}

// The first place in the sorted values that is not below `x`.
static int64_t place_of(const Ordered *ordered, double x) {
  int64_t low = 0, high = ordered->sorted;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (ordered->values[middle] < x) low = middle + 1; else high = middle;
  }
  return low;
}

static void sort(Ordered *ordered) {
  if (ordered->count - ordered->sorted > 8) {
    qsort(ordered->values, (size_t)ordered->count, sizeof *ordered->values, compare_doubles);
    ordered->sorted = ordered->count;
  }
  // The few rows by which a window moved on are put where they belong.
  for (; ordered->sorted < ordered->count; ordered->sorted++) {
    double x = ordered->values[ordered->sorted];
    int64_t place = place_of(ordered, x);
    memmove(ordered->values + place + 1, ordered->values + place, (size_t)(ordered->sorted - place) * sizeof x);
    ordered->values[place] = x;
  }
}

static void ordered_inverse(sqlite3_context *context, int count, sqlite3_value **arguments) {
  Ordered *ordered = ordered_of(context);
  double x;
  bool is_wrong = false;
  if (!ordered || !take_q(context, ordered, count, arguments)) return;
  if (!take(context, arguments[0], "quantile", &x, &is_wrong)) return;
  sort(ordered);
  int64_t place = place_of(ordered, x);
  if (place >= ordered->count) return;
  memmove(ordered->values + place, ordered->values + place + 1, (size_t)(ordered->count - place - 1) * sizeof x);
  ordered->sorted = --ordered->count;
}

// Puts the value of a rank at its place and smaller ones before it.
static double pick(double *values, int64_t count, int64_t rank) {
  int64_t low = 0, high = count - 1;
  while (low < high) {
    double pivot = values[low + (high - low) / 2];
    int64_t i = low, j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      double kept = values[i];
      values[i++] = values[j];
      values[j--] = kept;
    }
    if (rank <= j) high = j; else if (rank >= i) low = i; else break;
  }
  return values[rank];
}

static void give_quantile(sqlite3_context *context, Ordered *ordered, bool is_last) {
  if (!ordered || ordered->count == 0 || ordered->is_unasked) return;
  double position = ordered->q * (double)(ordered->count - 1);
  int64_t low = (int64_t)floor(position);
  double share = position - (double)low, first, second;
  if (is_last && ordered->sorted == 0) {
    // Nothing is asked again: the two values are found without sorting.
    first = pick(ordered->values, ordered->count, low);
    second = share > 0 ? pick(ordered->values + low + 1, ordered->count - low - 1, 0) : first;
  } else {
    sort(ordered);
    first = ordered->values[low];
    second = share > 0 ? ordered->values[low + 1] : first;
  }
  sqlite3_result_double(context, share > 0 && first != second ? first + share * (second - first) : first);
}

static void ordered_value(sqlite3_context *context) {
  give_quantile(context, sqlite3_aggregate_context(context, 0), false);
}

static void ordered_final(sqlite3_context *context) {
  Ordered *ordered = sqlite3_aggregate_context(context, 0);
  give_quantile(context, ordered, true);
  if (!ordered) return;
  sqlite3_free(ordered->values);
  *ordered = (Ordered){0};
}

// Scalars

static void fisher_z(sqlite3_context *context, int count, sqlite3_value **arguments) {
  (void)count;
  double r;
  bool is_wrong = false;
  if (!take(context, arguments[0], "fisher_z", &r, &is_wrong)) return;
  if (fabs(r) > 1 + 1e-9) {
    sqlite3_result_error(context, "fisher_z: a correlation lies between -1 and 1", -1);
    return;
  }
  // As everywhere in Evoke, so that a perfect correlation stays finite.
  sqlite3_result_double(context, atanh(fmin(fmax(r, -1 + 1e-7), 1 - 1e-7)));
}

static void inverse_fisher_z(sqlite3_context *context, int count, sqlite3_value **arguments) {
  (void)count;
  double z;
  bool is_wrong = false;
  if (take(context, arguments[0], "inverse_fisher_z", &z, &is_wrong)) sqlite3_result_double(context, tanh(z));
}

static void zscore(sqlite3_context *context, int count, sqlite3_value **arguments) {
  double values[3];
  bool is_wrong = false;
  for (int i = 0; i < count; i++) if (!take(context, arguments[i], "zscore", &values[i], &is_wrong)) return;
  if (values[2] < 0) sqlite3_result_error(context, "zscore: a standard deviation is not negative", -1);
  else if (values[2] > 0) sqlite3_result_double(context, (values[0] - values[1]) / values[2]);
}

int register_functions(sqlite3 *database) {
  // In a stored view they would make a catalog that stock tools cannot read.
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  const struct {
    const char *name;
    int arguments;
    void (*scalar)(sqlite3_context *, int, sqlite3_value **);
  } scalars[] = {{"fisher_z", 1, fisher_z}, {"inverse_fisher_z", 1, inverse_fisher_z}, {"zscore", 3, zscore}};
  int status = SQLITE_OK;
  for (size_t i = 0; i < 3 && status == SQLITE_OK; i++) {
    status = sqlite3_create_function_v2(
      database, scalars[i].name, scalars[i].arguments, flags, NULL, scalars[i].scalar, NULL, NULL, NULL);
  }
  const struct {
    const char *name;
    int arguments;
    void (*step)(sqlite3_context *, int, sqlite3_value **);
    void (*final)(sqlite3_context *);
    void (*value)(sqlite3_context *);
    void (*inverse)(sqlite3_context *, int, sqlite3_value **);
  } aggregates[] = {
    {"corr", 2, moments_step, corr_value, corr_value, moments_inverse},
    {"slope", 2, moments_step, slope_value, slope_value, moments_inverse},
    {"stddev", 1, moments_step, stddev_value, stddev_value, moments_inverse},
    {"median", 1, ordered_step, ordered_final, ordered_value, ordered_inverse},
    {"quantile", 2, ordered_step, ordered_final, ordered_value, ordered_inverse}};
  for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates && status == SQLITE_OK; i++) {
    status = sqlite3_create_window_function(
      database, aggregates[i].name, aggregates[i].arguments, flags, (void *)aggregates[i].name, aggregates[i].step, aggregates[i].final,
      aggregates[i].value, aggregates[i].inverse, NULL);
  }
  return status;
}
