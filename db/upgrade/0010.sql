-- Who signed in with the form, or tried to. The same failure again within an hour is the same row.
CREATE TABLE mytracks_signin (
    id integer NOT NULL PRIMARY KEY,
    username text NOT NULL, -- as typed
    ok integer NOT NULL,
    times integer NOT NULL,
    address text NOT NULL,
    agent text NOT NULL, -- what the browser calls itself
    at text NOT NULL -- the last time
);
