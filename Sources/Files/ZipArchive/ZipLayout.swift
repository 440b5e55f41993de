/// What stands around the members of a ZIP file that stores them as they are, one after the other (APPNOTE 6.3; ZIP64 where
/// 4 GiB do not hold).
///
/// The bytes follow from names, sizes and checksums alone: every time is 1980-01-01, the earliest there is, and every file may
/// be read by all. So equal members make equal files, and a file can be compared with what its members make.
package struct ZipLayout: Sendable {
  package struct Member: Sendable, Equatable {
    package let name: String
    package let size: Int
    package let crc: UInt32

    package init(name: String, size: Int, crc: UInt32) { (self.name, self.size, self.crc) = (name, size, crc) }
  }

  package let members: [Member]
  /// Where the head of each begins.
  package let offsets: [Int]
  /// Where the directory begins.
  package let end: Int
  private static let limit = 0xffff_ffff

  package init(_ members: [Member]) {
    self.members = members
    var (offsets, end) = ([Int](), 0)
    for member in members {
      offsets.append(end)
      end += Self.head(member).count + member.size
    }
    (self.offsets, self.end) = (offsets, end)
  }

  /// What stands before the bytes of a member.
  package static func head(_ member: Member) -> [UInt8] {
    let isWide = member.size >= limit
    let size = isWide ? limit : member.size
    let extra = isWide ? wide([member.size, member.size]) : []
    return little(4, [0x0403_4b50]) + common(member, isWide: isWide) + little(4, [size, size])
      + little(2, [member.name.utf8.count, extra.count]) + member.name.utf8 + extra
  }

  /// What stands behind the last member.
  package var directory: [UInt8] {
    var bytes: [UInt8] = []
    for (member, offset) in zip(members, offsets) { bytes += Self.entry(member, at: offset) }
    let size = bytes.count
    let isWide = members.count >= 0xffff || size >= Self.limit || end >= Self.limit
    if isWide {
      bytes += Self.little(4, [0x0606_4b50]) + Self.little(8, [44]) + Self.little(2, [0x031e, 45])
      bytes += Self.little(4, [0, 0]) + Self.little(8, [members.count, members.count, size, end])
      bytes += Self.little(4, [0x0706_4b50, 0]) + Self.little(8, [end + size]) + Self.little(4, [1])
    }
    let count = min(members.count, 0xffff)
    bytes += Self.little(4, [0x0605_4b50]) + Self.little(2, [0, 0, count, count])
    return bytes + Self.little(4, [min(size, Self.limit), min(end, Self.limit)]) + Self.little(2, [0])
  }

  private static func entry(_ member: Member, at offset: Int) -> [UInt8] {
    let isWide = member.size >= limit || offset >= limit
    let extra = isWide ? wide([member.size, member.size, offset]) : []
    let (size, place) = isWide ? (limit, limit) : (member.size, offset)
    return little(4, [0x0201_4b50]) + little(2, [0x031e]) + common(member, isWide: isWide) + little(4, [size, size])
      + little(2, [member.name.utf8.count, extra.count, 0, 0, 0]) + little(4, [0o100_644 << 16, place])
      + member.name.utf8 + extra
  }

  /// Version, flags (names are UTF-8), no compression, time, date, checksum.
  private static func common(_ member: Member, isWide: Bool) -> [UInt8] {
    little(2, [isWide ? 45 : 20, 0x0800, 0, 0, 0x0021]) + little(4, [Int(member.crc)])
  }

  private static func wide(_ values: [Int]) -> [UInt8] { little(2, [1, 8 * values.count]) + little(8, values) }

  private static func little(_ width: Int, _ values: [Int]) -> [UInt8] {
    values.flatMap { value in (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }
}
