// array_axes(name): a row per axis of an array, the slowest first, from its file and checked as array(name) does.
#include "ArraySQL.h"

enum { POSITION, AXIS, SHOWN_AS, LENGTH, UNITS, FIRST, LAST, STEP, LABELS, OF };

typedef struct {
  sqlite3_vtab base;
  Session *session;
  sqlite3_stmt *lookup;
} Table;

typedef struct {
  sqlite3_vtab_cursor base;
  Array *array;
  int position;
} Cursor;

static int axes_connect(sqlite3 *database, void *session, int count, const char *const *arguments,
                        sqlite3_vtab **made, char **message) {
  (void)count, (void)arguments, (void)message;
  int status = sqlite3_declare_vtab(
    database,
    "CREATE TABLE array_axes(position INTEGER, axis TEXT, \"column\" TEXT, length INTEGER, units TEXT, first REAL, last REAL, "
    "step REAL, labels TEXT, name TEXT HIDDEN)");
  Table *table = status == SQLITE_OK ? sqlite3_malloc64(sizeof *table) : NULL;
  if (!table) return status == SQLITE_OK ? SQLITE_NOMEM : status;
  *table = (Table){.session = session};
  sqlite3_vtab_config(database, SQLITE_VTAB_DIRECTONLY);
  *made = &table->base;
  return SQLITE_OK;
}

static int axes_disconnect(sqlite3_vtab *base) {
  sqlite3_finalize(((Table *)base)->lookup);
  sqlite3_free(base);
  return SQLITE_OK;
}

static int axes_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  (void)base;
  int status = SQLITE_OK;
  if (name_place(info, OF, &status) < 0) return status;
  info->estimatedRows = 2;
  info->estimatedCost = 20;
  return SQLITE_OK;
}

static int axes_open(sqlite3_vtab *base, sqlite3_vtab_cursor **made) {
  (void)base;
  Cursor *cursor = sqlite3_malloc64(sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  *made = &cursor->base;
  return SQLITE_OK;
}

static int axes_close(sqlite3_vtab_cursor *base) {
  Cursor *cursor = (Cursor *)base;
  if (cursor->array) array_release(((Table *)base->pVtab)->session, cursor->array);
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static int axes_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int count, sqlite3_value **arguments) {
  (void)number, (void)plan;
  Cursor *cursor = (Cursor *)base;
  Table *table = (Table *)base->pVtab;
  if (cursor->array) array_release(table->session, cursor->array);
  cursor->array = NULL;
  cursor->position = 0;
  Failure failure = {SQLITE_OK, NULL};
  if (count == 0) {
    fail(&failure, SQLITE_ERROR, "array_axes needs a name: array_axes('NAME')");
    return report(&table->base, &failure);
  }
  const char *name = (const char *)sqlite3_value_text(arguments[0]);
  if (!name) return SQLITE_OK;
  cursor->array = array_open(table->session, &table->lookup, name, &failure);
  return report(&table->base, &failure);
}

static int axes_next(sqlite3_vtab_cursor *base) {
  ((Cursor *)base)->position++;
  return SQLITE_OK;
}

static int axes_eof(sqlite3_vtab_cursor *base) {
  const Cursor *cursor = (const Cursor *)base;
  return !cursor->array || cursor->position >= cursor->array->rank;
}

// The spacing of numbers where it is the same throughout, but for rounding; NaN where it is not.
static double step_of(const Axis *axis) {
  if (!axis->ascends || axis->length < 2) return NAN;
  double first = axis->numbers[0], last = axis->numbers[axis->length - 1];
  double step = (last - first) / (double)(axis->length - 1);
  for (int64_t i = 0; i < axis->length; i++) {
    if (!(fabs(first + (double)i * step - axis->numbers[i]) <= 1e-9 * fmax(step, fabs(axis->numbers[i])))) return NAN;
  }
  return step;
}

static void give_labels(const Axis *axis, sqlite3_context *context) {
  sqlite3_str *json = sqlite3_str_new(NULL);
  sqlite3_str_appendchar(json, 1, '[');
  for (int64_t i = 0; i < axis->length; i++) {
    if (i) sqlite3_str_appendchar(json, 1, ',');
    sqlite3_str_appendchar(json, 1, '"');
    for (const char *byte = axis->labels[i]; *byte; byte++) {
      if (*byte == '"' || *byte == '\\') sqlite3_str_appendchar(json, 1, '\\');
      if ((unsigned char)*byte < 32) sqlite3_str_appendf(json, "\\u%04x", (unsigned)*byte);
      else sqlite3_str_appendchar(json, 1, *byte);
    }
    sqlite3_str_appendchar(json, 1, '"');
  }
  sqlite3_str_appendchar(json, 1, ']');
  char *text = sqlite3_str_finish(json);
  if (text) sqlite3_result_text(context, text, -1, sqlite3_free);
  else sqlite3_result_error_nomem(context);
}

static int axes_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  const Cursor *cursor = (const Cursor *)base;
  const Axis *axis = &cursor->array->axes[cursor->position];
  bool has_numbers = axis->numbers && axis->length > 0;
  switch (column) {
    case POSITION: sqlite3_result_int(context, cursor->position); break;
    case AXIS: sqlite3_result_text(context, axis->name, -1, SQLITE_TRANSIENT); break;
    case SHOWN_AS:
      for (int i = 0; i < COLUMNS; i++) {
        if (cursor->array->axis_of[i] != cursor->position) continue;
        sqlite3_result_text(context, column_names[i].column, -1, SQLITE_STATIC);
      }
      break;
    case LENGTH: sqlite3_result_int64(context, axis->length); break;
    case UNITS: sqlite3_result_text(context, axis->units, -1, SQLITE_TRANSIENT); break;
    case FIRST: if (has_numbers) sqlite3_result_double(context, axis->numbers[0]); break;
    case LAST: if (has_numbers) sqlite3_result_double(context, axis->numbers[axis->length - 1]); break;
    case STEP: if (has_numbers) sqlite3_result_double(context, step_of(axis)); break;
    case LABELS: if (axis->labels) give_labels(axis, context); break;
    case OF: sqlite3_result_text(context, cursor->array->name, -1, SQLITE_TRANSIENT); break;
  }
  return SQLITE_OK;
}

static int axes_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
  *rowid = ((Cursor *)base)->position;
  return SQLITE_OK;
}

const sqlite3_module axes_module = {
  .iVersion = 0, .xConnect = axes_connect, .xBestIndex = axes_best_index, .xDisconnect = axes_disconnect,
  .xOpen = axes_open, .xClose = axes_close, .xFilter = axes_filter, .xNext = axes_next, .xEof = axes_eof,
  .xColumn = axes_column, .xRowid = axes_rowid,
};
