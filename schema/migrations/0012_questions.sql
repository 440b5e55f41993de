-- Ways into millions of scores by region and by subject, and from a fit to its checks and its twins.
CREATE INDEX fit_region ON fit (region, layer_key, subject, dataset);
CREATE INDEX fit_subject ON fit (subject, dataset, region, layer_key);
CREATE INDEX check_fit ON "check" (fit_key, name);
CREATE INDEX twin_contrast_fit ON twin_contrast (fit_key);
