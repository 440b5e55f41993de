import DelimitedText
import Diagnostics
import Importing
import RecordingImport

extension BIDSReader {
  static let eegEndings = [".edf", ".bdf", ".vhdr", ".set"]
  private static let companions = [".vhdr": [".eeg", ".dat", ".vmrk"], ".set": [".fdt"]]

  /// An EEG file with its sidecars; nil for other files and for those that are passed over.
  mutating func eegRecording(_ file: BIDSFile) -> [DescribedRecording]? {
    guard file.name.suffix == "eeg", file.datatype == "eeg", Self.eegEndings.contains(file.name.ending.lowercased())
    else { return nil }
    guard !passIfAbsent(file) else { return nil }
    for companion in self.companions(of: file) where passIfAbsent(file, needs: companion) { return nil }
    var absent: BIDSFile?
    let json = sidecars.json(for: file, absent: &absent, &findings)
    let channels = sidecars.table("channels", for: file, absent: &absent, &findings).flatMap { channelTable($0) }
    let events = self.events(of: file, absent: &absent)
    if let absent, passIfAbsent(file, needs: absent) { return nil }
    let path = tree.absolute(file.path)
    guard let clock = findings.collect(path, { try SidecarClock(json, object: file.path) }) else { return nil }
    var reading = RecordingOptions.unset
    reading.units = channels?.commonUnit
    reading.allowShort = options.allowShort
    guard let source = findings.collect(path, { try SourceFile(reading: path) }) else { return nil }
    batch.sources.append(source)
    guard let found = findings.collect(path, { try readers.eeg(path, reading) }) else { return nil }
    guard let found else {
      findings.error(
        .eegHeader, path, reason: "its bytes are none of EDF, BDF, BrainVision and EEGLAB",
        remedy: "export it again, or leave it out with --subjects")
      return nil
    }
    for companion in companions(of: file) { sidecars.use(companion.path) }
    return found.map { recording in
      var own = recording
      checkRate(&own, clock)
      own.lengths += clock.lengths(epochs: found.count)
      channels.map { apply($0, to: &own) }
      place(&own, file)
      show(&own, file, events)
      return own
    }
  }

  /// The header's samples and markers, by the name they share.
  private func companions(of file: BIDSFile) -> [BIDSFile] {
    let stem = file.path.dropLast(file.name.ending.count)
    return (Self.companions[file.name.ending.lowercased()] ?? []).compactMap { ending in
      tree.files.first { $0.path == stem + ending }
    }
  }

  private mutating func checkRate(_ recording: inout DescribedRecording, _ clock: SidecarClock) {
    func said(_ source: ClockSource, _ object: String, _ rate: Double) -> ClockStatement {
      ClockStatement(source: source, object: object, statement: "rate", value: rate, unit: "Hz")
    }
    let json = clock.samplingFrequencyHz.map { said(.json, "SamplingFrequency of its JSON", $0) }
    let settled = recording.clock.settle(
      [said(.header, recording.place, recording.rateHz)] + (json.map { [$0] } ?? []), trust: options.trust,
      within: 1e-3 * recording.rateHz)
    guard let rate = clock.samplingFrequencyHz, let disagreement = settled?.disagreement else { return }
    if disagreement.isDecided {
      findings.add(recording.place, disagreement)
      if disagreement.used.source == .json { recording.stretch(to: rate) }
      return
    }
    findings.error(
      .bidsSidecar, recording.place,
      reason: "its JSON says SamplingFrequency \(SeriesTable.short(rate)), the file "
        + "\(SeriesTable.short(recording.rateHz)) Hz",
      remedy: "correct the one that is wrong, or give --trust header or --trust json")
  }

  /// What channels.tsv says of the channels.
  struct ChannelTable {
    var path: String
    var rows: [Row]

    struct Row {
      let name: String
      /// In capitals.
      let type: String
      let units: String?
      let isBad: Bool
    }

    /// The unit of the EEG channels, if they share one.
    var commonUnit: String? {
      let units = Set(rows.filter { $0.type == "EEG" }.compactMap(\.units))
      return units.count == 1 ? units.first.flatMap { StoredUnit($0)?.isElectric == true ? $0 : nil } : nil
    }
  }

  private mutating func channelTable(_ table: DelimitedTable) -> ChannelTable? {
    guard let name = table.column("name") else {
      findings.error(
        .tableNoColumn, "\(table.path) column name", reason: "channels.tsv names no channels",
        remedy: "the columns are \(NearMiss.list(table.header))")
      return nil
    }
    func text(_ row: Int, _ column: String) -> String? {
      table.column(column).flatMap { table.isMissing(row, $0) ? nil : OptionText.trim(table.text(row, $0)) }
    }
    var untyped: [String] = []
    let rows = (0..<table.rowCount).map { row in
      let label = OptionText.trim(table.text(row, name))
      let type = text(row, "type")?.uppercased()
      if type == nil { untyped.append(label) }
      let status = text(row, "status")
      if let status, !["good", "bad"].contains(status.lowercased()) {
        findings.add(
          .warning, .bidsChannels, "\(table.path) line \(table.line(of: row)) column status",
          reason: "\(status) is neither good nor bad", remedy: "\(label) is kept as good; correct it if it is bad")
      }
      return ChannelTable.Row(
        name: label, type: type ?? "EEG", units: text(row, "units"), isBad: status?.lowercased() == "bad")
    }
    if !untyped.isEmpty {
      findings.add(
        .warning, .bidsChannels, "\(table.path) column type", reason: "it is missing for \(NearMiss.list(untyped))",
        remedy: "they are kept as EEG; fill it in if one is EOG, ECG or a trigger")
    }
    return ChannelTable(path: table.path, rows: rows)
  }

  /// Leaves channels of other types out and marks the bad ones.
  private mutating func apply(_ channels: ChannelTable, to recording: inout DescribedRecording) {
    // The EDF reader takes the type off `EEG Fp1`.
    func plain(_ name: String) -> String { name.hasPrefix("EEG ") ? OptionText.trim(name.dropFirst(4)) : name }
    let labels = recording.labels ?? channels.rows.prefix(recording.channelCount).map(\.name)
    guard labels.count == recording.channelCount else {
      findings.error(
        .bidsChannels, channels.path,
        reason: "\(channels.rows.count) rows, \(recording.place) has \(recording.channelCount) unnamed channels",
        remedy: "correct channels.tsv")
      return
    }
    let rows = Dictionary(channels.rows.map { (plain($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    let wanted = Set(options.types.flatMap(OptionText.list).map { $0.uppercased() })
    var kept: [Int] = []
    for (index, label) in labels.enumerated() {
      guard let row = rows[plain(label)] else {
        findings.add(
          .warning, .bidsChannels, "\(recording.place) channel \(label)", reason: "\(channels.path) has no row of it",
          remedy: "it is kept as EEG; correct channels.tsv if it is none")
        kept.append(index)
        continue
      }
      if wanted.contains(row.type) {
        kept.append(index)
      } else {
        otherChannels["\(label) (\(row.type))", default: 0] += 1
      }
      if row.isBad { recording.badLabels.insert(label) }
    }
    let missing = channels.rows.filter { row in
      !labels.contains(plain(row.name)) && wanted.contains(row.type)
    }
    if !missing.isEmpty {
      findings.add(
        .warning, .bidsChannels, channels.path,
        reason: "\(recording.place) has no channel \(NearMiss.list(missing.map(\.name)))",
        remedy: "correct channels.tsv, or the recording's names")
    }
    guard !kept.isEmpty else {
      findings.error(
        .allChannelsBad, recording.place, reason: "no channel is of type \(wanted.sorted().joined(separator: ", "))",
        remedy: "give --types with the types of channels.tsv")
      return
    }
    recording.keep(kept, of: labels)
  }

  /// Who and when, by the name of its file.
  func place(_ recording: inout DescribedRecording, _ file: BIDSFile) {
    let epoch = recording.fields["run"]
    recording.fields["subject"] = file.subject
    recording.fields["session"] = file.name["ses"].map { "ses-\($0)" }
    let run = [file.name.run, epoch].compactMap { $0 }
    recording.fields["run"] = run.isEmpty ? nil : run.joined(separator: "_")
  }
}

extension SidecarClock {
  /// What it says of the length of one recording, or of each epoch.
  fileprivate func lengths(epochs: Int) -> [ClockStatement] {
    let said = epochs == 1 ? ("RecordingDuration", recordingDurationS) : ("EpochLength", epochLengthS)
    return said.1.map {
      [ClockStatement(source: .json, object: "\(said.0) of its JSON", statement: "length", value: $0, unit: "s")]
    } ?? []
  }
}

extension DescribedRecording {
  /// The same samples at another rate; markers stay at their samples.
  fileprivate mutating func stretch(to rateHz: Double) {
    for index in events.indices {
      events[index].onsetS *= self.rateHz / rateHz
      events[index].durationS = events[index].durationS.map { $0 * self.rateHz / rateHz }
    }
    self.rateHz = rateHz
  }
}
