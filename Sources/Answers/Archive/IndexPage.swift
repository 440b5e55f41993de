import Claims
import Warehouse

/// `index.html`: the archive for people, one page without anything from elsewhere.
struct IndexPage {
  static let name = "index.html"
  /// Rows of a frozen result that are shown.
  private static let shownRows = 100
  private static let style = """
    body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
    table{border-collapse:collapse;font-size:.85em;display:block;overflow-x:auto}
    td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left;white-space:nowrap}
    code,pre{background:#f4f4f4;font-size:.85em}pre{padding:.5em;overflow-x:auto}
    """

  let documents: ArchiveDocuments
  /// Every member but this one, the metadata and the manifest.
  let members: [ArchiveManifest.Member]

  var text: String {
    let parts = [
      head, studies, claims, results, data, absent, machines, files, "</body>\n</html>",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  private static func safe(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  private static func table(_ columns: [String], _ rows: [[String]]) -> String {
    func line(_ tag: String, _ cells: [String]) -> String {
      "<tr>" + cells.map { "<\(tag)>\($0)</\(tag)>" }.joined() + "</tr>"
    }
    return (["<table>", line("th", columns.map(safe))] + rows.map { line("td", $0.map(safe)) } + ["</table>"])
      .joined(separator: "\n")
  }

  private static func section(_ title: String, _ body: String) -> String { "<h2>\(safe(title))</h2>\n\(body)" }

  private var head: String {
    let publication = documents.publication
    let authors = publication.authors.map { author in
      let name = Self.safe(author.name)
      return author.orcid.map { "<a href=\"https://orcid.org/\($0)\">\(name)</a>" } ?? name
    }
    let by = publication.isBlind ? "authors withheld for review" : authors.joined(separator: ", ")
    let title = Self.safe(publication.title)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head><meta charset="utf-8"><title>\(title)</title><style>\(Self.style)</style></head>
      <body>
      <h1>\(title)</h1>
      <p>\(by)<br>\(publication.date), licence \(Self.safe(publication.licence))</p>
      <p>An archive of Evoke \(Self.safe(publication.evokeVersion)): every number is a row of <code>catalog.sqlite</code> whose \
      lineage ends at the bytes of sources. With the file alone, offline:</p>
      <pre>evoke archive verify FILE --level 5 --root ROOT   # the root stands in the paper
      evoke query layer_sweep -C FILE                   # asks it in place
      sqlite3 catalog.sqlite "SELECT * FROM encoding_score"   # unpacked, without Evoke</pre>
      """
  }

  private var studies: String {
    let rows = documents.runs.map { [$0.name, $0.kind, $0.purpose, $0.runID, $0.planSHA256, $0.rootSHA256 ?? "none"] }
    return Self.section(
      "Studies", Self.table(["study", "kind", "purpose", "run", "plan", "root of the results"], rows))
  }

  private var claims: String {
    guard !documents.claims.isEmpty else { return "" }
    let items = documents.claims.map { "<li>\(Self.safe($0.sentence)) <code>claims/\(Self.safe($0.file))</code></li>" }
    return Self.section("Claims", "<ul>\n\(items.joined(separator: "\n"))\n</ul>")
  }

  private var results: String {
    zip(documents.results, documents.resultNames).map { result, name in
      let table = result.table.table
      let rows = table.rows.prefix(Self.shownRows).map { row in row.values.map(Self.cell) }
      let rest = table.rows.count - rows.count
      let more = rest > 0 ? "\n<p>\(rest) more rows in <a href=\"results/\(name).csv\">results/\(name).csv</a></p>" : ""
      return Self.section(
        result.label, "<pre>\(Self.safe(result.sql))</pre>\n" + Self.table(table.columns, Array(rows)) + more)
    }.joined(separator: "\n")
  }

  private static func cell(_ value: SQLValue) -> String { value.text(null: "") }

  private var data: String {
    let rows = documents.datasets.map { [$0.name, $0.licence ?? "not stated", $0.consent ?? "not stated"] }
    let files = Dictionary(grouping: documents.sources) { $0.licence ?? "not stated" }.sorted { $0.key < $1.key }
    let stated = files.map { [$0.key, String($0.value.count)] }
    return Self.section(
      "Data",
      Self.table(["dataset", "licence", "consent"], rows) + "\n<p>Files that were imported, by their licences "
        + "(licences.json):</p>\n" + Self.table(["licence", "files"], stated))
  }

  private var absent: String {
    guard !documents.tombstones.isEmpty else { return "" }
    let counts = Dictionary(grouping: documents.tombstones) { [$0.kind.rawValue, $0.reason] }
    let rows = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
      $0.key + [String($0.value.map(\.count).reduce(0, +))]
    }
    return Self.section("Named and not held (tombstones.json)", Self.table(["kind", "reason", "number"], rows))
  }

  private var machines: String {
    let rows = documents.environments.map { [$0.hostnameHash, $0.cpuModel, $0.blasKernel, $0.evokeVersion] }
    return Self.section("Machines (environment.json)", Self.table(["machine", "processor", "BLAS", "evoke"], rows))
  }

  private var files: String {
    let rows = members.map { [$0.name, String($0.bytes), $0.sha256] }
    return Self.section("Files", Self.table(["file", "bytes", "SHA-256"], rows))
  }
}
