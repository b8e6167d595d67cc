-- Housekeeping finds suppressions that have ended without reading those that never end.
CREATE INDEX suppression_expiry ON suppression (expires_at) WHERE expires_at IS NOT NULL;
