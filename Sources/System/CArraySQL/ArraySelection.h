#pragma once
#include "ArraySQL.h"
#pragma GCC visibility push(hidden)

// The elements of an axis that are read: a list in rising order, or all from `first` on.
typedef struct {
  int64_t *list;
  int64_t first, count;
} Selection;

// Comparisons by their letters in a plan.
enum { EQUAL = '=', LESS = '<', LESS_EQUAL = 'l', GREATER = '>', GREATER_EQUAL = 'g', AMONG = 'i' };

static inline int64_t selected(const Selection *selection, int64_t place) {
  return selection->list ? selection->list[place] : selection->first + place;
}

// The first place in a selection whose element is not before `element`.
int64_t selection_place(const Selection *selection, int64_t element);
// Keeps what a comparison may hold for; false when memory is short.
bool selection_narrow(Selection *selection, const Axis *axis, char letter, sqlite3_value *value);
// Keeps what equals any value of a list; false when memory is short.
bool selection_narrow_among(Selection *selection, const Axis *axis, sqlite3_value *values);

#pragma GCC visibility pop
