#if canImport(Glibc)
  import Glibc
#endif

/// The natural logarithm of x.
func logarithm(_ x: Double) -> Double { log(x) }

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }

/// cos x, x in radians.
func cosine(_ x: Double) -> Double { cos(x) }
