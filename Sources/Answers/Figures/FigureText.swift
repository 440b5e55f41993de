extension String {
  /// At most that many characters, the last of a longer text an ellipsis.
  func clipped(to count: Int) -> String {
    self.count > count ? prefix(max(1, count - 1)) + "…" : self
  }
}

extension String {
  /// Its words in lines of at most that many characters; a longer word has a line of its own.
  func wrapped(to count: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= count {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

/// Round places on an axis.
enum AxisTicks {
  /// The multiples of the first of `steps` that gives at most `most` of them; a fifth of the range where none does.
  static func places(_ range: ClosedRange<Double>, steps: [Double], most: Double = 10) -> [Double] {
    let span = range.upperBound - range.lowerBound
    let step = steps.first { span / $0 <= most } ?? span / 5
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// Round times, and frequencies.
  static func seconds(_ range: ClosedRange<Double>) -> [Double] {
    places(range, steps: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200])
  }
}
