#pragma once
#include <sys/vfs.h>
#include <sys/resource.h>
// Values of statfs and getrusage that Swift's Glibc module does not carry; -1 on failure.
static inline long cfilesystem_magic(const char *path) { struct statfs s; return statfs(path, &s) == 0 ? (long)s.f_type : -1; }
static inline long long cfilesystem_free(const char *path) {
  struct statfs s; return statfs(path, &s) == 0 ? (long long)s.f_bavail * (long long)s.f_bsize : -1;
}
static inline long cfilesystem_peak_kilobytes(void) { struct rusage u; return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0; }
