#pragma once
// SQL over the arrays of a warehouse: the table functions array(name), array_axes(name) and h5_tree(path), statistics as
// functions and aggregates. Each of them is refused in stored views and triggers (SQLITE_DIRECTONLY).
#include <stddef.h>
#include <stdint.h>
struct sqlite3;
struct sqlite3_stmt;

// Result codes of SQLite that the table functions fail with, beside SQLITE_ERROR for what a statement asks wrongly.
enum {
  carraysql_damaged = 11 | 1 << 8,  // SQLITE_CORRUPT_VTAB: an array is not what the catalog records of it
  carraysql_missing = 14,           // SQLITE_CANTOPEN: its file is not there
  carraysql_outside = 3,            // SQLITE_PERM: a path leads outside the warehouse
  carraysql_denied = 10 | 13 << 8,  // SQLITE_IOERR_ACCESS: its file may not be read
};

// Adds all of it to a connection. `folder` is the warehouse's, NULL: that of the main database's file. A result code of SQLite.
int carraysql_register(struct sqlite3 *database, const char *folder);

// Adds the aggregate row_digest to a connection of the program, which hashes rows of the catalog by it; the extension has none.
int carraysql_register_rows(struct sqlite3 *database);

// Runs no trigger of the catalog for what a connection of the program writes; references are followed all the same. A result code
// of SQLite.
int carraysql_leave_out_triggers(struct sqlite3 *database);

// Parameters of a prepared statement of the program, counted from 1, with copies of texts and bytes; result codes of SQLite. Each
// keeps its value until it is given another; before the first of a row the statement begins anew.
int carraysql_rebind(struct sqlite3_stmt *statement);
int carraysql_bind_null(struct sqlite3_stmt *statement, int place);
int carraysql_bind_integer(struct sqlite3_stmt *statement, int place, int64_t number);
int carraysql_bind_real(struct sqlite3_stmt *statement, int place, double number);
// Up to its first zero byte.
int carraysql_bind_text(struct sqlite3_stmt *statement, int place, const char *text);
int carraysql_bind_blob(struct sqlite3_stmt *statement, int place, const void *bytes, size_t count);
