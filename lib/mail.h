/* E-mails: what each says, and how it is written (RFC 5322, MIME). Sending them: smtp.h.

   Texts may come from anybody (labels of regions, names): in a letter each is one line without
   control characters, and a header that would hold a line break is refused (security.md H-33). */
#ifndef MYTRACKS_MAIL_H
#define MYTRACKS_MAIL_H

#include "clock.h"

#define MAIL_ADDRESS_MAX 254u /* bytes of an address, RFC 5321; and characters of its column */

/* Who writes. */
struct mail_sender {
    struct str from;   /* the configured address, "a@b" or "Name <a@b>" */
    struct str domain; /* PUBLIC_DOMAIN; "": no Reply-To */
    struct str host;   /* the SMTP server's name: who sent it, where there is no domain */
    usec_t now;
};

/* What it says. body: lines end with \n. */
struct mail_letter {
    struct str subject, body;
};

/* A test of the settings. names: what the server's certificate is for, "a, b"; "" without one. */
struct mail_letter mail_smtp_test(struct arena *a, const struct mail_sender *s, struct str names);

/* A test of a rule. label: STR_NULL for any region. event: "enter", "leave", "any". */
struct mail_letter mail_rule_test(struct arena *a, const struct mail_sender *s, struct str label,
                                  struct str event, struct str address);

struct mail_point {
    bool known;
    double lat, lon; /* degrees */
};
struct mail_transition {
    struct str who;    /* owner's full name, else user name */
    struct str event;  /* "enter": entered; all others: left */
    struct str label;  /* of the region, else what the phone calls it */
    struct str device; /* "owner/id" */
    usec_t at;
    struct mail_point where, centre;
};
struct mail_letter mail_transition(struct arena *a, const struct mail_sender *s,
                                   const struct mail_transition *t);

/* Somebody wants to be friends. full_name: "" when the user has none. */
struct mail_letter mail_friend_request(struct arena *a, const struct mail_sender *s,
                                       struct str username, struct str full_name);

/* What a rule of a user's own tells (rule_text.h). text: whole lines. */
struct mail_letter mail_alert(struct arena *a, const struct mail_sender *s, struct str title,
                              struct str text);

/* Great-circle distance in metres. */
double mail_distance(struct mail_point from, struct mail_point to);

/* The address alone of "a@b" or "Name <a@b>". STR_NULL with *why (static) when it is none that
   mail can be sent to: more than one, blanks, control characters, too long, not ASCII. */
struct str mail_address(struct arena *a, struct str text, const char **why);

/* The whole message with CRLF line ends: 7bit when it is ASCII, else base64. id: unique before the
   '@' of Message-ID, ASCII letters, digits and dots; the same for each attempt of one mail.
   STR_NULL with *why (static) when a header cannot be written. */
struct str mail_message(struct arena *a, const struct mail_sender *s, struct str to,
                        const struct mail_letter *letter, struct str id, const char **why);

#endif
