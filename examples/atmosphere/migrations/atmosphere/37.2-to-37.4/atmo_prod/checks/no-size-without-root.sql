SELECT id FROM size WHERE disk > 0 AND root_gb = 0
