#include "Lanes.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

enum { MOST_WORKERS = 255 };
// A worker looks for work this often before it sleeps (some 100 µs): products follow one another within less.
enum { LOOKS = 3000 };

// The gate of the work now shared out: its number, whether it may still be joined, and how many workers joined.
enum { OPEN = 1 << 16, NUMBER = 1 << 17 };

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t bed = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_uint_fast64_t gate;
static atomic_size_t asleep;
static atomic_size_t next;
static size_t workers;
static size_t total;
static size_t invited;
static lanes_task task;
static void *context;

// Of this thread, 0 until set; one inside a task, so that what a task does is not split again.
static _Thread_local size_t lanes_here;

size_t lanes_count(void) { return lanes_here; }

void lanes_set_count(size_t lanes) { lanes_here = lanes; }

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static void work(void) {
  for (size_t i; (i = atomic_fetch_add(&next, 1)) < total;) task(context, i);
}

static void *serve(void *argument) {
  lanes_here = 1;
  const size_t self = (size_t)(uintptr_t)argument;
  uint_fast64_t seen = 0;
  for (unsigned looks = 0;;) {
    uint_fast64_t now = atomic_load(&gate);
    if (now / NUMBER == seen) {
      if (++looks < LOOKS) {
        pause_briefly();
        continue;
      }
      pthread_mutex_lock(&bed);
      atomic_fetch_add(&asleep, 1);
      while (atomic_load(&gate) / NUMBER == seen) pthread_cond_wait(&wake, &bed);
      atomic_fetch_sub(&asleep, 1);
      pthread_mutex_unlock(&bed);
      looks = 0;
      continue;
    }
    // Whoever comes after the caller closed the gate has nothing left to do, and nobody waits for them.
    while ((now & OPEN) && !atomic_compare_exchange_weak(&gate, &now, now + 1)) {
    }
    seen = now / NUMBER;
    looks = 0;
    if (!(now & OPEN)) continue;
    if (self < invited) work();
    atomic_fetch_sub(&gate, 1);
  }
  return 0;
}

static void employ(size_t wanted) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; workers < wanted && workers < MOST_WORKERS; workers++) {
    pthread_t thread;
    if (pthread_create(&thread, 0, serve, (void *)(uintptr_t)workers)) break;
    pthread_detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, 0);
}

void lanes_perform(size_t count, size_t lanes, lanes_task body, void *argument) {
  if (count < 2 || lanes < 2 || pthread_mutex_trylock(&owner)) {
    for (size_t i = 0; i < count; i++) body(argument, i);
    return;
  }
  const size_t before = lanes_here;
  lanes_here = 1;
  if (workers < lanes - 1) employ(lanes - 1);
  task = body;
  context = argument;
  total = count;
  invited = lanes - 1;
  atomic_store(&next, 0);
  const uint_fast64_t number = atomic_load(&gate) / NUMBER + 1;
  atomic_store(&gate, number * NUMBER + OPEN);
  if (atomic_load(&asleep) > 0) {
    pthread_mutex_lock(&bed);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&bed);
  }
  work();
  atomic_fetch_and(&gate, ~(uint_fast64_t)OPEN);
  for (unsigned looks = 0; atomic_load(&gate) % OPEN > 0;) {
    if (++looks < LOOKS) {
      pause_briefly();
    } else {
      sched_yield();
    }
  }
  lanes_here = before;
  pthread_mutex_unlock(&owner);
}
