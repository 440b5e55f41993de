import Diagnostics
import Filters
import Foundation
import Importing
import Testing

private func fixture(_ name: String) -> String {
  fixtures.appendingPathComponent("cochleogram").appendingPathComponent(name).path
}

@Suite struct FilterImportTests {
  @Test("A bank's row says where its filters are, what they are like and how they are used")
  func bank() throws {
    var options = FilterOptions.unset
    options.name = "nsl"
    options.timeConstantMs = 4
    let batch = importFilters(file: fixture("synthetic_cochba.mat"), options: options, common: common)
    #expect(batch.diagnostics.isEmpty)
    let bank = try #require(batch.filterBanks.first)
    #expect(bank.name == "nsl" && bank.variable == "COCHBA" && bank.channelCount == 128 && bank.orders == 4...8)
    #expect(bank.largestPoleRadius > 0.9 && bank.largestPoleRadius < 1)
    #expect((bank.frameMs, bank.timeConstantMs, bank.factor, bank.octaveShift) == (8, 4, -2, 0))
    #expect(batch.sources == [bank.source])
    // Other parameters are another import of the same file.
    options.timeConstantMs = 8
    #expect(importFilters(file: fixture("synthetic_cochba.mat"), options: options, common: common).key != batch.key)
  }

  @Test(
    "Without a name the file's stem is taken, and another number of channels is noted",
    arguments: ["few.csv", "few.mat"])
  func stem(file: String) {
    let batch = importFilters(file: fixture(file), options: FilterOptions.unset, common: common)
    #expect(batch.filterBanks.map(\.name) == ["few"])
    #expect(batch.diagnostics.map(\.code.id) == ["E-FLT-006"] && !batch.hasErrors)
  }

  @Test("Every problem of an import is listed at once")
  func problems() throws {
    let scratch = try Scratch()
    let file = try scratch.write("bad.csv", "filter,tap,b,a\n1,0,1,1\n1,1,0,-2\n2,0,1,1\n2,1,0,-0.5\n")
    var options = FilterOptions.unset
    options.name = "coch-gt128"
    options.factor = -3
    let batch = importFilters(file: file, options: options, common: common)
    #expect(Set(batch.diagnostics.map(\.code.id)).isSuperset(of: ["E-FLT-003", "E-FLT-004"]))
    #expect(batch.diagnostics.count == 3 && batch.hasErrors && batch.filterBanks.isEmpty)
    let missing = importFilters(file: scratch.path("none.mat"), options: FilterOptions.unset, common: common)
    #expect(missing.diagnostics.contains { $0.code == .fileMissing })
  }
}
