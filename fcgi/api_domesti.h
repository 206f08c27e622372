/* What the handlers of the domesti-bot share. */
#ifndef MYTRACKS_FCGI_API_DOMESTI_H
#define MYTRACKS_FCGI_API_DOMESTI_H

#include "api.h"
#include "db/domesti.h"

#define DOMESTI_SEALED STR("The API key was sealed under another SECRET_KEY; pair again.")

/* A domesti-bot has been paired. */
bool domesti_is_paired(const struct domesti *d);
/* The row of a paired domesti-bot. 0, or a status; without pairing the refusal is replied, then
 *replied. */
int domesti_paired(struct request *r, struct domesti *d, bool *replied);
/* The API key in clear; STR_NULL when it was sealed under another SECRET_KEY. */
struct str domesti_key(struct request *r, const struct domesti *d);
/* Begins a transaction with the row as it is in it. Not DB_OK: there is none. */
enum db_rc domesti_begin(struct request *r, struct domesti *d) DB_USED;
/* Writes the row and commits. */
enum db_rc domesti_end(struct request *r, const struct domesti *d) DB_USED;

/* A member of the body as Python's str(); absent: "". And the same without blanks around. */
struct str domesti_raw_text(struct request *r, const char *key);
struct str domesti_text(struct request *r, const char *key);

/* 400 with {"errors": [...]}; returns 0. */
int domesti_refuse(struct request *r, const struct str *errors, size_t n);
/* Members of an open object: "paired_at"; the two cooldowns and their limits; the limits alone. */
void domesti_put_paired_at(struct json *j, const struct domesti *d);
void domesti_put_cooldowns(struct json *j, const struct domesti *d);
void domesti_limits(struct json *j, const struct domesti *d);

/* Permission of the relay: X-Domesti-Api-Key. 0, or a status; a refusal is replied, then *replied.
 */
int relay_permit(struct request *r, bool *replied);

#endif
