/// Every study of planted data.
package enum StudyScenarios {
  package static let all: [StudyScenario] =
    LayerScenarios.all + FeatureScenarios.all + SynchronyScenarios.all + PeopleScenarios.all + BrainScenarios.all
}
