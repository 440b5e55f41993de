-- The hash of the views that are installed.
SELECT description FROM schema_doc WHERE object = 'views' AND column_name = ''
