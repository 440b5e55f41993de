import CVectorMath

/// Which of OpenBLAS' kernels this processor could run.
public enum SingleKernel {
  /// Kernels that give an element the same bits whatever is computed with it (OpenBLAS 0.3.21: of 54 products cut in two to
  /// four parts none differed; of the kernels for AVX2, Haswell and Zen, nearly all did).
  private static let exact: Set<String> = ["SkylakeX", "Cooperlake", "Sandybridge", "Nehalem", "Prescott"]

  /// Whether the kernel in use rounds an element of a product by its place: then a product that is cut has other bits.
  static let roundsByPlace = !exact.contains(BLASThreads.kernel)

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
