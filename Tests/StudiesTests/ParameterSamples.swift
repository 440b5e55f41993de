import FeatureSpaces
import Work

/// Parameters of every step as units hold them; several where they have several forms.
enum ParameterSamples {
  static func of(_ step: any WorkStep) -> [String]? {
    if let set = FeatureSets.all.first(where: { $0.name == step.name }) { return descriptors(set) }
    return byStep[step.name]
  }

  private static let sound =
    #"{"place": {"media": {"audio_stream": 1}}, "length": {"sample_count": 480, "rate_hz": 48}}"#
  private static let bins = #"{"bins": {"seconds": 1, "aggregate": "max"}}"#

  private static func descriptors(_ set: FeatureSet) -> [String] {
    let filters =
      #"{"bank": "mine", "source": {"file": {"variable": "v"}}, "frame_ms": 8, "time_constant_ms": 8, "factor": -2, "#
      + #""octave_shift": 0}"#
    let material =
      set.medium == .picture
      ? #"{"film": {"_0": {"audio_start_s": 0.5, "duration_s": 9}}}"# : #"{"sound": {"_0": \#(sound)}}"#
    return [
      #"{"dataset": "d", "stimulus": "s", "element": "voice", "material": \#(material), "rate": \#(bins), "#
        + #""filters": \#(set.name.hasPrefix("coch") ? filters : "null")}"#
    ]
  }

  private static func model(_ place: String, rate: String) -> String {
    #"{"dataset": "d", "stimulus": "s", "element": "voice", "sound": {"place": \#(place), "#
      + #""length": {"sample_count": 480, "rate_hz": 48}}, "model": "m", "layers": ["hs.1", "hs.2"], "#
      + #""rate": \#(rate), "chunk_s": 20, "context_s": 2, "hop_s": 0.5, "precision": "float32"}"#
  }

  private static let keys =
    #"{"dataset": "d", "cohort": "c", "subject": "s", "session": null, "rater": null, "feature_set": "f", "#
    + #""model": "m", "layer_key": "hs.1", "depth": 3, "rel_depth": 0.5, "element": "original", "#
    + #""covariate_mode": "none", "target_kind": "response", "target": "t", "target_parameters": "{}"}"#

  private static func designRow(_ stimulus: String, _ variant: Int, _ levels: String...) -> String {
    #"{"stimulus": "\#(stimulus)", "variant": \#(variant), "levels": ["\#(levels.joined(separator: #"", ""#))"]}"#
  }

  private static let sourceModel =
    #"{"leadfield": "l", "atlas": "a", "regions": ["A", "B"], "direction_count": 3, "inverse": "sloreta", "snr": 1, "#
    + #""orientation": "fixed", "depth": 0.8, "label": "mean_flip", "sensors": ["Fp1"]}"#

  private static let owner = #"{"dataset": "d", "subject": "s", "session": null, "run": "1"}"#

  private static let blank =
    #"[{"from": 1, "to": 2, "channel": null}, {"from": 9, "to": null, "channel": "Cz"}]"#

  private static func eeg(_ plan: String, components: String) -> String {
    #"{"recording": "r", "owner": \#(owner), "rate_hz": 256, "units": "V", "bad": ["T7"], "blank": \#(blank), "#
      + #""components": \#(components), "as_in_study": {"reference": "average"}, \#(plan)}"#
  }

  private static func signal(_ choice: String, values: String) -> String {
    #"{"choice": \#(choice), "values": \#(values), "recording": "r", "bad": ["T7"], "blank": \#(blank)}"#
  }

  private static let placements =
    #"{"r": [{"subject": "s", "stimulus": "film", "run": null, "onset_s": 3, "stimulus_start_s": 0.5, "#
    + #""duration_s": null, "bad": ["T7"], "blank": \#(blank)}]}"#

  private static func synchrony(_ choice: String, _ method: String, regions: String) -> String {
    #"{"choice": \#(choice), "method": "\#(method)", "window_s": 10, "step_s": 1, "anchor": "centre", "#
      + #""high_pass_s": 120, "keeps_drift": false, "regions": \#(regions), "identical": "refuse", "seed": 1, "as_in_study": {"transform": "none"}}"#
  }

  private static let settings =
    #"{"lambdas": {"values": [0.5, 2], "scale": "n_train"}, "lambda_scope": "per_target", "selection": "sse", "#
    + #""standardisation": "train_fold", "gap": {"seconds": {"_0": 3}}, "trim": {"start": 1, "end": 2}, "#
    + #""position": "covariate", "delay_edges": "crop", "outer": {"chunks": {"seconds": 5, "count": 4, "repeats": 3}}, "#
    + #""inner": {"leave_one": {"_0": "stimulus"}}, "minimum_effective_count": 10, "small_fold": "leave_out", "#
    + #""band_search": false, "seed": 7, "extra_delays": [1]}"#

  private static let plainSettings =
    #"{"lambdas": {"values": [1], "scale": "none"}, "lambda_scope": "shared", "selection": "r", "#
    + #""standardisation": "per_stimulus", "gap": {"automatic": {}}, "trim": {"start": 0, "end": 0}, "#
    + #""position": "none", "delay_edges": "zero", "outer": {"blocks": {"_0": 5}}, "inner": {"automatic": {}}, "#
    + #""minimum_effective_count": 10, "small_fold": "keep", "band_search": true, "seed": 7, "extra_delays": []}"#

  private static let segment = #"{"stimulus": "s", "run": "1", "subject": null, "from": 1, "to": 2}"#

  private static let showing =
    #"{"subject": "s", "stimulus": "m", "run": null, "onset_s": 1, "stimulus_start_s": 0.5, "duration_s": 9, "#
    + #""bad": ["Cz"], "blank": [{"from": 2, "to": 3, "channel": "Fz"}]}"#

  private static func feature(_ source: String) -> String {
    #"{"name": "f", "source": \#(source), "reduction": {"components": 3, "fit": "train_fold", "scale": "zscore"}, "#
      + #""transform": {"smooth_s": 3}, "hrf": "spm", "delays": {"single": {"_0": [-2, -1]}}}"#
  }

  private static let layer = feature(#"{"layer": {"_0": "hs.1"}}"#)
  private static let ratings = feature(#"{"ratings": {"bad": [\#(segment)]}}"#)
  private static let columns =
    #"{"name": "f", "source": {"columns": {}}, "reduction": null, "transform": "changes", "hrf": null, "delays": null}"#

  private static let annotationTarget =
    #"{"source": {"annotation": {"bad": [\#(segment)]}}, "transform": "changes"}"#
  private static let responseTarget =
    #"{"source": {"response": {"level": "group", "placements": {"a/b": [\#(showing)]}, "separates_runs": true}}, "transform": "changes"}"#
  private static let synchronyTarget =
    #"{"source": {"synchrony": {"window": {"seconds": 10, "step": 1, "anchor": "centre", "averages_features": true}, "#
    + #""subject": "s"}}, "transform": {"smooth_s": 2}}"#

  private static func fit(
    _ features: [String], _ target: String, settings: String = settings,
    delays: String = #"{"single": {"_0": [0, 2]}}"#
  ) -> String {
    #"{"keys": \#(keys), "features": [\#(features.joined(separator: ", "))], "target": \#(target), "#
      + #""delays": \#(delays), "encoding": \#(settings), "regions": ["r"], "#
      + #""region_info": {"r": {"hemisphere": "left", "group": "g"}}, "missing_share": 0.5, "grid_s": 2, "#
      + #""subject_count": 3, "store": ["null", "predictions"], "lags_s": [1]}"#
  }

  private static let automatic = #"{"automatic": {"first": 0, "last": 8}}"#

  private static func set(_ layer: String) -> String {
    #"{"feature_set": "f", "model": "m", "layer_key": "\#(layer)", "depth": 3, "rel_depth": 0.5, "element": "voice"}"#
  }

  private static let onlyModel = model(#"{"media": {"audio_stream": 1}}"#, rate: bins)

  private static func calibration(_ design: String) -> String {
    #"{"design": \#(design), "planted_r": 0.5, "first_run": 20, "run_count": 4}"#
  }

  private static func member(_ unit: String) -> String {
    #"{"unit": "\#(unit)", "keys": \#(keys), "kind": {"single": {}}, "twins": [{"twin": "spectrum", "unit": "m"}]}"#
  }

  private static let people =
    #""people": {"groups": [{"dataset": "d", "subjects": ["p"]}], "places": {"a": 0}}"#

  private static let byStep: [String: [String]] = [
    "encoding": [
      #"{"fit": \#(fit([layer], responseTarget)), "null": {"drawn": {"kind": "phase", "draws": 10}}}"#,
      #"{"fit": \#(fit([ratings], annotationTarget, settings: plainSettings)), "null": {"none": {}}}"#,
      #"{"fit": \#(fit([columns], synchronyTarget, delays: automatic)), "null": {"none": {}}}"#,
    ],
    "covariate_control": [
      #"{"fit": \#(fit([columns], annotationTarget)), "covariates": [\#(layer), \#(ratings)], "draws": 10}"#
    ],
    "joint": [
      #"{"fit": \#(fit([layer, ratings], responseTarget)), "sets": [\#(set("hs.1")), \#(set("hs.2"))], "#
        + #""is_stacked": false, "draws": 10}"#
    ],
    "calibration_runs": [
      calibration(
        #"{"single": {"_0": {"fit": \#(fit([layer], responseTarget)), "null": {"drawn": {"kind": "phase", "draws": 39}}}}}"#
      ),
      calibration(
        #"{"controlled": {"_0": {"fit": \#(fit([columns], annotationTarget)), "covariates": [\#(layer)], "draws": 10}}}"#
      ),
      calibration(
        #"{"joint": {"_0": {"fit": \#(fit([layer, ratings], responseTarget)), "sets": [\#(set("hs.1"))], "is_stacked": true, "draws": 10}}}"#
      ),
    ],
    "calibration": [
      #"{"members": [{"unit": "u", "keys": \#(keys), "kind": {"single": {}}, "worlds": [{"planted_r": 0.3, "units": ["r"]}]}], "#
        + #""family": ["target"], "has_maximum": true, "level": 0.05, "seed": 7, "selection": "s"}"#
    ],
    "eeg_preparation": [
      eeg(
        #""notch_hz": 50, "low_hz": 1, "high_hz": 45, "bad_channels": {"rule": {"_0": "robust"}}, "#
          + #""interpolation": "auto", "reference": {"average": {}}, "new_rate_hz": 128"#,
        components: #"{"search": {"method": "picard", "eog": ["Fp1"]}, "rejected": [3], "seed": 1}"#),
      eeg(
        #""notch_hz": null, "low_hz": null, "high_hz": null, "bad_channels": {"named": {"_0": ["Oz"]}}, "#
          + #""interpolation": "never", "reference": {"channels": {"_0": ["Cz"]}}, "new_rate_hz": null"#,
        components: "null"),
    ],
    "signal": [
      signal(#"{"signal": "source", "band": "alpha"}"#, values: #"{"samples": {}}"#),
      signal(#"{"signal": "envelope", "band": [8, 14]}"#, values: #"{"bins": {"phase_s": 0.05}}"#),
    ],
    "synchrony": [
      (#"{"none": {}}"#, "null"), (#"{"phase": {"draws": 19}}"#, #"["A"]"#),
      (#"{"circular_shift": {"draws": 19}}"#, "null"), (#"{"clip_shuffle": {"draws": 19}}"#, "null"),
    ].map { null, regions in
      let settings = synchrony(#"{"signal": "source", "band": "broad"}"#, "pairwise", regions: regions)
      return #"{"settings": \#(settings), "cohort": {"dataset": "d", "cohort": "c"}, "stimulus": "film", "#
        + #""null": \#(null), "placements": \#(placements)}"#
    },
    "synchrony_calibration": [
      #"{"synchrony": {"settings": \#(synchrony(#"{"signal": "source", "band": "broad"}"#, "pairwise", regions: "null")), "#
        + #""cohort": {"dataset": "d", "cohort": "c"}, "stimulus": "film", "null": {"phase": {"draws": 19}}, "#
        + #""placements": \#(placements)}, "unit": "u", "planted_r": 0.5, "runs": 3, "level": 0.05, "selection": "s"}"#
    ],
    "components": [#"{"none": {}}"#, #"{"phase": {"draws": 19}}"#].map { null in
      let settings = synchrony(#"{"signal": "fd", "band": [1, 4]}"#, "corrca", regions: "null")
      return #"{"settings": \#(settings), "cohort": {"dataset": "d", "cohort": "c"}, "null": \#(null), "#
        + #""placements": \#(placements)}"#
    },
    "synchrony_contrast": [
      #"{"disjoint": {}}"#, #"{"shared": {"stimuli": ["film"], "draws": 19}}"#,
    ].map { design in
      let settings = synchrony(#"{"signal": "source", "band": "broad"}"#, "leave_one_out", regions: "null")
      return #"{"settings": \#(settings), "a": {"dataset": "d", "cohort": "c"}, "b": {"dataset": "e", "cohort": "f"}, "#
        + #""design": \#(design), "placements_a": \#(placements), "placements_b": {}}"#
    },
    "fmri_preparation": [
      #"{"recording": "r", "owner": \#(owner), "rate_hz": 0.5, "#
        + #""bad": ["A"], "confounds": {"columns": ["csf"], "motion": ["X"], "displacement": "fd"}, "#
        + #""high_pass_s": 128, "detrend": true, "scale": "psc", "discard_volumes": 0, "as_in_study": {"atlas": "a"}}"#
    ],
    "source_kernel": [sourceModel],
    "source_localisation": [#"{"ad_hoc": {}}"#, #"{"baseline": {"seconds": 30}}"#].map { noise in
      #"{"model": \#(sourceModel), "noise": \#(noise), "recording": "r", "dataset": "d", "subject": "s", "#
        + #""channels": ["Fp1"], "channels_left_out": ["X"], "sensors_unused": 1}"#
    },
    "model_features": [
      model(#"{"media": {"audio_stream": 1}}"#, rate: bins), model(#"{"imported_stem": {}}"#, rate: bins),
      model(#"{"varied": {"audio_stream": 1, "gain_db": -6, "tempo": 1.25}}"#, rate: bins),
      model(#"{"separated_stem": {"model": "spleeter"}}"#, rate: #"{"native": {}}"#),
      model(#"{"matched_imported_stem": {}}"#, rate: bins),
      model(#"{"matched_separated_stem": {"model": "spleeter"}}"#, rate: bins),
    ],
    "permuted_model_features": [#"{"features": \#(onlyModel), "seed": 7}"#],
    "log_mel_spectrum": [
      #"{"features": {"dataset": "d", "stimulus": "s", "element": "voice", "material": {"sound": {"_0": \#(sound)}}, "#
        + #""rate": \#(bins), "filters": null}, "width": 24, "context_s": 9}"#
    ],
    "separation": [
      #"{"dataset": "d", "stimulus": "s", "audio_stream": 1, "length": {"sample_count": 480, "rate_hz": 48}, "#
        + #""separation": "spleeter", "extension": "zeros"}"#
    ],
    "stem_level": [
      #"{"dataset": "d", "stimulus": "s", "element": "voice", "sound": {"place": {"imported_stem": {}}, "#
        + #""length": {"sample_count": 480, "rate_hz": 48}}}"#
    ],
    "element_ablation": [
      #"{"ablations": [{"original": \#(member("o")), "voice": \#(member("v")), "soundtrack": \#(member("m")), "#
        + #""has_levels": true}]}"#
    ],
    "lag_correlation": [
      #"{"keys": \#(keys), "feature": \#(columns), "target": \#(annotationTarget), "missing_share": 0.5, "grid_s": 2, "#
        + #""lags_s": [0, 1], "draws": 10, "seed": 7}"#
    ],
    "synchrony_consistency": [
      #"{"dataset": "d", "cohort": "c", "first": {"kind": "annotation", "name": "felt", "target": \#(annotationTarget), "#
        + #""as_in_study": "{}"}, "second": {"kind": "synchrony", "name": "source", "target": \#(synchronyTarget), "#
        + #""as_in_study": "{}"}, "regions": ["A"], "missing_share": 0.5, "grid_s": null, "draws": 10, "seed": 7}"#
    ],
    "factor_share": [
      #"{"dataset": "d", "cohort": "c", "factors": [{"name": "word", "role": "semantic"}, "#
        + #"{"name": "gain_db", "role": "acoustic"}], "rows": [\#(designRow("s", 0, "x", "0")), "#
        + #"\#(designRow("s", 1, "x", "-6")), \#(designRow("t", 0, "y", "0")), \#(designRow("t", 1, "y", "-6"))], "#
        + #""variants": 2, "spaces": [{"feature_set": "f", "model": "m", "layer_key": "hs.1", "depth": 3, "#
        + #""rel_depth": 0.5, "element": "original"}], "interactions": false, "draws": 9, "seed": 7}"#
    ],
    "lag_comparison": [
      #"{"members": [{"unit": "k", "keys": \#(keys), "transform": "changes"}, "#
        + #"{"unit": "l", "keys": \#(keys), "transform": {"smooth_s": 3}}], "has_draws": true}"#
    ],
    "window_comparison": [
      #"{"groups": [[{"window_s": 3, "step_s": 1, "fit": \#(member("a"))}, {"window_s": 5, "step_s": 2, "fit": \#(member("b"))}]]}"#
    ],
    "architecture_comparison": [
      #"{"layers": [\#(member("a")), \#(member("b"))], "has_draws": true, "bins": 5, "middle_low": 0.4, "#
        + #""middle_high": 0.8, "take": "max"}"#
    ],
    "cohort_transfer": [
      #"{"train": \#(fit([columns], annotationTarget)), "test": \#(fit([columns], annotationTarget)), "#
        + #""train_unit": "k", "test_unit": "l", "kind": {"controlled": {}}, "draws": 99, "#
        + #""stimuli": {"media": {"d": {"s": "00"}}}, "people": "shared"}"#
    ],
    "gradient": [
      #"{"source_study": "s", "atlas": "a", "regions": [{"name": "A", "hemisphere": "left", "x": 1, "y": 2, "z": 3}], "#
        + #""columns": [{"name": "g", "values": [0.5, null]}], "maps": ["r"], "fits": [\#(member("a"))], "draws": 9, "#
        + #""seed": 7}"#
    ],
    "synchrony_gradient": [
      #"{"source_study": "s", "atlas": "a", "regions": [{"name": "A", "hemisphere": "left", "x": 1, "y": 2, "z": 3}], "#
        + #""columns": [{"name": "g", "values": [0.5, null]}], "maps": [{"dataset": "d", "cohort": "c", "#
        + #""signal": "source", "target": {"synchrony": {"window_s": 10}}, "keeps_drift": false, "units": ["k"]}], "#
        + #""draws": 9, "seed": 7}"#
    ],
    "cohort_comparison": [
      #"{"fits": [{"member": \#(member("a")), "subject_count": 12}, {"member": \#(member("b")), "subject_count": 0}], "#
        + #""stimuli": {"media": {"d": {"s": "00"}}}, \#(people)}"#
    ],
    "pooled_score": [
      #"{"groups": [[\#(member("a")), \#(member("b"))]], "stimuli": {"media": {"d": {"s": "00"}}}, \#(people)}"#
    ],
    "control_check": [#"{"members": [\#(member("a"))]}"#],
    "contribution": [
      #"{"members": [\#(member("a"))], "family": ["region"]}"#
    ],
    "declared_family": [
      #"{"name": "n", "condition": "region IS NOT NULL", "correction": ["max", "bh"], "quantity": "r", "fits": ["#
        + #"{"score": "none/r", "columns": [0, 2], "fit_keys": ["a/none/0", "a/none/2"]}]}"#
    ],
    "directions": [#"{"members": [\#(member("a"))], "family": ["region"]}"#],
    "comparison": ["single", "controlled"].map { kind in
      #"{"members": [{"unit": "k", "keys": \#(keys), "kind": {"\#(kind)": {}}, "#
        + #""twins": [{"twin": "spectrum", "unit": "m"}]}, "#
        + #"{"unit": "l", "keys": \#(keys), "kind": {"joint": {"sets": 2}}, "twins": []}], "has_draws": true, "#
        + #""family": ["target", "region"], "correction": ["max", "bh"], "contrasts": ["#
        + #"{"name": "a", "a": {"rel_depth": {"low": 0, "high": 0.5, "take": "mean"}}, "#
        + #""b": {"layer": {"_0": "last"}}}, {"name": "b", "a": {"set": {"_0": "x"}}, "b": {"set": {"_0": "y"}}}], "draws": 99, "seed": 1, "atlases": [{"name": "a", "codes": {"V1": 3}}]}"#
    },
  ]
}
