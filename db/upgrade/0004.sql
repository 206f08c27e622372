-- Mails and webhooks that follow from a message or a request, written in its transaction and sent by
-- the agent. way 1: mail, 2: webhook. kind and ref_id: db/outbox.h. state 0: waits, 1: done, 2: given up.
-- recipient: an address; for a position the id of its device. What is done counts for the limits.
CREATE TABLE mytracks_outbox (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    way integer NOT NULL,
    kind integer NOT NULL,
    user_id integer NOT NULL,
    ref_id integer NOT NULL,
    recipient text NOT NULL,
    created_at datetime NOT NULL,
    due_at datetime NOT NULL,
    attempts integer NOT NULL,
    state integer NOT NULL,
    error text NOT NULL,
    finished_at datetime NULL
);
CREATE INDEX mytracks_outbox_due ON mytracks_outbox (way, due_at, id) WHERE state = 0;
CREATE INDEX mytracks_outbox_newer ON mytracks_outbox (way, recipient, id) WHERE state = 0;
CREATE INDEX mytracks_outbox_user ON mytracks_outbox (user_id, way, created_at);
CREATE INDEX mytracks_outbox_sent_to ON mytracks_outbox (recipient, finished_at);
CREATE INDEX mytracks_outbox_finished ON mytracks_outbox (state, finished_at);
