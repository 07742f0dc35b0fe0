ALTER TABLE pgbench_accounts ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
UPDATE pgbench_accounts SET currency = 'USD' WHERE aid % 20 = 0;
