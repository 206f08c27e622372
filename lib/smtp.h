/* Sends one mail to an SMTP server, by libcurl: bounded in time, certificates checked, login only
   when there are a name and a password. It waits: call it where waiting harms nobody. Passwords
   are in no text that it gives. */
#ifndef MYTRACKS_SMTP_H
#define MYTRACKS_SMTP_H

#include "arena.h"

#include <stdatomic.h>
#include <stdint.h>

#define SMTP_LIMIT_MS 10000 /* for everything, looking the name up included */

enum smtp_tls {
    SMTP_NONE,
    SMTP_STARTTLS, /* refused by the server: nothing is sent */
    SMTP_TLS,
};
/* 465: TLS; 587, 2525: STARTTLS; all others: none. */
enum smtp_tls smtp_tls_of_port(int64_t port);

/* As they are stored. */
struct smtp_settings {
    struct str host;
    int64_t port;
    struct str username;        /* "": no login */
    struct str sealed_password; /* Fernet token; "": none */
    enum smtp_tls tls;
    struct str from; /* the address that mails come from */
};

/* As they are used. */
struct smtp_server {
    struct str host; /* name or address */
    int64_t port;
    struct str username, password; /* login when neither is "" */
    enum smtp_tls tls;
    const char *ca_file; /* PEM: these authorities instead of the system's; "": the system's */
};

/* Opens the password with Django's SECRET_KEY. False with *why (static) when it was sealed under
   another one. */
bool smtp_server_open(struct arena *a, struct str secret_key, const struct smtp_settings *settings,
                      struct smtp_server *out, const char **why);

enum smtp_rc {
    SMTP_SENT,
    SMTP_REFUSED, /* for good: this mail, by this server */
    SMTP_LATER,   /* not now: this mail (5.3.2 of RFC 5321: 4yz) */
    SMTP_DOWN,    /* the server: not reached, no login, no TLS; it would be so for every mail */
};
/* from, to: addresses alone (mail_address). message: mail_message. stop: ends the wait early when
   it becomes true, with SMTP_DOWN; may be NULL. *why: a sentence for people, from the arena or
   static, "" when sent. */
enum smtp_rc smtp_send(struct arena *a, const struct smtp_server *server, struct str from,
                       struct str to, struct str message, const atomic_bool *stop, struct str *why);

#endif
