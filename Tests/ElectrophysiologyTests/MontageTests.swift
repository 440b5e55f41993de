import Diagnostics
import Electrophysiology
import LinearAlgebra
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct MontageTests {
  /// Degrees between the table and a published one.
  static func angles(_ name: String) throws -> [(label: String, degrees: Double)] {
    let (vectors, labels) = try Reference.labelled(name)
    return labels.enumerated().compactMap { row, label in
      guard let p = StandardMontage.position(of: label) else { return nil }
      let cosine = p.x * vectors[row, 0] + p.y * vectors[row, 1] + p.z * vectors[row, 2]
      return (label, acos(max(-1, min(1, cosine))) * 180 / Double.pi)
    }
  }

  @Test func aCapOf130PositionsIsEqualWithinItsRoundingToWholeDegrees() throws {
    let angles = try Self.angles("montage_cap")
    #expect(angles.count == 130)
    for (label, degrees) in angles { #expect(degrees < 0.75, "\(label)") }
  }

  @Test func anotherCapIsWithinFourDegrees() throws {
    let angles = try Self.angles("montage_biosemi")
    #expect(angles.count == 64)
    // Its outer ring lies two degrees below the equator, its rows are placed by other rules.
    for (label, degrees) in angles { #expect(degrees < 4, "\(label)") }
  }

  @Test func everyNameOfAMeasuredHeadIsKnownAndNear() throws {
    let angles = try Self.angles("montage_head")
    #expect(angles.count == 343)
    // A head is no sphere: its fitted centre tilts everything by up to ten degrees.
    #expect(angles.allSatisfy { $0.degrees < 12 })
    #expect(angles.reduce(0) { $0 + $1.degrees } / 343 < 5.5)
  }

  @Test func positionsAreUnitVectorsAndMirrorEachOther() throws {
    for name in StandardMontage.names {
      let p = try #require(StandardMontage.position(of: name))
      #expect(abs(p.x * p.x + p.y * p.y + p.z * p.z - 1) < 1e-12)
    }
    for (left, right) in [("F3", "F4"), ("TPP9h", "TPP10h"), ("O1", "O2"), ("M1", "M2"), ("AFp7", "AFp8")] {
      let (a, b) = try (
        #require(StandardMontage.position(of: left)), #require(StandardMontage.position(of: right))
      )
      #expect(abs(a.x + b.x) < 1e-12 && abs(a.y - b.y) < 1e-12 && abs(a.z - b.z) < 1e-12 && a.x < 0)
    }
    let nose = try #require(StandardMontage.position(of: "Fpz"))
    #expect(abs(nose.y - 1) < 1e-12)
  }

  @Test(
    arguments: [
      ("FP1", "Fp1"), ("Fc5.", "FC5"), ("EEG Fp1-REF", "Fp1"), ("EEG T3-LE", "T7"), ("t6", "P8"), ("EEG CZ", "Cz"),
      ("C3-A2", "C3"), ("O9", "I1"), ("aff1H", "AFF1h"), ("POz", "POz"),
    ])
  func spellingsAreForgiven(_ label: String, _ name: String) {
    #expect(StandardMontage.standardName(label) == name)
  }

  @Test(arguments: ["CB1", "GND", "HEOG", "Fp1-F7", "E12", "EXG1", "", "STI 014"]) func othersAreUnknown(
    _ label: String
  ) {
    #expect(StandardMontage.standardName(label) == nil)
  }

  @Test func unknownNamesAreListed() {
    #expect { try StandardMontage.requiredPositions(of: ["Cz", "CB1", "CB2"], object: "sub-01") } throws: {
      ($0 as? EvokeError)?.code == .channelPosition && ($0 as? EvokeError)?.reason.contains("CB1, CB2") == true
    }
  }

  @Test(
    arguments: [
      ("HEOG", ChannelType.eog), ("EOG 061", .eog), ("ECG", .ecg), ("EMG1", .emg), ("STI 014", .other),
      ("Status", .other),
      ("EXG3", .other), ("Cz", .eeg), ("GND", .eeg), ("A1", .eeg), ("E12", .eeg), ("Resp", .other),
    ])
  func channelsAreTypedByName(_ label: String, _ type: ChannelType) {
    #expect(ChannelType(label: label) == type)
  }
}
