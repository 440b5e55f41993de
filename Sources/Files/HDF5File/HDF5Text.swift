import CHDF5
import Diagnostics

/// Texts in and out of HDF5: fixed length (padded with zeros or spaces) and variable length.
enum HDF5Text {
  /// UTF-8, or Latin-1 where it is not: old tools store `µV` so and declare ASCII.
  static func decode(_ bytes: some Collection<UInt8>) -> String {
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Bytes of all texts of one dataset or attribute.
  private static let mostBytes = 1 << 28

  /// Reads `count` texts of file type `type` through `read(memoryType, buffer)`.
  static func read(
    count: Int, type: hid_t, space: hid_t, _ context: HDF5Context, _ path: String,
    _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws -> [String] {
    guard count > 0 else { return [] }
    let width = Int(H5Tget_size(type))
    guard width > 0, let total = HDF5Box.count([count, width]), total <= mostBytes else {
      throw EvokeError(
        .datasetShape, context.object(path), reason: "\(count) texts of \(width) bytes", remedy: "restore the file")
    }
    // The file's own type is the memory type, so that neither character set nor padding is converted.
    let memory = try context.own(H5Tcopy(type), TypeKind.self, path, "reading texts")
    if H5Tis_variable_str(type) > 0 {
      return try unsafe variable(count, memory: memory.id, space: space, context: context, path: path, read: read)
    }
    let padding = H5Tget_strpad(type)
    var bytes = [UInt8](repeating: 0, count: width * count)
    let status = unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return herr_t(0) }
      return unsafe read(memory.id, start)
    }
    try context.check(status, path, "reading texts")
    return (0..<count).map { index in
      var text = bytes[index * width..<(index + 1) * width].prefix { $0 != 0 }
      if padding == H5T_STR_SPACEPAD { while text.last == UInt8(ascii: " ") { text = text.dropLast() } }
      return decode(text)
    }
  }

  private static func variable(
    _ count: Int, memory: hid_t, space: hid_t, context: HDF5Context, path: String,
    read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws -> [String] {
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    let status = unsafe pointers.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return herr_t(0) }
      return unsafe read(memory, start)
    }
    try context.check(status, path, "reading texts")
    var texts: [String] = []
    texts.reserveCapacity(count)
    for index in 0..<count {
      guard let start = unsafe pointers[index] else {
        texts.append("")
        continue
      }
      var bytes: [UInt8] = []
      var at = 0
      while unsafe start[at] != 0 {
        bytes.append(UInt8(bitPattern: unsafe start[at]))
        at += 1
      }
      texts.append(decode(bytes))
    }
    let freed = unsafe pointers.withUnsafeMutableBytes {
      unsafe H5Dvlen_reclaim(memory, space, chdf5_default(), $0.baseAddress)
    }
    try context.check(freed, path, "releasing texts")
    return texts
  }

  /// The variable-length UTF-8 type, which h5py reads as `str`.
  static func variableType(_ context: HDF5Context, _ path: String?) throws -> Handle<TypeKind> {
    let type = try context.own(H5Tcopy(chdf5_c_s1()), TypeKind.self, path, "making a text type")
    try context.check(H5Tset_size(type.id, chdf5_variable()), path, "making a text type")
    try context.check(H5Tset_cset(type.id, H5T_CSET_UTF8), path, "making a text type")
    return type
  }

  /// Hands `texts` as an array of C strings to `write`.
  static func withCStrings(_ texts: [String], _ write: (UnsafeRawPointer) -> herr_t) -> herr_t {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
      starts.append(bytes.count)
      bytes.append(contentsOf: text.utf8.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return herr_t(0) }
      let pointers = unsafe starts.map { unsafe Optional(base + $0) }
      return unsafe pointers.withUnsafeBytes { all in
        guard let first = all.baseAddress else { return herr_t(0) }
        return unsafe write(first)
      }
    }
  }
}
