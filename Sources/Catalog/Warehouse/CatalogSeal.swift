import FileSystem
import Foundation

/// The hash of the closed catalog, left beside it in the format of `sha256sum`, so that any changed bit shows.
///
/// Two comments follow: the state of the file, by which an unchanged catalog is known without reading it, and, while a
/// process writes, who does. So the seal outlives its writer, and only one that has compared the rows renews it.
public struct CatalogSeal: Sendable {
  /// The SHA-256 of the catalog's bytes before the writing began.
  public let sha256: String
  /// What the file system said of the file then.
  let state: String?
  /// Who began to write.
  public let writer: String?

  static func path(_ directory: String) -> String { directory + "/catalog.sqlite.sha256" }

  /// The seal beside a catalog; nil where there is none, or none that can be read.
  public init?(of directory: String) {
    guard let data = FileManager.default.contents(atPath: Self.path(directory)) else { return nil }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    guard let hash = lines.first?.split(separator: " ").first, hash.count == 64 else { return nil }
    func comment(_ name: String) -> String? {
      lines.first { $0.hasPrefix("# \(name): ") }.map { String($0.dropFirst(name.count + 4)) }
    }
    (sha256, state, writer) = (String(hash), comment("file"), comment("written by"))
  }

  private init(sha256: String, state: String?, writer: String?) {
    (self.sha256, self.state, self.writer) = (sha256, state, writer)
  }

  /// Seals the catalog as it is.
  static func set(_ directory: String) throws {
    let file = directory + "/catalog.sqlite"
    try CatalogSeal(sha256: try Files.sha256(of: file).hex, state: state(of: file), writer: nil).write(directory)
  }

  /// Says that a process begins to write.
  func mark(_ directory: String, writer: String?) throws {
    try CatalogSeal(sha256: sha256, state: state, writer: writer ?? "another process").write(directory)
  }

  private func write(_ directory: String) throws {
    var text = "\(sha256)  catalog.sqlite\n"
    if let state { text += "# file: \(state)\n" }
    if let writer { text += "# written by: \(writer)\n" }
    try Files.write(text, to: Self.path(directory))
  }

  /// Whether the catalog is what was sealed: by the file's state, else by its bytes.
  ///
  /// - Throws: what reading the file throws.
  public func holds(for directory: String) throws -> Bool {
    let file = directory + "/catalog.sqlite"
    if let state, state == Self.state(of: file) { return true }
    return try Files.sha256(of: file).hex == sha256
  }

  /// Whether nothing is to be said anew: nobody writes, and the file is known without reading it.
  func isCurrent(in directory: String) -> Bool {
    writer == nil && state == Self.state(of: directory + "/catalog.sqlite")
  }

  /// Any writing to the file changes this.
  private static func state(of file: String) -> String? { Files.state(of: file)?.text }
}
