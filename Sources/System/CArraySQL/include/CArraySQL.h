#pragma once
// SQL over the arrays of a warehouse: the table functions array(name), array_axes(name) and h5_tree(path), statistics as
// functions and aggregates. Each of them is refused in stored views and triggers (SQLITE_DIRECTONLY).
struct sqlite3;

// Result codes of SQLite that the table functions fail with, beside SQLITE_ERROR for what a statement asks wrongly.
enum {
  carraysql_damaged = 11 | 1 << 8,  // SQLITE_CORRUPT_VTAB: an array is not what the catalog records of it
  carraysql_missing = 14,           // SQLITE_CANTOPEN: its file is not there
  carraysql_outside = 3,            // SQLITE_PERM: a path leads outside the warehouse
};

// Adds all of it to a connection. `folder` is the warehouse's, NULL: that of the main database's file. A result code of SQLite.
int carraysql_register(struct sqlite3 *database, const char *folder);
