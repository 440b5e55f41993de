-- What analyses of a dataset leave out.
-- parameter dataset: text
SELECT e.list, e.subject, e.session, e.run, e.stimulus, e.channel, e.component, e.onset_s, e.offset_s, e.reason
FROM exclusion e JOIN dataset d USING (dataset_id)
WHERE d.name = :dataset
ORDER BY e.exclusion_id
