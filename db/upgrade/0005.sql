-- Commands that wait for a phone. state 0: waits, 1: delivered, 2: confirmed by the phone's answer, 3: expired.
-- topic: owntracks/USER/DEVICE/cmd as it was then; target: that USER. answer: "" when the phone sends none.
CREATE TABLE mytracks_command (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    device_id integer NOT NULL,
    created_by integer NOT NULL,
    action text NOT NULL,
    answer text NOT NULL,
    topic text NOT NULL,
    target text NOT NULL,
    payload text NOT NULL,
    state integer NOT NULL,
    attempts integer NOT NULL,
    created_at datetime NOT NULL,
    expires_at datetime NOT NULL,
    due_at datetime NOT NULL,
    delivered_at datetime NULL,
    delivered_via text NOT NULL,
    confirmed_at datetime NULL
);
CREATE INDEX mytracks_command_device ON mytracks_command (device_id, id);
CREATE INDEX mytracks_command_due ON mytracks_command (due_at, id) WHERE state = 0;
CREATE INDEX mytracks_command_target ON mytracks_command (target) WHERE state = 0;
