ALTER TABLE measurements ADD CONSTRAINT measurements_value_bounded CHECK (value < 10000);
CREATE INDEX measurements_unit ON measurements (unit, at);
