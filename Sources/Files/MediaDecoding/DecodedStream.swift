import Diagnostics

/// Batches of one open stream, in order: while one is read, the process decodes the next.
final class DecodedStream {
  private let process: DecodingProcess
  private let path: String
  private var batch = DecodedBatch()
  /// The half in which the batch stands, and the first of it that was not given out.
  private var half = 1
  private var next = 0

  /// Asks for a file to be opened.
  init(_ path: String) throws {
    self.path = path
    process = try DecodingProcess.take()
  }

  deinit { process.release() }

  func open<Value: WireValue>(_ request: DecodingRequest) throws -> Value {
    let opened: Value = try process.ask(request, of: path)
    try process.begin(.next(half: 0), of: path)
    return opened
  }

  /// What decoding found; nil while something may follow.
  var end: DecodingReport? { next == batch.counts.count ? batch.end : nil }

  /// The place of the next one in its half, in units of `size` per count; nil at the end.
  ///
  /// - Throws: why decoding stopped.
  func advance<Result>(
    size: Int,
    _ read: (_ process: DecodingProcess, _ half: Int, _ place: Int, _ batch: DecodedBatch, _ index: Int)
      throws -> Result
  ) throws -> Result? {
    while next == batch.counts.count {
      if let failure = batch.failure { throw failure }
      if batch.end != nil { return nil }
      try fetch(size)
    }
    defer { next += 1 }
    return try read(process, half, batch.counts[..<next].reduce(0, +) * size, batch, next)
  }

  private func fetch(_ size: Int) throws {
    batch = try process.answer(of: path)
    (half, next) = (1 - half, 0)
    var room = DecodingProcess.halfBytes / size
    let isOver = batch.end != nil || batch.failure != nil
    guard isOver || !batch.counts.isEmpty, [0, batch.counts.count].contains(batch.seconds.count) else {
      throw process.giveUp(on: path)
    }
    for count in batch.counts {
      guard count > 0, count <= room else { throw process.giveUp(on: path) }
      room -= count
    }
    if !isOver { try process.begin(.next(half: 1 - half), of: path) }
  }
}
