#pragma once
#include <fftw3.h>
// An array that Swift does not import.
static inline const char *cfftw_version(void) { return fftw_version; }
