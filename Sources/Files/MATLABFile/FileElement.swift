import Compression
import Diagnostics
import Foundation

/// One variable of a file as its bytes lie on disk.
struct FileElement: Sendable {
  let path: String
  let offset: UInt64
  let count: Int
  let isCompressed: Bool
  let isBigEndian: Bool

  /// The header's checks, and where each variable lies.
  static func list(_ path: String) throws -> [FileElement] {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw EvokeError(.fileMissing, path, reason: "nothing stands at this path", remedy: "check the path")
    }
    guard !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(
        .fileUnreadable, path, reason: isFolder.boolValue ? "it is a folder" : "permission denied",
        remedy: "name a file, and give yourself the right to read it (chmod u+r)")
    }
    defer { try? handle.close() }
    let size = (try? handle.seekToEnd()) ?? 0
    let isBigEndian = try checkHeader(path, read(handle, 0, 128))
    var elements: [FileElement] = []
    var offset: UInt64 = 128
    while offset + 8 <= size {
      let tag = Bytes(read(handle, offset, 8), isBigEndian: isBigEndian)
      let (type, count) = (ElementType(rawValue: tag.number(at: 0)), Int(tag.number(at: 4)))
      guard type == .compressed || type == .matrix else {
        throw EvokeError(
          .matlabCorrupt, path, reason: "at byte \(offset) stands no variable (type \(tag.number(at: 0)))",
          remedy: "restore the file from its source")
      }
      guard offset + 8 + UInt64(count) <= size else {
        throw truncated(
          path, "the variable at byte \(offset) has \(count) bytes, the file ends after \(size - offset - 8)")
      }
      elements.append(
        FileElement(
          path: path, offset: offset + 8, count: count, isCompressed: type == .compressed, isBigEndian: isBigEndian))
      offset += 8 + UInt64(count)
    }
    guard offset == size else { throw truncated(path, "\(size - offset) bytes stand after its last variable") }
    return elements
  }

  private static func truncated(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.matlabTruncated, path, reason: reason, remedy: "fetch or copy the file again")
  }

  /// Whether the file is big-endian.
  private static func checkHeader(_ path: String, _ header: [UInt8]) throws -> Bool {
    func unknown(_ reason: String) -> EvokeError {
      EvokeError(.matlabUnknownFormat, path, reason: reason, remedy: "write it with save(name, '-v7')")
    }
    guard MATLABFile.isMATLAB(header) else {
      throw unknown(header.isEmpty ? "the file is empty" : "it does not begin with \"MATLAB\"")
    }
    guard header.count == 128 else { throw truncated(path, "it ends inside its header") }
    let order = header[126...].map { $0 }
    guard order == Array("IM".utf8) || order == Array("MI".utf8) else {
      throw unknown("its header has no byte order")
    }
    let isBigEndian = order == Array("MI".utf8)
    let version = isBigEndian ? (header[124], header[125]) : (header[125], header[124])
    if version == (2, 0) {
      throw EvokeError(
        .matlabIsHDF5, path, reason: "it was saved with -v7.3, which is HDF5",
        remedy: "read it as HDF5 (--data PATH), or write it with save(name, '-v7')")
    }
    guard version == (1, 0) else { throw unknown("its header names version \(version.0).\(version.1)") }
    return isBigEndian
  }

  private static func read(_ handle: FileHandle, _ offset: UInt64, _ count: Int) -> [UInt8] {
    guard (try? handle.seek(toOffset: offset)) != nil else { return [] }
    return [UInt8]((try? handle.read(upToCount: count)) ?? Data())
  }

  /// The contents of the variable's matrix element: the first bytes of them for its description, or (limit nil) all,
  /// with the checksum of a compressed variable checked.
  func contents(limit: Int? = nil) throws -> Bytes {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(.fileUnreadable, path, reason: "it cannot be opened any more", remedy: "check the file")
    }
    defer { try? handle.close() }
    guard isCompressed else {
      let wanted = min(count, limit ?? count)
      let bytes = Self.read(handle, offset, wanted)
      guard bytes.count == wanted else {
        throw Self.truncated(path, "reading the variable at byte \(offset - 8) ended early")
      }
      return Bytes(bytes, isBigEndian: isBigEndian)
    }
    let inflated = try inflated(handle, limit: limit.map { $0 + 8 })
    let whole = Bytes(inflated, isBigEndian: isBigEndian)
    guard inflated.count >= 8, whole.number(at: 0) == ElementType.matrix.rawValue else {
      throw corrupt("holds no matrix")
    }
    let size = Int(whole.number(at: 4))
    guard limit != nil || inflated.count == size + 8 else {
      throw corrupt("has \(inflated.count - 8) bytes, its tag says \(size)")
    }
    return Bytes(Array(inflated.dropFirst(8)), isBigEndian: isBigEndian)
  }

  func corrupt(_ reason: String) -> EvokeError {
    EvokeError(
      .matlabCorrupt, path, reason: "the variable at byte \(offset - 8) \(reason)",
      remedy: "restore the file from its source")
  }

  private func inflated(_ handle: FileHandle, limit: Int?) throws -> [UInt8] {
    var inflater = Inflater()
    var result: [UInt8] = []
    var position = 0
    while !inflater.hasEnded, position < count {
      let piece = Self.read(handle, offset + UInt64(position), min(limit == nil ? 1 << 20 : 1 << 12, count - position))
      guard !piece.isEmpty else { break }
      position += piece.count
      guard inflater.inflate(piece, into: &result, limit: limit ?? .max) else {
        throw corrupt("cannot be decompressed: its checksum or structure is wrong")
      }
      if let limit, result.count >= limit { return result }
    }
    guard inflater.hasEnded, position == count else { throw corrupt("has a compressed stream of another length") }
    return result
  }
}
