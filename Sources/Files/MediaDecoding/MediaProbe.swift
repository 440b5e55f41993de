import Diagnostics

/// What a film or sound file holds, without decoding it.
///
/// Throws for a path that cannot be opened, an empty file, a file without its index and anything that is no media.
public func probeMedia(_ path: String) throws -> MediaProbe {
  let process = try DecodingProcess.take()
  defer { process.release() }
  do { return try process.ask(.probe(path: path), of: path) } catch let error as EvokeError {
    throw try explained(error, path)
  }
}

/// Seconds by which decoded and declared length may differ.
public let mediaLengthTolerance = 0.1

extension AudioDecoder {
  /// Why the decoded sound is not what the file declares; nil if it is. Call after `next` has returned nil.
  ///
  /// A stream's own declared length is compared with the decoded one, with and without encoder delay (containers count
  /// either). A file that declares only a whole length must have some stream reach it. Estimated lengths are not judged,
  /// nor is the length of one sound where several follow each other, of which the container's own structure tells.
  public var lengthFinding: Diagnostic? {
    guard report.joinCount == 0 else { return nil }
    let decoded = Double(report.decodedCount) / Double(rateHz)
    let priming = Double(report.primingSamples) / Double(rateHz)
    let remedy = "fetch the file again, or accept it with --allow-short"
    if let declared = stream.durationSeconds {
      let difference = min(abs(decoded - declared), abs(decoded + priming - declared))
      guard difference > mediaLengthTolerance else { return nil }
      return Diagnostic(
        .error, .mediaLengthDiffers, "\(probe.path) stream \(stream.index)",
        reason: "declared \(Seconds.text(declared)), decoded \(Seconds.text(decoded))", remedy: remedy)
    }
    guard let declared = probe.durationSeconds else { return nil }
    let end = max(report.lastPacketEndSeconds, report.clockStartSeconds + decoded)
    guard declared - end > mediaLengthTolerance else { return nil }
    return Diagnostic(
      .error, .mediaLengthDiffers, probe.path,
      reason: "declared \(Seconds.text(declared)), but the file ends at \(Seconds.text(end))",
      remedy: remedy)
  }

  /// Damage found while decoding: an error above 0.1 s of lost sound, a warning below; nil without any.
  public var damageFinding: Diagnostic? {
    let lost = report.filledSeconds
    guard report.damagedPackets > 0 || lost > 0 || report.overlapSeconds > 0 else { return nil }
    var parts: [String] = []
    if report.damagedPackets > 0 {
      let place = report.firstDamageSeconds.map { ", the first at \(Seconds.text($0))" } ?? ""
      parts.append("\(report.damagedPackets) damaged packets\(place)")
    }
    if lost > 0 { parts.append("\(Seconds.text(lost)) of missing sound replaced by silence") }
    if report.overlapSeconds > 0 { parts.append("stamps run back by up to \(Seconds.text(report.overlapSeconds))") }
    return Diagnostic(
      max(lost, report.overlapSeconds) > mediaLengthTolerance ? .error : .warning, .mediaDamaged,
      "\(probe.path) stream \(stream.index)", reason: parts.joined(separator: "; "),
      remedy: "fetch the file again, or accept it with --allow-short")
  }
}
