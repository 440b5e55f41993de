import Diagnostics
import Kinds
import StudyFiles

extension StudyDefinition {
  /// Of the kinds of the registry.
  init(parsing text: String, file: String = "study file") throws {
    try self.init(parsing: text, file: file, grammar: StudyKinds.all.grammar)
  }

  func notComputed() -> [Diagnostic] { StudyKinds.all.grammar.notComputed(self) }

  func requireComputed() throws { try StudyKinds.all.grammar.requireComputed(self) }
}

/// Study files the tests share.
enum StudyFiles {
  /// The example of the design document.
  static let designExample = """
    study: layers-liris
    kind: layer_sweep
    datasets: [liris]
    elements: [original, voice, soundtrack]
    features:
      - {model: wav2vec2-base, layers: all, reduce: {pca: 12}}
      - {set: lld12}
    covariates: {set: vis12, at_prediction: zero, penalty: banded}
    targets:
      - {annotation: arousal}
      - {synchrony: {window_s: 10, step_s: 1, anchor: centre, method: pairwise, signal: source}}
    preparation: {eeg: {notch_hz: 50, bandpass_hz: [1, 45], bad_channels: robust, reference: average, resample_hz: 200},
                  source: {leadfield: nyhead, atlas: dk68, inverse: sloreta, snr: 1, label: mean_flip}}
    encoding: {model: ridge, delays_s: {annotation: "0..8", synchrony: "0..5", response: "2..8"}, lambdas: {log10: [-5, 5, 0.5]}, outer: {folds: 5}, inner: {folds: 4}}
    statistics: {null: phase, draws: 1000, family: [target, region, layer, element], correction: [max]}
    seed: 20250923
    """

  /// A layer sweep with all defaults, and lines added at the end.
  static func sweep(
    features: String = "[{set: lld12}]", targets: String = "[{annotation: arousal}]", encoding: String = "{}",
    _ more: String = ""
  ) -> String {
    """
    study: s
    kind: layer_sweep
    datasets: [d]
    features: \(features)
    targets: \(targets)
    encoding: \(encoding)
    \(more)
    """
  }

  static func report(targets: String = "[{synchrony: {}}]", _ more: String = "") -> String {
    """
    study: s
    kind: isc_report
    datasets: [d]
    targets: \(targets)
    \(more)
    """
  }
}
