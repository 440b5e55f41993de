import Foundation
import Kinds
import StudyFiles
import Testing
import Warehouse
import Work

/// A synchrony is high-passed unless each recording that it compares is one that a preparation high-passed.
@Suite struct SynchronyPlanTests {
  private static let preparations: [(text: String, eegS: Double?, fmriS: Double?)] = [
    ("", nil, nil), ("eeg: {bandpass_hz: [1, 45]}", 1, nil), ("eeg: {bandpass_hz: [0.005, 45]}", 200, nil),
    ("eeg: {bandpass_hz: none}", nil, nil), ("fmri: {high_pass_s: 100}", nil, 100),
    ("fmri: {high_pass_s: 128}", nil, 128), ("fmri: {scale: zscore}", nil, nil),
    ("eeg: {bandpass_hz: [1, 45]}, fmri: {high_pass_s: 100}", 1, 100),
  ]

  private struct Case: CustomTestStringConvertible {
    let prepared: (text: String, eegS: Double?, fmriS: Double?)
    /// What each of the three subjects has.
    let recordings: [Recorded]
    let signal: String
    let highPass: String

    var testDescription: String { "\(prepared.text); \(recordings); \(signal); \(highPass)" }
  }

  private enum Recorded { case electrodes, regions, volumes }

  private static let cases: [Case] = preparations.flatMap { prepared in
    [[.electrodes], [.regions], [.volumes], [.electrodes, .regions]].flatMap { (kinds: [Recorded]) in
      ["source", "envelope"].flatMap { signal in
        ["120", "110", "none"].map { highPass in
          let members = (0..<3).map { kinds[min($0, kinds.count - 1)] }
          return Case(prepared: prepared, recordings: members, signal: signal, highPass: highPass)
        }
      }
    }
  }

  @Test(arguments: cases)
  private func `who was high-passed is not high-passed again, and nobody else is spared`(_ one: Case) throws {
    let films = try RecordedWarehouse(one.recordings.map { ($0 == .volumes ? "fmri" : "eeg", $0 == .electrodes) })
    let preparation = one.prepared.text.isEmpty ? "" : "preparation: {\(one.prepared.text)}"
    let text = """
      study: s
      kind: isc_report
      datasets: [films]
      \(preparation)
      targets: [{synchrony: {window_s: 10, signal: \(one.signal), high_pass_s: \(one.highPass)}}]
      statistics: {draws: 19}
      """
    let study = try StudyDefinition(parsing: text, file: "study.yaml", grammar: StudyKinds.all.grammar)
    let plan = try StudyKinds.all.plan(study, in: films.warehouse)
    let settings = try #require(plan.units.first { $0.step == "synchrony" }?.parameters["settings"])
    let left = one.recordings.map { recorded -> Double? in
      switch recorded {
      case _ where one.signal != "source": nil
      case .electrodes: one.prepared.eegS
      case .volumes: one.prepared.fmriS
      case .regions: nil
      }
    }
    let arePrepared = !left.contains(nil)
    let asked = Double(one.highPass)
    let spared = arePrepared && left.allSatisfy { ($0 ?? .infinity) <= asked ?? 0 }
    #expect(settings["high_pass_s"]?.doubleValue == (spared ? nil : asked))
    #expect(settings["keeps_drift"]?.boolValue == (asked == nil && !arePrepared))
  }
}

/// One film that several subjects saw.
private final class RecordedWarehouse {
  private let directory: String
  let warehouse: Warehouse

  /// - Parameter members: modality, and whether it is of electrodes, for every subject.
  init(_ members: [(modality: String, ofElectrodes: Bool)]) throws {
    directory = NSTemporaryDirectory() + "evoke-recorded-\(UUID().uuidString)"
    try Warehouse.create(at: directory)
    warehouse = try Warehouse.open(directory, .writing("test"))
    try warehouse.write { connection in
      try connection.execute("INSERT INTO dataset (dataset_id, name) VALUES (1, 'films')")
      try connection.execute("INSERT INTO cohort (cohort_id, name, dataset_id) VALUES (1, 'films', 1)")
      try connection.execute(
        "INSERT INTO activity VALUES (1, 'import', 'import', 'i', '{}', 'films', 'done', NULL, '2026-01-01T00:00:00Z', NULL)"
      )
      try connection.execute("INSERT INTO stimulus VALUES (1, 1, 1, NULL, 'film', 300.0, NULL, NULL, NULL, NULL)")
      for (i, member) in members.enumerated() { try Self.fill(connection, i + 1, member) }
    }
  }

  deinit {
    try? warehouse.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static func fill(_ connection: Connection, _ key: Int, _ member: (modality: String, ofElectrodes: Bool))
    throws
  {
    try connection.execute("INSERT INTO subject VALUES (\(key), 1, 's\(key)')")
    try connection.execute("INSERT INTO artifact VALUES (\(key), 'array', 'a\(key)', 'h\(key)', 480)")
    try connection.execute(
      "INSERT INTO stored_array (array_id, artifact_id, activity_id, name, kind, dataset, subject, dtype, shape, bytes, "
        + "units, parameters, file, path, logical_sha256, "
        + "axes_sha256, file_sha256, file_stamp) VALUES (\(key), \(key), 1, 'a\(key)', 'recording', 'films', "
        + "'s\(key)', '<f4', '[30000,3]', 480, 'uV', '{}', 'arrays/a.h5', 'a', 'h\(key)', '', '', '')")
    let space = member.ofElectrodes ? "channel" : "region"
    try connection.execute(
      "INSERT INTO recording VALUES (\(key), 1, 1, \(key), NULL, NULL, '\(member.modality)', 'series', 100.0, 'uV', "
        + "'\(space)', 30000, 0, 'h\(key)', \(key))")
    for (place, label) in ["Fz", "Cz", "Pz"].enumerated() {
      try connection.execute("INSERT INTO recording_channel VALUES (\(key), \(place), '\(label)', 0, NULL, NULL)")
    }
    try connection.execute("INSERT INTO presentation VALUES (\(key), \(key), 1, 1, 0.0, 0.0, 300.0, 'option')")
  }
}
