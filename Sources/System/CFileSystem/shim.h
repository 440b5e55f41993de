#pragma once
#include <sys/vfs.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
// Values of statfs and getrusage that Swift's Glibc module does not carry; -1 on failure.
static inline long cfilesystem_magic(const char *path) { struct statfs s; return statfs(path, &s) == 0 ? (long)s.f_type : -1; }
static inline long long cfilesystem_free(const char *path) {
  struct statfs s; return statfs(path, &s) == 0 ? (long long)s.f_bavail * (long long)s.f_bsize : -1;
}
static inline long cfilesystem_peak_kilobytes(void) { struct rusage u; return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0; }
// Processors this process may run on, of as many as a kernel can be built for; 0 where the system does not tell.
static inline int cfilesystem_processors(void) {
  unsigned long set[8192 / sizeof(unsigned long)];
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
  int count = 0;
  for (long i = 0; i < bytes / (long)sizeof *set; i++) count += __builtin_popcountl(set[i]);
  return count;
}
