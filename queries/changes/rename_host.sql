-- A machine goes by another name.
-- parameter environment: integer
-- parameter host: text
UPDATE environment SET hostname_hash = :host WHERE environment_id = :environment
