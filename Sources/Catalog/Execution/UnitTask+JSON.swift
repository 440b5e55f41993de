import ContentIdentity
import Diagnostics
import FileSystem
import Warehouse
import Work

extension UnitTask {
  /// The form in which a task travels to a worker.
  public var json: JSONValue {
    [
      "unit_key": .string(key), "step": .string(step), "version": .int(version), "parameters": parameters,
      "label": .string(label),
      "arrays": .array(
        arrays.map {
          [
            "role": .string($0.role), "reference": $0.reference.json, "description": $0.description.json,
            "unit_key": $0.unitKey.map { .string($0) } ?? .null,
          ]
        }),
      "sources": .array(
        sources.map {
          ["role": .string($0.role), "name": .string($0.name), "sha256": .string($0.sha256), "path": .string($0.path)]
        }),
    ]
  }

  public init(json: JSONValue) throws {
    func text(_ value: JSONValue, _ key: String) -> String { value[key]?.stringValue ?? "" }
    self.init(
      key: text(json, "unit_key"), step: text(json, "step"), version: json["version"]?.intValue ?? 0,
      parameters: json["parameters"] ?? .null, label: text(json, "label"),
      arrays: try (json["arrays"]?.arrayValue ?? []).map {
        TaskArray(
          role: text($0, "role"), reference: ArrayReference(json: $0["reference"] ?? .null),
          description: try ArrayDescription(json: $0["description"] ?? .null), unitKey: $0["unit_key"]?.stringValue)
      },
      sources: (json["sources"]?.arrayValue ?? []).map {
        TaskSource(role: text($0, "role"), name: text($0, "name"), sha256: text($0, "sha256"), path: text($0, "path"))
      })
  }

  /// Writes the task once and for all.
  func freeze(in spool: Spool) throws {
    let body = json
    try Files.write(JSONValue.object(["task": body, "sha256": .string(body.sha256)]).canonical, to: spool.task(key))
  }

  /// Reads a frozen task.
  ///
  /// - Throws: `E-EXE-003` when it is not what was written.
  static func read(_ key: String, in spool: Spool) throws -> UnitTask {
    let path = spool.task(key)
    guard let json = try? JSONValue(parsing: try Files.read(path)), let body = json["task"],
      json["sha256"]?.stringValue == body.sha256, body["unit_key"]?.stringValue == key
    else {
      throw EvokeError(
        .taskChanged, path, reason: "its content does not match its hash, or it is not there",
        remedy: "run the study again")
    }
    return try UnitTask(json: body)
  }
}
