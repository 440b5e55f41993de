/// Which files a record was read from. Where a file lies is nothing that a record says: all origins are equal and print
/// alike.
package struct RecordOrigin: Sendable, Equatable, CustomStringConvertible {
  package var paths: [String] = []
  package var description: String { "" }

  package init() {}
  package init(_ paths: String...) { self.paths = paths }
  package static func == (a: RecordOrigin, b: RecordOrigin) -> Bool { true }
}
