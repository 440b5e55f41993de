// libevoke_sqlite, which SQLite clients load: it opens libevoke_arrays beside it, and hands on.
//
// SQLite loads extensions into the space of names of the whole process. The HDF5 that libevoke_arrays is linked with would
// there take the place of another that comes later, such as that of h5py's wheels; so it is opened for itself alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <sqlite3ext.h>
#include <stdlib.h>
#include <string.h>

typedef int Entry(sqlite3 *, char **, const sqlite3_api_routines *);

int sqlite3_evokesqlite_init(sqlite3 *database, char **message, const sqlite3_api_routines *routines) {
  static const char name[] = "libevoke_arrays.so";
  Dl_info self;
  char path[PATH_MAX + sizeof name];
  if (!dladdr((void *)sqlite3_evokesqlite_init, &self) || !self.dli_fname || !realpath(self.dli_fname, path)) {
    *message = routines->mprintf("libevoke_sqlite does not find its own file");
    return SQLITE_ERROR;
  }
  strcpy(strrchr(path, '/') + 1, name);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  Entry *entry = library ? (Entry *)dlsym(library, "evoke_arrays_init") : NULL;
  if (!entry) {
    *message = routines->mprintf("%s; it belongs beside libevoke_sqlite.so", dlerror());
    return SQLITE_ERROR;
  }
  return entry(database, message, routines);
}
