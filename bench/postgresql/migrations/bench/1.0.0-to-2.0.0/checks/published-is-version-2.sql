SELECT id, version FROM documents WHERE content ->> 'state' = 'published' AND version <> 2;
