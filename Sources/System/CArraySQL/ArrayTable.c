// array(name): a row per element; constraints on coordinates select what is read.
//
// Rows come chunk by chunk, within a chunk in row-major order: where chunks are whole rows of the first axis, as Evoke writes
// them, that is the order of time. The rowid is the element's number in row-major order. Every constraint only narrows what is
// read; SQLite compares again, so that a comparison means what it means on a table.
#include "ArraySQL.h"
#include "ArraySelection.h"

const ColumnName column_names[COLUMNS] = {
  [TIME_S] = {"time_s", "time", "REAL"},
  [FREQUENCY_HZ] = {"frequency_hz", "frequency", "REAL"},
  [LAG_S] = {"lag_s", "lag", "REAL"},
  [SUBJECT] = {"subject", "subject", ""},
  [REGION] = {"region", "region", ""},
  [CHANNEL] = {"channel", "channel", ""},
  [COMPONENT] = {"component", "component", ""},
  [FEATURE] = {"feature", "feature", ""},
  [LAYER] = {"layer", "layer", ""},
  [FOLD] = {"fold", "fold", ""},
  [DRAW] = {"draw", "draw", ""},
  [VALUE] = {"value", NULL, ""},
  [NAME] = {"name", NULL, "TEXT HIDDEN"},
  [SESSION] = {"session", "session", "BLOB HIDDEN"},
  [TRIAL] = {"trial", "trial", "BLOB HIDDEN"},
  [VOXEL] = {"voxel", "voxel", "BLOB HIDDEN"},
  [BAND] = {"band", "band", "BLOB HIDDEN"},
  [SOURCE] = {"source", "source", "BLOB HIDDEN"},
  [DIRECTION] = {"direction", "direction", "BLOB HIDDEN"},
  [CELL] = {"cell", "cell", "BLOB HIDDEN"},
  [COLUMN] = {"column", "column", "BLOB HIDDEN"},
};

typedef struct {
  sqlite3_vtab base;
  Session *session;
  sqlite3_stmt *lookup, *lengths;
} Table;

typedef struct {
  sqlite3_vtab_cursor base;
  Array *array;
  char *name;
  Chunk *chunk;
  bool reads_values, is_over;
  // Of the last axis, the fast path: places in its selection.
  int64_t inner, inner_end;
  // Where the element of place `inner` stands: values[element + inner] in a run, else by the list.
  const void *values;
  int64_t element;
  // Places in the selections of the axes: now, and where this chunk's begin and end.
  int64_t at[MOST_AXES], from[MOST_AXES], to[MOST_AXES];
  int last;
  Selection selection[MOST_AXES];
} Cursor;

static int array_connect(sqlite3 *database, void *session, int count, const char *const *arguments,
                         sqlite3_vtab **made, char **message) {
  (void)count, (void)arguments, (void)message;
  sqlite3_str *sql = sqlite3_str_new(database);
  sqlite3_str_appendall(sql, "CREATE TABLE array(");
  for (int i = 0; i < COLUMNS; i++) {
    sqlite3_str_appendf(sql, "%s\"%w\" %s", i ? "," : "", column_names[i].column, column_names[i].type);
  }
  sqlite3_str_appendchar(sql, 1, ')');
  char *text = sqlite3_str_finish(sql);
  int status = text ? sqlite3_declare_vtab(database, text) : SQLITE_NOMEM;
  sqlite3_free(text);
  Table *table = status == SQLITE_OK ? sqlite3_malloc64(sizeof *table) : NULL;
  if (!table) return status == SQLITE_OK ? SQLITE_NOMEM : status;
  *table = (Table){.session = session};
  sqlite3_vtab_config(database, SQLITE_VTAB_DIRECTONLY);
  *made = &table->base;
  return SQLITE_OK;
}

static int array_disconnect(sqlite3_vtab *base) {
  Table *table = (Table *)base;
  sqlite3_finalize(table->lookup);
  sqlite3_finalize(table->lengths);
  sqlite3_free(table);
  return SQLITE_OK;
}

// Rows of an array and how many values its axes have, as the catalog says; guesses where the name is not known yet.
static double expected_rows(Table *table, sqlite3_value *name, double lengths[COLUMNS]) {
  static const double guesses[COLUMNS] = {
    [TIME_S] = 1000, [SUBJECT] = 1, [REGION] = 32, [CHANNEL] = 1, [FEATURE] = 32, [DRAW] = 1};
  double rows = 32000;
  for (int i = 0; i < COLUMNS; i++) lengths[i] = guesses[i] > 1 ? guesses[i] : 8;
  static const char sql[] =
    "SELECT x.name, x.length FROM main.array_axis x JOIN main.stored_array a ON a.array_id = x.array_id WHERE a.name = ?1";
  if (!name || sqlite3_value_type(name) != SQLITE_TEXT) return rows;
  sqlite3 *database = table->session->database;
  if (!table->lengths && sqlite3_prepare_v2(database, sql, -1, &table->lengths, NULL) != SQLITE_OK) return rows;
  sqlite3_bind_value(table->lengths, 1, name);
  rows = 1;
  while (sqlite3_step(table->lengths) == SQLITE_ROW) {
    const char *axis = (const char *)sqlite3_column_text(table->lengths, 0);
    double length = sqlite3_column_double(table->lengths, 1);
    rows *= length;
    for (int i = 0; axis && i < COLUMNS; i++) {
      if (column_names[i].axis && strcmp(column_names[i].axis, axis) == 0) lengths[i] = length > 1 ? length : 1;
    }
  }
  sqlite3_reset(table->lengths);
  return rows;
}

// The plan is a text of two letters per argument: the column ('A' + number) and the comparison, after whether values are read.
static char comparison(const struct sqlite3_index_constraint *constraint) {
  switch (constraint->op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: return EQUAL;
    case SQLITE_INDEX_CONSTRAINT_LT: return LESS;
    case SQLITE_INDEX_CONSTRAINT_LE: return LESS_EQUAL;
    case SQLITE_INDEX_CONSTRAINT_GT: return GREATER;
    case SQLITE_INDEX_CONSTRAINT_GE: return GREATER_EQUAL;
    default: return 0;
  }
}

// SQLite since 3.38 tells literals and lists.
static bool is_recent(void) { return sqlite3_libversion_number() >= 3038000; }

static int array_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  Table *table = (Table *)base;
  int status = SQLITE_OK;
  int name = name_place(info, NAME, &status);
  if (name < 0) return status;
  sqlite3_value *literal = NULL;
  if (is_recent()) sqlite3_vtab_rhs_value(info, name, &literal);
  double lengths[COLUMNS], rows = expected_rows(table, literal, lengths);
  sqlite3_str *plan = sqlite3_str_new(table->session->database);
  bool reads_values = (info->colUsed >> VALUE & 1) != 0;
  sqlite3_str_appendchar(plan, 1, reads_values ? 'v' : 'n');
  int arguments = 1;
  double read = rows;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
    int column = constraint->iColumn;
    char letter = comparison(constraint);
    if (!constraint->usable || !letter || column < 0 || !column_names[column].axis) continue;
    if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
    double share = letter == EQUAL ? 1 / lengths[column] : 0.3;
    if (letter == EQUAL && is_recent() && sqlite3_vtab_in(info, i, -1)) {
      sqlite3_vtab_in(info, i, 1);
      letter = AMONG;
      share = fmin(1, 5 * share);
    }
    info->aConstraintUsage[i].argvIndex = ++arguments;
    sqlite3_str_appendf(plan, "%c%c", 'A' + column, letter);
    read *= share;
  }
  if (read < 1) read = 1;
  info->idxStr = sqlite3_str_finish(plan);
  info->needToFreeIdxStr = 1;
  if (!info->idxStr) return SQLITE_NOMEM;
  info->estimatedRows = (sqlite3_int64)read;
  info->estimatedCost = 20 + read;
  return SQLITE_OK;
}

static int array_open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **made) {
  (void)base;
  Cursor *cursor = sqlite3_malloc64(sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  *made = &cursor->base;
  return SQLITE_OK;
}

static void clear(Cursor *cursor, Session *session, bool with_array) {
  if (cursor->chunk) chunk_release(session, cursor->chunk);
  cursor->chunk = NULL;
  for (int i = 0; i < MOST_AXES; i++) {
    sqlite3_free(cursor->selection[i].list);
    cursor->selection[i] = (Selection){NULL, 0, 0};
    if (cursor->array && i >= cursor->array->rank) break;
  }
  if (!with_array) return;
  if (cursor->array) array_release(session, cursor->array);
  cursor->array = NULL;
  sqlite3_free(cursor->name);
  cursor->name = NULL;
}

static int array_close(sqlite3_vtab_cursor *base) {
  Cursor *cursor = (Cursor *)base;
  clear(cursor, ((Table *)base->pVtab)->session, true);
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static bool select_elements(Cursor *cursor, const char *plan, sqlite3_value **arguments, bool *is_empty) {
  const Array *array = cursor->array;
  *is_empty = false;
  for (int i = 0; i < array->rank; i++) cursor->selection[i] = (Selection){NULL, 0, array->axes[i].length};
  for (; *plan; plan += 2, arguments++) {
    int axis = array->axis_of[plan[0] - 'A'];
    // What an array has no axis for is NULL, and nothing compares to it.
    if (axis < 0) *is_empty = true;
    else if (plan[1] == AMONG) {
      if (!selection_narrow_among(&cursor->selection[axis], &array->axes[axis], *arguments)) return false;
    } else if (!selection_narrow(&cursor->selection[axis], &array->axes[axis], plan[1], *arguments)) return false;
  }
  for (int i = 0; i < array->rank; i++) if (cursor->selection[i].count == 0) *is_empty = true;
  return true;
}

// Rows

// Sets where the elements of the last axis stand for the places of the others.
static void aim(Cursor *cursor) {
  if (!cursor->chunk) return;
  const Array *array = cursor->array;
  int64_t element = 0;
  for (int i = 0; i < array->rank; i++) {
    int64_t start = selected(&cursor->selection[i], cursor->from[i]) / (int64_t)array->chunk[i] * (int64_t)array->chunk[i];
    int64_t extent = (int64_t)array->shape[i] - start;
    if (extent > (int64_t)array->chunk[i]) extent = (int64_t)array->chunk[i];
    int64_t index = i == cursor->last ? 0 : selected(&cursor->selection[i], cursor->at[i]);
    element = element * extent + index - start;
  }
  if (cursor->last >= 0 && !cursor->selection[cursor->last].list) element += cursor->selection[cursor->last].first;
  cursor->element = element;
}

// Ends the part of axis `i` that begins at place `from` where its chunk does.
static void bound_part(Cursor *cursor, int i) {
  const Array *array = cursor->array;
  const Selection *selection = &cursor->selection[i];
  cursor->at[i] = cursor->from[i];
  if (!cursor->reads_values) {
    cursor->to[i] = selection->count;
    return;
  }
  int64_t chunk = (int64_t)array->chunk[i];
  cursor->to[i] = selection_place(selection, (selected(selection, cursor->from[i]) / chunk + 1) * chunk);
}

// Opens the chunk in which the parts begin.
static int enter(Cursor *cursor) {
  Table *table = (Table *)cursor->base.pVtab;
  const Array *array = cursor->array;
  if (cursor->chunk) chunk_release(table->session, cursor->chunk);
  cursor->chunk = NULL;
  if (cursor->reads_values) {
    uint64_t place[MOST_AXES];
    for (int i = 0; i < array->rank; i++) {
      place[i] = (uint64_t)selected(&cursor->selection[i], cursor->from[i]) / array->chunk[i];
    }
    Failure failure = {SQLITE_OK, NULL};
    cursor->chunk = chunk_open(table->session, cursor->array, place, &failure);
    if (!cursor->chunk) {
      cursor->is_over = true;
      return report(&table->base, &failure);
    }
    cursor->values = cursor->chunk->values;
  }
  cursor->inner = cursor->last < 0 ? 0 : cursor->from[cursor->last];
  cursor->inner_end = cursor->last < 0 ? 1 : cursor->to[cursor->last];
  aim(cursor);
  return SQLITE_OK;
}

// The next row of elements along the last axis, in this chunk or the next.
static int advance(Cursor *cursor) {
  for (int i = cursor->last - 1; i >= 0; i--) {
    if (++cursor->at[i] < cursor->to[i]) {
      cursor->inner = cursor->from[cursor->last];
      aim(cursor);
      return SQLITE_OK;
    }
    cursor->at[i] = cursor->from[i];
  }
  for (int i = cursor->last; i >= 0; i--) {
    cursor->from[i] = cursor->to[i];
    if (cursor->from[i] < cursor->selection[i].count) {
      bound_part(cursor, i);
      return enter(cursor);
    }
    cursor->from[i] = 0;
    bound_part(cursor, i);
  }
  cursor->is_over = true;
  return SQLITE_OK;
}

static int array_next(sqlite3_vtab_cursor *base) {
  Cursor *cursor = (Cursor *)base;
  return ++cursor->inner < cursor->inner_end ? SQLITE_OK : advance(cursor);
}

static int array_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int count, sqlite3_value **arguments) {
  (void)number;
  Cursor *cursor = (Cursor *)base;
  Table *table = (Table *)base->pVtab;
  Failure failure = {SQLITE_OK, NULL};
  cursor->is_over = true;
  if (count == 0) {
    fail(&failure, SQLITE_ERROR, "array needs a name: array('NAME'); the view array_catalog lists them");
    return report(&table->base, &failure);
  }
  const char *name = (const char *)sqlite3_value_text(arguments[0]);
  bool is_same = cursor->array && cursor->name && name && strcmp(cursor->name, name) == 0;
  clear(cursor, table->session, !is_same);
  // Nothing is called NULL.
  if (!name) return SQLITE_OK;
  if (!is_same) {
    cursor->array = array_open(table->session, &table->lookup, name, &failure);
    if (!cursor->array) return report(&table->base, &failure);
    cursor->name = sqlite3_mprintf("%s", name);
    if (!cursor->name) return SQLITE_NOMEM;
  }
  cursor->reads_values = plan[0] == 'v';
  bool is_empty;
  if (!select_elements(cursor, plan + 1, arguments + 1, &is_empty)) return SQLITE_NOMEM;
  if (is_empty) return SQLITE_OK;
  cursor->is_over = false;
  cursor->last = cursor->array->rank - 1;
  for (int i = 0; i < cursor->array->rank; i++) {
    cursor->from[i] = 0;
    bound_part(cursor, i);
  }
  return enter(cursor);
}

static int array_eof(sqlite3_vtab_cursor *base) { return ((Cursor *)base)->is_over; }

static int64_t element_of(const Cursor *cursor, int axis) {
  return selected(&cursor->selection[axis], axis == cursor->last ? cursor->inner : cursor->at[axis]);
}

static void give_value(const Cursor *cursor, sqlite3_context *context) {
  int64_t inner = cursor->inner;
  if (cursor->last < 0) inner = 0;
  else if (cursor->selection[cursor->last].list) inner = cursor->selection[cursor->last].list[inner];
  int64_t element = cursor->element + inner;
  switch (cursor->array->value) {
    // NaN becomes NULL.
    case FLOAT32: sqlite3_result_double(context, (double)((const float *)cursor->values)[element]); return;
    case FLOAT64: sqlite3_result_double(context, ((const double *)cursor->values)[element]); return;
    case INT64: sqlite3_result_int64(context, ((const int64_t *)cursor->values)[element]); return;
    case UINT64: {
      uint64_t value = ((const uint64_t *)cursor->values)[element];
      if (value <= INT64_MAX) sqlite3_result_int64(context, (int64_t)value);
      else sqlite3_result_double(context, (double)value);
    }
  }
}

static int array_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  const Cursor *cursor = (const Cursor *)base;
  if (column == VALUE) {
    if (cursor->chunk) give_value(cursor, context);
    return SQLITE_OK;
  }
  if (column == NAME) {
    sqlite3_result_text(context, cursor->name, -1, SQLITE_TRANSIENT);
    return SQLITE_OK;
  }
  int number = cursor->array->axis_of[column];
  if (number < 0) return SQLITE_OK;
  const Axis *axis = &cursor->array->axes[number];
  int64_t element = element_of(cursor, number);
  if (axis->labels) sqlite3_result_text(context, axis->labels[element], axis->label_bytes[element], SQLITE_TRANSIENT);
  else if (axis->is_whole && column > LAG_S) sqlite3_result_int64(context, (int64_t)axis->numbers[element]);
  else sqlite3_result_double(context, axis->numbers[element]);
  return SQLITE_OK;
}

static int array_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
  const Cursor *cursor = (const Cursor *)base;
  int64_t number = 0;
  for (int i = 0; i < cursor->array->rank; i++) {
    number = number * (int64_t)cursor->array->shape[i] + element_of(cursor, i);
  }
  *rowid = number;
  return SQLITE_OK;
}

const sqlite3_module array_module = {
  .iVersion = 0, .xConnect = array_connect, .xBestIndex = array_best_index, .xDisconnect = array_disconnect,
  .xOpen = array_open_cursor, .xClose = array_close, .xFilter = array_filter, .xNext = array_next, .xEof = array_eof,
  .xColumn = array_column, .xRowid = array_rowid,
};
