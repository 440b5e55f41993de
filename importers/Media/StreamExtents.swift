import Diagnostics
import Importing

/// Whether sound and picture of a film begin and end together.
struct StreamExtents {
  /// Container time, s.
  struct Extent {
    let startS: Double
    let endS: Double
  }

  let sound: Extent
  let pictureStartS: Double
  /// nil where nothing tells it.
  let pictureEndS: Double?

  /// Seconds that may pass unsaid.
  static let tolerance = 0.5

  var endsEarly: Bool {
    guard let pictureEndS else { return false }
    return sound.endS < pictureEndS - Self.tolerance
  }

  /// Says what differs.
  func report(_ path: String, _ findings: inout Findings) {
    var parts: [String] = []
    let beginsApart = abs(sound.startS - pictureStartS) > Self.tolerance
    if beginsApart {
      parts.append("the picture begins at \(Self.text(pictureStartS)) and the sound at \(Self.text(sound.startS))")
    }
    if let pictureEndS, abs(sound.endS - pictureEndS) > Self.tolerance {
      parts.append("the picture runs to \(Self.text(pictureEndS)) and the sound to \(Self.text(sound.endS))")
    }
    guard !parts.isEmpty else { return }
    findings.add(
      .warning, .streamsDiffer, path, reason: parts.joined(separator: "; "),
      remedy:
        "stimulus and features last as long as the sound, \(Self.text(sound.endS - sound.startS))"
        + (beginsApart ? ", and second 0 of ratings and recordings is its first sample" : "") + "; if the picture is "
        + "what was shown, add silence to the sound, or import the film without it")
  }

  private static func text(_ seconds: Double) -> String { SeriesTable.short((seconds * 100).rounded() / 100) + " s" }
}
