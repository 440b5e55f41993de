import Containers
import Diagnostics

/// What can be said against a media file: what decoding its sound found, and what its own structure declares and is not
/// there, or is there and not declared.
///
/// - Parameter decoder: of its sound, decoded to its end; nil where it has none.
/// - Throws: what reading the file throws.
public func mediaFindings(_ path: String, _ decoder: AudioDecoder?) throws -> [Diagnostic] {
  let decoded = [decoder?.lengthFinding, decoder?.damageFinding].compactMap { $0 }
  guard let extent = try ContainerWalk.extent(of: path) else { return decoded + undeclared(decoder, nil) }
  let judged = ExtentFindings(
    path: path, extent: extent, decoded: decoder?.decodedSeconds, zeros: decoder?.zeroSeconds ?? [])
  let structural = judged.all
  // What a decoder makes of two films is no fault of either.
  if extent.follower != nil { return structural }
  // FFmpeg calls the last packet damaged where it ends with the file and not where it should.
  if extent.isLeftOpen, !structural.contains(where: { $0.severity == .error }) { return structural }
  // One finding of each kind: the graver one.
  let added = structural.filter { finding in
    !decoded.contains { $0.code == finding.code && ($0.severity == .error || finding.severity != .error) }
  }
  let codes = Set(added.map { $0.code })
  return decoded.filter { !codes.contains($0.code) } + added + undeclared(decoder, extent)
}

/// Of a file that says nowhere how long it is, a cut between two of its parts leaves no trace.
private func undeclared(_ decoder: AudioDecoder?, _ extent: DeclaredExtent?) -> [Diagnostic] {
  guard let decoder, decoder.stream.durationSeconds == nil, decoder.probe.durationSeconds == nil, extent?.seconds == nil
  else { return [] }
  return [
    Diagnostic(
      .note, .mediaLengthUndeclared, decoder.probe.path,
      reason: "all \(Seconds.text(decoder.decodedSeconds)) of its sound are read, and it declares no length",
      remedy: "nothing, if the sound ends where it should")
  ]
}

extension AudioDecoder {
  fileprivate var decodedSeconds: Double { Double(report.decodedCount) / Double(rateHz) }

  fileprivate var zeroSeconds: [Range<Double>] {
    report.zeroRuns.map { Double($0.lowerBound) / Double(rateHz)..<Double($0.upperBound) / Double(rateHz) }
  }
}

/// Why a file of a known container could not be opened, where its structure tells more than the library does.
func explained(_ error: EvokeError, _ path: String) throws -> EvokeError {
  guard error.code == .mediaUnknownFormat, let extent = try ContainerWalk.extent(of: path),
    let reason = ExtentFindings(path: path, extent: extent, decoded: nil, zeros: []).unreadable
  else { return error }
  return EvokeError(
    .mediaLengthDiffers, path, reason: reason, remedy: "fetch the file again, or write it again from its source")
}

/// The findings of a container's extent.
private struct ExtentFindings {
  let path: String
  let extent: DeclaredExtent
  /// Seconds of sound that came out; nil where there is none.
  let decoded: Double?
  /// Where the decoder gave nothing but zeros.
  let zeros: [Range<Double>]

  var all: [Diagnostic] { [length, loss ?? pictureLoss, trailing, links].compactMap { $0 } }

  private var length: Diagnostic? {
    if let reason = shortfall { return finding(.error, .mediaLengthDiffers, reason) }
    if let follower { return follower }
    if let reason = surplus ?? disagreement { return finding(.error, .mediaLengthDiffers, reason) }
    guard extent.isLeftOpen, let decoded else { return nil }
    return Diagnostic(
      .warning, .mediaLengthDiffers, path,
      reason: "its header leaves the length open; all \(Seconds.text(decoded)) that follow it are read",
      remedy: "nothing, if the sound ends where it should")
  }

  /// Of a file that no library opens.
  var unreadable: String? {
    shortfall ?? follower?.reason ?? surplus ?? loss?.reason
      ?? (extent.isLeftOpen ? "its header gives no length of the samples that follow it" : nil)
  }

  /// Another film behind the first.
  private var follower: Diagnostic? {
    guard let follower = extent.follower else { return nil }
    func length(_ seconds: Double?) -> String { seconds.map(Seconds.text) ?? "unknown length" }
    return Diagnostic(
      .error, .mediaLengthDiffers, path,
      reason: "behind the \(extent.format == "Ogg" ? "sound" : "film") of \(length(follower.firstSeconds)) "
        + "stands another one of \(length(follower.seconds)), "
        + "from byte \(follower.start) on",
      remedy:
        "import the two apart, or join them with a program that knows the format (ffmpeg -f concat), or accept what a "
        + "decoder makes of them with --allow-short")
  }

  /// What stands behind the end and is none of the film.
  private var trailing: Diagnostic? {
    guard extent.trailingBytes > 0 else { return nil }
    return Diagnostic(
      .note, .mediaBytesBehind, path,
      reason: "\(extent.trailingBytes) bytes follow the end of its \(extent.format) structure",
      remedy: "nothing, if film or sound end where they should")
  }

  /// Sounds that follow each other.
  private var links: Diagnostic? {
    guard extent.linkCount > 1, extent.follower == nil else { return nil }
    return Diagnostic(
      .note, .mediaJoined, path, reason: "\(extent.linkCount) sounds follow each other in it",
      remedy: "nothing, if they were heard one after another")
  }

  private var shortfall: String? {
    if extent.missingBytes > 0, !isWithinTolerance(extent.missingBytes), let declared = extent.declaredBytes {
      let bytes = "its \(extent.format) structure needs \(declared) bytes, \(extent.presentBytes) are there"
      return [extent.seconds.map { "declared \(Seconds.text($0))" }, bytes].compactMap { $0 }.joined(separator: ", ")
    }
    return extent.missingEnd
  }

  private var surplus: String? {
    guard extent.undeclaredBytes > 0, !isWithinTolerance(extent.undeclaredBytes) else { return nil }
    let parts = [
      "\(extent.undeclaredBytes) bytes", extent.undeclaredSeconds.map { "(\(Seconds.text($0)))" },
      "follow the samples, and nothing in the file declares them",
    ]
    return parts.compactMap { $0 }.joined(separator: " ")
  }

  private var disagreement: String? {
    guard let seconds = extent.seconds, let decoded, abs(seconds - decoded) > mediaLengthTolerance else { return nil }
    guard extent.isLeftOpen else { return "declared \(Seconds.text(seconds)), decoded \(Seconds.text(decoded))" }
    return "its header leaves the length open, \(Seconds.text(seconds)) follow it, decoded \(Seconds.text(decoded))"
  }

  private var loss: Diagnostic? {
    guard let first = extent.losses.first else { return nil }
    let known = extent.losses.compactMap(decodedLoss)
    let lost = max(extent.lostSeconds, known.reduce(0, +))
    let isKnown = known.count == extent.losses.count
    let amount =
      isKnown
      ? "\(Seconds.text(lost)) of sound are lost"
      : lost > 0 ? "at least \(Seconds.text(lost)) of sound are lost" : "sound is lost, nothing tells how much"
    let parts = [first.reason, first.startS.map { "the first at \(Seconds.text($0))" }].compactMap { $0 }
    let isMuch = !isKnown || lost > mediaLengthTolerance
    return finding(
      isMuch ? .error : .warning, .mediaDamaged, "\(amount): \(parts.joined(separator: ", "))")
  }

  /// Of a film with sound its pictures are the lesser part.
  private var pictureLoss: Diagnostic? {
    guard let first = extent.pictureLosses.first else { return nil }
    let places = "pictures are lost at \(extent.pictureLosses.count) places"
    let parts = [first.reason, first.startS.map { "the first at \(Seconds.text($0))" }].compactMap { $0 }
    return finding(decoded == nil ? .error : .warning, .mediaDamaged, "\(places): \(parts.joined(separator: ", "))")
  }

  /// A decoder may lose more than the damaged frame, as it has to find the next one: the zeros it gives beside it, as far
  /// as two frames go; nil where nothing tells how much that is.
  private func decodedLoss(_ loss: DeclaredExtent.Loss) -> Double? {
    guard let start = loss.startS, let seconds = loss.seconds else { return loss.seconds }
    let reach = max(0.2, 2 * seconds)
    let end = start + seconds
    let near = zeros.filter { $0.upperBound > start - reach && $0.lowerBound < end + reach }
    let first = near.map(\.lowerBound).reduce(start, min)
    let last = near.map(\.upperBound).reduce(end, max)
    return min(last, end + reach) - max(first, start - reach)
  }

  private func isWithinTolerance(_ bytes: Int) -> Bool {
    extent.bytesPerSecond.map { Double(bytes) / $0 <= mediaLengthTolerance } ?? false
  }

  private func finding(_ severity: Diagnostic.Severity, _ code: ErrorCode, _ reason: String) -> Diagnostic {
    Diagnostic(
      severity, code, path, reason: reason, remedy: "fetch the file again, or accept it with --allow-short")
  }
}

/// Seconds in messages, to hundredths.
enum Seconds {
  static func text(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = abs(hundredths % 100)
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
  }
}
