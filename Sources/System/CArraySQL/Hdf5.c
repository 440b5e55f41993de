// The use of libhdf5: one call at a time, nothing printed, files inside the warehouse only.
#include "ArraySQL.h"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static char message[512];

Quiet hdf5_enter(void) {
  Quiet quiet = {NULL, NULL};
  pthread_mutex_lock(&door);
#ifdef SQLITE_CORE
  // As everywhere in the program, whichever part of it comes first.
  static bool is_told;
  if (!is_told) H5dont_atexit();
  is_told = true;
#endif
  H5Eget_auto2(H5E_DEFAULT, &quiet.report, &quiet.context);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  return quiet;
}

void hdf5_leave(Quiet quiet) {
  H5Eset_auto2(H5E_DEFAULT, quiet.report, quiet.context);
  pthread_mutex_unlock(&door);
}

static herr_t take_innermost(unsigned depth, const H5E_error2_t *error, void *context) {
  (void)context;
  if (depth == 0 && error->desc) snprintf(message, sizeof message, "%s", error->desc);
  return 0;
}

const char *hdf5_message(void) {
  snprintf(message, sizeof message, "no message");
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, NULL);
  return message;
}

bool fail(Failure *failure, int code, const char *format, ...) {
  if (failure->code != SQLITE_OK) return false;
  va_list arguments;
  va_start(arguments, format);
  failure->code = code;
  failure->text = sqlite3_vmprintf(format, arguments);
  va_end(arguments);
  return false;
}

bool out_of_memory(Failure *failure) {
  if (failure->code == SQLITE_OK) failure->code = SQLITE_NOMEM;
  return false;
}

int report(sqlite3_vtab *table, Failure *failure) {
  if (failure->text) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = failure->text;
    failure->text = NULL;
  }
  return failure->code;
}

int name_place(sqlite3_index_info *info, int column, int *status) {
  bool is_named = false;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
    if (constraint->iColumn != column || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    is_named = true;
    if (!constraint->usable) continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    return i;
  }
  *status = is_named ? SQLITE_CONSTRAINT : SQLITE_OK;
  if (!is_named) {
    info->estimatedCost = 1e200;
    info->estimatedRows = 1ll << 60;
  }
  return -1;
}

const char *session_folder(Session *session, Failure *failure) {
  if (session->folder) return session->folder;
  const char *file = sqlite3_db_filename(session->database, "main");
  const char *slash = file ? strrchr(file, '/') : NULL;
  if (!slash) {
    fail(failure, SQLITE_ERROR, "the main database is no file of a warehouse; open its catalog.sqlite");
    return NULL;
  }
  session->folder = sqlite3_mprintf("%.*s", (int)(slash - file), file);
  if (!session->folder) out_of_memory(failure);
  return session->folder;
}

char *confined(Session *session, const char *relative, Failure *failure) {
  const char *folder = session_folder(session, failure);
  if (!folder) return NULL;
  char *place = sqlite3_mprintf("%s", folder);
  for (const char *part = relative; place; ) {
    size_t length = strcspn(part, "/");
    bool is_name = length > 0 && !(length == 1 && part[0] == '.') && !(length == 2 && part[0] == '.' && part[1] == '.');
    if (!is_name) {
      fail(failure, carraysql_outside, "%s is no path from the warehouse's folder down", relative);
      break;
    }
    char *longer = sqlite3_mprintf("%s/%.*s", place, (int)length, part);
    sqlite3_free(place);
    place = longer;
    if (!place) break;
    struct stat status;
    bool is_last = part[length] == 0;
    if (lstat(place, &status) != 0) {
      if (errno == EACCES) fail(failure, carraysql_denied, "%s may not be read", relative);
      else fail(failure, carraysql_missing, "%s is not there; evoke repair makes it again", relative);
      break;
    }
    if (S_ISLNK(status.st_mode)) {
      fail(failure, carraysql_outside, "%s goes through a link, which may lead outside the warehouse", relative);
      break;
    }
    if (is_last ? !S_ISREG(status.st_mode) : !S_ISDIR(status.st_mode)) {
      fail(failure, carraysql_missing, "%s is no file", relative);
      break;
    }
    if (is_last) return place;
    part += length + 1;
  }
  if (!place) out_of_memory(failure);
  sqlite3_free(place);
  return NULL;
}

hid_t open_file(const char *absolute, const char *relative, Failure *failure) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  // A file on a disk without locks is still read.
  H5Pset_file_locking(access, true, true);
  hid_t file = H5Fopen(absolute, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  if (file < 0) fail(failure, carraysql_damaged, "%s: opening: HDF5 says: %s", relative, hdf5_message());
  return file;
}

bool stands_here(hid_t dataset, const char *file, const char *path, Failure *failure) {
  hid_t creation = H5Dget_create_plist(dataset);
  bool is_elsewhere = creation < 0 || H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) != 0;
  if (creation >= 0) H5Pclose(creation);
  if (is_elsewhere) {
    return fail(failure, carraysql_outside, "%s:%s: its values are stored in other files", file, path);
  }
  return true;
}

char *text_attribute(hid_t object, const char *name) {
  if (H5Aexists(object, name) <= 0) return NULL;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return NULL;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  char *text = NULL;
  if (H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
    hid_t memory = H5Tcopy(type);
    if (H5Tis_variable_str(type) > 0) {
      char *found = NULL;
      if (H5Aread(attribute, memory, &found) >= 0 && found) text = sqlite3_mprintf("%s", found);
      if (found) H5Dvlen_reclaim(memory, space, H5P_DEFAULT, &found);
    } else {
      size_t width = H5Tget_size(type);
      char *bytes = width < 1 << 20 ? sqlite3_malloc64(width + 1) : NULL;
      if (bytes && H5Aread(attribute, memory, bytes) >= 0) {
        bytes[width] = 0;
        size_t used = strlen(bytes);
        if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) while (used > 0 && bytes[used - 1] == ' ') bytes[--used] = 0;
        text = bytes;
      } else sqlite3_free(bytes);
    }
    H5Tclose(memory);
  }
  H5Tclose(type);
  H5Sclose(space);
  H5Aclose(attribute);
  return text;
}
