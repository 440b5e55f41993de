import ContentIdentity
import Diagnostics
import FileSystem
import Warehouse
import Work

/// The machine and settings a worker computed with: one row of `environment`.
public struct WorkerEnvironment: Sendable, Equatable {
  public let hostnameHash: String
  public let cpuModel: String
  public let blasKernel: String
  public let threads: Int
  public let version: String
  public let libraries: [String: String]

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

  var json: JSONValue {
    [
      "hostname_hash": .string(hostnameHash), "cpu_model": .string(cpuModel), "blas_kernel": .string(blasKernel),
      "threads": .int(threads), "evoke_version": .string(version),
      "library_versions": .object(libraries.mapValues { .string($0) }),
    ]
  }

  init(json: JSONValue) {
    hostnameHash = json["hostname_hash"]?.stringValue ?? ""
    cpuModel = json["cpu_model"]?.stringValue ?? ""
    blasKernel = json["blas_kernel"]?.stringValue ?? ""
    threads = json["threads"]?.intValue ?? 0
    version = json["evoke_version"]?.stringValue ?? ""
    libraries = (json["library_versions"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
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
struct UnitResult: Sendable {
  struct Failure: Sendable {
    let code: String
    let message: String
  }

  /// An array in the spool; its axes are read from the file.
  struct Array: Sendable {
    let description: ArrayDescription
    let path: String
    let sha256: String
  }

  let key: String
  var rows: [ResultRows] = []
  var arrays: [Array] = []
  var failure: Failure?
  let startedAt: String
  var seconds = 0.0
  var peakBytes = 0
  var environment: WorkerEnvironment

  init(key: String, startedAt: String, environment: WorkerEnvironment) {
    self.key = key
    self.startedAt = startedAt
    self.environment = environment
  }

  /// SHA-256 over the canonical rows and the array hashes: what `unit.result_sha256` holds.
  var sha256: String {
    JSONValue.object([
      "rows": .array(rows.map(Self.json)),
      "arrays": .array(
        arrays.map { [.string($0.description.name), .string($0.sha256)] }
          .sorted { $0[0].stringValue ?? "" < $1[0].stringValue ?? "" }.map { .array($0) }),
    ]).sha256
  }

  private static func json(_ rows: ResultRows) -> JSONValue {
    [
      "table": .string(rows.table), "columns": .array(rows.columns.map { .string($0) }),
      "rows": .array(rows.rows.map { .array($0.map(\.json)) }),
    ]
  }

  var json: JSONValue {
    [
      "unit_key": .string(key), "rows": .array(rows.map(Self.json)),
      "arrays": .array(
        arrays.map {
          ["description": $0.description.json, "path": .string($0.path), "sha256": .string($0.sha256)]
        }),
      "error": failure.map { ["code": .string($0.code), "message": .string($0.message)] } ?? .null,
      "started_at": .string(startedAt), "seconds": .number(seconds), "peak_bytes": .int(peakBytes),
      "environment": environment.json,
    ]
  }

  init(json: JSONValue) throws {
    key = json["unit_key"]?.stringValue ?? ""
    startedAt = json["started_at"]?.stringValue ?? ""
    seconds = json["seconds"]?.doubleValue ?? 0
    peakBytes = json["peak_bytes"]?.intValue ?? 0
    environment = WorkerEnvironment(json: json["environment"] ?? .null)
    rows = (json["rows"]?.arrayValue ?? []).map {
      ResultRows(
        table: $0["table"]?.stringValue ?? "", columns: ($0["columns"]?.arrayValue ?? []).map { $0.stringValue ?? "" },
        rows: ($0["rows"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).map { SQLValue(json: $0) } })
    }
    arrays = try (json["arrays"]?.arrayValue ?? []).map {
      Array(
        description: try ArrayDescription(json: $0["description"] ?? .null), path: $0["path"]?.stringValue ?? "",
        sha256: $0["sha256"]?.stringValue ?? "")
    }
    if let error = json["error"], !error.isNull {
      failure = Failure(code: error["code"]?.stringValue ?? "", message: error["message"]?.stringValue ?? "")
    }
  }

  /// The name all its arrays' file has: the hash over their hashes.
  var fileHash: String { ArrayHash.file(arrays.map { ($0.path, $0.sha256) }) }

  /// Writes the result; once the file is there it is complete.
  func write(in spool: Spool) throws {
    let body = json
    try Files.write(
      JSONValue.object(["result": body, "sha256": .string(body.sha256)]).canonical, to: spool.result(key))
  }

  /// Reads a result.
  ///
  /// - Throws: `E-EXE-009` when it is not what was written.
  static func read(_ key: String, in spool: Spool) throws -> UnitResult {
    let path = spool.result(key)
    guard let json = try? JSONValue(parsing: try Files.read(path)), let body = json["result"],
      json["sha256"]?.stringValue == body.sha256, body["unit_key"]?.stringValue == key
    else {
      throw EvokeError(
        .resultRejected, path, reason: "its content does not match its hash, or it is not there",
        remedy: "run the study again; check the disk")
    }
    return try UnitResult(json: body)
  }
}
