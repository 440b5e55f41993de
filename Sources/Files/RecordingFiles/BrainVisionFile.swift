import Containers
import DelimitedText
import Diagnostics
import Foundation

/// A recording of BrainVision: a header (`.vhdr`), samples (`.eeg`, `.dat`) and markers (`.vmrk`).
///
/// value = sample * resolution, in the channel's unit (microvolts where the header names none). Samples are int16 or
/// float32, little-endian, channel by channel (`VECTORIZED`) or time by time (`MULTIPLEXED`).
///
/// Read here, because no C library reads it: the header is text, and samples are read by position within checked bounds.
///
/// Source: Brain Products, *BrainVision Core Data Format 1.0*.
public struct BrainVisionFile: Sendable {
  /// One channel as the header describes it.
  public struct Channel: Sendable, Equatable {
    public let name: String
    public let resolution: Double
    /// As written; empty where the header gives none.
    public let unit: String
  }

  /// A marker; `sample` counts from 1.
  public struct Marker: Sendable, Equatable {
    public let type: String
    public let text: String
    public let sample: Int
    public let length: Int
  }

  public let path: String
  public let data: SampleFile
  public let channels: [Channel]
  public let rateHz: Double
  public let sampleCount: Int
  /// What the header says; nil where it says nothing.
  public let declaredCount: Int?
  public let markers: [Marker]
  public let markerPath: String?
  /// What the file of samples lacks or has too much, where that was accepted.
  public let unlikeDeclared: String?
  private let encoding: SampleEncoding
  private let isVectorized: Bool
  /// Samples of each channel in the file, where channel follows channel.
  private let stride: Int

  /// Whether the first bytes are those of a header.
  public static func isHeader(_ head: [UInt8]) -> Bool {
    ["Brain Vision Data Exchange Header File", "BrainVision Data Exchange Header File"].contains {
      head.starts(with: Array($0.utf8)) || head.dropFirst(3).starts(with: Array($0.utf8))
    }
  }

  /// - Parameter allowShort: takes the samples that are both declared and there, where the two differ.
  /// - Throws: `eegHeader`, `eegDataFile`, `eegTruncated`, `fileUnreadable`.
  public init(reading path: String, allowShort: Bool = false) throws {
    let head = try BrainVisionText(reading: path)
    let count = try head.required("NumberOfChannels") { Int($0) }
    let interval = try head.required("SamplingInterval") { Double($0) }
    guard (1...4_096).contains(count), (0.1...1e12).contains(interval) else {
      throw head.wrong("\(count) channels, a sampling interval of \(interval) us")
    }
    guard (head.value("Common Infos", "DataType") ?? "TIMEDOMAIN").uppercased() == "TIMEDOMAIN" else {
      throw head.wrong("the samples are no time series")
    }
    guard (head.value("Common Infos", "DataFormat") ?? "BINARY").uppercased() == "BINARY" else {
      throw head.wrong("the samples are text")
    }
    let format = head.value("Binary Infos", "BinaryFormat") ?? "none"
    guard let encoding: SampleEncoding = ["INT_16": .int16, "INT_32": .int32, "IEEE_FLOAT_32": .float32][format],
      head.value("Binary Infos", "UseBigEndianOrder")?.uppercased() != "YES"
    else { throw head.wrong("its BinaryFormat is \(format), or big-endian") }
    let order = (head.value("Common Infos", "DataOrientation") ?? "MULTIPLEXED").uppercased()
    guard ["MULTIPLEXED", "VECTORIZED"].contains(order) else { throw head.wrong("its DataOrientation is \(order)") }
    channels = try (1...count).map { try Self.channel(head, $0) }
    let named = head.section("Channel Infos").compactMap { $0.key.hasPrefix("Ch") ? Int($0.key.dropFirst(2)) : nil }
    guard (named.max() ?? count) <= count else {
      throw head.wrong("it describes \(named.count) channels, its NumberOfChannels is \(count)")
    }
    data = try SampleFile(reading: try head.beside("DataFile", ["eeg", "dat"]))
    let row = count * encoding.width
    let declared = try head.number("DataPoints") { Int($0) }
    let there = data.bytes / row
    // Channel after channel, a short file lacks the last channels: nothing of it can be taken.
    let isVectorized = order == "VECTORIZED"
    var extent = DeclaredExtent("BrainVision", presentBytes: data.bytes)
    extent.declaredBytes =
      declared.map { $0.multiplied(by: row) } ?? (there * row < data.bytes ? (there + 1) * row : nil)
    unlikeDeclared = try extent.refuse(
      data.path, unit: 1,
      "\(data.bytes) bytes, a sample of \(count) channels has \(row)"
        + (declared.map { "; the header says \($0) samples" } ?? ""),
      short: .eegTruncated, long: .eegHeader, unlessAccepted: allowShort,
      isAcceptable: !isVectorized || extent.missingBytes == 0)
    sampleCount = declared.map { min($0, there) } ?? there
    declaredCount = declared
    stride = declared ?? there
    markerPath = head.value("Common Infos", "MarkerFile") == nil ? nil : try head.beside("MarkerFile", ["vmrk"])
    markers = try markerPath.map { try Self.markers($0) } ?? []
    (self.path, self.encoding, rateHz, self.isVectorized) = (path, encoding, 1e6 / interval, isVectorized)
  }

  /// Samples `range` as `[time, channel]`, times resolution and `factors`.
  public func values(factors: [Double], _ range: Range<Int>) throws -> [Float] {
    precondition(factors.count == channels.count)
    let scales = zip(channels, factors).map { $0.resolution * $1 }
    let width = channels.count
    guard isVectorized else {
      return try data.floats(
        encoding, from: range.lowerBound * width * encoding.width, count: range.count * width, scales: scales)
    }
    var out = [Float](repeating: 0, count: range.count * width)
    for channel in 0..<width {
      let from = (channel * stride + range.lowerBound) * encoding.width
      let values = try data.floats(encoding, from: from, count: range.count, scales: [scales[channel]])
      for (time, value) in values.enumerated() { out[time * width + channel] = value }
    }
    return out
  }

  /// `Ch1=name,reference,resolution,unit`; `\1` stands for a comma.
  private static func channel(_ head: BrainVisionText, _ index: Int) throws -> Channel {
    guard let line = head.value("Channel Infos", "Ch\(index)") else { throw head.wrong("Ch\(index) is missing") }
    let parts = line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.replacingOccurrences(of: "\\1", with: ",").trimmingCharacters(in: .whitespaces)
    }
    let text = parts.count > 2 ? parts[2] : ""
    guard let resolution = text.isEmpty ? 1 : Double(text), resolution != 0, resolution.isFinite else {
      throw head.wrong("the resolution of Ch\(index) is \(text.debugDescription)")
    }
    return Channel(name: parts[0], resolution: resolution, unit: parts.count > 3 ? parts[3] : "")
  }

  /// `Mk1=type,text,sample,length,channel`, in the order of the numbers: where somebody took lines out, some are missing.
  private static func markers(_ path: String) throws -> [Marker] {
    let file = try BrainVisionText(reading: path)
    guard file.sections.contains("Marker Infos") else { throw file.wrong("it has no section [Marker Infos]") }
    let lines = try file.section("Marker Infos").map { entry in
      guard entry.key.hasPrefix("Mk"), let number = Int(entry.key.dropFirst(2)) else {
        throw file.wrong("line \(entry.line) is no marker", at: entry.line)
      }
      return (number: number, entry: entry)
    }
    return try lines.sorted { ($0.number, $0.entry.line) < ($1.number, $1.entry.line) }.map { number, entry in
      let parts = entry.value.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.replacingOccurrences(of: "\\1", with: ",").trimmingCharacters(in: .whitespaces)
      }
      guard parts.count > 3, let sample = Int(parts[2]), let length = Int(parts[3]),
        sample.magnitude < 1 << 53, (0..<(1 << 53)).contains(length)
      else {
        throw file.wrong("Mk\(number) is \(entry.value.debugDescription)", at: entry.line)
      }
      return Marker(type: parts[0], text: parts[1], sample: sample, length: length)
    }
  }
}

/// The INI text of headers and markers: UTF-8 or Latin-1. Of a section that is read every line is an entry, a comment
/// (`;`) or empty.
private struct BrainVisionText {
  struct Entry {
    let line: Int
    let key: String
    let value: String
  }

  let path: String
  /// Those that are there.
  private(set) var sections: Set<String> = []
  private var entries: [String: [Entry]] = [:]

  private static let read = ["Common Infos", "Binary Infos", "Channel Infos", "Marker Infos"]

  init(reading path: String) throws {
    self.path = path
    let file = try SampleFile(reading: path)
    guard file.bytes < 64 << 20 else {
      throw EvokeError(.eegHeader, path, reason: "\(file.bytes) bytes are no header", remedy: "name the .vhdr")
    }
    let bytes = try file.contents(0..<file.bytes)
    let text =
      String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    var section = ""
    for line in text.writtenLines {
      if line.text.hasPrefix("[") {
        section = String(line.text.dropFirst().prefix { $0 != "]" })
        sections.insert(section)
        continue
      }
      // Others hold free text of the recorder.
      guard Self.read.contains(section), !line.text.hasPrefix(";") else { continue }
      guard let equals = line.text.firstIndex(of: "=") else {
        throw wrong("\(line.text.prefix(40).debugDescription) is no entry of [\(section)]", at: line.number)
      }
      let key = line.text[..<equals].trimmingCharacters(in: .whitespaces)
      let value = line.text[line.text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      if section != "Marker Infos", let other = self.value(section, key), other != value {
        throw wrong("\(key) is \(other.debugDescription) and \(value.debugDescription)", at: line.number)
      }
      entries[section, default: []].append(Entry(line: line.number, key: key, value: value))
    }
  }

  func value(_ section: String, _ key: String) -> String? { entries[section]?.first { $0.key == key }?.value }

  func section(_ name: String) -> [Entry] { entries[name, default: []] }

  /// A number of the section Common Infos; nil where it is left out, not where it cannot be read.
  func number<Value>(_ key: String, _ read: (String) -> Value?) throws -> Value? {
    guard let text = value("Common Infos", key) else { return nil }
    guard let value = read(text) else { throw wrong("its \(key) is \(text.debugDescription)") }
    return value
  }

  func required<Value>(_ key: String, _ read: (String) -> Value?) throws -> Value {
    guard let value = try number(key, read) else { throw wrong("it gives no \(key)") }
    return value
  }

  func wrong(_ reason: String, at line: Int? = nil) -> EvokeError {
    let place = line.map { "\(path) line \($0)" } ?? path
    return EvokeError(.eegHeader, place, reason: reason, remedy: "export the recording again as binary BrainVision 1.0")
  }

  /// The file the header names; `$b` stands for the header's own name.
  func beside(_ key: String, _ suffixes: [String]) throws -> String {
    let header = URL(fileURLWithPath: path)
    let stem = header.deletingPathExtension().lastPathComponent
    guard let name = value("Common Infos", key), !name.isEmpty else { throw wrong("it names no \(key)") }
    let last = name.replacingOccurrences(of: "$b", with: stem).split { $0 == "/" || $0 == "\\" }.last.map(String.init)
    let folder = header.deletingLastPathComponent()
    let named = folder.appendingPathComponent(last ?? name).path
    if FileManager.default.fileExists(atPath: named) { return named }
    let own = suffixes.map { folder.appendingPathComponent("\(stem).\($0)").path }
    let there = own.first { FileManager.default.fileExists(atPath: $0) }
    throw EvokeError(
      .eegDataFile, path, reason: "\(key) is \(name), which is not in its folder",
      remedy: there.map { "if it was renamed to \(URL(fileURLWithPath: $0).lastPathComponent), write that as \(key)" }
        ?? "put it beside the header")
  }
}
