// Which elements of an axis a comparison may hold for. What is uncertain selects everything: SQLite compares again.
#include "ArraySelection.h"

int64_t selection_place(const Selection *selection, int64_t element) {
  if (!selection->list) {
    int64_t place = element - selection->first;
    return place < 0 ? 0 : place > selection->count ? selection->count : place;
  }
  int64_t low = 0, high = selection->count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (selection->list[middle] < element) low = middle + 1; else high = middle;
  }
  return low;
}

// Keeps elements from `low` until before `high`.
static void keep_range(Selection *selection, int64_t low, int64_t high) {
  int64_t from = selection_place(selection, low), to = high > low ? selection_place(selection, high) : from;
  if (selection->list) memmove(selection->list, selection->list + from, (size_t)(to - from) * sizeof *selection->list);
  else selection->first += from;
  selection->count = to - from;
}

// Keeps the elements that a rising list has too.
static bool keep_among(Selection *selection, const int64_t *list, int64_t count) {
  int64_t *kept = sqlite3_malloc64(((size_t)count + 1) * sizeof *kept);
  if (!kept) return false;
  int64_t length = 0;
  for (int64_t i = 0; i < count; i++) {
    int64_t place = selection_place(selection, list[i]);
    if (place < selection->count && selected(selection, place) == list[i]) kept[length++] = list[i];
  }
  sqlite3_free(selection->list);
  // A run without gaps needs no list.
  bool is_run = length == 0 || kept[length - 1] - kept[0] == length - 1;
  *selection = (Selection){is_run ? NULL : kept, length ? kept[0] : 0, length};
  if (is_run) sqlite3_free(kept);
  return true;
}

// The first element of rising numbers that is not below `number`, or with `is_after` above it.
static int64_t bound(const Axis *axis, double number, bool is_after) {
  int64_t low = 0, high = axis->length;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    bool is_below = is_after ? axis->numbers[middle] <= number : axis->numbers[middle] < number;
    if (is_below) low = middle + 1; else high = middle;
  }
  return low;
}

static bool holds(double coordinate, char letter, double number) {
  switch (letter) {
    case EQUAL: return coordinate == number;
    case LESS: return coordinate < number;
    case LESS_EQUAL: return coordinate <= number;
    case GREATER: return coordinate > number;
    default: return coordinate >= number;
  }
}

static int compare_label(const Axis *axis, int64_t place, const char *text, int bytes) {
  int64_t element = axis->by_label[place];
  int length = axis->label_bytes[element];
  int order = memcmp(axis->labels[element], text, (size_t)(length < bytes ? length : bytes));
  return order ? order : (length > bytes) - (length < bytes);
}

// A list of elements under way.
typedef struct {
  int64_t *elements;
  int64_t count, room;
} Elements;

static bool append(Elements *list, int64_t element) {
  if (list->count == list->room) {
    int64_t room = list->room ? 2 * list->room : 16;
    int64_t *elements = sqlite3_realloc64(list->elements, (size_t)room * sizeof *elements);
    if (!elements) return false;
    list->elements = elements;
    list->room = room;
  }
  list->elements[list->count++] = element;
  return true;
}

static bool append_labelled(Elements *list, const Axis *axis, const char *text, int bytes) {
  int64_t low = 0, high = axis->length;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (compare_label(axis, middle, text, bytes) < 0) low = middle + 1; else high = middle;
  }
  for (; low < axis->length && compare_label(axis, low, text, bytes) == 0; low++) {
    if (!append(list, axis->by_label[low])) return false;
  }
  return true;
}

static bool append_numbered(Elements *list, const Axis *axis, char letter, double number) {
  if (axis->ascends && letter == EQUAL) {
    for (int64_t i = bound(axis, number, false); i < axis->length && axis->numbers[i] == number; i++) {
      if (!append(list, i)) return false;
    }
    return true;
  }
  for (int64_t i = 0; i < axis->length; i++) if (holds(axis->numbers[i], letter, number) && !append(list, i)) return false;
  return true;
}

// What a value says of an axis: nothing certain, that no element compares to it, or that those that do can be listed.
typedef enum { UNCERTAIN, NONE, LISTABLE } Bearing;

static Bearing bearing(const Axis *axis, char letter, sqlite3_value *value) {
  int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) return NONE;
  if (axis->labels) return type == SQLITE_TEXT && letter == EQUAL ? LISTABLE : UNCERTAIN;
  // Beyond 2^53 a whole number is none of the doubles around it.
  if (type == SQLITE_INTEGER) {
    int64_t number = sqlite3_value_int64(value);
    return number <= 1ll << 53 && number >= -(1ll << 53) ? LISTABLE : UNCERTAIN;
  }
  return type == SQLITE_FLOAT ? LISTABLE : UNCERTAIN;
}

static bool append_equal(Elements *list, const Axis *axis, sqlite3_value *value) {
  if (!axis->labels) return append_numbered(list, axis, EQUAL, sqlite3_value_double(value));
  const char *text = (const char *)sqlite3_value_text(value);
  return text && append_labelled(list, axis, text, sqlite3_value_bytes(value));
}

static int compare_elements(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

bool selection_narrow_among(Selection *selection, const Axis *axis, sqlite3_value *values) {
  Elements list = {NULL, 0, 0};
  bool is_made = true, is_certain = true;
  sqlite3_value *value = NULL;
  int status = sqlite3_vtab_in_first(values, &value);
  for (; status == SQLITE_OK && value && is_made && is_certain; status = sqlite3_vtab_in_next(values, &value)) {
    Bearing found = bearing(axis, EQUAL, value);
    if (found == UNCERTAIN) is_certain = false;
    if (found == LISTABLE) is_made = append_equal(&list, axis, value);
  }
  // A list that broke off is no whole one.
  if (status != SQLITE_OK && status != SQLITE_DONE) is_made = false;
  if (is_made && is_certain) {
    if (list.count) qsort(list.elements, (size_t)list.count, sizeof *list.elements, compare_elements);
    int64_t unique = 0;
    for (int64_t i = 0; i < list.count; i++) {
      if (unique == 0 || list.elements[unique - 1] != list.elements[i]) list.elements[unique++] = list.elements[i];
    }
    is_made = keep_among(selection, list.elements, unique);
  }
  sqlite3_free(list.elements);
  return is_made;
}

bool selection_narrow(Selection *selection, const Axis *axis, char letter, sqlite3_value *value) {
  switch (bearing(axis, letter, value)) {
    case UNCERTAIN: return true;
    case NONE: selection->count = 0; return true;
    case LISTABLE: break;
  }
  if (axis->numbers && axis->ascends) {
    double number = sqlite3_value_double(value);
    int64_t low = 0, high = axis->length;
    if (letter == EQUAL || letter == GREATER_EQUAL) low = bound(axis, number, false);
    if (letter == GREATER) low = bound(axis, number, true);
    if (letter == EQUAL || letter == LESS_EQUAL) high = bound(axis, number, true);
    if (letter == LESS) high = bound(axis, number, false);
    keep_range(selection, low, high);
    return true;
  }
  Elements list = {NULL, 0, 0};
  bool is_made = axis->labels ? append_equal(&list, axis, value)
    : append_numbered(&list, axis, letter, sqlite3_value_double(value));
  // Labels of one text are in rising order of their places.
  is_made = is_made && keep_among(selection, list.elements, list.count);
  sqlite3_free(list.elements);
  return is_made;
}
