-- The sender asked for TLS all the way (REQUIRETLS, RFC 8689): it goes on only where that is kept, or comes back.
ALTER TABLE outgoing_message ADD COLUMN require_tls boolean NOT NULL DEFAULT false;
