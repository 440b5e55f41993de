import Diagnostics
import Importing
import RecordingImport

/// A table of region series: a row per volume, a column per region; a time column, where there is one, gives the rate.
/// One without a first line of names holds nothing but regions, which `--labels` names.
struct RegionTable {
  private let path: String
  private let names: [String]?
  private let columns: [[Double]]
  private let times: [Double]?
  private let notes: [Diagnostic]

  private static let timeNames = ["time", "time_s", "t", "t_s", "onset", "seconds"]

  /// - Parameter isLabelled: whether `--labels` names the regions.
  /// - Throws: `tableNoColumn` for a first line of numbers that nothing names, and the first fault of the table.
  init(reading path: String, isLabelled: Bool) throws {
    let table = try NumberColumns(reading: path)
    guard let header = table.names else {
      guard isLabelled else {
        throw table.unnamed(
          "regions", remedy: "give --labels NAME,NAME,... or add a first line with the regions' names")
      }
      (self.path, names, columns, times, notes) = (path, nil, table.columns, nil, [])
      return
    }
    let all = table.columns
    let time = header.firstIndex { Self.timeNames.contains($0.lowercased()) }
    let counters = header.indices.filter { $0 != time && CounterColumn.counts(header[$0], all[$0]) }
    let kept = header.indices.filter { $0 != time && !counters.contains($0) }
    self.path = path
    names = kept.map { header[$0] }
    columns = kept.map { all[$0] }
    times = time.map { all[$0] }
    notes = counters.map { counter in
      let name = header[counter].isEmpty ? "\(counter + 1)" : header[counter]
      return Diagnostic(
        .note, .rowNumbersLeftOut, "\(path) column \(name)", reason: "it counts the rows in equal steps",
        remedy: "nothing; it is no region")
    }
  }

  func recording(_ options: RecordingOptions) throws -> DescribedRecording {
    let declared = try options.array.declaredRate()
    let own = try times.map { times in
      guard times.count > 2, SeriesTable.rate(times) != nil, let first = times.first, let last = times.last else {
        throw EvokeError(
          .rateMissing, path, reason: "its times are not evenly spaced",
          remedy: "leave the time column out and give --tr-s")
      }
      // To the microsecond: times are decimals, their differences are not.
      return 1 / (((last - first) / Double(times.count - 1) * 1e6).rounded() / 1e6)
    }
    var clock = ClockLedger()
    let (rate, disagreement) = try self.rate(own: own, declared: declared, options.trust, &clock)
    let (columns, width) = (self.columns, self.columns.count)
    guard width > 0 else {
      throw EvokeError(
        .tableNoColumn, path, reason: "it has no column of a region", remedy: "give a table with one column per region")
    }
    let unit = try options.unit(otherwise: "au")
    var recording = DescribedRecording(
      place: path, rateHz: rate, sampleCount: columns[0].count, channelCount: width, labels: names, units: unit.symbol
    ) { range in
      var values: [Float] = []
      values.reserveCapacity(range.count * width)
      for row in range { for column in columns { values.append(Float(column[row] * unit.factor)) } }
      return values
    }
    recording.signal = "bold"
    recording.notes = notes
    if let first = times?.first {
      let isPlaced = options.onsetS != nil || options.events != nil
      recording.notes += [
        clock.stateFirstStamp(first, stepS: 1 / rate, of: "\(path), its time column", isPlaced: isPlaced)
      ].compactMap(\.self)
    }
    recording.disagreement = disagreement
    recording.clock = clock
    return recording
  }

  /// Samples per second by the time column or by option.
  private func rate(
    own: Double?, declared: Double?, _ trust: ClockSource?, _ clock: inout ClockLedger
  ) throws -> (Double, ClockLedger.Disagreement?) {
    let said = [(ClockSource.option, "--tr-s or --rate-hz", declared), (.stamps, "its time column", own)].compactMap {
      source, name, rate in
      rate.map {
        ClockStatement(source: source, object: name, statement: "repetition time", value: 1 / $0, unit: "s")
      }
    }
    let settled = clock.settle(said, trust: trust == .header ? .stamps : trust, within: 1e-6)
    if let disagreement = settled?.disagreement, !disagreement.isDecided {
      throw EvokeError(
        .repetitionTime, path, reason: disagreement.reason,
        remedy: "correct the one that is wrong, or say which counts: --trust header (the column) or option")
    }
    if let seconds = settled?.used.value, !(0.01...60).contains(seconds) {
      throw EvokeError(
        .repetitionTime, path, reason: "\(settled?.used.object ?? "it") says \(seconds) s",
        remedy:
          "a repetition time lies between 0.01 and 60 s: write the times in seconds, or give --tr-s and --trust option")
    }
    guard let rate = settled?.used.source == .stamps ? own : declared else {
      throw EvokeError(
        .rateMissing, path, reason: "a table of regions says nothing of its rate", remedy: "give --tr-s SECONDS")
    }
    return (rate, settled?.disagreement)
  }
}
