import Compression
import Diagnostics
import Foundation
import NumPyFile
import RecordingFiles
import TensorFiles
import Testing

/// Small files that ask for depth, counts or memory no real file needs.
@Suite struct LimitTests {
  private func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A file of torch.save with one record, a pickle.
  private func archive(_ pickle: [UInt8]) -> [UInt8] {
    let name = Array("m/data.pkl".utf8)
    let crc = little(Int(CRC32.checksum(pickle)), 4)
    let sizes = little(pickle.count, 4) + little(pickle.count, 4)
    let local =
      [0x50, 0x4b, 3, 4, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0] + crc + sizes + little(name.count, 2) + [0, 0] + name
    let central =
      [0x50, 0x4b, 1, 2, 10, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0] + crc + sizes + little(name.count, 2)
      + [UInt8](repeating: 0, count: 12) + little(0, 4) + name
    let start = local.count + pickle.count
    return local + pickle + central + [0x50, 0x4b, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0] + little(central.count, 4)
      + little(start, 4) + [0, 0]
  }

  private func refusal(ofPickle body: [UInt8]) throws -> EvokeError? {
    let file = try Scratch(archive([0x80, 2] + body + [UInt8(ascii: ".")]), suffix: ".pth")
    return failure { _ = try PyTorchFile(path: file.path) }
  }

  @Test func tuplesInTuplesHaveADepth() throws {
    let error = try refusal(ofPickle: [UInt8(ascii: "N")] + [UInt8](repeating: 0x85, count: 2_000_000))
    #expect(error?.code == .pickleBad && error?.reason.contains("nested") == true)
  }

  /// Each list is put into the one before while it is empty, so that no level knows of those below.
  @Test func listsInListsAreTakenApartOneByOne() throws {
    var chain: [UInt8] = [UInt8(ascii: "]")]
    for index in 0..<300_000 {
      chain +=
        [UInt8(ascii: "]"), UInt8(ascii: "r")] + little(index, 4) + [UInt8(ascii: "a"), UInt8(ascii: "j")]
        + little(index, 4)
    }
    #expect(try refusal(ofPickle: chain)?.code == .pickleBad)
  }

  @Test func valuesAreCounted() throws {
    let error = try refusal(ofPickle: [UInt8](repeating: UInt8(ascii: "N"), count: 5_000_000))
    #expect(error?.code == .pickleBad && error?.reason.contains("values") == true)
  }

  /// One dictionary under many keys of another, eight times: more tensors than atoms.
  @Test func sharedDictionariesAreCounted() throws {
    var body: [UInt8] = Array("}".utf8) + [UInt8(ascii: "q"), 0]
    for level in 1...7 {
      body += Array("}(".utf8)
      for key in 0..<200 { body += [UInt8(ascii: "K"), UInt8(key), UInt8(ascii: "h"), UInt8(level - 1)] }
      body += [UInt8(ascii: "u"), UInt8(ascii: "q"), UInt8(level)]
    }
    let error = try refusal(ofPickle: body)
    #expect(error?.code == .pickleBad && error?.reason.contains("items") == true)
  }

  @Test(arguments: ["1e300", "-1e300", "1e-300"]) func recordsOfEDFAndTheirTimesHaveBounds(_ number: String) throws {
    var bytes = try #require(ReaderCase.all.first { $0.name == "EDF" }).bytes()
    let field = Array((number + String(repeating: " ", count: 8 - number.count)).utf8)
    bytes.replaceSubrange(244..<252, with: field)
    let file = try Scratch(bytes, suffix: ".edf")
    #expect(failure { _ = try EDFFile(reading: file.path) }?.code == .eegHeader)
  }

  @Test(arguments: ["1e-300", "1e300", "0"]) func intervalsOfBrainVisionHaveBounds(_ number: String) throws {
    let head = """
      Brain Vision Data Exchange Header File Version 1.0
      [Common Infos]
      DataFile=a.eeg
      NumberOfChannels=1
      SamplingInterval=\(number)
      [Binary Infos]
      BinaryFormat=INT_16
      [Channel Infos]
      Ch1=Fz,,1,uV
      """
    let file = try Scratch(Array(head.utf8), suffix: ".vhdr")
    #expect(failure { _ = try BrainVisionFile(reading: file.path) }?.code == .eegHeader)
  }
}
