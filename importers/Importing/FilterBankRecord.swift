import Warehouse

/// The filters of a cochleogram in a user's file, with the parameters they are used with.
public struct FilterBankRecord: Sendable, Equatable {
  public var name: String
  /// The file (an entry of `ImportBatch.sources`).
  public var source: SourceFile
  /// Variable or dataset inside it; empty where the format has none.
  public var variable: String
  public var channelCount: Int
  public var orders: ClosedRange<Int>
  public var largestPoleRadius: Double
  /// Frame and time constant in ms, factor of the hair cells, shift in octaves (see `CochleogramParameters`).
  public var frameMs: Double
  public var timeConstantMs: Double
  public var factor: Double
  public var octaveShift: Int

  public init(
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

  /// The row of table `filter_bank`.
  func row(activity: Int) -> [(String, SQLValue)] {
    [
      ("activity_id", .int(activity)), ("name", .text(name)), ("source_sha256", .text(source.sha256)),
      ("variable", .text(variable)), ("channel_count", .int(channelCount)), ("smallest_order", .int(orders.lowerBound)),
      ("largest_order", .int(orders.upperBound)), ("largest_pole_radius", .real(largestPoleRadius)),
      ("frame_ms", .real(frameMs)), ("time_constant_ms", .real(timeConstantMs)), ("factor", .real(factor)),
      ("octave_shift", .int(octaveShift)),
    ]
  }
}
