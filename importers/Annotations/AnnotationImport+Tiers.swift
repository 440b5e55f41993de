import DelimitedText
import Diagnostics
import Importing
import LabelledArrays

extension AnnotationReader {
  /// Reads a file of tiers or of stretches; false where it is none.
  ///
  /// - Throws: what the formats throw.
  mutating func readTiers(
    _ file: String, _ bytes: [UInt8], _ names: SeriesNames, _ findings: inout Findings
  ) throws -> Bool {
    let given = (options.table, options.subject, options.session)
    defer { (options.table, options.subject, options.session) = given }
    options.table.stimulus = names.given(.stimulus, option: options.table.stimulus, file, &findings)
    options.table.run = names.given(.run, option: options.table.run, file, &findings)
    options.subject = names.given(.subject, option: options.subject, file, &findings)
    options.session = names.given(.session, option: options.session, file, &findings)
    if let (film, tier) = try LIRISFile.fear(file, bytes) {
      let stimulus = try options.table.stimulus ?? names.name(film, .stimulus)
      var stretches = TierFile()
      stretches.clock.state("unit of time", 1, "s", by: .assumed, of: file)
      add(tier, as: options.table.name ?? "fear", file, stimulus, of: stretches, &findings)
      return true
    }
    let tiers: TierFile? =
      if ELANFile.isELAN(bytes) {
        try ELANFile.read(file, bytes)
      } else if TextGridFile.isTextGrid(bytes) {
        try TextGridFile.read(file, bytes)
      } else {
        try ELANTable.read(file, bytes)
      }
    guard let tiers else { return false }
    for note in tiers.notes {
      findings.add(note.severity, note.code, note.object, reason: note.reason, remedy: note.remedy)
    }
    let stimulus = try options.table.stimulus ?? names.name(medium(tiers, file), .stimulus)
    for (name, tier) in chosen(tiers, file, &findings) {
      add(tier, as: name, file, stimulus, of: tiers, &findings)
    }
    return true
  }

  /// The medium a file names, where that is a known stimulus; else the file's own name.
  private func medium(_ tiers: TierFile, _ file: String) -> String {
    let medium = tiers.media.map { SourceFile.stem($0.removingEscapes) }
    if let medium, known.stimuli.contains(medium) { return medium }
    return known.stimuli.contains(SourceFile.stem(file)) ? SourceFile.stem(file) : medium ?? SourceFile.stem(file)
  }

  /// Those named by `--map`, else all that hold something.
  private func chosen(_ tiers: TierFile, _ file: String, _ findings: inout Findings) -> [(String, IntervalTier)] {
    var found: [(String, IntervalTier)] = []
    if map.isEmpty {
      found = tiers.tiers.map { ($0.name, $0) }
    } else {
      for pair in map {
        guard let tier = tiers.tiers.first(where: { $0.name == pair.column }) else {
          findings.error(
            .tierUnknown, "\(file) tier \(pair.column)", reason: "--map \(pair.name)= names it",
            remedy: NearMiss.suggestion(pair.column, in: tiers.tiers.map(\.name)))
          continue
        }
        found.append((pair.name, tier))
      }
    }
    return found.filter { _, tier in
      guard tier.intervals.isEmpty else { return true }
      findings.add(
        .note, .tierEmpty, "\(file) tier \(tier.name)", reason: "it holds no annotation", remedy: "nothing")
      return false
    }
  }

  private mutating func add(
    _ tier: IntervalTier, as name: String, _ file: String, _ stimulus: String, of tiers: TierFile,
    _ findings: inout Findings
  ) {
    let place = "\(file) tier \(tier.name)"
    let endS = tiers.endS
    let last = tier.intervals.map(\.endS).max()
    let media = known.durations[stimulus]
    let length = media ?? [endS, last].compactMap { $0 }.max()
    if let latest = [length, last].compactMap({ $0 }).max() {
      let object = tier.intervals.max { $0.endS < $1.endS }.map { "\(place), \($0.text.debugDescription)" } ?? place
      guard findings.collect(place, { try common.refuse(longer: latest, object) }) != nil else { return }
    }
    if let media, let last, last > media + max(1, 0.01 * media) {
      findings.add(
        .warning, .timesBeyondStimulus, place,
        reason: "the last annotation ends at \(SeriesTable.short(last)) s, \(stimulus) lasts "
          + "\(SeriesTable.short(media)) s",
        remedy: "check the stimulus and its clock; what lies beyond the end is never used")
    }
    let series: [TierSeries.Series] =
      if options.kind == "bad_segment" {
        TierSeries.segments(tier, name: name).map { [$0] } ?? []
      } else if let length, !tier.intervals.isEmpty {
        TierSeries.binned(tier, name: name, rateHz: options.rateHz ?? 1, endS: length)
      } else if let length, length > 0 {
        // Nothing happens in a film without stretches.
        TierSeries.silent(name: name, rateHz: options.rateHz ?? 1, endS: length)
      } else {
        []
      }
    if series.isEmpty {
      findings.add(
        .warning, .tierEmpty, place,
        reason: tier.intervals.isEmpty ? "it is empty, and \(stimulus) has no known length" : "nothing in it counts",
        remedy: tier.intervals.isEmpty ? "import the media first" : "nothing")
    }
    let clock = clock(of: tier, in: tiers, file, stimulus, place, &findings)
    for one in series { append(one, place, stimulus, clock: clock, &findings) }
  }

  /// What the file, its stretches and the options say about the time of a tier.
  private func clock(
    of tier: IntervalTier, in tiers: TierFile, _ file: String, _ stimulus: String, _ place: String,
    _ findings: inout Findings
  ) -> ClockLedger {
    var clock = tiers.clock
    let media = known.durations[stimulus].map {
      ClockStatement(source: .container, object: "the media of \(stimulus)", statement: "end", value: $0, unit: "s")
    }
    let declared = tiers.declaredEndS.map {
      ClockStatement(source: .header, object: file, statement: "end", value: $0, unit: "s")
    }
    let tolerance = max(0.5, media.map { 0.01 * $0.value } ?? 0.5)
    if let disagreement = clock.settle([media, declared].compactMap { $0 }, trust: nil, within: tolerance)?.disagreement
    {
      findings.add(
        .warning, .clocksDisagree, place, reason: disagreement.reason,
        remedy: "check the stimulus; its media count, and what lies beyond their end is never used")
    }
    if let first = tier.intervals.map(\.startS).min(), let last = tier.intervals.map(\.endS).max() {
      clock.state("first stamp", first, "s", by: .stamps, of: place)
      clock.state("last stamp", last, "s", by: .stamps, of: place)
    }
    return clock
  }

  private mutating func append(
    _ series: TierSeries.Series, _ place: String, _ stimulus: String, clock: ClockLedger,
    _ findings: inout Findings
  ) {
    let present = series.values.filter { !$0.isNaN }
    guard let low = present.min(), let high = present.max(), let first = series.times.first,
      let last = series.times.last
    else { return }
    if let scale, low < scale.lowerBound || high > scale.upperBound {
      findings.error(
        .tableOutOfScale, "\(place), \(series.name)",
        reason: "values from \(low) to \(high) are not in \(scale.lowerBound)...\(scale.upperBound)",
        remedy: "declare the scale that was used")
    }
    let array = LabelledArray(axes: [.time(series.times)], values: series.values.map { Float($0) }, units: "1")
    var record = AnnotationRecord(
      name: series.name, stimulus: stimulus, kind: options.kind ?? "rating", scale: scale ?? low...high,
      scaleIsObserved: scale == nil, array: ArraySource(array), sampleCount: series.values.count, firstS: first,
      lastS: last, rateHz: series.rateHz, missingCount: series.values.count - present.count)
    record.clock = clock
    if let rateHz = series.rateHz {
      let isTold = options.rateHz != nil
      record.clock.state("rate", rateHz, "Hz", by: isTold ? .option : .assumed, of: isTold ? "--rate" : place)
    }
    record.rater = options.rater
    record.subject = options.subject
    record.session = options.session
    record.run = options.table.run
    append(record, from: place, remedy: "give --stimulus, --rater or --run, or --map NAME=TIER", &findings)
  }

  /// One value per clip: every second of it where its media are known, else once.
  mutating func readRanking(_ table: DelimitedTable, _ findings: inout Findings) {
    guard let names = table.column("name") else { return }
    let columns = LIRISFile.values(table).map {
      ($0.name, options.table.values($0.column, of: table, .point, &findings))
    }
    let clips = (0..<table.rowCount).map { SourceFile.stem(OptionText.trim(table.text($0, names))) }
    let isLimited = clips.contains { known.stimuli.contains($0) }
    let rows = clips.indices.filter { !isLimited || known.stimuli.contains(clips[$0]) }
    findings.add(
      .note, .clipsUnknown, table.path,
      reason: isLimited
        ? "\(rows.count) of its \(clips.count) clips have been imported; these are taken"
        : "none of its \(clips.count) clips has media; each has one value",
      remedy: isLimited ? "import further media first if they are wanted" : "import the media first for series")
    let empty = rows.filter { row in columns.allSatisfy { $0.1[row].isNaN } }
    if let first = empty.first {
      findings.add(
        .warning, .tableNoValues, "\(table.path) line \(table.line(of: first))",
        reason: "\(empty.count) of its clips have no value", remedy: "they are left out; check the table")
    }
    for row in rows {
      let media = known.durations[clips[row]]
      var clock = ClockLedger()
      if let media { clock.state("end", media, "s", by: .container, of: "the media of \(clips[row])") }
      let count = max(1, Int((media ?? 1).rounded(.up)))
      for (name, values) in columns where !values[row].isNaN {
        append(
          TierSeries.Series(
            name: name, times: (0..<count).map(Double.init),
            values: [Double](repeating: values[row], count: count), rateHz: count > 1 ? 1 : nil),
          "\(table.path) line \(table.line(of: row))", clips[row], clock: clock,
          &findings)
      }
    }
  }
}

extension TierSeries {
  /// Zeros from 0 to the end.
  static func silent(name: String, rateHz: Double, endS: Double) -> [Series] {
    let count = max(1, Int((endS * rateHz - 1e-9).rounded(.up)))
    return [
      Series(
        name: name, times: (0..<count).map { Double($0) / rateHz }, values: [Double](repeating: 0, count: count),
        rateHz: rateHz)
    ]
  }
}

extension String {
  /// `%20` and its like undone, as ELAN writes URLs.
  fileprivate var removingEscapes: String {
    var out: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(code)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
