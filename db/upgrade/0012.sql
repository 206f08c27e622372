-- Rules of users' own, beside Django's mail rules: what is watched, when, and whom that tells (lib/rule.h, rule_text.h).
CREATE TABLE mytracks_rule (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id integer NOT NULL,
    name text NOT NULL,
    event text NOT NULL,
    device_id integer NULL, -- any of the user's own
    place_id integer NULL, -- any
    amount integer NOT NULL, -- minutes or percent, by event
    days integer NOT NULL, -- bit 0: Monday
    from_minute integer NOT NULL,
    until_minute integer NOT NULL,
    zone text NOT NULL,
    channel text NOT NULL,
    target text NOT NULL, -- an address, a URL, or ""
    priority integer NOT NULL,
    cooldown integer NOT NULL, -- minutes
    active integer NOT NULL,
    paused_until datetime NULL,
    created_at datetime NOT NULL
);
CREATE INDEX mytracks_rule_device ON mytracks_rule (device_id, user_id);
CREATE INDEX mytracks_rule_user ON mytracks_rule (user_id);
-- What an active rule remembers of a device.
CREATE TABLE mytracks_rule_state (
    rule_id integer NOT NULL,
    device_id integer NOT NULL,
    place integer NOT NULL, -- 0: not known, 1: elsewhere, 2: there
    told integer NOT NULL,
    seen_at datetime NULL,
    region_at datetime NULL,
    since datetime NULL,
    fired_at datetime NULL,
    due_at datetime NULL,
    PRIMARY KEY (rule_id, device_id)
) WITHOUT ROWID;
CREATE INDEX mytracks_rule_state_due ON mytracks_rule_state (due_at) WHERE due_at IS NOT NULL;
-- What was told, or should have been. state as in mytracks_outbox, whose rows (kind 5) refer to these.
CREATE TABLE mytracks_rule_log (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    rule_id integer NOT NULL,
    event text NOT NULL,
    amount integer NOT NULL,
    device text NOT NULL,
    device_name text NOT NULL,
    place text NOT NULL,
    battery integer NULL,
    latitude real NULL,
    longitude real NULL,
    happened_at datetime NOT NULL,
    created_at datetime NOT NULL,
    test integer NOT NULL,
    state integer NOT NULL,
    attempts integer NOT NULL,
    error text NOT NULL,
    finished_at datetime NULL
);
CREATE INDEX mytracks_rule_log_rule ON mytracks_rule_log (rule_id, id);
CREATE INDEX mytracks_rule_log_created ON mytracks_rule_log (created_at);
CREATE TRIGGER mytracks_rule_log_outcome AFTER UPDATE OF state, attempts, error ON mytracks_outbox WHEN new.kind = 5
BEGIN
    UPDATE mytracks_rule_log SET state = new.state, attempts = new.attempts, error = new.error, finished_at = new.finished_at
        WHERE id = new.ref_id;
END;
CREATE TRIGGER mytracks_rule_log_dropped AFTER DELETE ON mytracks_outbox WHEN old.kind = 5 AND old.state = 0
BEGIN
    UPDATE mytracks_rule_log SET state = 2, error = 'taken out of the outbox' WHERE id = old.ref_id;
END;
