// row_digest(shape, references, column...): what rows of the catalog hash to, of the program alone.
//
// The bytes of a row are those of Sources/Catalog/Warehouse/CanonicalRow.swift. `shape` holds the byte a row begins with and the
// table's name, then the name of every column, as they stand in these bytes; `references` a sorted list of a column's place, a
// row's number (8 bytes each, big-endian) and the hash that stands for that row. The result: of every column the sum of 64 bits of
// its values modulo 2^64, big-endian, then the SHA-256 of every row, sorted; NULL without rows.
#include "ArraySQL.h"
#ifdef SQLITE_CORE
#include <openssl/evp.h>

enum { DIGEST = 32, REFERENCE = 8 + 8 + DIGEST, MOST_COLUMNS = 125 };

// A part of `shape`.
typedef struct { const uint8_t *bytes; size_t count; } Part;

typedef struct {
  int columns;
  uint8_t *shape, *references;
  size_t reference_count;
  Part table, heads[MOST_COLUMNS];
  bool leads[MOST_COLUMNS];
  uint64_t sums[MOST_COLUMNS];
  // The row under way.
  uint8_t *row;
  size_t used, room;
  uint8_t *digests;
  size_t count, digest_room;
  EVP_MD_CTX *hash;
} Rows;

static uint64_t read_word(const uint8_t *bytes) {
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word = word << 8 | bytes[i];
  return word;
}

static void write_word(uint8_t *bytes, uint64_t word) {
  for (int i = 7; i >= 0; i--, word >>= 8) bytes[i] = (uint8_t)word;
}

static void rows_free(Rows *rows) {
  if (!rows) return;
  EVP_MD_CTX_free(rows->hash);
  sqlite3_free(rows->shape);
  sqlite3_free(rows->references);
  sqlite3_free(rows->row);
  sqlite3_free(rows->digests);
  sqlite3_free(rows);
}

// A copy of a value's bytes; NULL where memory is short.
static uint8_t *copy_blob(sqlite3_value *value, size_t *count) {
  const void *bytes = sqlite3_value_blob(value);
  *count = (size_t)sqlite3_value_bytes(value);
  uint8_t *copy = sqlite3_malloc64(*count + 1);
  if (copy && *count) memcpy(copy, bytes, *count);
  return copy;
}

// A name with its length before it, at `*at`; false where the shape ends before it does.
static bool take_name(const Rows *rows, size_t count, size_t *at, size_t start, Part *part) {
  if (count - *at < 8) return false;
  uint64_t length = read_word(rows->shape + *at);
  if (length > count - *at - 8) return false;
  *at += 8 + (size_t)length;
  *part = (Part){rows->shape + start, *at - start};
  return true;
}

static bool take_shape(Rows *rows, size_t count) {
  size_t at = 1;
  bool is_whole = count > 0 && take_name(rows, count, &at, 0, &rows->table);
  for (int i = 0; is_whole && i < rows->columns; i++) is_whole = take_name(rows, count, &at, at, &rows->heads[i]);
  return is_whole && at == count;
}

static Rows *rows_begin(sqlite3_context *context, int count, sqlite3_value **values) {
  // Whoever asks the catalog by SQL can call it.
  if (count < 2 || count - 2 > MOST_COLUMNS) {
    sqlite3_result_error(context, "row_digest: it takes a shape, references and columns", -1);
    return NULL;
  }
  Rows *rows = sqlite3_malloc64(sizeof *rows);
  if (!rows) {
    sqlite3_result_error_nomem(context);
    return NULL;
  }
  memset(rows, 0, sizeof *rows);
  rows->columns = count - 2;
  size_t shape = 0, references = 0;
  rows->shape = copy_blob(values[0], &shape);
  rows->references = copy_blob(values[1], &references);
  rows->hash = EVP_MD_CTX_new();
  bool is_made = rows->shape && rows->references && rows->hash && EVP_DigestInit_ex(rows->hash, EVP_sha256(), NULL);
  if (is_made && take_shape(rows, shape) && references % REFERENCE == 0) {
    rows->reference_count = references / REFERENCE;
    for (size_t i = 0; i < rows->reference_count; i++) {
      uint64_t column = read_word(rows->references + i * REFERENCE);
      if (column < (uint64_t)rows->columns) rows->leads[column] = true;
    }
    return rows;
  }
  if (is_made) sqlite3_result_error(context, "row_digest: the shape is not that of the columns", -1);
  else sqlite3_result_error_nomem(context);
  rows_free(rows);
  return NULL;
}

// The hash that stands for the row a column leads to; NULL where none is known.
static const uint8_t *reference_of(const Rows *rows, int column, int64_t number) {
  uint8_t wanted[16];
  write_word(wanted, (uint64_t)column);
  write_word(wanted + 8, (uint64_t)number);
  size_t low = 0, high = rows->reference_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = memcmp(rows->references + middle * REFERENCE, wanted, sizeof wanted);
    if (order == 0) return rows->references + middle * REFERENCE + sizeof wanted;
    if (order < 0) low = middle + 1; else high = middle;
  }
  return NULL;
}

static bool append(Rows *rows, const void *bytes, size_t count) {
  if (rows->room - rows->used < count) {
    size_t room = 2 * (rows->used + count) + 512;
    uint8_t *row = sqlite3_realloc64(rows->row, room);
    if (!row) return false;
    rows->row = row;
    rows->room = room;
  }
  if (count) memcpy(rows->row + rows->used, bytes, count);
  rows->used += count;
  return true;
}

static bool append_typed(Rows *rows, char type, uint64_t word, const void *more, size_t count) {
  uint8_t head[9] = {(uint8_t)type};
  write_word(head + 1, word);
  return append(rows, head, sizeof head) && append(rows, more, count);
}

// A value that is not NULL, by its own type whatever its column declares.
static bool append_value(Rows *rows, int column, sqlite3_value *value, int type) {
  switch (type) {
    case SQLITE_INTEGER: {
      int64_t number = sqlite3_value_int64(value);
      const uint8_t *target = rows->leads[column] ? reference_of(rows, column, number) : NULL;
      return target ? append(rows, "h", 1) && append(rows, target, DIGEST)
        : append_typed(rows, 'i', (uint64_t)number, NULL, 0);
    }
    case SQLITE_FLOAT: {
      double number = sqlite3_value_double(value);
      uint64_t bits;
      // -0 is 0.
      if (number == 0) number = 0;
      memcpy(&bits, &number, sizeof bits);
      return append_typed(rows, 'r', bits, NULL, 0);
    }
    case SQLITE_TEXT: {
      // Before its length, which is that of the text then.
      const void *text = sqlite3_value_text(value);
      size_t count = (size_t)sqlite3_value_bytes(value);
      return (text || !count) && append_typed(rows, 't', count, text, count);
    }
    default: {
      const void *bytes = sqlite3_value_blob(value);
      size_t count = (size_t)sqlite3_value_bytes(value);
      return (bytes || !count) && append_typed(rows, 'b', count, bytes, count);
    }
  }
}

// FNV-1a and the finaliser of MurmurHash3: enough to tell which column differs, where SHA-256 tells that one does.
static uint64_t mixed(const uint8_t *bytes, size_t count) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 0x100000001b3;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
  return hash ^ hash >> 33;
}

static bool append_row(Rows *rows, sqlite3_value **values) {
  rows->used = 0;
  if (!append(rows, rows->table.bytes, rows->table.count)) return false;
  for (int i = 0; i < rows->columns; i++) {
    int type = sqlite3_value_type(values[i]);
    if (type == SQLITE_NULL) continue;
    if (!append(rows, rows->heads[i].bytes, rows->heads[i].count)) return false;
    size_t start = rows->used;
    if (!append_value(rows, i, values[i], type)) return false;
    rows->sums[i] += mixed(rows->row + start, rows->used - start);
  }
  return true;
}

static bool hash_row(Rows *rows) {
  if (rows->count == rows->digest_room) {
    size_t room = 2 * rows->digest_room + 16;
    uint8_t *digests = sqlite3_realloc64(rows->digests, room * DIGEST);
    if (!digests) return false;
    rows->digests = digests;
    rows->digest_room = room;
  }
  // The digest begins anew with what it was made for.
  return EVP_DigestUpdate(rows->hash, rows->row, rows->used)
    && EVP_DigestFinal_ex(rows->hash, rows->digests + DIGEST * rows->count++, NULL)
    && EVP_DigestInit_ex(rows->hash, NULL, NULL);
}

static void digest_step(sqlite3_context *context, int count, sqlite3_value **values) {
  Rows **rows = sqlite3_aggregate_context(context, sizeof *rows);
  if (!rows) return sqlite3_result_error_nomem(context);
  if (!*rows && !(*rows = rows_begin(context, count, values))) return;
  if (!append_row(*rows, values + 2) || !hash_row(*rows)) sqlite3_result_error_nomem(context);
}

static int compare_digests(const void *a, const void *b) { return memcmp(a, b, DIGEST); }

static void digest_final(sqlite3_context *context) {
  Rows **found = sqlite3_aggregate_context(context, 0);
  Rows *rows = found ? *found : NULL;
  if (!rows) return;
  qsort(rows->digests, rows->count, DIGEST, compare_digests);
  size_t head = 8 * (size_t)rows->columns, bytes = head + DIGEST * rows->count;
  uint8_t *result = sqlite3_malloc64(bytes);
  if (result) {
    for (int i = 0; i < rows->columns; i++) write_word(result + 8 * i, rows->sums[i]);
    memcpy(result + head, rows->digests, DIGEST * rows->count);
    sqlite3_result_blob64(context, result, bytes, sqlite3_free);
  } else sqlite3_result_error_nomem(context);
  rows_free(rows);
  *found = NULL;
}

int carraysql_register_rows(sqlite3 *database) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  return sqlite3_create_function_v2(database, "row_digest", -1, flags, NULL, NULL, digest_step, digest_final, NULL);
}

int carraysql_leave_out_triggers(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

int carraysql_rebind(sqlite3_stmt *statement) { return sqlite3_reset(statement); }
int carraysql_bind_null(sqlite3_stmt *statement, int place) { return sqlite3_bind_null(statement, place); }

int carraysql_bind_integer(sqlite3_stmt *statement, int place, int64_t number) {
  return sqlite3_bind_int64(statement, place, number);
}

int carraysql_bind_real(sqlite3_stmt *statement, int place, double number) {
  return sqlite3_bind_double(statement, place, number);
}

int carraysql_bind_text(sqlite3_stmt *statement, int place, const char *text) {
  return sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

int carraysql_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, size_t count) {
  // Without bytes there is no address, which would be NULL.
  return sqlite3_bind_blob64(statement, place, count ? bytes : "", count, SQLITE_TRANSIENT);
}
#endif
