import Diagnostics
import Importing
import RecordingFiles
import RecordingImport

/// EDF, EDF+, BDF and BDF+: the voltages at the rate most of them have; triggers, temperatures and signals at other rates
/// are left out by name.
struct EDFRecording {
  let file: EDFFile

  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    let path = file.samples.path
    var notes = [file.unlikeDeclared].compactMap { $0 }.map { Self.accepted(path, $0) }
    let voltages = try voltages(options, &notes)
    let rates = Dictionary(grouping: voltages, by: \.signal.samplesPerRecord)
    guard let per = rates.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) })?.key else {
      throw EvokeError(
        .eegHeader, path, reason: "none of its \(file.signals.count) signals is a voltage",
        remedy: "give --units if the header's units are missing")
    }
    let chosen = voltages.filter { $0.signal.samplesPerRecord == per }
    let others = voltages.filter { $0.signal.samplesPerRecord != per }.map {
      "\($0.signal.label) (\(file.rate($0.signal)) Hz)"
    }
    let rate = file.rate(chosen[0].signal)
    if !others.isEmpty {
      notes.append(
        Diagnostic(
          .warning, .eegChannelsLeftOut, path, reason: "not at \(rate) Hz: \(NearMiss.list(others))",
          remedy: "export them at one rate if they are needed"))
    }
    let (events, starts) = try file.timeline()
    guard let origin = starts.first else {
      throw EvokeError(.eegTruncated, path, reason: "it has no data record", remedy: "fetch or export it again")
    }
    let pieces = pieces(starts.map { $0 - origin })
    let piece = try choose(pieces, options)
    let (edf, signals, factors) = (file, chosen.map(\.signal), chosen.map(\.factor))
    // In a piece behind a gap sample 0 of the clock is not sample 0 of the file.
    let lead = piece.records.lowerBound * per - Int((piece.startS * rate).rounded())
    let end = Int((piece.startS * rate).rounded()) + piece.records.count * per
    var recording = DescribedRecording(
      place: path, rateHz: rate, sampleCount: end, channelCount: signals.count,
      labels: signals.map { Self.name($0.label) }, units: chosen[0].unit.symbol
    ) { range in
      guard range.lowerBound + lead >= piece.records.lowerBound * per else {
        throw EvokeError(
          .eegDiscontinuous, path, reason: "nothing was recorded before \(piece.startS) s",
          remedy: "give --crop \(piece.startS):\(piece.endS)")
      }
      return try edf.values(signals, factors: factors, range.lowerBound + lead..<range.upperBound + lead)
    }
    recording.events = events.map {
      RecordingRecord.Event(onsetS: $0.onsetS - origin, durationS: $0.durationS, name: $0.text)
    }
    recording.events += try triggers { starts[$0] - origin }
    recording.notes = notes
    state(origin, pieces, piece, &recording)
    return [recording]
  }

  /// Enters what the header and the records say of time.
  private func state(_ origin: Double, _ pieces: [Piece], _ chosen: Piece, _ recording: inout DescribedRecording) {
    let path = file.samples.path
    func say(_ statement: String, _ seconds: Double, by other: ClockSource? = nil) {
      recording.clock.state(statement, seconds, "s", by: .header, of: path, overruledBy: other)
    }
    say("length of a record", file.recordS)
    if pieces.count == 1, let count = file.declaredCount {
      recording.lengths.append(
        ClockStatement(
          source: .header, object: path, statement: "length", value: Double(count) * file.recordS, unit: "s"))
    }
    if origin != 0 {
      say("start of the first record", origin, by: .assumed)
      // The header gives whole seconds, the first record what is left.
      if abs(origin) >= 1 { recording.notes.append(.clockOffset(path, origin, "start of the first record")) }
    }
    guard pieces.count > 1 else { return }
    for piece in pieces {
      let isOther = piece.startS != chosen.startS
      say("start of a segment", piece.startS, by: isOther ? .option : nil)
      say("end of a segment", piece.endS, by: isOther ? .option : nil)
    }
  }

  /// A file that is not as long as declared, on request.
  static func accepted(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.warning, .eegTruncated, path, reason: reason, remedy: "accepted by --allow-short")
  }

  /// Changes of the trigger channels, named by channel and code as in `Status/200`.
  private func triggers(_ startS: (_ record: Int) -> Double) throws -> [RecordingRecord.Event] {
    try file.signals.filter(Self.isTrigger).flatMap { signal in
      try file.triggers(signal).map {
        RecordingRecord.Event(
          onsetS: startS($0.record) + Double($0.sample) / file.rate(signal), name: "\(signal.label)/\($0.code)")
      }
    }
  }

  /// BioSemi's triggers have the unit Boolean; other writers leave it empty or say uV.
  private static func isTrigger(_ signal: EDFSignal) -> Bool {
    ["status", "stim", "trigger", "trig", "sti 014"].contains(signal.label.lowercased()) || signal.unit == "Boolean"
  }

  private typealias Voltage = (signal: EDFSignal, unit: StoredUnit, factor: Double)

  private func voltages(_ options: RecordingOptions, _ notes: inout [Diagnostic]) throws -> [Voltage] {
    var others: [String] = []
    var found: [Voltage] = []
    for signal in file.signals {
      if Self.isTrigger(signal) {
        others.append(signal.label)
        continue
      }
      if signal.unit.isEmpty {
        guard options.units != nil else {
          throw EvokeError(
            .eegUnit, "\(file.samples.path) channel \(signal.label)", reason: "the header gives no unit",
            remedy: "give --units for the channels without one")
        }
        let unit = try options.unit(otherwise: "uV")
        found.append((signal, unit, unit.factor))
      } else if let unit = StoredUnit(signal.unit), unit.isElectric {
        found.append((signal, unit, unit.factor))
      } else {
        others.append("\(signal.label) (\(signal.unit))")
      }
    }
    let symbols = Set(found.map(\.unit.symbol))
    if symbols.count > 1 {
      throw EvokeError(
        .eegUnit, file.samples.path,
        reason: "some channels are voltages, others not: \(symbols.sorted().joined(separator: ", "))",
        remedy: "give the channels without a unit an electric one")
    }
    if !others.isEmpty {
      notes.append(
        Diagnostic(
          .note, .eegChannelsLeftOut, file.samples.path, reason: "no voltages: \(NearMiss.list(others))",
          remedy: "nothing; export them as features if they are needed"))
    }
    return found
  }

  /// `EEG Fp1` is Fp1, `EEG Fp1-Ref` stays as it is written behind the type.
  private static func name(_ label: String) -> String {
    label.hasPrefix("EEG ") ? OptionText.trim(label.dropFirst(4)) : label
  }

  /// Records without a gap.
  private struct Piece {
    var records: Range<Int>
    var startS: Double
    var endS: Double
  }

  /// - Parameter begins: seconds from the first record's start to each record's.
  private func pieces(_ begins: [Double]) -> [Piece] {
    var pieces: [Piece] = []
    for (record, begin) in begins.enumerated() {
      // Each record against the one before it: a header of eight characters rounds their length, and over thousands of
      // records that adds up.
      if let last = pieces.last, abs(begins[record - 1] + file.recordS - begin) <= 1e-3 * file.recordS {
        pieces[pieces.count - 1].records = last.records.lowerBound..<record + 1
        pieces[pieces.count - 1].endS = last.startS + Double(record + 1 - last.records.lowerBound) * file.recordS
      } else {
        pieces.append(Piece(records: record..<record + 1, startS: begin, endS: begin + file.recordS))
      }
    }
    return pieces
  }

  /// The records without a gap that hold the crop; all of them where there is no gap.
  private func choose(_ pieces: [Piece], _ options: RecordingOptions) throws -> Piece {
    if let only = pieces.first, pieces.count == 1 { return only }
    if let crop = options.crop.flatMap(OptionText.range),
      let piece = pieces.first(where: { $0.startS <= crop.lowerBound + 1e-9 && crop.upperBound <= $0.endS + 1e-9 })
    {
      return piece
    }
    let list = pieces.map { "\(SeriesTable.short($0.startS)):\(SeriesTable.short($0.endS))" }
    throw EvokeError(
      .eegDiscontinuous, file.samples.path, reason: "\(pieces.count) pieces, in seconds: \(NearMiss.list(list))",
      remedy: "give --crop A:B inside one of them")
  }
}
