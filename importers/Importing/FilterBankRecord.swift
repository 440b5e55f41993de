import Diagnostics
import Warehouse

/// The filters of a cochleogram in a user's file, with the parameters they are used with.
package struct FilterBankRecord: ImportRecord, Equatable {
  package var name: String
  /// The file (an entry of `ImportBatch.sources`).
  package var source: SourceFile
  /// Variable or dataset inside it; empty where the format has none.
  package var variable: String
  package var channelCount: Int
  package var orders: ClosedRange<Int>
  package var largestPoleRadius: Double
  /// Frame and time constant in ms, factor of the hair cells, shift in octaves (see `CochleogramParameters`).
  package var frameMs: Double
  package var timeConstantMs: Double
  package var factor: Double
  package var octaveShift: Int

  package init(
    name: String, source: SourceFile, variable: String, channelCount: Int, orders: ClosedRange<Int>,
    largestPoleRadius: Double, frameMs: Double, timeConstantMs: Double, factor: Double, octaveShift: Int
  ) {
    self.name = name
    self.source = source
    self.variable = variable
    self.channelCount = channelCount
    self.orders = orders
    self.largestPoleRadius = largestPoleRadius
    self.frameMs = frameMs
    self.timeConstantMs = timeConstantMs
    self.factor = factor
    self.octaveShift = octaveShift
  }
}

extension FilterBankRecord {
  package static let noun = "filter bank"
  package var names: [(noun: String, text: String)] {
    [("filter bank", name)]
  }
  package static let isTable = true

  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    guard try place.connection.filterBanks().contains(where: { $0.name == name }) else { return nil }
    return EvokeError(.alreadyImported, name, reason: "filters of that name are there", remedy: "give another --name")
  }

  /// The row of table `filter_bank`.
  package func enter(_ entry: RecordEntry) throws {
    try entry.connection.insert(
      FilterBankRow(
        activityID: entry.activity, name: name, sourceSHA256: source.sha256, variable: variable,
        channelCount: channelCount, smallestOrder: orders.lowerBound, largestOrder: orders.upperBound,
        largestPoleRadius: largestPoleRadius, frameMs: frameMs, timeConstantMs: timeConstantMs, factor: factor,
        octaveShift: octaveShift))
  }
}
