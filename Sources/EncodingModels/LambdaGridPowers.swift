#if canImport(Glibc)
  import Glibc
#endif

/// 10^x.
func pow10(_ x: Double) -> Double { pow(10, x) }
