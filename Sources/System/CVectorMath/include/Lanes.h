#pragma once
#include <stddef.h>

/// One piece of work; called once for every index, by any thread.
typedef void (*lanes_task)(void *context, size_t index);

/// Calls body(context, i) for every i below `count`, sharing the indices out to `lanes` threads of one pool, the caller
/// among them, and returns when all are done. Called while the pool is busy (from a task, or by another thread), the
/// caller does everything itself.
void lanes_perform(size_t count, size_t lanes, lanes_task body, void *context);
/// How many threads the calling thread shares its work out to; 0 until it is set, 1 inside a task.
size_t lanes_count(void);
void lanes_set_count(size_t lanes);
