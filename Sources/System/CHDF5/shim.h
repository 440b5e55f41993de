#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stddef.h>
#include <stdint.h>
// HDF5's predefined ids are comma expressions that Swift does not import.
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_ieee_f32le(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_ieee_f64le(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_std_i32le(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_std_i64le(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_object_reference(void) { return H5T_STD_REF_OBJ; }
static inline hid_t chdf5_c_s1(void) { return H5T_C_S1; }
static inline hid_t chdf5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t chdf5_link_create(void) { return H5P_LINK_CREATE; }
static inline herr_t chdf5_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
static inline size_t chdf5_variable(void) { return H5T_VARIABLE; }
static inline hid_t chdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_exclusive(void) { return H5F_ACC_EXCL; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hsize_t chdf5_no_address(void) { return HADDR_UNDEF; }
// The descriptor of a file that the default driver opened, or -1; it stays HDF5's.
static inline int chdf5_descriptor(hid_t file) {
  void *handle = NULL;
  if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 || handle == NULL) return -1;
  return *(int *)handle;
}
// The Fletcher checksum of HDF5's filter: big-endian words of 16 bits, sums modulo 65535 with 65535 for a multiple of it.
static inline uint32_t chdf5_fletcher32(const uint8_t *bytes, size_t count) {
  uint64_t a = 0, b = 0;
  size_t words = count / 2;
  while (words > 0) {
    size_t n = words < 1048576 ? words : 1048576;
    for (size_t i = 0; i < n; i++) {
      a += (uint64_t)bytes[2 * i] << 8 | bytes[2 * i + 1];
      b += a;
    }
    // One more than the remainder of (sum - 1) keeps a multiple of 65535 apart from nothing.
    a = a ? (a - 1) % 65535 + 1 : 0;
    b = b ? (b - 1) % 65535 + 1 : 0;
    bytes += 2 * n;
    words -= n;
  }
  if (count % 2) { a += (uint64_t)*bytes << 8; b += a; }
  a = a ? (a - 1) % 65535 + 1 : 0;
  b = b ? (b - 1) % 65535 + 1 : 0;
  return (uint32_t)(b << 16 | a);
}
// Undoes the byte shuffle of elements of a width.
static inline void chdf5_unshuffle(
    const uint8_t *restrict in, size_t elements, size_t width, uint8_t *restrict out) {
#define CHDF5_UNSHUFFLE(bytes) \
  for (size_t i = 0; i < elements; i++) \
    for (size_t k = 0; k < bytes; k++) out[bytes * i + k] = in[k * elements + i]
  switch (width) {
  case 2: CHDF5_UNSHUFFLE(2); break;
  case 4: CHDF5_UNSHUFFLE(4); break;
  case 8: CHDF5_UNSHUFFLE(8); break;
  default: CHDF5_UNSHUFFLE(width);
  }
#undef CHDF5_UNSHUFFLE
}
