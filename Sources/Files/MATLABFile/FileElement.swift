import ByteSource
import Compression
import Diagnostics

/// One variable of a file as its bytes lie on disk.
struct FileElement: Sendable {
  let file: ByteSource
  let offset: Int
  let count: Int
  let isCompressed: Bool
  let order: ByteOrder

  private var path: String { file.path }

  /// The header's checks, and where each variable lies.
  static func list(_ path: String) throws -> [FileElement] {
    let file = try ByteSource(reading: path, truncation: .matlabTruncated)
    let order = try checkHeader(path, file.head(128))
    var elements: [FileElement] = []
    var offset = 128
    while offset + 8 <= file.count {
      let tag = ElementBytes(source: try file.loaded(offset..<offset + 8, "a variable's tag"), order: order)
      let (code, count) = (try tag.number(at: 0), Int(try tag.number(at: 4)))
      let type = ElementType(rawValue: code)
      guard type == .compressed || type == .matrix else {
        throw EvokeError(
          .matlabCorrupt, path, reason: "at byte \(offset) stands no variable (type \(code))",
          remedy: "restore the file from its source")
      }
      guard offset + 8 + count <= file.count else {
        throw truncated(
          path, "the variable at byte \(offset) has \(count) bytes, the file ends after \(file.count - offset - 8)")
      }
      elements.append(
        FileElement(
          file: file, offset: offset + 8, count: count, isCompressed: type == .compressed, order: order))
      offset += 8 + count
    }
    guard offset == file.count else {
      throw truncated(path, "\(file.count - offset) bytes stand after its last variable")
    }
    return elements
  }

  private static func truncated(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.matlabTruncated, path, reason: reason, remedy: ByteSource.fetchAgain)
  }

  /// The file's byte order.
  private static func checkHeader(_ path: String, _ header: [UInt8]) throws -> ByteOrder {
    func unknown(_ reason: String) -> EvokeError {
      EvokeError(.matlabUnknownFormat, path, reason: reason, remedy: "write it with save(name, '-v7')")
    }
    guard MATLABFile.isMATLAB(header) else {
      throw unknown(header.isEmpty ? "the file is empty" : "it does not begin with \"MATLAB\"")
    }
    guard header.count == 128 else { throw truncated(path, "it ends inside its header") }
    let mark = Array(header[126...])
    guard mark == Array("IM".utf8) || mark == Array("MI".utf8) else {
      throw unknown("its header has no byte order")
    }
    let order: ByteOrder = mark == Array("MI".utf8) ? .big : .little
    let version = order == .big ? (header[124], header[125]) : (header[125], header[124])
    if version == (2, 0) {
      throw EvokeError(
        .matlabIsHDF5, path, reason: "it was saved with -v7.3, which is HDF5",
        remedy: "read it as HDF5 (--data PATH), or write it with save(name, '-v7')")
    }
    guard version == (1, 0) else { throw unknown("its header names version \(version.0).\(version.1)") }
    return order
  }

  /// The contents of the variable's matrix element: the first bytes of them for its description, or (limit nil) all,
  /// with the checksum of a compressed variable checked.
  func contents(limit: Int? = nil) throws -> ElementBytes {
    guard isCompressed else {
      let wanted = offset..<offset + min(count, limit ?? count)
      return ElementBytes(source: try file.loaded(wanted, "the variable at byte \(offset - 8)"), order: order)
    }
    let inflated = try inflated(limit: limit.map { $0 + 8 })
    // What is inside a compressed variable has no place in the file.
    let whole = ByteSource(
      inflated, path: "\(path), the variable at byte \(offset - 8) unpacked", truncation: .matlabCorrupt)
    guard inflated.count >= 8,
      try whole.integer(at: 0, UInt32.self, order: order, "its type") == ElementType.matrix.rawValue
    else { throw corrupt("holds no matrix") }
    let size = Int(try whole.integer(at: 4, UInt32.self, order: order, "its length"))
    guard limit != nil || inflated.count == size + 8 else {
      throw corrupt("has \(inflated.count - 8) bytes, its tag says \(size)")
    }
    return ElementBytes(source: try whole.part(8..<whole.count, "its matrix"), order: order)
  }

  func corrupt(_ reason: String) -> EvokeError {
    EvokeError(
      .matlabCorrupt, path, reason: "the variable at byte \(offset - 8) \(reason)",
      remedy: "restore the file from its source")
  }

  private func inflated(limit: Int?) throws -> [UInt8] {
    var inflater = Inflater()
    var result: [UInt8] = []
    var position = 0
    while !inflater.hasEnded, position < count {
      let length = min(limit == nil ? 1 << 20 : 1 << 12, count - position)
      let piece = try file.bytes(at: offset + position, count: length, "the variable at byte \(offset - 8)")
      position += piece.count
      guard inflater.inflate(piece, into: &result, limit: limit ?? 1 << 31) else {
        throw corrupt("cannot be decompressed: its checksum or structure is wrong")
      }
      if let limit, result.count >= limit { return result }
      // MATLAB itself writes no larger variable in this format.
      guard result.count < 1 << 31 else { throw corrupt("unpacks to more than 2 GB") }
    }
    guard inflater.hasEnded, position == count else { throw corrupt("has a compressed stream of another length") }
    return result
  }
}
