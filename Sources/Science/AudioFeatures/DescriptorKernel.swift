import SignalProcessing

/// What computes the native rows of a set, one block of frames at a time. A value is used by one thread at a time.
///
/// Blocks are independent: a kernel keeps no memory of earlier ones, so that results depend neither on threads nor on
/// which blocks were asked for.
package protocol DescriptorKernel: AnyObject {
  /// Rows of a sound.
  func rowCount(_ sampleCount: Int) -> Int
  /// Twice the sample in the middle of a row's frame.
  func doubledCentre(_ row: Int) -> Int
  /// The samples that rows depend on, within the sound.
  func samples(for rows: Range<Int>, sampleCount: Int) -> Range<Int>
  /// Values per row: the set's columns, then hidden ones.
  var width: Int { get }
  /// `[rows, width]`, row-major.
  ///
  /// - Parameters:
  ///   - x: the samples from `offset` on, at least those `samples(for:sampleCount:)` names.
  ///   - sampleCount: samples of the whole sound.
  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float]
}

/// A kernel whose rows are the frames of one grid and depend, unless it says more, on their own samples only.
package protocol GridKernel: DescriptorKernel {
  static var grid: FrameGrid { get }
}

extension GridKernel {
  package func rowCount(_ sampleCount: Int) -> Int { Self.grid.count(samples: sampleCount) }
  package func doubledCentre(_ row: Int) -> Int { Self.grid.doubledCentre(row) }
  package func samples(for rows: Range<Int>, sampleCount: Int) -> Range<Int> {
    Self.grid.start(rows.lowerBound)..<(Self.grid.start(rows.upperBound - 1) + Self.grid.length)
  }
}
