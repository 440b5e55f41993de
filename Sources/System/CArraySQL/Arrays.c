// Arrays by name: found in the catalog, confined to the warehouse, checked, and read chunk by chunk through a bounded cache.
#include "ArraySQL.h"
#include <sys/stat.h>

// Decoded chunks that are kept, and what one may hold.
enum { CACHE_BYTES = 64 << 20, CHUNK_BYTES = 256 << 20, PART_BYTES = 256 << 10 };
// Files whose bytes are compared with their hash whatever their stamps say: 0.05 s for the largest, once per connection.
enum { HASHED_BYTES = 64 << 20 };

typedef struct Hashed Hashed;
struct Hashed {
  char *stamp;
  char hex[65];
  Hashed *next;
};

void session_release(void *pointer) {
  Session *session = pointer;
  if (--session->references > 0) return;
  chunks_forget(session);
  while (session->arrays) {
    Array *array = session->arrays;
    session->arrays = array->next;
    array->references = 0;
    array->next = NULL;
    array_release(NULL, array);
  }
  while (session->hashed) {
    Hashed *hashed = session->hashed;
    session->hashed = hashed->next;
    sqlite3_free(hashed->stamp);
    sqlite3_free(hashed);
  }
  sqlite3_free(session->folder);
  sqlite3_free(session->scratch);
  sqlite3_free(session);
}

// What a catalog records of an array.
typedef struct {
  const char *dtype, *units, *file, *path, *axes, *bytes, *stamp;
} Record;

static bool look_up(Session *session, sqlite3_stmt **lookup, const char *name, Record *record, Failure *failure) {
  static const char sql[] =
    "SELECT dtype, units, file, path, axes_sha256, file_sha256, file_stamp FROM main.stored_array WHERE name = ?1";
  if (!*lookup && sqlite3_prepare_v2(session->database, sql, -1, lookup, NULL) != SQLITE_OK) {
    return fail(
      failure, SQLITE_ERROR, "the main database is no catalog of a warehouse: %s", sqlite3_errmsg(session->database));
  }
  sqlite3_bind_text(*lookup, 1, name, -1, SQLITE_TRANSIENT);
  int status = sqlite3_step(*lookup);
  if (status == SQLITE_DONE) {
    return fail(failure, SQLITE_ERROR, "no array is called '%s'; the view array_catalog lists them", name);
  }
  if (status != SQLITE_ROW) return fail(failure, status, "%s", sqlite3_errmsg(session->database));
  const char **fields[] = {
    &record->dtype, &record->units, &record->file, &record->path, &record->axes, &record->bytes, &record->stamp};
  for (int i = 0; i < 7; i++) {
    *fields[i] = (const char *)sqlite3_column_text(*lookup, i);
    if (!*fields[i]) return fail(failure, carraysql_damaged, "the catalog's row of '%s' is not whole", name);
  }
  return true;
}

// Whether the bytes of a file are those recorded; read once per connection and unchanged file.
static bool check_bytes(
  Session *session, const char *absolute, const char *stamp, const Record *record, Failure *failure
) {
  Hashed *hashed = session->hashed;
  while (hashed && strcmp(hashed->stamp, stamp) != 0) hashed = hashed->next;
  if (!hashed) {
    hashed = sqlite3_malloc64(sizeof *hashed);
    if (!hashed) return out_of_memory(failure);
    hashed->stamp = sqlite3_mprintf("%s", stamp);
    if (!hashed->stamp || !file_sha256(absolute, hashed->hex, failure)) {
      sqlite3_free(hashed->stamp);
      sqlite3_free(hashed);
      return out_of_memory(failure);
    }
    hashed->next = session->hashed;
    session->hashed = hashed;
  }
  if (strcmp(hashed->hex, record->bytes) == 0) return true;
  return fail(
    failure, carraysql_damaged, "%s%s%s: the bytes of the file hash to %.12s..., recorded %.12s...; evoke repair makes it again",
    record->file, record->path ? ":" : "", record->path ? record->path : "", hashed->hex, record->bytes);
}

// The size, time and inode of a file as the catalog spells them.
static char *stamp_of(const char *absolute, const char *file, off_t *size, Failure *failure) {
  struct stat status;
  if (lstat(absolute, &status) != 0) {
    fail(failure, carraysql_missing, "%s is not there", file);
    return NULL;
  }
  char *stamp = sqlite3_mprintf(
    "%lld %lld %lld %lld", (long long)status.st_size, (long long)status.st_mtim.tv_sec,
    (long long)status.st_mtim.tv_nsec, (long long)status.st_ino);
  if (!stamp) out_of_memory(failure);
  *size = status.st_size;
  return stamp;
}

bool file_recorded(Session *session, const char *file, const char *absolute, Failure *failure) {
  static const char sql[] = "SELECT file_sha256 FROM main.stored_array WHERE file = ?1 LIMIT 1";
  sqlite3_stmt *lookup = NULL;
  if (sqlite3_prepare_v2(session->database, sql, -1, &lookup, NULL) != SQLITE_OK) {
    return fail(
      failure, SQLITE_ERROR, "the main database is no catalog of a warehouse: %s", sqlite3_errmsg(session->database));
  }
  sqlite3_bind_text(lookup, 1, file, -1, SQLITE_TRANSIENT);
  int status = sqlite3_step(lookup);
  Record record = {.file = file};
  if (status == SQLITE_ROW) {
    record.bytes = (const char *)sqlite3_column_text(lookup, 0);
    if (!record.bytes) fail(failure, carraysql_damaged, "the catalog's row of %s is not whole", file);
  } else if (status == SQLITE_DONE) {
    fail(failure, SQLITE_ERROR, "%s is no array file of the catalog; the view array_catalog lists them", file);
  } else fail(failure, status, "%s", sqlite3_errmsg(session->database));
  off_t size;
  char *stamp = record.bytes ? stamp_of(absolute, file, &size, failure) : NULL;
  bool is_whole = stamp && check_bytes(session, absolute, stamp, &record, failure);
  sqlite3_free(stamp);
  sqlite3_finalize(lookup);
  return is_whole;
}

// Opens a dataset by hard links alone: others lead out of what the file's hash covers.
static hid_t open_dataset(hid_t file, const char *path) {
  char *walked = sqlite3_mprintf("%s", path);
  bool is_plain = walked != NULL;
  for (char *end = walked; is_plain && *end; ) {
    end += strspn(end, "/");
    end += strcspn(end, "/");
    char kept = *end;
    *end = 0;
    H5L_info_t link;
    is_plain = H5Lexists(file, walked, H5P_DEFAULT) > 0 && H5Lget_info(file, walked, &link, H5P_DEFAULT) >= 0
      && link.type == H5L_TYPE_HARD;
    *end = kept;
  }
  sqlite3_free(walked);
  return is_plain ? H5Dopen2(file, path, H5P_DEFAULT) : -1;
}

// Whether a type is the one that a catalog spells as NumPy does.
static bool is_spelled(hid_t type, const char *dtype) {
  const struct { const char *dtype; hid_t type; } types[] = {
    {"<f4", H5T_IEEE_F32LE}, {">f4", H5T_IEEE_F32BE}, {"<f8", H5T_IEEE_F64LE}, {">f8", H5T_IEEE_F64BE},
    {"|i1", H5T_STD_I8LE}, {"<i2", H5T_STD_I16LE}, {"<i4", H5T_STD_I32LE}, {"<i8", H5T_STD_I64LE},
    {">i2", H5T_STD_I16BE}, {">i4", H5T_STD_I32BE}, {">i8", H5T_STD_I64BE}, {"|u1", H5T_STD_U8LE},
    {"<u2", H5T_STD_U16LE}, {"<u4", H5T_STD_U32LE}, {"<u8", H5T_STD_U64LE}, {">u2", H5T_STD_U16BE},
    {">u4", H5T_STD_U32BE}, {">u8", H5T_STD_U64BE}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(types[i].dtype, dtype) == 0) return H5Tequal(type, types[i].type) > 0;
  }
  return false;
}

static bool read_type(Array *array, const char *dtype, Failure *failure) {
  hid_t type = H5Dget_type(array->dataset);
  bool is_whole = is_spelled(type, dtype), is_float = H5Tget_class(type) == H5T_FLOAT;
  array->is_plain_float32 = H5Tequal(type, H5T_IEEE_F32LE) > 0 && H5Tequal(type, H5T_NATIVE_FLOAT) > 0;
  if (is_float) array->value = H5Tget_size(type) == 4 ? FLOAT32 : FLOAT64;
  else array->value = H5Tget_size(type) == 8 && H5Tget_sign(type) == H5T_SGN_NONE ? UINT64 : INT64;
  H5Tclose(type);
  if (!is_whole) {
    return fail(
      failure, carraysql_damaged, "%s:%s: its numbers are not of the recorded type %s; evoke repair makes it again",
      array->file, array->path, dtype);
  }
  array->value_bytes = array->value == FLOAT32 ? 4 : 8;
  const hid_t memory[] = {
    [FLOAT32] = H5T_NATIVE_FLOAT, [FLOAT64] = H5T_NATIVE_DOUBLE, [INT64] = H5T_NATIVE_INT64, [UINT64] = H5T_NATIVE_UINT64};
  array->memory_type = H5Tcopy(memory[array->value]);
  return true;
}

static void read_filters(Array *array, hid_t creation, bool *has_checksum) {
  int count = H5Pget_nfilters(creation);
  unsigned options = 0;
  if (H5Pget_chunk_opts(creation, &options) < 0 || options != 0) array->is_plain_float32 = false;
  int last = -1;
  for (int i = 0; i < count; i++) {
    unsigned flags = 0, values[1] = {0}, configuration = 0;
    size_t length = 1;
    H5Z_filter_t id = H5Pget_filter2(creation, (unsigned)i, &flags, &length, values, 0, NULL, &configuration);
    // What is undone here: shuffle, deflate, checksum, in that order.
    if (id == H5Z_FILTER_SHUFFLE && last < 0 && length > 0 && values[0] == 4) array->shuffle_bit = 1u << i, last = 0;
    else if (id == H5Z_FILTER_DEFLATE && last < 1) array->deflate_bit = 1u << i, last = 1;
    else if (id == H5Z_FILTER_FLETCHER32 && last < 2) {
      array->checksum_bit = 1u << i;
      *has_checksum = true;
      last = 2;
    } else array->is_plain_float32 = false;
  }
  // The last filter must be the checksum, over the bytes that are stored.
  if (last != 2) array->is_plain_float32 = false;
}

// Shape, chunks and filters.
static bool read_layout(Array *array, bool *has_checksums, Failure *failure) {
  hid_t space = H5Dget_space(array->dataset);
  array->rank = H5Sget_simple_extent_ndims(space);
  bool is_read = array->rank >= 0 && H5Sget_simple_extent_type(space) != H5S_NULL
    && H5Sget_simple_extent_dims(space, array->shape, NULL) >= 0;
  H5Sclose(space);
  if (!is_read) return fail(failure, carraysql_damaged, "%s:%s has no shape", array->file, array->path);
  if (!stands_here(array->dataset, array->file, array->path, failure)) return false;
  double count = 1;
  for (int i = 0; i < array->rank; i++) count *= (double)array->shape[i];
  if (count > 1e15) return fail(failure, carraysql_damaged, "%s:%s is too large", array->file, array->path);
  hid_t creation = H5Dget_create_plist(array->dataset);
  array->is_chunked = H5Pget_layout(creation) == H5D_CHUNKED;
  *has_checksums = false;
  if (array->is_chunked) {
    is_read = H5Pget_chunk(creation, MOST_AXES, array->chunk) == array->rank;
    read_filters(array, creation, has_checksums);
  } else {
    // Whole rows from the last axis on, as many as a part may hold.
    hsize_t room = PART_BYTES / array->value_bytes;
    for (int i = array->rank - 1; i >= 0; i--) {
      hsize_t extent = array->shape[i] ? array->shape[i] : 1;
      array->chunk[i] = extent < room ? extent : room > 0 ? room : 1;
      room /= array->chunk[i];
    }
    array->is_plain_float32 = false;
  }
  H5Pclose(creation);
  double bytes = (double)array->value_bytes;
  for (int i = 0; i < array->rank; i++) {
    hsize_t extent = array->chunk[i] < array->shape[i] ? array->chunk[i] : array->shape[i];
    bytes *= array->is_chunked ? (double)array->chunk[i] : (double)extent;
  }
  if (!is_read || bytes > CHUNK_BYTES) {
    return fail(failure, carraysql_damaged, "%s:%s has chunks of more than 256 MB", array->file, array->path);
  }
  return true;
}

static void map_columns(Array *array) {
  for (int column = 0; column < COLUMNS; column++) {
    array->axis_of[column] = -1;
    for (int i = array->rank - 1; i >= 0 && column_names[column].axis; i--) {
      if (strcmp(array->axes[i].name, column_names[column].axis) == 0) array->axis_of[column] = i;
    }
  }
}

static bool fill(Array *array, Session *session, const char *absolute, const char *stamp, const Record *record,
                 Failure *failure) {
  Quiet quiet = hdf5_enter();
  bool has_checksums = false;
  array->h5 = open_file(absolute, record->file, failure);
  if (array->h5 >= 0) {
    array->dataset = open_dataset(array->h5, record->path);
    if (array->dataset < 0) fail(failure, carraysql_damaged, "%s has no dataset %s", record->file, record->path);
  }
  bool is_read = failure->code == SQLITE_OK && read_type(array, record->dtype, failure) && read_layout(array, &has_checksums, failure)
    && axes_read(array, record->axes, record->dtype, failure);
  hdf5_leave(quiet);
  // Values without checksums are believed for the hash of the file's bytes alone.
  return is_read && (has_checksums || check_bytes(session, absolute, stamp, record, failure));
}

static void keep_few(Session *session) {
  for (Array **link = &session->arrays; session->open > MOST_OPEN && *link; ) {
    Array **oldest = NULL;
    for (Array **each = &session->arrays; *each; each = &(*each)->next) if ((*each)->references == 0) oldest = each;
    if (!oldest) return;
    Array *array = *oldest;
    *oldest = array->next;
    session->open--;
    array->next = NULL;
    array_release(NULL, array);
  }
}

Array *array_open(Session *session, sqlite3_stmt **lookup, const char *name, Failure *failure) {
  Record record;
  char *absolute = NULL, *stamp = NULL, *identity = NULL;
  Array *array = NULL;
  if (look_up(session, lookup, name, &record, failure)) absolute = confined(session, record.file, failure);
  off_t size = 0;
  if (absolute) stamp = stamp_of(absolute, record.file, &size, failure);
  if (stamp) {
    identity = sqlite3_mprintf(
      "%s\n%s\n%s\n%s\n%s\n%s", stamp, record.file, record.path, record.axes, record.bytes, name);
    if (!identity) out_of_memory(failure);
  }
  for (Array **link = &session->arrays; identity && *link; link = &(*link)->next) {
    if (strcmp((*link)->identity, identity) != 0) continue;
    array = *link;
    *link = array->next;
    session->open--;
    break;
  }
  if (!array && failure->code == SQLITE_OK) {
    // The catalog knows the bytes of a file that nobody has touched since. But for large files they are read all the same:
    // libhdf5 is not safe from what a disk does to its bookkeeping.
    bool is_known = strcmp(stamp, record.stamp) == 0 && size > HASHED_BYTES;
    if (is_known || check_bytes(session, absolute, stamp, &record, failure)) {
      array = sqlite3_malloc64(sizeof *array);
      if (array) {
        *array = (Array){.h5 = -1, .dataset = -1, .memory_type = -1, .serial = ++session->serials, .identity = identity};
        identity = NULL;
        array->name = sqlite3_mprintf("%s", name);
        array->file = sqlite3_mprintf("%s", record.file);
        array->path = sqlite3_mprintf("%s", record.path);
        array->units = sqlite3_mprintf("%s", record.units);
      }
      bool is_whole = array && array->name && array->file && array->path && array->units;
      if (!is_whole) out_of_memory(failure);
      if (!is_whole || !fill(array, session, absolute, stamp, &record, failure)) {
        if (array) array_release(NULL, array);
        array = NULL;
      } else map_columns(array);
    }
  }
  if (*lookup) sqlite3_reset(*lookup);
  sqlite3_free(identity);
  sqlite3_free(stamp);
  sqlite3_free(absolute);
  if (!array) return NULL;
  array->next = session->arrays;
  session->arrays = array;
  session->open++;
  array->references++;
  keep_few(session);
  return array;
}

// With a session the use ends; without one the array does.
void array_release(Session *session, Array *array) {
  if (session) {
    array->references--;
    return;
  }
  Quiet quiet = hdf5_enter();
  if (array->memory_type >= 0) H5Tclose(array->memory_type);
  if (array->dataset >= 0) H5Dclose(array->dataset);
  if (array->h5 >= 0) H5Fclose(array->h5);
  hdf5_leave(quiet);
  axes_free(array);
  sqlite3_free(array->identity);
  sqlite3_free(array->name);
  sqlite3_free(array->file);
  sqlite3_free(array->path);
  sqlite3_free(array->units);
  sqlite3_free(array);
}

// The cache of chunks

static Chunk **bucket_of(Session *session, uint64_t serial, uint64_t number) {
  return &session->buckets[(serial * 0x9e3779b97f4a7c15u + number * 0xbf58476d1ce4e5b9u) >> 54];
}

static void unlink_chunk(Session *session, Chunk *chunk) {
  *(chunk->newer ? &chunk->newer->older : &session->newest) = chunk->older;
  *(chunk->older ? &chunk->older->newer : &session->oldest) = chunk->newer;
  chunk->newer = chunk->older = NULL;
}

static void make_newest(Session *session, Chunk *chunk) {
  chunk->older = session->newest;
  *(session->newest ? &session->newest->newer : &session->oldest) = chunk;
  session->newest = chunk;
}

static void drop(Session *session, Chunk *chunk) {
  Chunk **link = bucket_of(session, chunk->serial, chunk->number);
  while (*link != chunk) link = &(*link)->bucket;
  *link = chunk->bucket;
  unlink_chunk(session, chunk);
  session->cached -= chunk->bytes;
  sqlite3_free(chunk->values);
  sqlite3_free(chunk);
}

void chunks_forget(Session *session) { while (session->oldest) drop(session, session->oldest); }

static void make_room(Session *session, size_t bytes) {
  for (Chunk *chunk = session->oldest, *newer; chunk && session->cached + bytes > CACHE_BYTES; chunk = newer) {
    newer = chunk->newer;
    if (chunk->references == 0) drop(session, chunk);
  }
}

static bool damaged_chunk(const Array *array, const hsize_t *start, const char *reason, Failure *failure) {
  sqlite3_str *place = sqlite3_str_new(NULL);
  for (int i = 0; i < array->rank; i++) sqlite3_str_appendf(place, i ? ", %llu" : "%llu", (unsigned long long)start[i]);
  char *text = sqlite3_str_finish(place);
  fail(failure, carraysql_damaged, "%s:%s: the chunk at [%s] is damaged: %s; evoke repair makes it again",
       array->file, array->path, text ? text : "", reason);
  sqlite3_free(text);
  return false;
}

// Reads through libhdf5, which undoes every filter and compares checksums.
static bool read_part(const Array *array, const hsize_t *start, const hsize_t *extent, void *values, Failure *failure) {
  hid_t memory = array->rank ? H5Screate_simple(array->rank, extent, NULL) : H5Screate(H5S_SCALAR);
  hid_t space = H5Dget_space(array->dataset);
  bool is_read = memory >= 0 && space >= 0
    && (array->rank == 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL) >= 0)
    && H5Dread(array->dataset, array->memory_type, memory, space, H5P_DEFAULT, values) >= 0;
  if (!is_read) damaged_chunk(array, start, hdf5_message(), failure);
  if (memory >= 0) H5Sclose(memory);
  if (space >= 0) H5Sclose(space);
  return is_read;
}

// Whether a chunk's bytes are there with a checksum, where the dataset has them.
static bool has_checksum(const Array *array, const hsize_t *start, Failure *failure) {
  unsigned skipped = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t stored = 0;
  // Reading searches the index, which gives no chunk where its order is damaged; what is said of a chunk comes from a walk.
  if (H5Dget_chunk_storage_size(array->dataset, start, &stored) < 0 || stored == 0) {
    return damaged_chunk(array, start, "it is not in the file's index", failure);
  }
  if (H5Dget_chunk_info_by_coord(array->dataset, start, &skipped, &address, &stored) < 0) {
    return damaged_chunk(array, start, hdf5_message(), failure);
  }
  if (address == HADDR_UNDEF) return damaged_chunk(array, start, "it is not in the file's index", failure);
  return skipped & array->checksum_bit ? damaged_chunk(array, start, "it has no checksum", failure) : true;
}

// Reads a whole chunk as it is stored and undoes its filters.
static bool read_stored(
  Session *session, const Array *array, const hsize_t *start, size_t bytes, void *values, Failure *failure
) {
  hsize_t stored = 0;
  if (H5Dget_chunk_storage_size(array->dataset, start, &stored) < 0 || stored == 0 || stored > CHUNK_BYTES) {
    return damaged_chunk(array, start, "it is not in the file's index", failure);
  }
  if (session->scratch_bytes < stored + bytes) {
    uint8_t *scratch = sqlite3_realloc64(session->scratch, stored + bytes);
    if (!scratch) return out_of_memory(failure);
    session->scratch = scratch;
    session->scratch_bytes = stored + bytes;
  }
  uint8_t *raw = session->scratch;
  uint32_t skipped = 0;
  const char *damage = NULL;
  if (H5Dread_chunk(array->dataset, H5P_DEFAULT, start, &skipped, raw) < 0) damage = hdf5_message();
  else if (skipped & array->checksum_bit) damage = "it has no checksum";
  else damage = chunk_decode(array, skipped, raw, stored, raw + stored, values, bytes);
  return damage ? damaged_chunk(array, start, damage, failure) : true;
}

static bool read_chunk(
  Session *session, const Array *array, const hsize_t *start, const hsize_t *extent, size_t bytes, void *values,
  Failure *failure
) {
  // A chunk that reaches over the end of the first axis alone begins with its elements; `values` has room for all.
  bool is_whole = array->is_chunked && array->is_plain_float32;
  for (int i = 1; i < array->rank; i++) if (extent[i] != array->chunk[i]) is_whole = false;
  if (is_whole) return read_stored(session, array, start, bytes, values, failure);
  if (array->is_chunked && !has_checksum(array, start, failure)) return false;
  return read_part(array, start, extent, values, failure);
}

Chunk *chunk_open(Session *session, Array *array, const uint64_t *place, Failure *failure) {
  hsize_t start[MOST_AXES], extent[MOST_AXES];
  uint64_t number = 0;
  // Room for the whole chunk, also where it reaches over the array's end.
  size_t bytes = array->value_bytes;
  for (int i = 0; i < array->rank; i++) {
    number = number * ((array->shape[i] + array->chunk[i] - 1) / array->chunk[i]) + place[i];
    start[i] = place[i] * array->chunk[i];
    extent[i] = array->shape[i] - start[i] < array->chunk[i] ? array->shape[i] - start[i] : array->chunk[i];
    bytes *= array->is_chunked ? array->chunk[i] : extent[i];
  }
  Chunk **bucket = bucket_of(session, array->serial, number);
  for (Chunk *chunk = *bucket; chunk; chunk = chunk->bucket) {
    if (chunk->serial != array->serial || chunk->number != number) continue;
    if (chunk != session->newest) {
      unlink_chunk(session, chunk);
      make_newest(session, chunk);
    }
    chunk->references++;
    return chunk;
  }
  make_room(session, bytes);
  Chunk *chunk = sqlite3_malloc64(sizeof *chunk);
  void *values = sqlite3_malloc64(bytes);
  if (!chunk || !values) out_of_memory(failure);
  else {
    Quiet quiet = hdf5_enter();
    read_chunk(session, array, start, extent, bytes, values, failure);
    hdf5_leave(quiet);
  }
  if (failure->code != SQLITE_OK) {
    sqlite3_free(chunk);
    sqlite3_free(values);
    return NULL;
  }
  *chunk = (Chunk){
    .references = 1, .serial = array->serial, .number = number, .bytes = bytes, .values = values, .bucket = *bucket};
  *bucket = chunk;
  make_newest(session, chunk);
  session->cached += bytes;
  return chunk;
}

void chunk_release(Session *session, Chunk *chunk) {
  (void)session;
  chunk->references--;
}
