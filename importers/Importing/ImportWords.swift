import ContentIdentity

/// The command line of an import: what makes it again.
package struct ImportWords: Sendable, Equatable {
  /// Where it was given.
  package let folder: String
  /// What followed the program's name, without the warehouse and what is only shown.
  package let words: [String]

  package init(folder: String, words: [String]) { (self.folder, self.words) = (folder, words) }

  /// Of the arguments of a process.
  package init(folder: String, arguments: [String]) {
    var words: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-C", "--warehouse": rest = rest.dropFirst()
      case "-q", "--quiet", "--json", "--dry-run": continue
      case _ where word.hasPrefix("--warehouse=") || (word.hasPrefix("-C") && word != "-C"): continue
      default: words.append(word)
      }
    }
    self.init(folder: folder, words: words)
  }

  package var json: JSONValue { .array(words.map { .string($0) }) }
}
