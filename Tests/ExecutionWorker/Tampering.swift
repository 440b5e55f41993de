import ContentIdentity
import Execution
import Foundation

/// A worker whose results say something else than they should, under a hash that fits.
struct Tampering {
  /// Names and numbers from the result down: `rows.0.table`.
  let place: String
  /// JSON to stand there; nil: nothing does.
  let value: String?

  func serve(_ spool: Spool) throws {
    let worker = UnitWorker(steps: ToySteps.all, WorkerLimits(threads: 1))
    say(["ready": true])
    while let key = readLine(), key != "end" {
      try worker.compute(key, in: spool)
      try tamper("\(spool.directory)/results/\(key).json")
      say(["unit": .string(key), "finished": true])
    }
  }

  private func say(_ message: JSONValue) {
    FileHandle.standardOutput.write(Data((message.canonical + "\n").utf8))
  }

  private func tamper(_ path: String) throws {
    let file = try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8))
    let body = try changed(file["result"], place.split(separator: ".").map(String.init)[...])
    let sealed = JSONValue.object(["result": body, "sha256": .string(body.sha256)])
    try sealed.canonical.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func changed(_ json: JSONValue?, _ names: ArraySlice<String>) throws -> JSONValue {
    guard let name = names.first else { return try JSONValue(parsing: value ?? "null") }
    let rest = names.dropFirst()
    switch json {
    case .object(var members):
      if rest.isEmpty, value == nil {
        members.removeValue(forKey: name)
      } else {
        members[name] = try changed(members[name], rest)
      }
      return .object(members)
    case .array(var items):
      let index = Int(name) ?? 0
      if rest.isEmpty, value == nil { items.remove(at: index) } else { items[index] = try changed(items[index], rest) }
      return .array(items)
    default: preconditionFailure("nothing is at \(place)")
    }
  }
}
