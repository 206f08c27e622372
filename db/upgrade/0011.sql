-- By what somebody signed in: "form", or "http" for a phone in HTTP mode (refusals alone).
ALTER TABLE mytracks_signin ADD COLUMN way text NOT NULL DEFAULT 'form';
