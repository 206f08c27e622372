/* Sending what waits in the outbox (db/outbox.h): one thread for mail and one for webhooks, so that
   neither waits for the other's server, and nobody who stores messages waits for either; and one
   for what users' rules tell, whose servers may be anybody's. */
#ifndef MYTRACKS_AGENT_OUTBOX_H
#define MYTRACKS_AGENT_OUTBOX_H

#include "agent.h"
#include "db/outbox.h"

struct outbox {
    const struct agent *agent;
    struct db *db;
    struct arena *arena; /* of one delivery */
    usec_t now;          /* wall clock, when it began */
};

enum delivery {
    DELIVERY_DONE,
    DELIVERY_REFUSED, /* for good */
    DELIVERY_LATER,   /* this one, at another time */
    DELIVERY_DOWN,    /* all of that way (of news: of that rule), at another time: the server */
    DELIVERY_CROWDED, /* not yet: too many to one address; no attempt */
    DELIVERY_UNREAD,  /* our own database did not answer; no attempt */
};

/* Sends one. *why: for people, from the arena or static; "" when done. */
typedef enum delivery delivery_fn(struct outbox *o, const struct outbox_item *item,
                                  struct str *why);
delivery_fn outbox_send_mail, outbox_send_webhook, outbox_send_news;

#endif
