import ContentIdentity
import Diagnostics
import Tensors

/// The checked header of a safetensors file.
struct SafetensorsHeader {
  var tensors: [TensorInfo] = []
  var metadata: [String: String] = [:]

  /// Bytes per number of every dtype the format knows.
  private static let width: [String: Int] = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4,
    "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
  ]

  init(_ bytes: [UInt8], path: String, dataStart: Int, fileSize: Int) throws {
    let json: JSONValue
    do { json = try JSONValue(parsing: bytes) } catch {
      throw TensorFile.badHeader(path, "its header is not JSON: \(error)")
    }
    guard let members = json.objectValue else { throw TensorFile.badHeader(path, "its header is not a JSON object") }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      if name == "__metadata__" {
        guard let texts = value.objectValue else {
          throw TensorFile.badHeader(path, "__metadata__ is not an object of texts")
        }
        metadata = texts.compactMapValues(\.stringValue)
      } else {
        tensors.append(try Self.tensor(name, value, path, dataStart))
      }
    }
    try checkLayout(path, dataStart, fileSize)
  }

  private static func tensor(_ name: String, _ value: JSONValue, _ path: String, _ start: Int) throws -> TensorInfo {
    guard let dtype = value["dtype"]?.stringValue, let sizes = value["shape"]?.arrayValue,
      let offsets = value["data_offsets"]?.arrayValue, offsets.count == 2
    else { throw TensorFile.badHeader(path, "tensor \(name) lacks dtype, shape or two data_offsets") }
    guard let width = width[dtype] else {
      throw TensorFile.badHeader(path, "tensor \(name) has unknown dtype \(dtype)")
    }
    let shape = sizes.compactMap(\.intValue)
    guard shape.count == sizes.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorFile.badHeader(path, "tensor \(name) has a shape that is not a list of sizes")
    }
    guard let begin = offsets[0].intValue, let end = offsets[1].intValue, begin >= 0, end >= begin,
      end <= Int.max / 2
    else {
      throw EvokeError(
        .tensorOffsetsBad, "\(path): \(name)", reason: "its data_offsets are not an ascending pair of byte positions",
        remedy: "fetch or convert the model again")
    }
    var bytes = width
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow else { throw TensorFile.badHeader(path, "tensor \(name) has an impossible shape \(shape)") }
      bytes = product
    }
    guard bytes == end - begin else {
      throw EvokeError(
        .tensorOffsetsBad, "\(path): \(name)",
        reason: "\(dtype) \(shape) needs \(bytes) bytes, its data_offsets span \(end - begin)",
        remedy: "fetch or convert the model again")
    }
    return TensorInfo(name: name, dtype: dtype, shape: shape, bytes: start + begin..<start + end)
  }

  private func checkLayout(_ path: String, _ dataStart: Int, _ fileSize: Int) throws {
    var at = dataStart
    var previous = "the header"
    for tensor in tensors.sorted(by: {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }) {
      guard tensor.bytes.lowerBound == at else {
        let what = tensor.bytes.lowerBound < at ? "overlaps" : "leaves a gap after"
        throw EvokeError(
          .tensorOffsetsBad, "\(path): \(tensor.name)", reason: "it \(what) \(previous)",
          remedy: "fetch or convert the model again")
      }
      at = tensor.bytes.upperBound
      previous = tensor.name
    }
    guard at == fileSize else {
      throw TensorFile.truncated(path, "its tensors end at byte \(at), the file has \(fileSize) bytes")
    }
  }
}
