// The entry points: of the program, and of SQLite clients that load the extension.
#include "ArraySQL.h"

#pragma GCC visibility push(hidden)
SQLITE_EXTENSION_INIT1
#pragma GCC visibility pop

int carraysql_register(sqlite3 *database, const char *folder) {
  Session *session = sqlite3_malloc64(sizeof *session);
  if (!session) return SQLITE_NOMEM;
  memset(session, 0, sizeof *session);
  session->database = database;
  session->references = 1;
  int status = SQLITE_OK;
  if (folder && !(session->folder = sqlite3_mprintf("%s", folder))) status = SQLITE_NOMEM;
  const struct { const char *name; const sqlite3_module *module; } modules[] = {
    {"array", &array_module}, {"array_axes", &axes_module}, {"h5_tree", &tree_module}};
  for (size_t i = 0; i < 3 && status == SQLITE_OK; i++) {
    session->references++;
    // Releases the session where it fails, too.
    status = sqlite3_create_module_v2(database, modules[i].name, modules[i].module, session, session_release);
  }
  if (status == SQLITE_OK) status = register_functions(database);
  session_release(session);
  return status;
}

#ifndef SQLITE_CORE
// The entry of libevoke_arrays, which Loader/Loader.c calls.
__attribute__((visibility("default")))
int evoke_arrays_init(sqlite3 *database, char **message, const sqlite3_api_routines *routines) {
  SQLITE_EXTENSION_INIT2(routines);
  if (sqlite3_libversion_number() < 3031000) {
    *message = sqlite3_mprintf("libevoke_sqlite needs SQLite 3.31 or later, this is %s", sqlite3_libversion());
    return SQLITE_ERROR;
  }
  int status = carraysql_register(database, NULL);
  // libhdf5 stays loaded: it cleans up when the process ends.
  return status == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : status;
}
#endif
