#include "MatrixUnits.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__) && defined(__x86_64__) && __has_include(<dnnl.h>)
#include <dlfcn.h>
#include <dnnl.h>
#include <pthread.h>
#include <stdio.h>

#define EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

// Every function of oneDNN that is used; X(name) stands for dnnl_name.
#define FUNCTIONS(X)                                                                                                   \
  X(version) X(get_effective_cpu_isa) X(engine_create) X(stream_create) X(memory_create) X(memory_destroy)             \
  X(memory_desc_get_size) X(memory_desc_init_by_strides) X(memory_desc_init_by_tag) X(matmul_desc_init)                \
  X(primitive_attr_create) X(primitive_attr_destroy) X(primitive_attr_set_scratchpad_mode) X(primitive_desc_create)    \
  X(primitive_desc_destroy) X(primitive_desc_query_md) X(primitive_create) X(primitive_destroy) X(primitive_execute)   \
  X(reorder_primitive_desc_create) X(stream_wait)
#define DECLARE(name) __typeof__(&dnnl_##name) name;

static struct {
  FUNCTIONS(DECLARE)
  int (*threads)(void);
  void (*set_threads)(int);
  dnnl_engine_t engine;
  const char *refusal;
  char name[80];
} library;
static pthread_once_t opened = PTHREAD_ONCE_INIT;

static void open_library(void) {
  void *handle = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    library.refusal = "oneDNN (libdnnl.so.2) is not installed";
    return;
  }
#define LOOK_UP(name) library.name = (__typeof__(&dnnl_##name))dlsym(handle, "dnnl_" #name);
  FUNCTIONS(LOOK_UP)
#define IS_MISSING(name) || !library.name
  if (0 FUNCTIONS(IS_MISSING)) {
    library.refusal = "the oneDNN on this machine lacks functions of version 2";
    return;
  }
  // Where oneDNN was built with OpenMP, its threads are kept out: lanes run one product each.
  library.threads = (int (*)(void))dlsym(handle, "omp_get_max_threads");
  library.set_threads = (void (*)(int))dlsym(handle, "omp_set_num_threads");
  const int isa = (int)library.get_effective_cpu_isa();
  if ((isa & dnnl_cpu_isa_avx512_core_bf16) != dnnl_cpu_isa_avx512_core_bf16) {
    library.refusal = "this processor has no instructions for bfloat16 products (AVX512_BF16 or AMX)";
    return;
  }
  if (library.engine_create(&library.engine, dnnl_cpu, 0) != dnnl_success) {
    library.refusal = "oneDNN refused to start";
    return;
  }
  const dnnl_version_t *version = library.version();
  const int has_tiles = (isa & dnnl_cpu_isa_avx512_core_amx) == dnnl_cpu_isa_avx512_core_amx;
  snprintf(library.name, sizeof library.name, "oneDNN %d.%d.%d, %s", version->major, version->minor, version->patch,
           has_tiles ? "amx_bf16" : "avx512_bf16");
}

const char *matrix_units_refusal(void) {
  pthread_once(&opened, open_library);
  return library.refusal;
}

const char *matrix_units_name(void) { return matrix_units_refusal() ? 0 : library.name; }

// A product for one shape.
typedef struct product {
  size_t rows, y_stride, scratch;
  dnnl_memory_desc_t x, y, spare;
  dnnl_primitive_t primitive;
  struct product *next;
} product;

struct matrix_units_weights {
  size_t outputs, inner;
  dnnl_memory_desc_t shape;
  void *packed;
  pthread_mutex_t lock;
  product *products;
};

// What one thread needs beside its operands.
typedef struct {
  dnnl_stream_t stream;
  uint16_t *x;
  void *scratch;
  size_t x_bytes, scratch_bytes;
} bench;

static pthread_key_t bench_key;
static pthread_once_t bench_made = PTHREAD_ONCE_INIT;

static void free_bench(void *pointer) {
  bench *own = pointer;
  free(own->x);
  free(own->scratch);
  free(own);
}
static void make_bench_key(void) { pthread_key_create(&bench_key, free_bench); }

static bench *own_bench(void) {
  pthread_once(&bench_made, make_bench_key);
  bench *own = pthread_getspecific(bench_key);
  if (own) return own;
  own = calloc(1, sizeof *own);
  if (!own) return 0;
  if (library.stream_create(&own->stream, library.engine, dnnl_stream_default_flags) != dnnl_success) {
    free(own);
    return 0;
  }
  pthread_setspecific(bench_key, own);
  return own;
}

static int reserve(void **buffer, size_t *size, size_t wanted) {
  if (*size >= wanted) return 1;
  free(*buffer);
  *size = 0;
  const size_t whole = (wanted + 63) / 64 * 64;
  *buffer = aligned_alloc(64, whole);
  if (!*buffer) return 0;
  *size = whole;
  return 1;
}

// To the nearest bfloat16, ties to even; a NaN stays one.
EVERY_WIDTH static void round_row(const float *restrict x, uint16_t *restrict y, size_t count) {
  const uint32_t *bits = (const uint32_t *)x;
  for (size_t i = 0; i < count; i++) {
    const uint32_t b = bits[i];
    const uint32_t rounded = (b + 0x7fffu + ((b >> 16) & 1u)) >> 16;
    y[i] = (uint16_t)((b & 0x7fffffffu) > 0x7f800000u ? (b >> 16) | 0x40u : rounded);
  }
}

// With one thread of OpenMP, whatever the process has otherwise.
static int alone(int *before) {
  *before = library.threads && library.set_threads ? library.threads() : 0;
  if (*before > 1) library.set_threads(1);
  return *before;
}
static void restore(int before) {
  if (before > 1) library.set_threads(before);
}

static product *make_product(matrix_units_weights *weights, size_t rows, size_t y_stride,
                             const dnnl_memory_desc_t *shape) {
  product *made = calloc(1, sizeof *made);
  if (!made) return 0;
  made->rows = rows;
  made->y_stride = y_stride;
  const dnnl_dims_t x_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)weights->inner};
  const dnnl_dims_t y_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)weights->outputs};
  const dnnl_dims_t y_strides = {(dnnl_dim_t)y_stride, 1};
  dnnl_matmul_desc_t desc;
  dnnl_primitive_attr_t attributes = 0;
  dnnl_primitive_desc_t plan = 0;
  int fine = library.memory_desc_init_by_tag(&made->x, 2, x_dims, dnnl_bf16, dnnl_ab) == dnnl_success &&
             library.memory_desc_init_by_strides(&made->y, 2, y_dims, dnnl_f32, y_strides) == dnnl_success &&
             library.matmul_desc_init(&desc, &made->x, shape, 0, &made->y) == dnnl_success &&
             library.primitive_attr_create(&attributes) == dnnl_success &&
             library.primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success &&
             library.primitive_desc_create(&plan, &desc, attributes, library.engine, 0) == dnnl_success &&
             library.primitive_create(&made->primitive, plan) == dnnl_success;
  if (fine) {
    weights->shape = *library.primitive_desc_query_md(plan, dnnl_query_weights_md, 0);
    made->spare = *library.primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0);
    made->scratch = library.memory_desc_get_size(&made->spare);
  }
  if (plan) library.primitive_desc_destroy(plan);
  if (attributes) library.primitive_attr_destroy(attributes);
  if (fine) return made;
  free(made);
  return 0;
}

// The weights as bfloat16 in the order `weights->shape` wants them.
static int pack(matrix_units_weights *weights, const float *values, bench *own) {
  const size_t size = library.memory_desc_get_size(&weights->shape);
  size_t reserved = 0;
  const dnnl_dims_t dims = {(dnnl_dim_t)weights->inner, (dnnl_dim_t)weights->outputs};
  dnnl_memory_desc_t plain;
  dnnl_memory_t from = 0, to = 0;
  dnnl_primitive_desc_t plan = 0;
  dnnl_primitive_t reorder = 0;
  int fine = reserve(&weights->packed, &reserved, size) &&
             library.memory_desc_init_by_tag(&plain, 2, dims, dnnl_f32, dnnl_ba) == dnnl_success &&
             library.memory_create(&from, &plain, library.engine, (void *)values) == dnnl_success &&
             library.memory_create(&to, &weights->shape, library.engine, weights->packed) == dnnl_success &&
             library.reorder_primitive_desc_create(&plan, &plain, library.engine, &weights->shape, library.engine,
                                                   0) == dnnl_success &&
             library.primitive_create(&reorder, plan) == dnnl_success;
  if (fine) {
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    fine = library.primitive_execute(reorder, own->stream, 2, arguments) == dnnl_success &&
           library.stream_wait(own->stream) == dnnl_success;
  }
  if (reorder) library.primitive_destroy(reorder);
  if (plan) library.primitive_desc_destroy(plan);
  if (from) library.memory_destroy(from);
  if (to) library.memory_destroy(to);
  return fine;
}

matrix_units_weights *matrix_units_pack(const float *values, size_t outputs, size_t inner) {
  if (matrix_units_refusal()) return 0;
  bench *own = own_bench();
  matrix_units_weights *weights = own ? calloc(1, sizeof *weights) : 0;
  if (!weights) return 0;
  weights->outputs = outputs;
  weights->inner = inner;
  pthread_mutex_init(&weights->lock, 0);
  int before;
  alone(&before);
  const dnnl_dims_t dims = {(dnnl_dim_t)inner, (dnnl_dim_t)outputs};
  dnnl_memory_desc_t any;
  int fine = library.memory_desc_init_by_tag(&any, 2, dims, dnnl_bf16, dnnl_format_tag_any) == dnnl_success;
  // The order is chosen for a typical number of rows and kept for all.
  if (fine) weights->products = make_product(weights, 256, outputs, &any);
  fine = fine && weights->products && pack(weights, values, own);
  restore(before);
  if (fine) return weights;
  matrix_units_free(weights);
  return 0;
}

void matrix_units_free(matrix_units_weights *weights) {
  for (product *each = weights->products; each;) {
    product *next = each->next;
    library.primitive_destroy(each->primitive);
    free(each);
    each = next;
  }
  pthread_mutex_destroy(&weights->lock);
  free(weights->packed);
  free(weights);
}

static product *product_for(matrix_units_weights *weights, size_t rows, size_t y_stride) {
  pthread_mutex_lock(&weights->lock);
  product *found = weights->products;
  while (found && (found->rows != rows || found->y_stride != y_stride)) found = found->next;
  if (!found && (found = make_product(weights, rows, y_stride, &weights->shape))) {
    found->next = weights->products;
    weights->products = found;
  }
  pthread_mutex_unlock(&weights->lock);
  return found;
}

int matrix_units_multiply(matrix_units_weights *weights, size_t rows, const float *x, size_t x_stride, float *y,
                          size_t y_stride) {
  bench *own = own_bench();
  if (!own) return 0;
  int before;
  alone(&before);
  product *work = product_for(weights, rows, y_stride);
  dnnl_memory_t memories[4] = {0};
  int fine = work && reserve((void **)&own->x, &own->x_bytes, rows * weights->inner * sizeof(uint16_t)) &&
             reserve(&own->scratch, &own->scratch_bytes, work->scratch ? work->scratch : 1);
  if (fine) {
    for (size_t r = 0; r < rows; r++) round_row(x + r * x_stride, own->x + r * weights->inner, weights->inner);
    fine = library.memory_create(&memories[0], &work->x, library.engine, own->x) == dnnl_success &&
           library.memory_create(&memories[1], &weights->shape, library.engine, weights->packed) == dnnl_success &&
           library.memory_create(&memories[2], &work->y, library.engine, y) == dnnl_success &&
           library.memory_create(&memories[3], &work->spare, library.engine, own->scratch) == dnnl_success;
  }
  if (fine) {
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, memories[0]},
                                         {DNNL_ARG_WEIGHTS, memories[1]},
                                         {DNNL_ARG_DST, memories[2]},
                                         {DNNL_ARG_SCRATCHPAD, memories[3]}};
    fine = library.primitive_execute(work->primitive, own->stream, 4, arguments) == dnnl_success &&
           library.stream_wait(own->stream) == dnnl_success;
  }
  for (int i = 0; i < 4; i++) {
    if (memories[i]) library.memory_destroy(memories[i]);
  }
  restore(before);
  return fine;
}
#else
struct matrix_units_weights {
  int unused;
};
const char *matrix_units_refusal(void) { return "this build has no oneDNN (x86-64 Linux with its header is needed)"; }
const char *matrix_units_name(void) { return 0; }
matrix_units_weights *matrix_units_pack(const float *weights, size_t outputs, size_t inner) { return 0; }
void matrix_units_free(matrix_units_weights *weights) { free(weights); }
int matrix_units_multiply(matrix_units_weights *weights, size_t rows, const float *x, size_t x_stride, float *y,
                          size_t y_stride) {
  return 0;
}
#endif
