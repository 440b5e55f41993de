import FileSystem

/// The pieces of a catalog that a writer's write-ahead logs have held pages of.
///
/// A log begins with 32 bytes, of which big-endian words give the size of a page (at 8), how often the log has begun
/// anew (at 12) and two numbers that do so with it (at 16). Then come pages, each behind 24 bytes: its number, from 1 on,
/// a word that is not 0 where a transaction ends (at 4), and those two numbers (at 8). The first page is written to
/// whenever the journal's kind changes.
package struct WrittenPieces: Sendable {
  private(set) var numbers: Set<Int> = [0]
  /// Whether nothing else can have been written to.
  package private(set) var isComplete = true
  /// How often the log had begun anew when it was noted last; nil before that.
  private var beginnings: Int?
  /// The two numbers of that log, and where its last noted transaction ends.
  private var salt: ArraySlice<UInt8> = []
  private var end = Self.headBytes

  private static let headBytes = 32
  private static let pageHeadBytes = 24

  package init() {}

  /// Notes the pages in a log. To be called after every transaction: this process copies the log into the catalog after
  /// that, another program at any time, and then it begins anew.
  ///
  /// - Parameter holdsSome: something was written, so that there is a log, unless it was taken in before it was noted or
  ///   none is kept.
  /// - Throws: what reading the log throws.
  package mutating func note(_ log: String, holdsSome: Bool) throws {
    guard let size = Files.size(of: log), size > 0 else {
      if holdsSome { isComplete = false }
      return
    }
    var page = 0
    try Files.parts(of: log, CollectionOfOne(0..<Self.headBytes)) { head in
      guard head.count == Self.headBytes, Self.word(head, at: 0) & ~1 == 0x377f_0682 else { return false }
      page = Self.word(head, at: 8)
      note(beginnings: Self.word(head, at: 12), head[16..<24])
      return false
    }
    guard page > 0 else {
      isComplete = false
      return
    }
    // What stands behind the last transaction may be of one that was taken back, and is written over.
    var place = end
    let heads = stride(from: end, to: size, by: Self.pageHeadBytes + page).lazy.map { $0..<$0 + Self.pageHeadBytes }
    try Files.parts(of: log, heads) { head in
      // What has other numbers is left of an earlier log.
      guard head.count == Self.pageHeadBytes, head[8..<16].elementsEqual(salt) else { return false }
      numbers.insert((Self.word(head, at: 0) - 1) * page / CatalogHashes.pieceBytes)
      place += Self.pageHeadBytes + page
      if Self.word(head, at: 4) != 0 { end = place }
      return true
    }
  }

  /// A log that begins anew twice between two notes may have held anything.
  private mutating func note(beginnings found: Int, _ numbers: ArraySlice<UInt8>) {
    let next = beginnings.map { $0...$0 + 1 } ?? 0...0
    if !next.contains(found) { isComplete = false }
    if !numbers.elementsEqual(salt) { (salt, end) = (numbers, Self.headBytes) }
    beginnings = found
  }

  private static func word(_ bytes: [UInt8], at place: Int) -> Int {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
