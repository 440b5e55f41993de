import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import LinearAlgebra
import Vocabulary
import Warehouse
import Work

/// What a worker may use.
public struct WorkerLimits: Sendable {
  /// BLAS threads.
  public let threads: Int
  /// Bytes of memory a unit may need; nil: no limit.
  public let memoryBytes: Int?

  public init(threads: Int = BLASThreads.current, memoryBytes: Int? = nil) {
    self.threads = threads
    self.memoryBytes = memoryBytes
  }
}

/// Computes frozen tasks with the steps it was given; never opens the catalog.
public struct UnitWorker: Sendable {
  private let steps: [String: any WorkStep]
  private let limits: WorkerLimits
  private let libraries: [String: String]

  /// - Parameter limits: its threads are what BLAS was set to, for the environment row.
  public init(steps: [any WorkStep], _ limits: WorkerLimits = WorkerLimits(), libraries: [String: String] = [:]) {
    self.steps = Dictionary(steps.map { ("\($0.name) \($0.version)", $0) }, uniquingKeysWith: { first, _ in first })
    self.limits = limits
    self.libraries = libraries
  }

  /// Computes one task of a spool and leaves its arrays and result there. A data error is a result too.
  ///
  /// - Returns: whether the unit succeeded.
  /// - Throws: only when not even the result could be written.
  @discardableResult
  public func compute(_ key: String, in spool: Spool, progress: @escaping @Sendable (Double) -> Void = { _ in }) throws
    -> Bool
  {
    let clock = ContinuousClock()
    let begin = clock.now
    var result = UnitResult(
      key: key, startedAt: Machine.now,
      environment: WorkerEnvironment(blasKernel: BLASThreads.kernel, threads: limits.threads, libraries: libraries))
    do {
      var task = try UnitTask.read(key, in: spool)
      task.partialPath = spool.partial(key)
      result.inputsSHA256 = task.inputsSHA256
      let step = try step(for: task)
      if try step.precision(of: task) == .bfloat16 {
        // Loading oneDNN only to name it would cost every other unit some tens of milliseconds.
        result.environment = WorkerEnvironment(
          blasKernel: BLASThreads.kernel, threads: limits.threads,
          libraries: libraries.merging(["onednn": MatrixUnits.name ?? "none"]) { $1 })
      }
      task.maker = result.environment.maker
      task.memoryBytes = limits.memoryBytes
      try fill(&result, by: step, task, spool, progress)
    } catch {
      result.rows = []
      result.arrays = []
      result.fileSHA256 = nil
      try? FileManager.default.removeItem(atPath: spool.arrays(key))
      result.failure = Self.failure(error, in: spool)
    }
    let took = clock.now - begin
    result.seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
    result.peakBytes = Machine.peakBytes
    try result.write(in: spool)
    if result.failure == nil { spool.forgetPartial(key) }
    return result.failure == nil
  }

  private func step(for task: UnitTask) throws -> any WorkStep {
    if let step = steps["\(task.step) \(task.version)"] { return step }
    let known = steps.values.filter { $0.name == task.step }.map(\.version).max()
    let recipe = known.map { "this program has \(task.version < $0 ? "a newer" : "an older") recipe, version \($0)" }
    throw EvokeError(
      .unknownStep, "\(task.step) version \(task.version)", reason: recipe ?? "it is not registered in this program",
      remedy: "plan the study again with this version of Evoke")
  }

  private func fill(
    _ result: inout UnitResult, by step: any WorkStep, _ task: UnitTask, _ spool: Spool,
    _ progress: @escaping @Sendable (Double) -> Void
  ) throws {
    for source in task.sources { try source.requireUnchanged() }
    let writer = try ArrayFileWriter(in: spool.arrays(task.key))
    do {
      // BLAS with one thread: a sum that several share has other bits. What is shared out in lanes has the same.
      result.rows = try Lanes.sharing { try step.compute(task, writer: writer, progress: progress) }
    } catch {
      writer.abandon()
      throw error
    }
    let stored = try writer.finish(subfolders: false)
    result.arrays = stored.map { UnitResult.Array(description: $0.description, path: $0.path, sha256: $0.sha256) }
    result.fileSHA256 = stored.first?.fileBytes.sha256
    try Self.check(result, of: step)
  }

  private static func check(_ result: UnitResult, of step: any WorkStep) throws {
    func refused(_ reason: String) -> EvokeError {
      EvokeError(.rowsRefused, step.name, reason: reason, remedy: "report this")
    }
    if let table = step.undeclared(in: result.rows) { throw refused("it does not declare the table \(table)") }
    do { try result.check() } catch let error as StrictCodingError { throw refused("\(error)") }
  }

  private static func failure(_ error: any Error, in spool: Spool) -> UnitResult.Failure {
    guard let known = error as? EvokeError else {
      return UnitResult.Failure(.stepFault, reason: "\(error)", remedy: "report this with the unit's label")
    }
    // HDF5 says only that a write failed; whether the disk is full is for the disk to say.
    guard known.code == .hdf5WriteFailed, (Files.freeBytes(at: spool.directory) ?? .max) < 1 << 20 else {
      return UnitResult.Failure(known)
    }
    return UnitResult.Failure(
      .diskFull, known.object, reason: known.reason, remedy: "free space on this disk and run the command again")
  }
}
