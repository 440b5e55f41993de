import ArgumentParser
import Diagnostics
import Figures
import FileSystem
import Foundation
import LinearAlgebra
import MediaDecoding
import Schema
import Upkeep
import Warehouse

/// `evoke doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks the program's libraries, the machine and the warehouse.")

  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  private struct Line {
    let check: String
    let state: String
    let value: String
  }

  func run() throws {
    var lines = Self.program() + Self.machine()
    do {
      lines += Self.place(try global.directory())
      lines += try catalog(try global.directory())
    } catch let error as EvokeError where error.code == .notAWarehouse && global.warehouse == nil {
      lines.append(Line(check: "warehouse", state: "note", value: "none here"))
    } catch let error as EvokeError {
      lines.append(
        Line(check: "warehouse", state: "failed", value: "\(error.code.id) \(error.object): \(error.reason)"))
    }
    let columns = ["check", "state", "value"]
    let rows = lines.map { SQLRow(columns: columns, values: [.text($0.check), .text($0.state), .text($0.value)]) }
    try Output.write(formatting.text(SQLTable(columns: columns, rows: rows), global))
    if let failed = lines.first(where: { $0.state == "failed" }) {
      throw EvokeError(
        .verificationFailed, failed.check, reason: failed.value,
        remedy: "evoke verify --level 1 says more of a warehouse")
    }
  }

  private static func program() -> [Line] {
    let versions = Libraries.own.sorted { $0.key < $1.key }
    return [Line(check: "evoke", state: "ok", value: Warehouse.version)]
      + versions.map { Line(check: $0.key, state: "ok", value: $0.value) } + decoding() + linearAlgebra()
      + [pictures()]
  }

  /// The program that decodes films and sound.
  private static func decoding() -> [Line] {
    do {
      let found = try mediaLibraryVersions()
      return [
        Line(check: "ffmpeg", state: "ok", value: found.ffmpeg),
        Line(check: "sndfile", state: "ok", value: found.sndfile),
        Line(
          check: "decoding", state: found.isConfined ? "ok" : "note",
          value: found.isConfined
            ? "in a confined process" : "in a process of its own, which this kernel does not confine (seccomp)"),
      ]
    } catch { return [Line(check: "decoding", state: "failed", value: "\(error)")] }
  }

  /// LAPACK routines come from whatever library the system's alternatives name; only OpenBLAS's own is expected.
  private static func linearAlgebra() -> [Line] {
    let maps: String
    do { maps = String(decoding: try Files.read("/proc/self/maps"), as: UTF8.self) } catch {
      return [Line(check: "LAPACK", state: "note", value: "what is loaded cannot be read: \(error)")]
    }
    let loaded = Set(maps.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) })
    let routines = loaded.filter { path in
      ["liblapack.", "libblas.", "libopenblas"].contains { (path as NSString).lastPathComponent.hasPrefix($0) }
    }.sorted()
    let strange = routines.filter { !$0.contains("openblas") }
    return [
      Line(
        check: "LAPACK", state: strange.isEmpty ? "ok" : "failed",
        value: strange.isEmpty
          ? routines.joined(separator: " ")
          : "\(strange.joined(separator: " ")) is loaded: choose OpenBLAS with update-alternatives")
    ]
  }

  /// A figure can be written as SVG without them.
  private static func pictures() -> Line {
    let refusal = FigureFormat.refusal
    return Line(check: "pictures", state: refusal == nil ? "ok" : "note", value: refusal ?? "librsvg and cairo")
  }

  private static func machine() -> [Line] {
    [
      Line(check: "processor", state: "ok", value: "\(Machine.cpuModel), \(Machine.coreCount) cores"),
      Line(check: "BLAS kernel", state: "ok", value: "\(BLASThreads.kernel), \(BLASThreads.current) threads"),
      Line(
        check: "bfloat16", state: "ok",
        value: MatrixUnits.name ?? "not available" + (MatrixUnits.refusal.map { ": \($0)" } ?? "")),
    ]
  }

  private static func place(_ directory: String) -> [Line] {
    let system = Files.fileSystem(of: directory)
    let free = Files.freeBytes(at: directory)
    let holder = FileLock.holder(directory + "/writer.lock")
    return [
      Line(check: "warehouse", state: "ok", value: directory),
      Line(
        check: "file system", state: system.isNetwork ? "note" : "ok",
        value: system.name
          + (system.isNetwork ? ", over a network: rollback journal, write from one host at a time" : "")),
      Line(
        check: "free space", state: (free ?? .max) < 1 << 30 ? "note" : "ok",
        value: free.map { "\($0) bytes" } ?? "unknown"),
      Line(check: "writer", state: holder == nil ? "ok" : "note", value: holder ?? "nobody"),
    ]
  }

  private func catalog(_ directory: String) throws -> [Line] {
    try global.withWarehouse(.reading) { warehouse in
      let health = try warehouse.health()
      let leftovers = try Leftovers.find(in: warehouse)
      return [
        Line(
          check: "schema", state: health.schema == Schema.migrations.count ? "ok" : "note",
          value: "\(health.schema), this program knows \(Schema.migrations.count)"),
        Line(check: "journal", state: "ok", value: health.journal),
        Line(
          check: "catalog", state: health.damage.isEmpty ? "ok" : "failed",
          value: health.damage.isEmpty ? "quick_check found nothing" : health.damage.joined(separator: "; ")),
        Line(
          check: "leftovers", state: leftovers.isEmpty ? "ok" : "note",
          value: leftovers.isEmpty
            ? "none" : "\(leftovers.count), \(leftovers.reduce(0) { $0 + $1.bytes }) bytes; evoke gc removes them"),
      ]
    }
  }
}
