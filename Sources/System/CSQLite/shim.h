#pragma once
#include <sqlite3.h>
// Takes a variable number of arguments, which Swift does not import: identifiers are no texts, references count.
static inline int csqlite_strict(sqlite3 *database) {
  int failed = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
  failed |= sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
  return failed | sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_FKEY, 1, (int *)0);
}
