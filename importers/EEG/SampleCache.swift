import Synchronization

/// The numbers of the variable that was read last: a MATLAB file is decompressed once for all its epochs and bands.
final class SampleCache: Sendable {
  private let last = Mutex<(key: String, values: [Float])?>(nil)

  /// What `load` gives for the key, kept until another key is asked for.
  func values(_ key: String, _ load: () throws -> [Float]) throws -> [Float] {
    if let kept = last.withLock({ $0?.key == key ? $0?.values : nil }) { return kept }
    // The old values are let go first, so that memory holds one variable.
    last.withLock { $0 = nil }
    let values = try load()
    last.withLock { $0 = (key, values) }
    return values
  }
}
