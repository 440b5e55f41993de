import Compression

/// The cells of a heat map, one index of a palette each, as the PNG that an SVG's `image` element holds (W3C PNG 2003,
/// colour type 3): a picture of 345,000 cells takes a twentieth of what as many shapes would. It is stored, not
/// compressed, so that the same cells are the same bytes with every version of zlib.
struct IndexedPicture {
  let width: Int
  let height: Int
  /// Red, green and blue, at most 256 of them.
  let palette: [(UInt8, UInt8, UInt8)]
  /// One index per pixel, rows from the top.
  let pixels: [UInt8]

  var bytes: [UInt8] {
    precondition(pixels.count == width * height && palette.count <= 256, "an index for each pixel")
    var raw: [UInt8] = []
    raw.reserveCapacity(height * (width + 1))
    for row in 0..<height { raw += [0] + pixels[row * width..<(row + 1) * width] }
    return [137, 80, 78, 71, 13, 10, 26, 10]
      + Self.chunk("IHDR", Self.big(width) + Self.big(height) + [8, 3, 0, 0, 0])
      + Self.chunk("PLTE", palette.flatMap { [$0.0, $0.1, $0.2] }) + Self.chunk("IDAT", Self.zlib(raw))
      + Self.chunk("IEND", [])
  }

  /// For an `image` element's `href`.
  var dataURL: String { "data:image/png;base64," + Self.base64(bytes) }

  private static func big(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return big(data.count) + body + big(Int(CRC32.checksum(body)))
  }

  /// Stored deflate blocks of at most 65,535 bytes, with Adler-32 (RFC 1950, 1951).
  private static func zlib(_ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: data.count, by: 65_535) {
      let end = min(start + 65_535, data.count)
      let length = end - start
      out += [end == data.count ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
      out += [UInt8(~length & 255), UInt8(~length >> 8 & 255)] + data[start..<end]
    }
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return out + big(b << 16 | a)
  }

  private static func base64(_ data: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    out.reserveCapacity((data.count + 2) / 3 * 4)
    for start in stride(from: 0, to: data.count, by: 3) {
      let rest = data.count - start
      let word =
        UInt32(data[start]) << 16 | (rest > 1 ? UInt32(data[start + 1]) << 8 : 0)
        | (rest > 2 ? UInt32(data[start + 2]) : 0)
      out.append(letters[Int(word >> 18 & 63)])
      out.append(letters[Int(word >> 12 & 63)])
      out.append(rest > 1 ? letters[Int(word >> 6 & 63)] : UInt8(ascii: "="))
      out.append(rest > 2 ? letters[Int(word & 63)] : UInt8(ascii: "="))
    }
    return String(decoding: out, as: UTF8.self)
  }
}
