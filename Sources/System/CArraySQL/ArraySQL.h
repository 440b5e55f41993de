#pragma once
// What the parts of the extension share. Compiled once with SQLITE_CORE, as a part of evoke, and once without, as the loadable
// extension, where every call of SQLite goes through the pointers that it hands over.
// lstat and strnlen.
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <sqlite3ext.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "include/CArraySQL.h"
// Of this library alone: extensions share one space of names.
#pragma GCC visibility push(hidden)
SQLITE_EXTENSION_INIT3

// Columns of array(name): the published ones in their order, then hidden ones.
typedef enum {
  TIME_S, FREQUENCY_HZ, LAG_S, SUBJECT, REGION, CHANNEL, COMPONENT, FEATURE, LAYER, FOLD, DRAW, VALUE,
  NAME, SESSION, TRIAL, VOXEL, BAND, SOURCE, DIRECTION, CELL, COLUMN, COLUMNS
} Column;

typedef struct {
  const char *column;
  // The axis whose coordinates it shows; NULL for value and name.
  const char *axis;
  const char *type;
} ColumnName;
extern const ColumnName column_names[COLUMNS];

enum { MOST_AXES = H5S_MAX_RANK };

// The coordinates of one axis.
typedef struct {
  char *name;
  char *units;
  int64_t length;
  // One of the two.
  double *numbers;
  char **labels;
  // Lengths of labels, and their order by bytes.
  int *label_bytes;
  int64_t *by_label;
  // Numbers that never fall, without NaN; numbers that are all whole.
  bool ascends, is_whole;
} Axis;

typedef enum { FLOAT32, FLOAT64, INT64, UINT64 } Value;

// An open array, its axes checked against the catalog's hash of them.
typedef struct Array Array;
struct Array {
  int references;
  // What it was opened as: an array of the same identity is the same array.
  char *identity;
  char *name;
  // Relative to the warehouse, and the dataset in it.
  char *file, *path;
  char *units;
  hid_t h5, dataset, memory_type;
  Value value;
  size_t value_bytes;
  int rank;
  Axis axes[MOST_AXES];
  hsize_t shape[MOST_AXES];
  // The part that is read at once: a chunk, or a part of a dataset without chunks.
  hsize_t chunk[MOST_AXES];
  bool is_chunked;
  // Its filters by the bits of a chunk's mask, which says which it skips; 0 for none.
  unsigned checksum_bit, shuffle_bit, deflate_bit;
  // Whether its filters are undone here; otherwise libhdf5 does.
  bool is_plain_float32;
  // The axis of every column, -1 for none.
  int axis_of[COLUMNS];
  // Number for chunks in the cache.
  uint64_t serial;
  Array *next;
};

// One decoded chunk, cut off at the array's end.
typedef struct Chunk Chunk;
struct Chunk {
  int references;
  uint64_t serial, number;
  size_t bytes;
  void *values;
  Chunk *bucket, *newer, *older;
};

enum { BUCKETS = 1024, MOST_OPEN = 16 };

// What one connection knows: where its warehouse is, and what was read lately.
typedef struct {
  int references;
  sqlite3 *database;
  char *folder;
  Array *arrays;
  int open;
  uint64_t serials;
  Chunk *buckets[BUCKETS];
  Chunk *newest, *oldest;
  size_t cached;
  // Room for a chunk as it is stored and under way.
  uint8_t *scratch;
  size_t scratch_bytes;
  // Hashes of files, by their stamps.
  struct Hashed *hashed;
} Session;

// A failure as a result code of SQLite and a text of sqlite3_malloc.
typedef struct {
  int code;
  char *text;
} Failure;

// Sets a failure that was not set before; false, so that callers can return it.
bool fail(Failure *failure, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool out_of_memory(Failure *failure);

// Serialises the use of libhdf5 and keeps it from printing.
typedef struct {
  H5E_auto2_t report;
  void *context;
} Quiet;
Quiet hdf5_enter(void);
void hdf5_leave(Quiet quiet);
// The most specific message of libhdf5, in a static buffer under its lock.
const char *hdf5_message(void);

// The folder of the warehouse, asked for at the first need.
const char *session_folder(Session *session, Failure *failure);
void session_release(void *session);

// A file of the warehouse by its path from the folder; NULL where it leads outside or is not there. sqlite3_free ends it.
char *confined(Session *session, const char *relative, Failure *failure);
// Opens a file for reading.
hid_t open_file(const char *absolute, const char *relative, Failure *failure);
// Whether a dataset's values stand in its own file.
bool stands_here(hid_t dataset, const char *file, const char *path, Failure *failure);
// A text attribute, or NULL. sqlite3_free ends it.
char *text_attribute(hid_t object, const char *name);

// The array of a name; array_release ends the use.
Array *array_open(Session *session, sqlite3_stmt **lookup, const char *name, Failure *failure);
void array_release(Session *session, Array *array);
// Whether a file is one of the catalog's with the bytes that it records; compared once per connection and unchanged file.
bool file_recorded(Session *session, const char *file, const char *absolute, Failure *failure);
// Reads and checks the axes of an array whose dataset is open.
bool axes_read(Array *array, const char *recorded, const char *dtype, Failure *failure);
void axes_free(Array *array);

// A chunk by its place in the grid of chunks; chunk_release ends the use.
Chunk *chunk_open(Session *session, Array *array, const uint64_t *place, Failure *failure);
void chunk_release(Session *session, Chunk *chunk);
void chunks_forget(Session *session);
// Undoes the filters of a chunk's bytes as stored; what is wrong with them, or NULL.
// `skipped` are those it did not go through, `spare` has room for all values.
const char *chunk_decode(
  const Array *array, unsigned skipped, const uint8_t *stored, size_t count, uint8_t *spare, void *values, size_t bytes);

// SHA-256 in hex of a file's bytes.
bool file_sha256(const char *absolute, char hex[65], Failure *failure);

extern const sqlite3_module array_module, axes_module, tree_module;
int register_functions(sqlite3 *database);

// The constraint by which a column names what is asked for, taken as the first argument; -1 and the status of the plan where
// there is none yet. SQLite also plans a question without a name, for a part of one: dear, and refused when it is run.
int name_place(sqlite3_index_info *info, int column, int *status);
// Sets the message of a virtual table to that of a failure; its code.
int report(sqlite3_vtab *table, Failure *failure);

#pragma GCC visibility pop
