/// One axis of an array: its name and either numbers with a unit or labels.
public struct Axis: Sendable, Equatable {
  /// What stands along an axis.
  public enum Values: Sendable, Equatable {
    /// Coordinates such as seconds.
    case numbers([Double], units: String)
    /// Names such as regions or subjects.
    case labels([String])
  }

  /// One of `AxisName`'s words.
  public let name: String
  public let values: Values

  public init(_ name: String, _ values: Values) {
    self.name = name
    self.values = values
  }

  /// `time` in seconds.
  public static func time(_ seconds: [Double]) -> Axis { Axis("time", .numbers(seconds, units: "s")) }
  public static func labels(_ name: String, _ labels: [String]) -> Axis { Axis(name, .labels(labels)) }
  /// `0, 1, …` without a unit: draws, folds.
  public static func index(_ name: String, _ count: Int) -> Axis {
    Axis(name, .numbers((0..<count).map(Double.init), units: "1"))
  }

  public var count: Int {
    switch values {
    case .numbers(let numbers, _): numbers.count
    case .labels(let labels): labels.count
    }
  }

  public var labels: [String]? { if case .labels(let labels) = values { labels } else { nil } }
  public var numbers: [Double]? { if case .numbers(let numbers, _) = values { numbers } else { nil } }
}

/// A row-major float32 array with named axes; time, where there is one, is axis 0; missing is NaN.
public struct LabelledArray: Sendable, Equatable {
  public let axes: [Axis]
  public var values: [Float]
  /// Unit of the values (`V`, `%`, `au`, a UCUM code).
  public let units: String

  public init(axes: [Axis], values: [Float], units: String = "1") {
    precondition(axes.reduce(1) { $0 * $1.count } == values.count, "shape and value count differ")
    self.axes = axes
    self.values = values
    self.units = units
  }

  public var shape: [Int] { axes.map(\.count) }

  /// The axis of that name.
  public func axis(_ name: String) -> Axis? { axes.first { $0.name == name } }

  /// The distinct axis names the file format and the command line know.
  public static let axisNames = [
    "subject", "session", "trial", "time", "channel", "region", "voxel", "component", "frequency", "band", "layer",
    "feature", "lag", "fold", "draw", "cell", "sample",
    "source", "direction", "triangle",
  ]
}
