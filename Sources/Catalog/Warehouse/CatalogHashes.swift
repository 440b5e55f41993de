import ContentIdentity
import FileSystem

/// The hashes of a catalog's bytes: of a file of up to 64 MB one of all of it, else one of each piece of 64 KB, the last
/// of which may be shorter. So what a writer adds to a large catalog is hashed, not the catalog.
package struct CatalogHashes: Equatable, Sendable {
  package static let pieceBytes = 1 << 16
  /// Bytes of a file that is hashed as a whole.
  package static let mostWhole = 1 << 26

  /// Whether there is one of the whole file.
  let isWhole: Bool
  /// 64 hex digits for each, as they stand in the seal.
  let digits: [UInt8]

  private static let width = 64

  private init(isWhole: Bool, digits: [UInt8]) { (self.isWhole, self.digits) = (isWhole, digits) }

  /// - Parameter mostWhole: bytes of a file that is hashed as a whole.
  /// - Throws: what reading the file throws.
  package init(of file: String, mostWhole: Int) throws {
    if let size = Files.size(of: file), size > mostWhole {
      self.init(isWhole: false, digits: try Self.pieces(0..<Self.count(size), of: file))
    } else {
      self.init(isWhole: true, digits: Array(try Files.sha256(of: file).hex.utf8))
    }
  }

  /// Of the same file, some of whose pieces were written to; its last one and what has come behind it are taken to be.
  ///
  /// - Throws: what reading the file throws.
  func renewed(of file: String, written: Set<Int>) throws -> CatalogHashes {
    guard !isWhole, let size = Files.size(of: file) else { return try Self(of: file, mostWhole: Self.mostWhole) }
    let count = Self.count(size)
    let known = min(digits.count / Self.width, count)
    let changed = written.union(max(0, known - 1)..<count).filter { $0 < count }.sorted()
    var digits = Array(self.digits.prefix(known * Self.width))
    digits += Array(repeating: 0, count: count * Self.width - digits.count)
    let found = try Self.pieces(changed, of: file)
    for (place, piece) in changed.enumerated() {
      digits.replaceSubrange(Self.range(piece), with: found[Self.range(place)])
    }
    return Self(isWhole: false, digits: digits)
  }

  /// How a file's bytes are others; nil where they are not.
  ///
  /// - Throws: what reading the file throws.
  func difference(of file: String) throws -> String? {
    guard !isWhole else {
      let (found, own) = (try Files.sha256(of: file).hex, String(decoding: digits, as: UTF8.self))
      return found == own ? nil : "SHA-256 is \(found.prefix(12))…, its last writer left \(own.prefix(12))…"
    }
    guard let size = Files.size(of: file) else { return "it is no file" }
    let (count, known) = (Self.count(size), digits.count / Self.width)
    let found = try Self.pieces(0..<count, of: file)
    let strange = (0..<max(count, known)).filter { piece in
      piece >= min(count, known) || found[Self.range(piece)] != digits[Self.range(piece)]
    }
    guard let first = strange.first else { return nil }
    let place = "from byte \(first * Self.pieceBytes) on"
    let more = strange.count > 1 ? " and \(strange.count - 1) more" : ""
    return "the \(Self.pieceBytes) bytes \(place)\(more) are not what its last writer left"
  }

  private static func range(_ piece: Int) -> Range<Int> { piece * width..<(piece + 1) * width }
  private static func count(_ bytes: Int) -> Int { (bytes + pieceBytes - 1) / pieceBytes }

  /// The hashes of pieces of a file, in their order.
  private static func pieces(_ numbers: some Collection<Int>, of file: String) throws -> [UInt8] {
    var hash = SHA256()
    var digits: [UInt8] = []
    digits.reserveCapacity(numbers.count * width)
    try Files.parts(of: file, numbers.lazy.map { $0 * pieceBytes..<($0 + 1) * pieceBytes }) { bytes in
      hash.update(bytes)
      digits += hash.take().hex.utf8
      return true
    }
    return digits
  }
}

extension CatalogHashes {
  private static let name = "catalog.sqlite"
  private static let head = "# SHA-256 of each \(pieceBytes) bytes of \(name): "

  /// The line that holds them: of a whole file as `sha256sum` writes it.
  package var line: [UInt8] {
    isWhole ? digits + "  \(Self.name)\n".utf8 : Self.head.utf8 + digits + "\n".utf8
  }

  /// Of the line; nil where it is none.
  init?(line: ArraySlice<UInt8>) {
    let isWhole = !line.starts(with: Self.head.utf8)
    let digits = isWhole ? line.prefix { $0 != UInt8(ascii: " ") } : line.dropFirst(Self.head.utf8.count)
    guard digits.count % Self.width == 0, !digits.isEmpty, !isWhole || digits.count == Self.width else { return nil }
    self.init(isWhole: isWhole, digits: Array(digits))
  }
}
