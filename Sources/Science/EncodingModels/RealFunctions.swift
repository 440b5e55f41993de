#if canImport(Glibc)
  import Glibc
#endif

/// 10^x.
func pow10(_ x: Double) -> Double { pow(10, x) }

/// The natural logarithm of x.
func logarithm(_ x: Double) -> Double { log(x) }

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }
