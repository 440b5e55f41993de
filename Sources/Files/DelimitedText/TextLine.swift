/// A line of a text file that holds more than white space.
package struct TextLine: Sendable, Equatable {
  /// Counted from 1, empty lines too.
  package let number: Int
  package let text: Substring
}

extension String {
  /// The lines that hold more than white space, without a byte-order mark; LF, CRLF and CR end one.
  package var writtenLines: [TextLine] {
    let text = hasPrefix("\u{FEFF}") ? dropFirst() : self[...]
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
      index, line in
      line.allSatisfy(\.isWhitespace) ? nil : TextLine(number: index + 1, text: line)
    }
  }
}
