-- How many attempts in a row ended with their worker: a message that crashes it is put off, and held in the end.
ALTER TABLE delivery ADD COLUMN lost_attempts smallint NOT NULL DEFAULT 0;
