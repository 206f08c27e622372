-- Browsers that take messages of rules as notifications (web push, lib/webpush.h). endpoint: at the browser's maker; who
-- subscribes with one that is there already takes it over, as it is the same browser. agent: as browsers name themselves.
CREATE TABLE mytracks_push (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id integer NOT NULL,
    endpoint text NOT NULL UNIQUE,
    p256dh text NOT NULL,
    auth text NOT NULL,
    language text NOT NULL,
    agent text NOT NULL,
    created_at datetime NOT NULL,
    told_at datetime NULL
);
CREATE INDEX mytracks_push_user ON mytracks_push (user_id, id);
-- Language of what a rule writes.
ALTER TABLE mytracks_rule ADD COLUMN language text NOT NULL DEFAULT 'en';
-- One message may now go to several browsers, each a row of the outbox: it is sent when one of them has it.
CREATE INDEX mytracks_outbox_news ON mytracks_outbox (ref_id) WHERE kind = 5;
DROP TRIGGER mytracks_rule_log_outcome;
CREATE TRIGGER mytracks_rule_log_outcome AFTER UPDATE OF state, attempts, error ON mytracks_outbox WHEN new.kind = 5
BEGIN
    UPDATE mytracks_rule_log SET (state, attempts, finished_at) = (SELECT
            CASE WHEN sum(o.state = 1) > 0 THEN 1 WHEN sum(o.state = 0) > 0 THEN 0 ELSE 2 END, max(o.attempts), max(o.finished_at)
            FROM mytracks_outbox o WHERE o.kind = 5 AND o.ref_id = new.ref_id)
        WHERE id = new.ref_id;
    UPDATE mytracks_rule_log SET error = CASE WHEN state = 1 THEN '' ELSE new.error END WHERE id = new.ref_id;
END;
DROP TRIGGER mytracks_rule_log_dropped;
CREATE TRIGGER mytracks_rule_log_dropped AFTER DELETE ON mytracks_outbox WHEN old.kind = 5 AND old.state = 0
BEGIN
    UPDATE mytracks_rule_log SET state = 2, error = 'taken out of the outbox' WHERE id = old.ref_id AND state = 0
        AND NOT EXISTS (SELECT 1 FROM mytracks_outbox o WHERE o.kind = 5 AND o.ref_id = old.ref_id AND o.state = 0);
END;
