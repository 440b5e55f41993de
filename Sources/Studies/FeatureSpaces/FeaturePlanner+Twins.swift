import AudioFeatures
import Recordings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// A trivial model beside a feature.
package struct PlannedTwin {
  package let twin: Twin
  /// What it is fitted on; nil for the time since a stimulus began, which every fit has beside it.
  package let feature: PlannedFeature?
}

extension FeaturePlanner {
  /// Of the wanted twins those that a feature has, of the same element, stimuli, reduction and transform.
  ///
  /// Position is beside everything; a spectrum beside layers of models whose weights are imported, with their context, and
  /// beside sets of the sound of at least three columns, which see no more than frames; permuted weights beside such layers.
  package mutating func twins(
    _ wanted: [Twin], of feature: PlannedFeature, cohort: ResolvedCohort, target: PlannedTarget
  ) throws -> [PlannedTwin] {
    var found: [PlannedTwin] = []
    for twin in wanted {
      switch twin {
      case .position: found.append(PlannedTwin(twin: twin, feature: nil))
      case .spectrum:
        guard let (width, context) = try sight(of: feature), width >= 3 else { continue }
        let spectrum = try spectrum(of: feature, width: width, contextS: context, cohort, target.stimuli)
        found.append(PlannedTwin(twin: twin, feature: spectrum))
      case .permuted:
        guard let layers = try weights(of: feature) else { continue }
        found.append(PlannedTwin(twin: twin, feature: try permuted(feature, layers, cohort, target.stimuli)))
      }
    }
    return found
  }

  /// The layers of the feature's model; nil where its weights are not imported, or no model made it.
  private func weights(of feature: PlannedFeature) throws -> [Rows.ModelLayers]? {
    guard case .model(let name) = feature.spec.source else { return nil }
    let layers = try context.warehouse.read { try $0.modelLayers(name: name) }
    return layers.isEmpty ? nil : layers
  }

  /// Columns before reduction and seconds of sound behind each; nil where they are not known or it is not made of sound.
  private func sight(of feature: PlannedFeature) throws -> (width: Int, contextS: Double)? {
    if let layer = try weights(of: feature)?.first(where: { $0.layerKey == feature.layerKey }) {
      return (layer.dimension, layer.contextS ?? feature.spec.chunkS)
    }
    guard case .set(let name) = feature.spec.source, let set = FeatureSets.named(name), !set.needsPicture else {
      return nil
    }
    return (set.columns.count, 0)
  }

  private mutating func spectrum(
    of feature: PlannedFeature, width: Int, contextS: Double, _ cohort: ResolvedCohort, _ stimuli: Set<String>
  ) throws -> PlannedFeature {
    let sources = try media(cohort, stimuli).map { row in
      let planned = try planned(feature.element, of: row, dataset: cohort.dataset)
      let sound = DescriptorStep.Parameters(
        dataset: planned.dataset, stimulus: planned.stimulus, element: planned.element, material: .sound(planned.sound),
        rate: .bins(seconds: 1, aggregate: feature.spec.aggregate), filters: nil)
      let parameters = LogMelStep.parameters(sound, width: width, contextS: contextS)
      let unit = LogMelStep().unit(
        parameters, inputs: planned.inputs, label: "\(parameters.set.name) of \(planned.label)")
      return StimulusFeature(row.name, .unit(add(unit), array: nil))
    }
    let set = DescriptorSet.logMelSpectrum(width: width, contextSeconds: contextS)
    return PlannedFeature(spec: feature.spec, name: set.name, element: feature.element, sources: sources)
  }

  private mutating func permuted(
    _ feature: PlannedFeature, _ layers: [Rows.ModelLayers], _ cohort: ResolvedCohort, _ stimuli: Set<String>
  ) throws -> PlannedFeature {
    let settings = ModelSettings(layers.map(\.layerKey), as: feature.spec)
    let seed = UInt64(context.definition.seed)
    let sources = try media(cohort, stimuli).map { row in
      let planned = try planned(feature.element, of: row, dataset: cohort.dataset)
      let key = add(Self.permutedUnit(layers[0], planned, settings, seed: seed))
      return StimulusFeature(row.name, .unit(key, array: feature.layerKey.map(ArrayFileWriter.path(ofGroup:))))
    }
    return PlannedFeature(
      spec: feature.spec, name: PermutedFeatureStep.name(of: feature.name), model: feature.model,
      layerKey: feature.layerKey, depth: feature.depth, relDepth: feature.relDepth, element: feature.element,
      sources: sources)
  }
}
