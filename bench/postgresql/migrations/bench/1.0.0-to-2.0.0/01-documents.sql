-- One document in twenty gets another content, as a release of a schema does.
UPDATE documents SET content = jsonb_set(content, '{state}', '"published"'), version = 2 WHERE id % 20 = 0;
