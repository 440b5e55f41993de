import ContentIdentity
import Diagnostics
import FileSystem
import Warehouse
import Work

/// The machine and settings a worker computed with: one row of `environment`.
public struct WorkerEnvironment: Sendable, Equatable, Codable {
  public let hostnameHash: String
  public let cpuModel: String
  public let blasKernel: String
  public let threads: Int
  public let version: String
  public let libraries: [String: String]

  private enum CodingKeys: String, CodingKey {
    case hostnameHash, cpuModel, blasKernel, threads
    case version = "evokeVersion"
    case libraries = "libraryVersions"
  }

  /// This process.
  public init(blasKernel: String, threads: Int, libraries: [String: String]) {
    hostnameHash = Machine.hostnameHash
    cpuModel = Machine.cpuModel
    self.blasKernel = blasKernel
    self.threads = threads
    version = Warehouse.version
    self.libraries = libraries
  }

  /// What of it shapes bits.
  var maker: JSONValue {
    ["blas_kernel": .string(blasKernel), "threads": .int(threads), "evoke_version": .string(version)]
  }

  /// Its key in the catalog.
  func identify(_ connection: Connection) throws -> Int {
    try connection.identify(
      EnvironmentRow(
        hostnameHash: hostnameHash, cpuModel: cpuModel, blasKernel: blasKernel, threads: threads,
        evokeVersion: version, libraryVersions: JSONValue.object(libraries.mapValues { .string($0) }).canonical))
  }
}

/// What a worker leaves for the collector: rows and arrays of one unit, or why there are none.
struct UnitResult: Sendable, Codable {
  /// An array in the spool; its axes are read from the file.
  struct Array: Sendable, Codable {
    let description: ArrayDescription
    let path: String
    let sha256: String
  }

  let key: String
  var rows: [ResultRows] = []
  var arrays: [Array] = []
  /// Of the bytes of the arrays' file; nil where there is none.
  var fileSHA256: String?
  /// Of the hashes of all that it read; nil where it failed before it read anything.
  var inputsSHA256: String?
  var failure: Failure?
  let startedAt: String
  var seconds = 0.0
  var peakBytes = 0
  var environment: WorkerEnvironment

  private enum CodingKeys: String, CodingKey {
    case key = "unitKey"
    case failure = "error"
    case fileSHA256 = "fileSha256"
    case inputsSHA256 = "inputsSha256"
    case rows, arrays, startedAt, seconds, peakBytes, environment
  }

  init(key: String, startedAt: String, environment: WorkerEnvironment) {
    self.key = key
    self.startedAt = startedAt
    self.environment = environment
  }

  /// What `unit.result_sha256` holds.
  var sha256: String {
    ResultHash.of(rows.flatMap(\.rows), unit: key, arrays: arrays.map { ($0.description.name, $0.sha256) })
  }

  /// The name all its arrays' file has: the hash over their hashes.
  var fileHash: String { ArrayHash.file(arrays.map { ($0.path, $0.sha256) }) }

  /// Whether everything in it can be written and stored.
  ///
  /// - Throws: `StrictCodingError`.
  func check() throws {
    for part in rows { try part.check() }
    for array in arrays { _ = try StrictCoder.encode(array) }
  }

  /// Writes the result; once the file is there it is complete.
  func write(in spool: Spool) throws {
    try SealedJSON(name: "result", body: try StrictCoder.encode(self)).write(to: spool.result(key))
  }

  /// Reads a result.
  ///
  /// - Throws: `E-EXE-009` when it is not what was written.
  static func read(_ key: String, in spool: Spool) throws -> UnitResult {
    let path = spool.result(key)
    do {
      let result = try StrictCoder.decode(UnitResult.self, from: SealedJSON.read("result", from: path))
      guard result.key == key else { throw StrictCodingError(place: "unit_key", reason: "it is another unit's") }
      return result
    } catch {
      throw EvokeError(
        .resultRejected, path, reason: SealedJSON.reason(error), remedy: "run the study again; check the disk")
    }
  }
}

extension UnitResult {
  /// Why a unit failed.
  struct Failure: Error, Sendable, Equatable, Codable {
    let code: ErrorCode
    /// nil where the reason speaks of the whole unit.
    let object: String?
    let reason: String
    let remedy: String

    private enum CodingKeys: String, CodingKey { case code, object, reason, remedy }

    init(_ code: ErrorCode, _ object: String? = nil, reason: String, remedy: String) {
      (self.code, self.object, self.reason, self.remedy) = (code, object, reason, remedy)
    }

    init(_ error: EvokeError) { self.init(error.code, error.object, reason: error.reason, remedy: error.remedy) }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      let id = try container.decode(String.self, forKey: .code)
      guard let code = ErrorCode.named(id) else { throw StrictCodingError(place: "code", reason: "\(id) is none") }
      self.init(
        code, try container.decodeIfPresent(String.self, forKey: .object),
        reason: try container.decode(String.self, forKey: .reason),
        remedy: try container.decode(String.self, forKey: .remedy))
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(code.id, forKey: .code)
      try container.encodeIfPresent(object, forKey: .object)
      try container.encode(reason, forKey: .reason)
      try container.encode(remedy, forKey: .remedy)
    }

    /// What `attempt.message` and `unit.message` hold.
    var message: String { object.map { "\($0): \(reason)" } ?? reason }
  }
}
