-- With which trivial models of its target is each fit compared, run by run?
-- assumption: fits of one target; means over subjects stand in twin_comparison
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column fit_key: identity of the fit of the features
-- column twin: position, spectrum or permuted
-- column p: that r is larger than the twin's, corrected t, one-sided; NULL below four folds or stimuli
-- column twin_contrast_id: identity of the comparison
-- column valid: 0: not to be reported
-- column flags: space-separated warnings of any fit of both
-- column unit_key: unit that compared; evoke why tells what it descends from
SELECT x.run_id, t.fit_key, t.twin, t.p, t.twin_contrast_id, t.valid, t.flags, t.unit_key
FROM twin_contrast t
JOIN run_unit x ON x.unit_key = t.unit_key
WHERE t.subject_count IS NULL
