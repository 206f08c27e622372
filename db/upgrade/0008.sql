-- A number that grows whenever who may read or ask what over MQTT may have changed (rights.sql has the triggers):
-- the agent need not work out everybody's rights again because a position was stored.
CREATE TABLE mytracks_rights (version integer NOT NULL);
INSERT INTO mytracks_rights (version) VALUES (0);
-- Up to which of the user's devices the card has been retained for friends' apps in MQTT mode.
ALTER TABLE mytracks_card ADD COLUMN told_device integer NOT NULL DEFAULT 0;
