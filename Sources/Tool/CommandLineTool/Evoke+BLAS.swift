import FileSystem
import LinearAlgebra

extension Evoke {
  /// Starts again with the BLAS kernel this processor could run, where OpenBLAS did not recognise it (older OpenBLAS on
  /// newer processors); an OPENBLAS_CORETYPE of the user's own is respected. The kernel used is in every environment row.
  public static func preferWiderBLAS() {
    guard let kernel = SingleKernel.widerCoreType else { return }
    Machine.restart(setting: "OPENBLAS_CORETYPE", to: kernel)
  }
}
