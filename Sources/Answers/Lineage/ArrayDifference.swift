import LabelledArrays

/// In what two arrays differ: axes, or values with the place of the largest difference.
struct ArrayDifference {
  let key: String
  let a: String?
  let b: String?

  /// All of them; none for equal arrays. NaN equals NaN and nothing else.
  static func all(_ a: LabelledArray, _ b: LabelledArray) -> [ArrayDifference] {
    if a.axes.map(\.name) != b.axes.map(\.name) || a.shape != b.shape {
      return [ArrayDifference(key: "axes", a: axes(of: a), b: axes(of: b))]
    }
    let axes = zip(a.axes, b.axes).filter { $0 != $1 }.map { x, y in
      let place = (0..<x.count).first { coordinate(x, $0) != coordinate(y, $0) }
      return ArrayDifference(
        key: "axis \(x.name)", a: place.map { coordinate(x, $0) }, b: place.map { coordinate(y, $0) })
    }
    let units = a.units == b.units ? [] : [ArrayDifference(key: "units", a: a.units, b: b.units)]
    return axes + units + [values(a, b)].compactMap { $0 }
  }

  private static func values(_ a: LabelledArray, _ b: LabelledArray) -> ArrayDifference? {
    var count = 0
    var (place, largest): (Int?, Float) = (nil, -1)
    for i in a.values.indices where a.values[i] != b.values[i] && !(a.values[i].isNaN && b.values[i].isNaN) {
      count += 1
      // A value that only one of them has is found where nothing else differs.
      let difference = abs(a.values[i] - b.values[i])
      if place == nil || difference > largest { (place, largest) = (i, difference.isNaN ? -1 : difference) }
    }
    guard let place else { return nil }
    var (rest, words): (Int, [String]) = (place, [])
    for axis in a.axes.reversed() {
      words.append("\(axis.name) \(coordinate(axis, rest % axis.count))")
      rest /= axis.count
    }
    let key = "\(count) of \(a.values.count) values, most at \(words.reversed().joined(separator: ", "))"
    return ArrayDifference(key: key, a: "\(a.values[place])", b: "\(b.values[place])")
  }

  private static func axes(of array: LabelledArray) -> String {
    array.axes.map { "\($0.name) \($0.count)" }.joined(separator: " x ")
  }

  private static func coordinate(_ axis: Axis, _ place: Int) -> String {
    switch axis.values {
    case .labels(let labels): labels[place]
    case .numbers(let numbers, let units): units == "1" ? "\(numbers[place])" : "\(numbers[place]) \(units)"
    }
  }
}
