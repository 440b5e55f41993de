import ContentIdentity

/// What a unit is expected to take, as its step tells from the parameters.
public struct WorkCost: Sendable, Equatable {
  public enum Time: Sendable, Equatable {
    /// Floating point operations, a multiply-add being two.
    case operations(Double)
    /// Wall clock on one ordinary core.
    case seconds(Double)
    /// So many times what units of another step take.
    case times(Double, step: String)
    case unknown
  }

  /// Bytes a worker needs beside its own.
  public enum Memory: Sendable, Equatable {
    /// By the shapes it works on: no measurement makes it smaller.
    case computed(Int)
    /// As seen elsewhere: a measurement on this machine replaces it.
    case typical(Int)
    case unknown
  }

  public let time: Time
  public let memory: Memory
  /// Arrays before compression.
  public let diskBytes: Int

  public init(time: Time, memory: Memory, diskBytes: Int) {
    self.time = time
    self.memory = memory
    self.diskBytes = diskBytes
  }

  /// A worker's own memory beside what a unit needs.
  package static let workerBytes = 90 << 20

  public static let unknown = WorkCost(time: .unknown, memory: .unknown, diskBytes: 0)
}

/// What the time of a unit is compared by: units of a step that agree in name and settings take the same time for each
/// second of sound.
public struct WorkMeasure: Sendable, Equatable {
  /// What is made, for people, for example a model's name.
  public let name: String
  public let settings: JSONValue
  /// Seconds of sound or film it works on, or the number of runs it consists of: what its time grows with; nil where nothing
  /// was recorded of it.
  public let soundS: Double?

  public init(name: String, settings: JSONValue, soundS: Double?) {
    self.name = name
    self.settings = settings
    self.soundS = soundS
  }
}

/// Where the source of a role is; nil where it is not known any more.
public typealias SourcePlace = (_ role: String) throws -> String?

extension WorkStep {
  /// Nothing is known before a unit was measured.
  public func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost { .unknown }

  /// All units of the step are alike.
  public func measure(_ parameters: Parameters) -> WorkMeasure? { nil }
}
