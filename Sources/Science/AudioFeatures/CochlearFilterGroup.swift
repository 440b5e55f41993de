#if canImport(Glibc)
  import Glibc
#endif

/// Eight neighbouring filters, one per lane, with all that follows them.
struct FilterGroup: Sendable {
  typealias Lanes = SIMD8<Double>
  static let width = 8

  /// What the parameters mean for one sample.
  struct Settings {
    let integratorDecay: Double
    let membraneDecay: Double
    let factor: Double

    init(_ parameters: CochleogramParameters) {
      integratorDecay = parameters.integratorDecay
      membraneDecay = parameters.membraneDecay
      factor = parameters.factor
    }
  }

  private let order: Int
  private let b: [Lanes]
  private let a: [Lanes]
  /// `order` delayed sums of the direct form II transposed, and a zero above them.
  private var z: [Lanes]
  private var membrane = Lanes.zero
  private var integral = Lanes.zero
  private var y: [Lanes] = []

  init(_ filters: ArraySlice<CochlearFilter>) {
    let order = filters.map(\.order).max() ?? 1
    func coefficients(_ side: KeyPath<CochlearFilter, [Double]>) -> [Lanes] {
      (0...order).map { tap in
        var lanes = Lanes.zero
        for (lane, filter) in filters.enumerated() where tap < filter[keyPath: side].count {
          lanes[lane] = filter[keyPath: side][tap]
        }
        return lanes
      }
    }
    self.order = order
    b = coefficients(\.b)
    a = coefficients(\.a)
    z = [Lanes](repeating: .zero, count: order + 1)
  }

  mutating func reset() {
    for tap in z.indices { z[tap] = .zero }
    membrane = .zero
    integral = .zero
  }

  /// One frame of samples to one value per channel.
  ///
  /// - Parameter above: per sample the output of the next higher filter; becomes that of this group's lowest.
  mutating func process(_ x: [Double], above: inout [Double], _ settings: Settings) -> Lanes {
    filter(x)
    if settings.factor != -2 { transduce(settings) }
    var sum = Lanes.zero
    let decay = settings.integratorDecay
    var integral = integral
    for n in y.indices {
      let own = y[n]
      let higher = Lanes(own[1], own[2], own[3], own[4], own[5], own[6], own[7], above[n])
      above[n] = own[0]
      let rectified = pointwiseMax(own - higher, .zero)
      integral = integral * decay + rectified
      sum += rectified
    }
    self.integral = decay > 0 ? Self.settled(integral) : .zero
    return decay > 0 ? integral : sum / Double(y.count)
  }

  private mutating func filter(_ x: [Double]) {
    if y.count != x.count { y = [Lanes](repeating: .zero, count: x.count) }
    for n in x.indices {
      let input = x[n]
      let output = b[0] * input + z[0]
      for tap in 1...order { z[tap - 1] = b[tap] * input - a[tap] * output + z[tap] }
      y[n] = output
    }
    // A filter is at rest when all its taps are: one alone set to zero would stir it again.
    var largest = Lanes.zero
    for tap in 0..<order { largest = pointwiseMax(largest, pointwiseMax(z[tap], -z[tap])) }
    let isAtRest = largest .< 1e-200
    for tap in 0..<order { z[tap] = z[tap].replacing(with: 0, where: isAtRest) }
  }

  /// Hair cells: a nonlinearity and their membrane.
  private mutating func transduce(_ settings: Settings) {
    let factor = settings.factor
    for n in y.indices {
      switch factor {
      case -1: y[n] = pointwiseMax(y[n], .zero)
      case 0: y[n] = Lanes.zero.replacing(with: 1, where: y[n] .> 0)
      default:
        for lane in 0..<Self.width { y[n][lane] = 1 / (1 + exp(-y[n][lane] / factor)) }
      }
      membrane = membrane * settings.membraneDecay + y[n]
      y[n] = membrane
    }
    membrane = Self.settled(membrane)
  }

  /// What has died away is zero, before it becomes slow subnormal numbers.
  private static func settled(_ lanes: Lanes) -> Lanes {
    lanes.replacing(with: 0, where: lanes .< 1e-200 .& lanes .> -1e-200)
  }
}
