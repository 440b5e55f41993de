import ArgumentParser
import Diagnostics
import FileSystem
import TensorFiles
import Warehouse
import Weights

/// `evoke models [NAME]`
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Imported models with their layers; of one model, its depth axis.",
    discussion:
      "depth is a layer's rank along the network, rel_depth its share of the deepest; layers that show one place share it."
  )

  @Argument(help: "A model, for its layers one by one.") var name: String?
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let table = try global.withWarehouse(.reading) { warehouse in
      try name.map { try Self.layers($0, warehouse) } ?? Self.list(warehouse)
    }
    try Output.write(formatting.text(table, global))
  }

  private static func layers(_ name: String, _ warehouse: Warehouse) throws -> SQLTable {
    let columns = ["layer_key", "depth", "rel_depth", "dimension", "rate_hz"]
    let (rows, known) = try warehouse.read { connection in
      (try connection.modelLayers(name: name), try connection.modelList())
    }
    guard let model = known.first(where: { $0.model == name }) else {
      let names = known.map(\.model)
      throw EvokeError(
        .unknownName, "model \(name)",
        reason: names.isEmpty ? "no model is imported" : "imported are \(names.joined(separator: ", "))",
        remedy: NearMiss.suggestion(name, in: names, otherwise: "evoke import weights PATH"))
    }
    if model.layers == 0 {
      throw EvokeError(
        .unknownName, "layers of model \(name)", reason: "a model of kind \(model.architecture) has none",
        remedy: "it is used by separation, not by extract --model")
    }
    return SQLTable(
      columns: columns,
      rows: rows.map { row in
        SQLRow(
          columns: columns,
          values: [
            .text(row.layerKey), .int(row.depth), .real(row.relDepth), .int(row.dimension), .real(row.rateHz),
          ])
      })
  }

  private static func list(_ warehouse: Warehouse) throws -> SQLTable {
    let columns = [
      "model", "family", "architecture", "layers", "depth_axis", "dimension", "rate_hz", "parameters", "stimuli",
      "weights",
    ]
    let rows = try warehouse.read { connection in
      try connection.modelList().map { row in
        let layers = try connection.modelLayers(name: row.model)
        let path = row.folder
        let isThere = Files.exists(path)
        let family = isThere ? ImportableWeights.families.first { $0.recognises(ModelFiles(path)) }?.name : nil
        return SQLRow(
          columns: columns,
          values: [
            .text(row.model), .optional(family), .text(row.architecture), .int(row.layers), .text(axis(layers)),
            .optional(row.dimension), .optional(row.rateHz), .int(row.parameters), .int(row.stimuli),
            .text(isThere ? path : "missing: \(path)"),
          ])
      }
    }
    return SQLTable(columns: columns, rows: rows)
  }

  /// `conv.0-conv.6 0-6, proj 7, hs.0-hs.12 8-20, last 20`: neighbours of one kind together.
  static func axis(_ layers: [Rows.ModelLayers]) -> String {
    var runs: [(kind: String, first: Rows.ModelLayers, last: Rows.ModelLayers)] = []
    for layer in layers {
      let kind = String(layer.layerKey.prefix { $0 != "." })
      if let run = runs.last, run.kind == kind {
        runs[runs.count - 1].last = layer
      } else {
        runs.append((kind, layer, layer))
      }
    }
    return runs.map { run in
      let (first, last) = (run.first.layerKey, run.last.layerKey)
      let (low, high) = (run.first.depth, run.last.depth)
      return first == last ? "\(first) \(low)" : "\(first)-\(last) \(low)-\(high)"
    }.joined(separator: ", ")
  }
}
