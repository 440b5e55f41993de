import ContentIdentity
import Foundation
import HDF5File
import Testing

/// The bits of results: on any number of workers and threads the same; on other processors the same keys, and
/// arrays within a tolerance.
@Suite(.serialized) struct BitsTests {
  /// Studies of the key table, of every kind and every kind of target.
  private static let names: Set = ["rated", "control", "joint", "ablation", "synced", "bold", "report"]
  private static let studies = Result {
    try KeyTable.studies().filter { names.contains($0.key) }.sorted { $0.key < $1.key }
  }

  private struct Setting {
    let arguments: [String]
    let variables: [String: String]
  }

  /// Runs every study in one warehouse; the label, key and result of every unit.
  private func units(_ setting: Setting) throws -> (program: Program, rows: [[String]]) {
    let program = try ToyWarehouse.shared.get().copy()
    for (name, study) in try Self.studies.get() {
      try program.write(study.canonical, name + ".yaml")
      let ended = try program.run(
        ["run", name + ".yaml", "-q", "--allow-invalid"] + setting.arguments, setting.variables)
      #expect(ended.status == 0, "\(name): \(ended.error)")
    }
    return (
      program,
      try program.rows("SELECT unit_key, step, state, result_sha256 FROM unit ORDER BY unit_key", in: "toy.evoke")
    )
  }

  /// Kernels of OpenBLAS: this processor's own, and those for AVX2, which round an element of a product by its place.
  private static let kernels = [nil, "Haswell"]

  @Test(arguments: kernels) func `neither workers nor threads change a bit`(
    kernel: String?
  ) throws {
    let own = kernel.map { ["OPENBLAS_CORETYPE": $0] } ?? [:]
    let one = try units(
      Setting(arguments: ["-j", "1"], variables: own.merging(["OPENBLAS_NUM_THREADS": "4"]) { $1 }))
    let two = try units(
      Setting(arguments: ["-j", "2"], variables: own.merging(["OPENBLAS_NUM_THREADS": "1"]) { $1 }))
    #expect(one.rows == two.rows)
    let threads = "SELECT DISTINCT e.threads FROM attempt t JOIN environment e USING (environment_id)"
    #expect(try one.program.rows(threads, in: "toy.evoke") == [["4"]])
    #expect(try two.program.rows(threads, in: "toy.evoke") == [["1"]])
    #expect(one.rows.count > 20 && one.rows.allSatisfy { ["done", "not_applicable"].contains($0[2]) }, "\(one.rows)")
  }

  /// Values of every stored array, by its name.
  private func arrays(_ program: Program) throws -> [String: [Double]] {
    let places = try program.rows("SELECT name, file, path FROM stored_array", in: "toy.evoke")
    return try Dictionary(
      uniqueKeysWithValues: places.map {
        ($0[0], try HDF5File(reading: program.folder + "/toy.evoke/" + $0[1]).doubles($0[2]))
      })
  }

  @Test func `an older processor gives the same keys, and arrays within a tolerance`() throws {
    let own = try units(Setting(arguments: ["-j", "2"], variables: [:]))
    let older = try units(
      Setting(
        arguments: ["-j", "2"], variables: ["OPENBLAS_CORETYPE": "Nehalem", "ONEDNN_MAX_CPU_ISA": "AVX2"]))
    #expect(own.rows.map { $0.prefix(3) } == older.rows.map { $0.prefix(3) })
    #expect(own.rows != older.rows, "the other kernels were not used")
    let kernels = "SELECT DISTINCT e.blas_kernel FROM attempt t JOIN environment e USING (environment_id)"
    #expect(try older.program.rows(kernels, in: "toy.evoke") == [["Nehalem"]])
    let (first, second) = (try arrays(own.program), try arrays(older.program))
    #expect(Set(first.keys) == Set(second.keys))
    for (name, values) in first {
      let others = try #require(second[name])
      let scale = values.filter(\.isFinite).map(abs).max() ?? 0
      // Sums of float32 in another order, through networks and folds.
      let apart = zip(values, others).filter { !($0.isNaN && $1.isNaN) }.map { abs($0 - $1) }.max() ?? 0
      #expect(values.count == others.count && apart <= 2e-3 * scale + 1e-6, "\(name): \(apart) of \(scale)")
    }
  }
}
