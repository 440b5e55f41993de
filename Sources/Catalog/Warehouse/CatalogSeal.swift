import FileSystem
import Foundation

/// The hash of the closed catalog, left beside it, so that any changed bit shows: of one of up to 64 MB in the format
/// of `sha256sum`, of a larger one that of every piece (`CatalogHashes`).
///
/// Two comments follow: the state of the file, by which an unchanged catalog is known without reading it, and, while a
/// process writes, who does. So the seal outlives its writer, and only one that has compared the rows renews it.
///
/// What shows when: whoever opens the catalog sees that its size, inode, time of writing or time of change are others,
/// and then compares all bytes; a writer whom they do not fit compares every row. What changes bytes and none of these
/// (a disk that forgets) is seen by `verify --level 1`, which reads all bytes. A writer of a large catalog seals anew the
/// pieces that its journal had pages of; all others keep the hash that they had, whatever has become of them.
public struct CatalogSeal: Sendable {
  /// Of the catalog's bytes before the writing began.
  private let hashes: CatalogHashes
  /// What the file system said of the file then.
  private let state: String?
  /// Who began to write.
  public let writer: String?

  package static func path(_ directory: String) -> String { directory + "/catalog.sqlite.sha256" }
  private static func file(_ directory: String) -> String { directory + "/catalog.sqlite" }

  /// The seal beside a catalog; nil where there is none, or none that can be read.
  public init?(of directory: String) {
    // A pipe would be waited for, a device never ends.
    guard Files.kind(of: Self.path(directory)) == .file,
      let data = FileManager.default.contents(atPath: Self.path(directory))
    else { return nil }
    let lines = [UInt8](data).split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, let hashes = CatalogHashes(line: first) else { return nil }
    let comments = lines.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    func comment(_ name: String) -> String? {
      comments.first { $0.hasPrefix("# \(name): ") }.map { String($0.dropFirst(name.count + 4)) }
    }
    self.init(hashes, state: comment("file"), writer: comment("written by"))
  }

  private init(_ hashes: CatalogHashes, state: String?, writer: String? = nil) {
    (self.hashes, self.state, self.writer) = (hashes, state, writer)
  }

  /// Seals the catalog as it is.
  ///
  /// - Parameters:
  ///   - mostWhole: bytes of a catalog that is hashed as a whole.
  ///   - writer: who begins to write: whether its rows are what was written is for the next to ask.
  package static func set(
    _ directory: String, mostWhole: Int = CatalogHashes.mostWhole, writer: String? = nil
  ) throws {
    let file = Self.file(directory)
    let state = Self.state(of: file)
    try CatalogSeal(CatalogHashes(of: file, mostWhole: mostWhole), state: state, writer: writer).write(directory)
  }

  /// Seals the catalog anew, of which only pages in `written` have changed since this seal held.
  func renew(_ directory: String, written: WrittenPieces) throws {
    guard written.isComplete else { return try Self.set(directory) }
    let file = Self.file(directory)
    let state = Self.state(of: file)
    try CatalogSeal(hashes.renewed(of: file, written: written.numbers), state: state).write(directory)
  }

  /// Says that a process begins to write.
  func mark(_ directory: String, writer: String) throws {
    try CatalogSeal(hashes, state: state, writer: writer).write(directory)
  }

  private func write(_ directory: String) throws {
    var text = hashes.line
    if let state { text += "# file: \(state)\n".utf8 }
    if let writer { text += "# written by: \(writer)\n".utf8 }
    try Files.write(text, to: Self.path(directory))
  }

  /// Whether the catalog is what was sealed: by the file's state, else by its bytes.
  ///
  /// - Throws: what reading the file throws.
  public func holds(for directory: String) throws -> Bool {
    if let state, state == Self.state(of: Self.file(directory)) { return true }
    return try difference(in: directory) == nil
  }

  /// How the catalog's bytes are others than those sealed, all of which are read; nil where they are not.
  ///
  /// - Throws: what reading the file throws.
  public func difference(in directory: String) throws -> String? { try hashes.difference(of: Self.file(directory)) }

  /// The seal where it holds, with what the file system says of the file now and without a writer.
  ///
  /// - Parameter always: the bytes are compared whatever the file system says.
  /// - Throws: what reading the file throws.
  func confirmed(in directory: String, always: Bool) throws -> CatalogSeal? {
    let now = Self.state(of: Self.file(directory))
    let isKnown = !always && state == now
    if isKnown, writer == nil { return self }
    guard try isKnown || difference(in: directory) == nil else { return nil }
    if writer == nil, state == now { return self }
    let seal = CatalogSeal(hashes, state: now)
    try seal.write(directory)
    return seal
  }

  /// Any writing to the file changes this.
  private static func state(of file: String) -> String? { Files.state(of: file)?.text }
}
