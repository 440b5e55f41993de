import Diagnostics

/// How long a file says that it is, beside how long it is: what no decoder compares.
///
/// It is read from the container's own structure alone, so that a decoder which shortens, pads or skips without a word
/// is caught by it.
package struct DeclaredExtent: Sendable, Equatable {
  /// A stretch inside the file that cannot be right.
  package struct Loss: Sendable, Equatable {
    /// Where it begins, seconds of the sound; nil where nothing tells.
    package let startS: Double?
    /// nil: as long as nothing tells.
    package let seconds: Double?
    package let reason: String

    package init(startS: Double?, seconds: Double?, reason: String) {
      (self.startS, self.seconds, self.reason) = (startS, seconds, reason)
    }
  }

  /// Another film or sound behind the end of the first, as `cat` joins them: readers read the first alone.
  package struct Follower: Sendable, Equatable {
    /// The byte it begins with.
    package let start: Int
    /// What it says of its own length; nil where it says nothing.
    package let seconds: Double?
    /// What the first says of its length.
    package let firstSeconds: Double?

    package init(start: Int, seconds: Double?, firstSeconds: Double?) {
      (self.start, self.seconds, self.firstSeconds) = (start, seconds, firstSeconds)
    }
  }

  /// The format as messages call it: `RIFF`, `Ogg`.
  package let format: String
  /// The file's size.
  package let presentBytes: Int
  /// The size at which everything declared would be there; nil where the file leaves its end open.
  package var declaredBytes: Int?
  /// A size is left at 0, or at what stands for unknown, though bytes follow: what is there is all.
  package var isLeftOpen = false
  /// Bytes behind the declared samples that nothing declares.
  package var undeclaredBytes = 0
  package var follower: Follower?
  /// Sounds that follow each other in the file, of one kind, which decoders read as one.
  package var linkCount = 1
  /// Bytes behind the end that hold nothing of the film or sound: what a copy or another program left there.
  package var trailingBytes = 0
  /// Bytes of a second where every second has as many.
  package var bytesPerSecond: Double?
  /// Length of the sound: as declared, or as the bytes that are there make it where the end is left open.
  package var seconds: Double?
  /// What tells that the end is missing although no size does: a last page without its mark.
  package var missingEnd: String?
  package var losses: [Loss] = []
  /// Stretches of a picture, where that is a stream of its own.
  package var pictureLosses: [Loss] = []

  package init(_ format: String, presentBytes: Int, declaredBytes: Int? = nil) {
    (self.format, self.presentBytes, self.declaredBytes) = (format, presentBytes, declaredBytes)
  }

  /// Bytes that are declared and not there.
  package var missingBytes: Int {
    guard let declaredBytes else { return 0 }
    return max(0, declaredBytes - presentBytes)
  }

  /// Refuses a file of samples that is shorter than declared, or longer by a whole unit of them (a record, a time, a
  /// volume), since samples would be lost; a shorter rest is padding.
  ///
  /// - Returns: `reason` where the difference was accepted, nil where there is none.
  /// - Throws: `short` or `long`.
  package func refuse(
    _ path: String, unit: Int, _ reason: @autoclosure () -> String, short: ErrorCode, long: ErrorCode,
    unlessAccepted isAccepted: Bool, isAcceptable: Bool = true
  ) throws -> String? {
    guard let declaredBytes, missingBytes > 0 || presentBytes - declaredBytes >= unit else { return nil }
    if isAccepted, isAcceptable { return reason() }
    let remedy = "fetch or copy the file again"
    throw EvokeError(
      missingBytes > 0 ? short : long, path, reason: reason(),
      remedy: isAcceptable ? "\(remedy), or accept what is both declared and there with --allow-short" : remedy)
  }

  /// Seconds of sound that are lost inside, of those losses whose length is known.
  package var lostSeconds: Double { losses.compactMap(\.seconds).reduce(0, +) }

  /// Undeclared bytes as seconds; nil where bytes do not tell time.
  package var undeclaredSeconds: Double? { bytesPerSecond.map { Double(undeclaredBytes) / $0 } }
}
