// h5_tree(path): a row per object of an array file that the catalog records, parents first, siblings by name. Links other than hard ones
// are told and not followed.
#include "ArraySQL.h"

enum { PATH, TYPE, DTYPE, SHAPE, CHUNK, FILTERS, STORED_BYTES, UNITS, TARGET, OF };
enum { DEEPEST = 64, MOST_OBJECTS = 1 << 20 };

typedef struct {
  char *path, *dtype, *shape, *chunk, *filters, *units, *target;
  const char *type;
  int64_t stored_bytes;
} Object;

typedef struct {
  sqlite3_vtab base;
  Session *session;
} Table;

typedef struct {
  sqlite3_vtab_cursor base;
  Object *objects;
  int64_t count, room, at;
  char *file;
} Cursor;

static int tree_connect(sqlite3 *database, void *session, int count, const char *const *arguments,
                        sqlite3_vtab **made, char **message) {
  (void)count, (void)arguments, (void)message;
  int status = sqlite3_declare_vtab(
    database,
    "CREATE TABLE h5_tree(path TEXT, type TEXT, dtype TEXT, shape TEXT, chunk TEXT, filters TEXT, stored_bytes INTEGER, "
    "units TEXT, target TEXT, file TEXT HIDDEN)");
  Table *table = status == SQLITE_OK ? sqlite3_malloc64(sizeof *table) : NULL;
  if (!table) return status == SQLITE_OK ? SQLITE_NOMEM : status;
  *table = (Table){.session = session};
  sqlite3_vtab_config(database, SQLITE_VTAB_DIRECTONLY);
  *made = &table->base;
  return SQLITE_OK;
}

static int tree_disconnect(sqlite3_vtab *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

static int tree_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  (void)base;
  int status = SQLITE_OK;
  if (name_place(info, OF, &status) < 0) return status;
  info->estimatedRows = 20;
  info->estimatedCost = 1000;
  return SQLITE_OK;
}

static int tree_open(sqlite3_vtab *base, sqlite3_vtab_cursor **made) {
  (void)base;
  Cursor *cursor = sqlite3_malloc64(sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  *made = &cursor->base;
  return SQLITE_OK;
}

static void forget(Cursor *cursor) {
  for (int64_t i = 0; i < cursor->count; i++) {
    Object *object = &cursor->objects[i];
    char *texts[] = {
      object->path, object->dtype, object->shape, object->chunk, object->filters, object->units, object->target};
    for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) sqlite3_free(texts[j]);
  }
  sqlite3_free(cursor->objects);
  sqlite3_free(cursor->file);
  cursor->objects = NULL;
  cursor->file = NULL;
  cursor->count = cursor->room = cursor->at = 0;
}

static int tree_close(sqlite3_vtab_cursor *base) {
  forget((Cursor *)base);
  sqlite3_free(base);
  return SQLITE_OK;
}

static char *extents(int rank, const hsize_t *values) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  sqlite3_str_appendchar(text, 1, '[');
  for (int i = 0; i < rank; i++) sqlite3_str_appendf(text, i ? ",%llu" : "%llu", (unsigned long long)values[i]);
  sqlite3_str_appendchar(text, 1, ']');
  return sqlite3_str_finish(text);
}

// As NumPy spells it: order, kind and bytes.
static char *spell_type(hid_t type) {
  size_t bytes = H5Tget_size(type);
  char order = bytes == 1 ? '|' : H5Tget_order(type) == H5T_ORDER_BE ? '>' : '<';
  switch (H5Tget_class(type)) {
    case H5T_FLOAT: return sqlite3_mprintf("%cf%d", order, (int)bytes);
    case H5T_INTEGER: return sqlite3_mprintf("%c%c%d", order, H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i', (int)bytes);
    case H5T_STRING: return H5Tis_variable_str(type) > 0 ? sqlite3_mprintf("text") : sqlite3_mprintf("S%d", (int)bytes);
    case H5T_ENUM: return sqlite3_mprintf("enumeration");
    case H5T_COMPOUND: return sqlite3_mprintf("compound");
    case H5T_REFERENCE: return sqlite3_mprintf("reference");
    case H5T_ARRAY: return sqlite3_mprintf("array");
    case H5T_VLEN: return sqlite3_mprintf("lists");
    default: return sqlite3_mprintf("other");
  }
}

static char *spell_filters(hid_t creation) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; i++) {
    unsigned flags, configuration;
    size_t length = 0;
    char name[64] = "";
    H5Pget_filter2(creation, (unsigned)i, &flags, &length, NULL, sizeof name, name, &configuration);
    sqlite3_str_appendf(text, i ? ",%s" : "%s", name);
  }
  return sqlite3_str_finish(text);
}

static void describe(Object *object, hid_t dataset) {
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset), creation = H5Dget_create_plist(dataset);
  hsize_t shape[MOST_AXES], chunk[MOST_AXES];
  int rank = H5Sget_simple_extent_dims(space, shape, NULL);
  object->dtype = spell_type(type);
  object->shape = extents(rank, shape);
  if (H5Pget_layout(creation) == H5D_CHUNKED) object->chunk = extents(H5Pget_chunk(creation, MOST_AXES, chunk), chunk);
  object->filters = spell_filters(creation);
  object->stored_bytes = (int64_t)H5Dget_storage_size(dataset);
  object->units = text_attribute(dataset, "units");
  H5Tclose(type);
  H5Sclose(space);
  H5Pclose(creation);
}

static Object *add(Cursor *cursor, Failure *failure) {
  if (cursor->count == cursor->room) {
    int64_t room = cursor->room ? 2 * cursor->room : 32;
    Object *objects = room > 2 * MOST_OBJECTS ? NULL : sqlite3_realloc64(cursor->objects, (size_t)room * sizeof *objects);
    if (!objects) {
      out_of_memory(failure);
      return NULL;
    }
    cursor->objects = objects;
    cursor->room = room;
  }
  Object *object = &cursor->objects[cursor->count++];
  *object = (Object){.stored_bytes = -1};
  return object;
}

static char *link_target(hid_t group, const char *name, const H5L_info_t *link) {
  size_t bytes = link->u.val_size;
  char *value = bytes > 0 && bytes < 1 << 16 ? sqlite3_malloc64(bytes + 1) : NULL;
  char *target = NULL;
  if (value && H5Lget_val(group, name, value, bytes, H5P_DEFAULT) >= 0) {
    value[bytes] = 0;
    const char *file = NULL, *object = NULL;
    if (link->type == H5L_TYPE_SOFT) target = sqlite3_mprintf("%s", value);
    else if (H5Lunpack_elink_val(value, bytes, NULL, &file, &object) >= 0) target = sqlite3_mprintf("%s:%s", file, object);
  }
  sqlite3_free(value);
  return target;
}

static bool walk(Cursor *cursor, hid_t group, const char *path, const haddr_t *above, int depth, Failure *failure);

static bool visit(Cursor *cursor, hid_t group, const char *name, const char *path, const haddr_t *above, int depth,
                  Failure *failure) {
  H5L_info_t link;
  if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) {
    return fail(failure, carraysql_damaged, "%s:%s: HDF5 says: %s", cursor->file, path, hdf5_message());
  }
  Object *object = add(cursor, failure);
  if (!object) return false;
  object->path = sqlite3_mprintf("%s", path);
  if (link.type != H5L_TYPE_HARD) {
    object->type = link.type == H5L_TYPE_SOFT ? "soft link" : "external link";
    object->target = link_target(group, name, &link);
    return true;
  }
  hid_t opened = H5Oopen(group, name, H5P_DEFAULT);
  if (opened < 0) return fail(failure, carraysql_damaged, "%s:%s: HDF5 says: %s", cursor->file, path, hdf5_message());
  bool is_whole = true;
  switch (H5Iget_type(opened)) {
    case H5I_GROUP:
      object->type = "group";
      is_whole = walk(cursor, opened, path, above, depth, failure);
      break;
    case H5I_DATASET:
      object->type = "dataset";
      describe(object, opened);
      break;
    default: object->type = "type";
  }
  H5Oclose(opened);
  return is_whole;
}

static bool walk(Cursor *cursor, hid_t group, const char *path, const haddr_t *above, int depth, Failure *failure) {
  haddr_t met[DEEPEST + 1];
  H5O_info_t self;
  H5G_info_t info;
  if (H5Oget_info2(group, &self, H5O_INFO_BASIC) < 0 || H5Gget_info(group, &info) < 0) {
    return fail(failure, carraysql_damaged, "%s:%s: HDF5 says: %s", cursor->file, path, hdf5_message());
  }
  // A group inside itself is told once.
  for (int i = 0; i < depth; i++) if (above[i] == self.addr) return true;
  if (depth >= DEEPEST) {
    return fail(failure, carraysql_damaged, "%s:%s: its groups are nested more than %d deep", cursor->file, path, DEEPEST);
  }
  if (depth) memcpy(met, above, (size_t)depth * sizeof *met);
  met[depth] = self.addr;
  bool is_whole = true;
  for (hsize_t i = 0; is_whole && i < info.nlinks; i++) {
    ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    if (length < 0) {
      return fail(failure, carraysql_damaged, "%s:%s: HDF5 says: %s", cursor->file, path, hdf5_message());
    }
    char *name = sqlite3_malloc64((size_t)length + 1);
    if (!name) return out_of_memory(failure);
    if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, (size_t)length + 1, H5P_DEFAULT) != length) {
      sqlite3_free(name);
      return fail(failure, carraysql_damaged, "%s:%s: HDF5 says: %s", cursor->file, path, hdf5_message());
    }
    char *full = sqlite3_mprintf("%s/%s", path, name);
    is_whole = full ? visit(cursor, group, name, full, met, depth + 1, failure) : out_of_memory(failure);
    sqlite3_free(name);
    sqlite3_free(full);
  }
  return is_whole;
}

static int tree_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int count, sqlite3_value **arguments) {
  (void)number, (void)plan;
  Cursor *cursor = (Cursor *)base;
  Table *table = (Table *)base->pVtab;
  forget(cursor);
  Failure failure = {SQLITE_OK, NULL};
  if (count == 0) {
    fail(&failure, SQLITE_ERROR, "h5_tree needs a file of the warehouse: h5_tree('arrays/ab/cdef.h5')");
    return report(&table->base, &failure);
  }
  const char *file = (const char *)sqlite3_value_text(arguments[0]);
  if (!file) return SQLITE_OK;
  cursor->file = sqlite3_mprintf("%s", file);
  char *absolute = cursor->file ? confined(table->session, file, &failure) : NULL;
  if (!cursor->file) out_of_memory(&failure);
  // libhdf5 is not safe from files that others wrote or a disk damaged.
  if (absolute && file_recorded(table->session, file, absolute, &failure)) {
    Quiet quiet = hdf5_enter();
    hid_t h5 = open_file(absolute, file, &failure);
    hid_t root = h5 >= 0 ? H5Gopen2(h5, "/", H5P_DEFAULT) : -1;
    if (h5 >= 0 && root < 0) fail(&failure, carraysql_damaged, "%s: HDF5 says: %s", file, hdf5_message());
    if (root >= 0) {
      walk(cursor, root, "", NULL, 0, &failure);
      H5Gclose(root);
    }
    if (h5 >= 0) H5Fclose(h5);
    hdf5_leave(quiet);
  }
  sqlite3_free(absolute);
  return report(&table->base, &failure);
}

static int tree_next(sqlite3_vtab_cursor *base) {
  ((Cursor *)base)->at++;
  return SQLITE_OK;
}

static int tree_eof(sqlite3_vtab_cursor *base) { return ((Cursor *)base)->at >= ((Cursor *)base)->count; }

static int tree_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  const Cursor *cursor = (const Cursor *)base;
  const Object *object = &cursor->objects[cursor->at];
  if (column == STORED_BYTES) {
    if (object->stored_bytes >= 0) sqlite3_result_int64(context, object->stored_bytes);
    return SQLITE_OK;
  }
  const char *texts[] = {
    [PATH] = object->path, [TYPE] = object->type, [DTYPE] = object->dtype, [SHAPE] = object->shape, [CHUNK] = object->chunk,
    [FILTERS] = object->filters, [UNITS] = object->units, [TARGET] = object->target, [OF] = cursor->file};
  if (texts[column]) sqlite3_result_text(context, texts[column], -1, SQLITE_TRANSIENT);
  return SQLITE_OK;
}

static int tree_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
  *rowid = ((Cursor *)base)->at;
  return SQLITE_OK;
}

const sqlite3_module tree_module = {
  .iVersion = 0, .xConnect = tree_connect, .xBestIndex = tree_best_index, .xDisconnect = tree_disconnect,
  .xOpen = tree_open, .xClose = tree_close, .xFilter = tree_filter, .xNext = tree_next, .xEof = tree_eof,
  .xColumn = tree_column, .xRowid = tree_rowid,
};
