import ByteSource
import Containers
import Diagnostics

/// One signal of an EDF or BDF file, as its header describes it.
public struct EDFSignal: Sendable, Equatable {
  public let label: String
  /// The physical dimension as written: `uV`, `mV`, `degC`, or nothing.
  public let unit: String
  /// Samples in each data record.
  public let samplesPerRecord: Int
  /// physical = digital * gain + offset.
  public let gain: Double
  public let offset: Double
  /// Where its samples start in a data record, in samples.
  public let position: Int
}

/// A marker of the annotation signals.
public struct EDFEvent: Sendable, Equatable {
  /// Seconds from the file's start.
  public let onsetS: Double
  public let durationS: Double?
  public let text: String
}

/// A change of a channel of triggers.
public struct EDFTrigger: Sendable, Equatable {
  public let record: Int
  /// Counted from the record's first sample.
  public let sample: Int
  public let code: Int
}

/// A file of the European Data Format (EDF, EDF+) or of BioSemi (BDF, BDF+), open for reading.
///
/// physical = (digital - digitalMin) (physicalMax - physicalMin) / (digitalMax - digitalMin) + physicalMin; samples of 16
/// or 24 bits, little-endian, in data records that hold every signal. Read here rather than by EDFlib, which refuses
/// EDF+D without saying where the gaps are, takes no file that was cut short, and keeps its open files in one global
/// table.
///
/// Source: Kemp 1992, Clin. Neurophysiol. 82, 391; Kemp & Olivan 2003, 114, 1755 (EDF+); BioSemi, *BDF format*.
public struct EDFFile: Sendable {
  public let samples: SampleFile
  public let isBDF: Bool
  /// Of the header's reserved field: `EDF+D`, `BDF+D`.
  public let mayHaveGaps: Bool
  /// What the file lacks or has too much, where that was accepted.
  public let unlikeDeclared: String?
  public let recordCount: Int
  /// What the header says; nil where it leaves the number open.
  public let declaredCount: Int?
  public let recordS: Double
  /// Every signal but annotations.
  public let signals: [EDFSignal]
  private let annotations: [EDFSignal]
  private let headerBytes: Int
  private let recordBytes: Int

  /// Seconds that a record or a marker may lie from the file's start.
  private static let furthestS = 1e9

  private var encoding: SampleEncoding { isBDF ? .int24 : .int16 }

  /// Whether the first bytes are those of an EDF or BDF file.
  public static func isEDF(_ head: [UInt8]) -> Bool {
    head.starts(with: Array("0       ".utf8)) || head.starts(with: [0xff] + Array("BIOSEMI".utf8))
  }

  /// Reads the header and checks the file's length against it.
  ///
  /// - Parameter allowShort: takes the records that are both declared and there, where the two differ.
  /// - Throws: `eegHeader`, `eegTruncated`, `fileMissing`, `fileUnreadable`.
  public init(reading path: String, allowShort: Bool = false) throws {
    let samples = try SampleFile(reading: path)
    let head = EDFHeader(source: try samples.source.loaded(0..<min(256, samples.bytes), "its header"))
    let mark = try samples.source.head(8)
    guard samples.bytes >= 256, Self.isEDF(mark) else { throw head.wrong("it does not begin as EDF or BDF does") }
    let isBDF = mark[0] == 0xff
    let count = try head.whole(252, 4, "number of signals")
    let headerBytes = try head.whole(184, 8, "length of the header")
    guard (1...4_096).contains(count), headerBytes == 256 * (count + 1) else {
      throw head.wrong("\(count) signals, a header of \(headerBytes) bytes")
    }
    guard samples.bytes >= headerBytes else {
      throw EvokeError(
        .eegTruncated, path, reason: "\(samples.bytes) bytes, the header alone has \(headerBytes)",
        remedy: "fetch or copy the file again")
    }
    let whole = EDFHeader(source: try samples.source.loaded(0..<headerBytes, "its header"))
    let recordS = try whole.number(244, 8, "length of a record")
    let all = try whole.signals(count)
    let width = (isBDF ? SampleEncoding.int24 : .int16).width
    let recordBytes = width * all.reduce(0) { $0 + $1.samplesPerRecord }
    let isAnnotation = { (signal: EDFSignal) in
      ["EDF Annotations", "BDF Annotations"].contains(signal.label)
    }
    signals = all.filter { !isAnnotation($0) }
    annotations = all.filter(isAnnotation)
    guard (1e-3...Self.furthestS).contains(recordS) || recordS == 0 && signals.isEmpty, recordBytes > 0 else {
      throw whole.wrong("records of \(recordS) s and \(recordBytes) bytes")
    }
    let declared = try whole.whole(236, 8, "number of records")
    guard declared >= -1 else { throw whole.wrong("\(declared) records of \(recordBytes) bytes") }
    // -1 stands for a recording whose end was not written back: the length says how many whole records there are.
    let there = (samples.bytes - headerBytes) / recordBytes
    recordCount = declared == -1 ? there : min(declared, there)
    declaredCount = declared == -1 ? nil : declared
    var extent = DeclaredExtent("EDF", presentBytes: samples.bytes)
    extent.declaredBytes = declared == -1 ? nil : headerBytes.adding(declared.multiplied(by: recordBytes))
    unlikeDeclared = try extent.refuse(
      path, unit: recordBytes, "the header says \(declared) records of \(recordBytes) bytes, the file holds \(there)",
      short: .eegTruncated, long: .eegHeader, unlessAccepted: allowShort)
    let reserved = try whole.text(192, 44)
    mayHaveGaps = reserved.hasPrefix("EDF+D") || reserved.hasPrefix("BDF+D")
    (self.samples, self.isBDF, self.recordS) = (samples, isBDF, recordS)
    (self.headerBytes, self.recordBytes) = (headerBytes, recordBytes)
  }

  /// The samples of a signal per second.
  public func rate(_ signal: EDFSignal) -> Double { Double(signal.samplesPerRecord) / recordS }

  /// Samples `range` of signals that share one rate, as `[time, signal]`, times `factors`, in float32; memory beside the
  /// result is one piece of records.
  public func values(_ chosen: [EDFSignal], factors: [Double], _ range: Range<Int>) throws -> [Float] {
    guard let per = chosen.first?.samplesPerRecord, per > 0, !range.isEmpty else { return [] }
    precondition(chosen.allSatisfy { $0.samplesPerRecord == per } && factors.count == chosen.count)
    let width = chosen.count
    var out = [Float](repeating: 0, count: range.count * width)
    let last = (range.upperBound - 1) / per
    let piece = max(1, (4 << 20) / recordBytes)
    let perRecord = recordBytes / encoding.width
    for first in stride(from: range.lowerBound / per, through: last, by: piece) {
      let count = min(piece, last - first + 1)
      let all = try samples.samples(encoding, from: headerBytes + first * recordBytes, count: count * perRecord)
      for record in 0..<count {
        let start = (first + record) * per
        for (column, signal) in chosen.enumerated() {
          let base = record * perRecord + signal.position
          for time in max(start, range.lowerBound)..<min(start + per, range.upperBound) {
            let physical = all[base + time - start] * signal.gain + signal.offset
            out[(time - range.lowerBound) * width + column] = Float(physical * factors[column])
          }
        }
      }
    }
    return out
  }

  /// Where a channel of triggers changes to another code than 0: the low 16 bits of its digital values (of BioSemi's
  /// Status the bits above are the amplifier's own). What stands at the first sample is no change.
  public func triggers(_ signal: EDFSignal) throws -> [EDFTrigger] {
    var found: [EDFTrigger] = []
    var last: Int?
    for record in 0..<recordCount {
      let from = headerBytes + record * recordBytes + signal.position * encoding.width
      let codes = try samples.samples(encoding, from: from, count: signal.samplesPerRecord).map { Int($0) & 0xffff }
      for (index, code) in codes.enumerated() {
        if code != 0, code != last ?? code { found.append(EDFTrigger(record: record, sample: index, code: code)) }
        last = code
      }
    }
    return found
  }

  /// The markers, and when each record starts; without annotation signals records follow one another.
  ///
  /// - Throws: `eegHeader` for annotations that are none.
  public func timeline() throws -> (events: [EDFEvent], recordStartsS: [Double]) {
    var events: [EDFEvent] = []
    var starts = (0..<recordCount).map { Double($0) * recordS }
    guard !annotations.isEmpty else { return ([], starts) }
    for record in 0..<recordCount {
      for (index, signal) in annotations.enumerated() {
        let from = headerBytes + record * recordBytes + signal.position * encoding.width
        let bytes = try samples.contents(from..<from + signal.samplesPerRecord * encoding.width)
        for (position, list) in try lists(bytes, record).enumerated() {
          // The first list of a record keeps its time.
          if index == 0, position == 0, list.texts.first == "" { starts[record] = list.onset }
          for text in list.texts where !text.isEmpty {
            events.append(EDFEvent(onsetS: list.onset, durationS: list.duration, text: text))
          }
        }
      }
    }
    return (events, starts)
  }

  /// Time-stamped annotation lists: `+onset[21 duration]20 text 20 ... 20 0`.
  private func lists(
    _ bytes: [UInt8], _ record: Int
  ) throws -> [(onset: Double, duration: Double?, texts: [String])] {
    try bytes.split(separator: 0).compactMap { list in
      let parts = list.split(separator: 20, omittingEmptySubsequences: false)
      let stamp = parts[0].split(separator: 21, omittingEmptySubsequences: false)
      let numbers = stamp.map { Double(String(decoding: $0, as: UTF8.self)) }
      guard let onset = numbers.first ?? nil, abs(onset) < Self.furthestS, parts.count > 1 else {
        throw EvokeError(
          .eegHeader, samples.path, reason: "the annotations of record \(record + 1) are no lists of EDF+",
          remedy: "restore the file, or write it again")
      }
      let duration = numbers.count > 1 ? numbers[1] : nil
      return (onset, duration, parts.dropFirst().dropLast().map { String(decoding: $0, as: UTF8.self) })
    }
  }
}

/// The fields of the header, ASCII padded with blanks.
private struct EDFHeader {
  let source: ByteSource

  private var path: String { source.path }

  func wrong(_ reason: String) -> EvokeError {
    EvokeError(.eegHeader, path, reason: reason, remedy: "export the recording again, or correct its header")
  }

  /// Latin-1, as some programs write µV.
  func text(_ offset: Int, _ length: Int) throws -> String {
    var part = try source.bytes(at: offset, count: length, "a field of the header")[...]
    while part.last == 32 || part.last == 0 { part = part.dropLast() }
    while part.first == 32 { part = part.dropFirst() }
    return String(validating: part, as: UTF8.self)
      ?? String(String.UnicodeScalarView(part.map { Unicode.Scalar($0) }))
  }

  func number(_ offset: Int, _ length: Int, _ what: String) throws -> Double {
    let text = try text(offset, length)
    guard let value = Double(text), value.isFinite else { throw wrong("the \(what) is \(text.debugDescription)") }
    return value
  }

  func whole(_ offset: Int, _ length: Int, _ what: String) throws -> Int {
    let value = try number(offset, length, what)
    guard let whole = Int(exactly: value) else { throw wrong("the \(what) is \(value)") }
    return whole
  }

  func signals(_ count: Int) throws -> [EDFSignal] {
    var position = 0
    return try (0..<count).map { index in
      func at(_ start: Int, _ width: Int) -> Int { 256 + start * count + index * width }
      let label = try text(at(0, 16), 16)
      let name = "signal \(index + 1) (\(label))"
      let low = try number(at(104, 8), 8, "physical minimum of \(name)")
      let high = try number(at(112, 8), 8, "physical maximum of \(name)")
      let digitalLow = try number(at(120, 8), 8, "digital minimum of \(name)")
      let digitalHigh = try number(at(128, 8), 8, "digital maximum of \(name)")
      let samples = try whole(at(216, 8), 8, "samples per record of \(name)")
      guard (1...(1 << 24)).contains(samples) else { throw wrong("\(name) has \(samples) samples per record") }
      guard digitalHigh > digitalLow, high != low else {
        throw wrong("\(name) ranges over \(digitalLow)...\(digitalHigh), that is \(low)...\(high)")
      }
      let gain = (high - low) / (digitalHigh - digitalLow)
      defer { position += samples }
      return EDFSignal(
        label: label, unit: try text(at(96, 8), 8), samplesPerRecord: samples, gain: gain,
        offset: low - digitalLow * gain, position: position)
    }
  }
}
