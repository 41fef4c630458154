-- Version 7: how the light of an enrolled camera's pictures is treated, see app/domain/source.py.

ALTER TABLE cameras ADD COLUMN light TEXT NOT NULL DEFAULT 'as-is';
