import CVectorMath

/// Which of OpenBLAS' kernels this processor could run.
public enum SingleKernel {
  /// The `OPENBLAS_CORETYPE` that doubles the speed of products here, or nil where OpenBLAS already chose well.
  ///
  /// OpenBLAS 0.3.21 does not know the AVX-512 of AMD's newer processors and falls back to its AVX2 kernels (measured:
  /// sgemm 126 against 243, dgemm 56 against 92 GFLOP/s per core). It reads the variable once, when it is loaded, so
  /// that it must be set before the process starts.
  public static var widerCoreType: String? {
    let narrow: Set<String> = ["Haswell", "Zen", "Prescott", "Nehalem", "SandyBridge", "Excavator"]
    guard cvectormath_has_avx512() == 1, narrow.contains(BLASThreads.kernel) else { return nil }
    return "SkylakeX"
  }
}
