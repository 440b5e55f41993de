import Diagnostics
import Importing
import RecordingImport

/// A table of region series: a row per volume, a column per region; a time column, where there is one, gives the rate.
struct RegionTable {
  private let path: String
  private let names: [String]
  private let columns: [[Double]]
  private let times: [Double]?
  private let notes: [Diagnostic]

  private static let timeNames = ["time", "time_s", "t", "t_s", "onset", "seconds"]

  /// - Throws: `tableNoColumn` for a first line of numbers, and the first fault of the table.
  init(reading path: String) throws {
    let table = try NumberColumns(
      reading: path, noun: "regions", remedy: "add a first line with the regions' names")
    let (header, all) = (table.names, table.columns)
    let time = header.firstIndex { Self.timeNames.contains($0.lowercased()) }
    // A first column without a name that counts the rows is an index, as pandas writes it.
    let index = header.first == "" && all[0].enumerated().allSatisfy { $1 == Double($0) } ? 0 : nil
    let kept = header.indices.filter { $0 != time && $0 != index }
    self.path = path
    names = kept.map { header[$0] }
    columns = kept.map { all[$0] }
    times = time.map { all[$0] }
    notes =
      index == nil
      ? []
      : [
        Diagnostic(
          .note, .rowNumbersLeftOut, path, reason: "its first column counts the rows",
          remedy: "nothing; name it if it is a region")
      ]
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
    if let declared, let own, abs(declared - own) > 1e-6 * declared {
      throw EvokeError(
        .repetitionTime, path, reason: "its time column says \(1 / own) s, --tr-s or --rate-hz \(1 / declared) s",
        remedy: "correct the one that is wrong")
    }
    guard let rate = declared ?? own else {
      throw EvokeError(
        .rateMissing, path, reason: "a table of regions says nothing of its rate", remedy: "give --tr-s SECONDS")
    }
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
    return recording
  }
}
