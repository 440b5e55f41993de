import ContentIdentity
import Diagnostics
import FileSystem

/// What a repository takes of an archive: the file itself, and a README, metadata and checksums made of it.
public struct Deposit {
  private let archive: ArchiveFile
  private let methods: String
  private let bibliography: String

  /// - Parameters:
  ///   - methods: paragraphs on the archive's studies, Markdown.
  ///   - bibliography: BibTeX of what they cite.
  public init(of archive: ArchiveFile, methods: String, bibliography: String) {
    (self.archive, self.methods, self.bibliography) = (archive, methods, bibliography)
  }

  private var publication: Publication { archive.manifest.publication }
  private var file: String { Files.name(of: archive.path) }

  /// What stands beside the archive.
  private enum Beside: String {
    case readme = "README.md"
    case metadata = "metadata.json"
    case references = "references.bib"
    case sums = "SHA256SUMS"
  }

  /// Writes a folder, which appears whole or not at all.
  ///
  /// - Throws: `fileExists` where something stands there, and for an archive that is called as a file beside it.
  public func write(to folder: String) throws {
    guard Beside(rawValue: file) == nil else {
      throw EvokeError(
        .fileExists, archive.path, reason: "a deposit has a file of its own called \(file)",
        remedy: "rename the archive, for example paper.zip")
    }
    try Files.makeWhole(folder) { draft in
      func write(_ text: String, _ name: Beside) throws { try Files.write(text, to: "\(draft)/\(name.rawValue)") }
      try Files.copy(archive.path, to: "\(draft)/\(file)")
      try write(readme, .readme)
      try write(metadata.canonical + "\n", .metadata)
      if !bibliography.isEmpty { try write(bibliography, .references) }
      let sums = try Files.names(in: draft).sorted().map { "\(try Files.sha256(of: "\(draft)/\($0)").hex)  \($0)\n" }
      try write(sums.joined(), .sums)
    }
  }

  private var readme: String {
    let authors = publication.authors.map { author in
      [author.name, author.orcid.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    }
    let head = [
      "# \(publication.title)", authors.joined(separator: ", "),
      "Licence: \(publication.licence), of the archive; those of what it was made from stand in its `licences.json`. "
        + "Date: \(publication.date). Studies: \(publication.studies.joined(separator: ", ")).",
      """
      `\(file)` is a ZIP file: `index.html` in it is a page for people, `catalog.sqlite` opens in any SQLite. Root over all but \
      the date:

          \(archive.manifest.root)
      """,
      """
      It is checked offline, from its bytes alone, and asked in place:

          sha256sum -c \(Beside.sums.rawValue)
          evoke archive verify \(ShellText.quoted(file)) --level 5 --root \(archive.manifest.root)
          evoke query encoding_score -C \(ShellText.quoted(file))
      """,
    ]
    return head.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n\n" + methods
  }

  /// In the words of DataCite 4; what only the repository knows (identifier, publisher) is left out.
  private var metadata: JSONValue {
    let people = publication.authors.map { author -> JSONValue in
      var person: [String: JSONValue] = ["name": .string(author.name), "nameType": "Personal"]
      if let orcid = author.orcid {
        person["nameIdentifiers"] = [
          [
            "nameIdentifier": .string("https://orcid.org/\(orcid)"), "nameIdentifierScheme": "ORCID",
            "schemeUri": "https://orcid.org",
          ]
        ]
      }
      return .object(person)
    }
    var metadata: [String: JSONValue] = [
      "schemaVersion": "http://datacite.org/schema/kernel-4",
      "titles": [["title": .string(publication.title)]],
      "publicationYear": .string(String(publication.date.prefix(4))),
      "dates": [["date": .string(publication.date), "dateType": "Created"]],
      "types": ["resourceTypeGeneral": "Dataset", "resourceType": "Archive of encoding studies"],
      "formats": ["application/zip"], "sizes": [.string("\(archive.zip.file.count) bytes")],
      "rightsList": [
        [
          "rights": .string(publication.licence), "rightsIdentifier": .string(publication.licence),
          "rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/",
        ]
      ],
      "descriptions": [
        ["description": .string(methods), "descriptionType": "Methods"],
        [
          "description": .string("Root of the archive (SHA-256): \(archive.manifest.root)"),
          "descriptionType": "TechnicalInfo",
        ],
      ],
    ]
    if !people.isEmpty { metadata["creators"] = .array(people) }
    return .object(metadata)
  }
}
