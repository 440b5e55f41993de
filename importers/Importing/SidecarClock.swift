import ContentIdentity
import Diagnostics

/// What the JSON beside a recording or a series says of its clock; nil where it says nothing (no such member, null or
/// `n/a`).
package struct SidecarClock: Sendable, Equatable {
  /// `SamplingFrequency`, Hz.
  package let samplingFrequencyHz: Double?
  /// `RepetitionTime`, else the even step of `VolumeTiming`.
  package let repetitionTimeS: Double?
  /// `RecordingDuration`: of all samples, s.
  package let recordingDurationS: Double?
  /// `EpochLength`: of each epoch, s.
  package let epochLengthS: Double?
  /// `StartTime`: recording time of the first row, s.
  package let startTimeS: Double?
  /// `SliceTimingCorrected`: then `StartTime` is the moment the first volume stands for.
  package let isSliceTimingCorrected: Bool

  /// - Parameter object: how messages name the file.
  /// - Throws: `bidsSidecar` for a member of another type, and for volumes at uneven times.
  package init(_ members: [String: JSONValue], object: String) throws(EvokeError) {
    samplingFrequencyHz = try Self.number("SamplingFrequency", members, object)
    recordingDurationS = try Self.number("RecordingDuration", members, object)
    epochLengthS = try Self.number("EpochLength", members, object)
    startTimeS = try Self.number("StartTime", members, object)
    isSliceTimingCorrected = members["SliceTimingCorrected"] == true
    if let declared = try Self.number("RepetitionTime", members, object) {
      repetitionTimeS = declared
    } else {
      repetitionTimeS = try Self.volumeStep(members, object)
    }
  }

  private static func number(_ name: String, _ members: [String: JSONValue], _ object: String) throws(EvokeError)
    -> Double?
  {
    guard let value = members[name], !value.isNull, value != "n/a" else { return nil }
    guard let number = value.doubleValue else {
      throw EvokeError(
        .bidsSidecar, object, reason: "the \(name) of its JSON is \(value.canonical), no number",
        remedy: "write it as a number, without quotes")
    }
    return number
  }

  private static func volumeStep(_ members: [String: JSONValue], _ object: String) throws(EvokeError) -> Double? {
    guard let value = members["VolumeTiming"], !value.isNull else { return nil }
    let times = value.arrayValue?.compactMap(\.doubleValue)
    guard let times, times.count == value.arrayValue?.count, let rateHz = SeriesTable.rate(times) else {
      throw EvokeError(
        .bidsSidecar, object, reason: "the VolumeTiming of its JSON is no list of even times",
        remedy: "volumes at uneven times are not read: resample them to an even step and give RepetitionTime")
    }
    return 1 / rateHz
  }
}
