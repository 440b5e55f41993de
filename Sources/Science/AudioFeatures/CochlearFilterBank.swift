import Diagnostics

#if canImport(Glibc)
  import Glibc
#endif

/// A rational filter `H(z) = (b0 + b1 z^-1 + ...) / (1 + a1 z^-1 + ...)`, in float64.
public struct CochlearFilter: Sendable, Equatable {
  /// Numerator and denominator, of equal length order + 1; `a[0]` is 1.
  public let b: [Double]
  public let a: [Double]

  public var order: Int { b.count - 1 }

  /// Divides by `a[0]` and fills the shorter side with zeros.
  ///
  /// - Throws: `filtersShape` for coefficients that are no numbers, no order, a denominator that begins with zero or a
  ///   numerator of zeros; `filtersUnstable`. `object` names the filter in the error.
  public init(b: [Double], a: [Double], object: String) throws {
    func refuse(_ reason: String) -> EvokeError {
      EvokeError(.filtersShape, object, reason: reason, remedy: "export the coefficients again, in double precision")
    }
    guard (b + a).allSatisfy(\.isFinite) else { throw refuse("a coefficient is not a number") }
    guard let first = a.first, first != 0 else { throw refuse("its denominator begins with zero") }
    guard b.contains(where: { $0 != 0 }) else { throw refuse("its numerator is zero") }
    let count = max(b.count, a.count)
    guard 2...65 ~= count else { throw refuse("its order is \(count - 1), 1 to 64 are used") }
    func padded(_ values: [Double]) -> [Double] {
      values.map { $0 / first } + [Double](repeating: 0, count: count - values.count)
    }
    self.b = padded(b)
    self.a = padded(a)
    guard Self.isStable(self.a, radius: 1) else {
      throw EvokeError(
        .filtersUnstable, object, reason: "its largest pole has the radius \(largestPoleRadius)",
        remedy: "export the coefficients again, in double precision; check that b and a are not swapped")
    }
  }

  /// Whether all poles lie inside a circle (Schur-Cohn: all reflection coefficients of the step-down recursion are below
  /// one in size). Unlike the roots themselves it keeps its sharpness at high orders.
  static func isStable(_ a: [Double], radius: Double) -> Bool {
    var power = 1.0
    var current = a.map { value in
      defer { power /= radius }
      return value * power
    }
    while current.count > 1 {
      let k = current[current.count - 1]
      guard abs(k) < 1 else { return false }
      let last = current.count - 1
      let scale = 1 / ((1 - k) * (1 + k))
      current = (0..<last).map { (current[$0] - k * current[last - $0]) * scale }
      guard current.allSatisfy(\.isFinite) else { return false }
    }
    return true
  }

  /// The radius of the pole farthest from the origin, by bisection of the stability test.
  public var largestPoleRadius: Double {
    var (low, high) = (0.0, 1.0)
    while !Self.isStable(a, radius: high), high < 1e6 { (low, high) = (high, high * 2) }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if middle > 0, Self.isStable(a, radius: middle) { high = middle } else { low = middle }
    }
    return high
  }
}

/// The filters of a cochlea from the lowest to the highest frequency.
///
/// The last filter gives no channel of its own: lateral inhibition subtracts it from the channel below (129 filters make
/// 128 channels).
public struct CochlearFilterBank: Sendable, Equatable {
  /// What the coefficients are: part of the key of what they compute.
  public enum Engine: String, Sendable, CaseIterable {
    /// The user's own file (in the layout of the NSL toolbox or as numerators and denominators).
    case file
    /// The built-in gammatone filters.
    case gammatone
  }

  public let engine: Engine
  public let filters: [CochlearFilter]

  /// - Throws: `filtersShape` for fewer than two or more than 1,025 filters.
  public init(engine: Engine, filters: [CochlearFilter], object: String) throws {
    guard 2...1_025 ~= filters.count else {
      throw EvokeError(
        .filtersShape, object, reason: "it has \(filters.count) filters",
        remedy: "give one filter more than channels: 129 for the cochleogram of the NSL toolbox")
    }
    self.engine = engine
    self.filters = filters
  }

  /// The bank of coefficients from a file; `object` of each names the filter in errors.
  ///
  /// - Throws: `filtersShape`, `filtersUnstable`.
  public init(coefficients: [(b: [Double], a: [Double], object: String)], object: String) throws {
    let filters = try coefficients.map { try CochlearFilter(b: $0.b, a: $0.a, object: $0.object) }
    try self.init(engine: .file, filters: filters, object: object)
  }

  public var channelCount: Int { filters.count - 1 }

  /// Smallest and largest order.
  public var orders: ClosedRange<Int> {
    let orders = filters.map(\.order).sorted()
    return orders[0]...orders[orders.count - 1]
  }

  public var largestPoleRadius: Double { filters.map(\.largestPoleRadius).reduce(0, max) }

  /// The nominal centre frequency of a channel (from 0) of a bank of 128 at 16 kHz: `440 * 2^((channel + 1 - 32) / 24)`
  /// Hz, 179.7 to 7,040 Hz.
  public static func centreFrequency(_ channel: Int) -> Double {
    440 * exp2(Double(channel + 1 - 32) / 24)
  }

  /// Names of the channels: `cf_179.7` by nominal centre frequency for 128 channels, `ch_1` otherwise.
  ///
  /// - Parameter octaveShift: moves all filters by whole octaves.
  public func channelNames(octaveShift: Int = 0) -> [String] {
    (0..<channelCount).map { channel in
      guard channelCount == 128 else { return "ch_\(channel + 1)" }
      let tenths = Int((Self.centreFrequency(channel) * exp2(Double(octaveShift)) * 10).rounded())
      return "cf_\(tenths / 10).\(tenths % 10)"
    }
  }
}
