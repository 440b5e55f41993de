// The axes of an array: read from their dimension scales and checked against the hash that the catalog records.
#include "ArraySQL.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

static bool damaged(const Array *array, Failure *failure, const char *reason) {
  return fail(failure, carraysql_damaged, "%s:%s: %s; evoke repair makes it again", array->file, array->path, reason);
}

static herr_t take_scale(hid_t dataset, unsigned axis, hid_t scale, void *context) {
  (void)dataset, (void)axis;
  hid_t *found = context;
  // The scale handed over is closed after this call.
  if (H5Iinc_ref(scale) < 0) return -1;
  *found = scale;
  return 1;
}

// Labels of an axis, each ended by a zero byte.
static bool read_labels(Axis *axis, hid_t scale, hid_t type, hid_t space) {
  size_t count = (size_t)axis->length;
  axis->labels = sqlite3_malloc64((count + 1) * sizeof *axis->labels);
  axis->label_bytes = sqlite3_malloc64((count + 1) * sizeof *axis->label_bytes);
  if (!axis->labels || !axis->label_bytes) return false;
  memset(axis->labels, 0, (count + 1) * sizeof *axis->labels);
  if (count == 0) return true;
  bool is_variable = H5Tis_variable_str(type) > 0;
  size_t width = is_variable ? sizeof(char *) : H5Tget_size(type);
  if (width == 0 || width > (1 << 28) / count) return false;
  hid_t memory = H5Tcopy(type);
  char *bytes = sqlite3_malloc64(width * count);
  // Where reading fails, what was not read is nothing to reclaim.
  if (bytes) memset(bytes, 0, width * count);
  bool is_read = bytes && H5Dread(scale, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
  bool is_padded = !is_variable && H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  for (size_t i = 0; is_read && i < count; i++) {
    const char *text = is_variable ? ((char **)bytes)[i] : bytes + i * width;
    size_t used = text ? strnlen(text, is_variable ? 1 << 20 : width) : 0;
    while (is_padded && used > 0 && text[used - 1] == ' ') used--;
    axis->labels[i] = sqlite3_mprintf("%.*s", (int)used, text ? text : "");
    axis->label_bytes[i] = (int)used;
    if (!axis->labels[i]) is_read = false;
  }
  if (bytes && is_variable) H5Dvlen_reclaim(memory, space, H5P_DEFAULT, bytes);
  sqlite3_free(bytes);
  H5Tclose(memory);
  return is_read;
}

typedef struct { const char *label; int bytes; int64_t index; } Labelled;

static int compare_labelled(const void *a, const void *b) {
  const Labelled *x = a, *y = b;
  int order = memcmp(x->label, y->label, (size_t)(x->bytes < y->bytes ? x->bytes : y->bytes));
  if (order == 0) order = (x->bytes > y->bytes) - (x->bytes < y->bytes);
  return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool order_labels(Axis *axis) {
  size_t count = (size_t)axis->length;
  Labelled *all = sqlite3_malloc64((count + 1) * sizeof *all);
  axis->by_label = sqlite3_malloc64((count + 1) * sizeof *axis->by_label);
  if (!all || !axis->by_label) {
    sqlite3_free(all);
    return false;
  }
  for (size_t i = 0; i < count; i++) all[i] = (Labelled){axis->labels[i], axis->label_bytes[i], (int64_t)i};
  qsort(all, count, sizeof *all, compare_labelled);
  for (size_t i = 0; i < count; i++) axis->by_label[i] = all[i].index;
  sqlite3_free(all);
  return true;
}

static bool read_numbers(Axis *axis, hid_t scale) {
  size_t count = (size_t)axis->length;
  axis->numbers = sqlite3_malloc64((count + 1) * sizeof *axis->numbers);
  if (!axis->numbers) return false;
  if (count && H5Dread(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, axis->numbers) < 0) return false;
  axis->ascends = axis->is_whole = true;
  for (size_t i = 0; i < count; i++) {
    double number = axis->numbers[i];
    if (!(i == 0 ? number == number : number >= axis->numbers[i - 1])) axis->ascends = false;
    if (!(fabs(number) <= 9007199254740992.0 && number == floor(number))) axis->is_whole = false;
  }
  return true;
}

static bool read_axis(Array *array, int position, Failure *failure) {
  Axis *axis = &array->axes[position];
  hid_t scale = -1;
  if (H5DSget_num_scales(array->dataset, (unsigned)position) <= 0
      || H5DSiterate_scales(array->dataset, (unsigned)position, NULL, take_scale, &scale) < 0 || scale < 0) {
    return damaged(array, failure, "an axis has no scale");
  }
  axis->length = (int64_t)array->shape[position];
  hid_t type = H5Dget_type(scale), space = H5Dget_space(scale);
  bool is_text = H5Tget_class(type) == H5T_STRING;
  bool is_read = stands_here(scale, array->file, array->path, failure)
    && (H5Tget_class(type) == H5T_FLOAT || H5Tget_class(type) == H5T_INTEGER || is_text)
    && H5Sget_simple_extent_ndims(space) == 1 && H5Sget_simple_extent_npoints(space) == axis->length;
  if (is_read) {
    axis->name = text_attribute(scale, "NAME");
    axis->units = is_text ? sqlite3_mprintf("label") : text_attribute(scale, "units");
    is_read = axis->name && axis->units
      && (is_text ? read_labels(axis, scale, type, space) && order_labels(axis) : read_numbers(axis, scale));
  }
  H5Tclose(type);
  H5Sclose(space);
  H5Dclose(scale);
  return is_read ? true : damaged(array, failure, "the scale of an axis cannot be read, or does not fit its shape");
}

// A text as RFC 8785 spells it in JSON.
static void add_json(sqlite3_str *json, const char *text) {
  sqlite3_str_appendchar(json, 1, '"');
  for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
    static const char short_names[] = {[8] = 'b', [9] = 't', [10] = 'n', [12] = 'f', [13] = 'r'};
    if (*byte == '"' || *byte == '\\') sqlite3_str_appendf(json, "\\%c", *byte);
    else if (*byte < sizeof short_names && short_names[*byte]) sqlite3_str_appendf(json, "\\%c", short_names[*byte]);
    else if (*byte < 32) sqlite3_str_appendf(json, "\\u%04x", *byte);
    else sqlite3_str_appendchar(json, 1, (char)*byte);
  }
  sqlite3_str_appendchar(json, 1, '"');
}

static void hex_of(const unsigned char *digest, char hex[65]) {
  for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

// The hash of head and axes, as Sources/Catalog/Warehouse/ArrayDescription.swift makes it.
static bool axes_sha256(const Array *array, const char *dtype, char hex[65]) {
  sqlite3_str *head = sqlite3_str_new(NULL);
  sqlite3_str_appendall(head, "{\"axes\":[");
  for (int i = 0; i < array->rank; i++) {
    if (i) sqlite3_str_appendchar(head, 1, ',');
    add_json(head, array->axes[i].name);
  }
  sqlite3_str_appendall(head, "],\"dtype\":");
  add_json(head, dtype);
  sqlite3_str_appendall(head, ",\"path\":");
  add_json(head, array->path);
  sqlite3_str_appendall(head, ",\"shape\":[");
  for (int i = 0; i < array->rank; i++) sqlite3_str_appendf(head, i ? ",%lld" : "%lld", (long long)array->shape[i]);
  sqlite3_str_appendall(head, "]}");
  char *text = sqlite3_str_finish(head);
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  bool is_made = text && hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
  // The zero byte behind the head is hashed with it.
  is_made = is_made && EVP_DigestUpdate(hash, text, strlen(text) + 1);
  for (int i = 0; is_made && i < array->rank; i++) {
    const Axis *axis = &array->axes[i];
    if (axis->numbers) is_made = EVP_DigestUpdate(hash, axis->numbers, (size_t)axis->length * sizeof(double));
    else for (int64_t j = 0; is_made && j < axis->length; j++) {
      is_made = EVP_DigestUpdate(hash, axis->labels[j], (size_t)axis->label_bytes[j] + 1);
    }
  }
  unsigned char digest[32];
  is_made = is_made && EVP_DigestFinal_ex(hash, digest, NULL);
  if (is_made) hex_of(digest, hex);
  EVP_MD_CTX_free(hash);
  sqlite3_free(text);
  return is_made;
}

bool axes_read(Array *array, const char *recorded, const char *dtype, Failure *failure) {
  for (int i = 0; i < array->rank; i++) if (!read_axis(array, i, failure)) return false;
  char hex[65];
  if (!axes_sha256(array, dtype, hex)) return out_of_memory(failure);
  if (strcmp(hex, recorded) != 0) {
    return fail(
      failure, carraysql_damaged, "%s:%s: its axes hash to %.12s..., recorded %.12s...; evoke repair makes it again",
      array->file, array->path, hex, recorded);
  }
  return true;
}

void axes_free(Array *array) {
  for (int i = 0; i < array->rank; i++) {
    Axis *axis = &array->axes[i];
    for (int64_t j = 0; axis->labels && j < axis->length; j++) sqlite3_free(axis->labels[j]);
    sqlite3_free(axis->labels);
    sqlite3_free(axis->label_bytes);
    sqlite3_free(axis->by_label);
    sqlite3_free(axis->numbers);
    sqlite3_free(axis->name);
    sqlite3_free(axis->units);
  }
}

bool file_sha256(const char *absolute, char hex[65], Failure *failure) {
  enum { BLOCK = 1 << 20 };
  FILE *file = fopen(absolute, "rb");
  bool is_denied = !file && (errno == EACCES || errno == EPERM);
  unsigned char *block = sqlite3_malloc64(BLOCK);
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  bool is_made = file && block && hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
  for (size_t count; is_made && (count = fread(block, 1, BLOCK, file)) > 0; ) {
    is_made = EVP_DigestUpdate(hash, block, count);
  }
  unsigned char digest[32];
  is_made = is_made && !ferror(file) && EVP_DigestFinal_ex(hash, digest, NULL);
  if (is_made) hex_of(digest, hex);
  EVP_MD_CTX_free(hash);
  sqlite3_free(block);
  if (file) fclose(file);
  if (is_made) return true;
  if (is_denied) return fail(failure, carraysql_denied, "%s may not be read", absolute);
  return fail(failure, SQLITE_IOERR, "%s cannot be read", absolute);
}
