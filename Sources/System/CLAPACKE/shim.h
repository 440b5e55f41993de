#pragma once
// Complex types as plain structs: Swift cannot import _Complex.
#define LAPACK_COMPLEX_STRUCTURE
#include <lapacke.h>
