-- The passphrase of a device whose app encrypts what it sends (secretbox), sealed as Django's keys are (Fernet under
-- SECRET_KEY). failed: messages since then that did not open.
CREATE TABLE mytracks_device_key (
    device_id integer NOT NULL PRIMARY KEY,
    sealed text NOT NULL,
    set_at datetime NOT NULL,
    failed integer NOT NULL DEFAULT 0,
    failed_at datetime
);
-- What was published of a command, when that is not its payload: encrypted, each time another text.
ALTER TABLE mytracks_command ADD COLUMN sent text;
