"""Runs one published Migrator class over documents that come and go as BSON; speaks with the engine over pipes."""
