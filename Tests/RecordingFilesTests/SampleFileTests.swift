import Diagnostics
import Foundation
import RecordingFiles
import Testing

@Suite struct SampleFileTests {
  @Test(arguments: SampleEncoding.allCases) func numbersComeBackAsTheyWereWritten(_ encoding: SampleEncoding) throws {
    let numbers: [Double] = [0, 1, -1, 127, -128, 32_767, -32_768]
    let bytes = numbers.flatMap { number -> [UInt8] in
      let bits: UInt64 =
        switch encoding {
        case .int16, .int24, .int32: UInt64(bitPattern: Int64(number))
        case .float32: UInt64(Float(number).bitPattern)
        case .float64: number.bitPattern
        }
      return (0..<encoding.width).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    }
    #expect(SampleFile.decode(bytes, encoding) == numbers)
    // A rest shorter than a sample is no sample.
    #expect(SampleFile.decode(Array(bytes.dropLast()), encoding) == Array(numbers.dropLast()))
  }

  @Test func theExtremesOf24BitsKeepTheirSign() {
    #expect(SampleFile.decode([0xff, 0xff, 0x7f, 0, 0, 0x80], .int24) == [8_388_607, -8_388_608])
  }

  @Test func partsAreReadWithTheirScales() throws {
    let file = try SampleFile(reading: path("export.eeg"))
    let all = try file.samples(.float32, from: 0, count: file.bytes / 4)
    let scaled = try file.floats(.float32, from: 4 * 3 * 10, count: 3 * 20, scales: [1, 2, 4])
    let scales: [Double] = [1, 2, 4]
    let expected: [Float] = (0..<60).map { Float(all[30 + $0] * scales[$0 % 3]) }
    #expect(scaled == expected)
  }

  @Test func whatLiesBehindTheEndIsAnError() throws {
    let file = try SampleFile(reading: path("export.eeg"))
    #expect(failure { _ = try file.samples(.float64, from: file.bytes - 8, count: 2) }?.code == .eegTruncated)
    #expect(failure { _ = try file.contents(-1..<4) }?.code == .eegTruncated)
    #expect(failure { _ = try file.samples(.int16, from: 0, count: .max) }?.code == .eegHeader)
  }
}

@Suite struct BrainVisionFileTests {
  @Test func anExportOfMNEIsReadAsMNEReadsIt() throws {
    let file = try BrainVisionFile(reading: path("export.vhdr"))
    let expected = try Expected("export_vhdr")
    #expect(file.rateHz == 250 && file.sampleCount == 500 && file.channels.map(\.name) == expected.labels)
    #expect(file.channels.allSatisfy { $0.resolution == 0.1 && $0.unit == "µV" })
    let values = try file.values(factors: [1e-6, 1e-6, 1e-6], 0..<500)
    // Float32, and a resolution of 0.1 that double precision rounds.
    #expect(expected.difference(values) <= 1.2e-7)
    #expect(file.markers.map { Double($0.sample - 1) / 250 } == expected.onsets)
    #expect(try file.values(factors: [1e-6, 1e-6, 1e-6], 7..<9) == Array(values[21..<27]))
  }

  @Test func headersAreKnownByTheirFirstLine() throws {
    let head = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("export.vhdr"))).prefix(64))
    #expect(BrainVisionFile.isHeader(head) && BrainVisionFile.isHeader([0xef, 0xbb, 0xbf] + head))
    #expect(!BrainVisionFile.isHeader(Array(head.dropFirst(5))) && !BrainVisionFile.isHeader([]))
  }
}
