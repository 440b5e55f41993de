import Diagnostics
import LabelledArrays
import TableText

/// What is taken of an axis: coordinates from `low` up to, not with, `high`, or labels.
public enum AxisSlice: Sendable, Equatable {
  case range(axis: String, low: Double, high: Double)
  case labels(axis: String, [String])

  /// `time=0:60`, `time=:60`, `region=heschl,planum`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    let ends = parts[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let low = ends[0].isEmpty ? -Double.infinity : Double(ends[0])
    let high = ends.count == 2 ? (ends[1].isEmpty ? Double.infinity : Double(ends[1])) : nil
    if let low, let high {
      self = .range(axis: parts[0], low: low, high: high)
    } else {
      self = .labels(axis: parts[0], parts[1].split(separator: ",").map(String.init))
    }
  }

  public var axis: String {
    switch self {
    case .range(let axis, _, _), .labels(let axis, _): axis
    }
  }

  /// Places along an axis, in its order for a range and as named for labels.
  ///
  /// - Throws: `E-EXP-001` where nothing is left, or the axis has no such label or is of the other kind.
  func places(on axis: Axis, of array: String) throws -> [Int] {
    func refuse(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(.sliceIsEmpty, "\(array), --slice \(axis.name)", reason: reason, remedy: remedy)
    }
    switch (self, axis.values) {
    case (.range(_, let low, let high), .numbers(let numbers, let units)):
      let places = numbers.indices.filter { numbers[$0] >= low && numbers[$0] < high }
      if let first = numbers.min(), let last = numbers.max(), places.isEmpty {
        throw refuse(
          "it runs from \(first) to \(last) \(units)", "name a part of that: \(axis.name)=A:B, B not included")
      }
      return places
    case (.labels(_, let names), .labels(let labels)):
      return try names.map { name in
        guard let place = labels.firstIndex(of: name) else {
          throw refuse(
            "it has no \(name)",
            NearMiss.suggestion(name, in: labels, otherwise: "it has \(labels.prefix(8).joined(separator: ", "))"))
        }
        return place
      }
    case (.range, .labels(let labels)):
      throw refuse("it has names", "name some of them: \(axis.name)=\(labels.prefix(3).joined(separator: ","))")
    case (.labels, .numbers): throw refuse("it has numbers", "say from where to where: \(axis.name)=A:B")
    }
  }
}

extension Axis {
  /// Of the places alone.
  func taking(_ places: [Int]) -> Axis {
    switch values {
    case .numbers(let numbers, let units): Axis(name, .numbers(places.map { numbers[$0] }, units: units))
    case .labels(let labels): Axis(name, .labels(places.map { labels[$0] }))
    }
  }

  /// The name of a column with its coordinates: `time_s`, `frequency_hz`, `region`.
  var columnName: String {
    guard case .numbers(_, let units) = values else { return name }
    return switch units {
    case "s": name + "_s"
    case "Hz": name + "_hz"
    default: name
    }
  }

  /// A coordinate as text.
  func text(_ place: Int) -> String {
    switch values {
    case .numbers(let numbers, _): NumberText.of(numbers[place])
    case .labels(let labels): labels[place]
    }
  }
}
