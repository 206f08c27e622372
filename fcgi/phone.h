/* OwnTracks apps (owntracks-protocol.md 3.1-3.3): what they send beside the body, and answers that
   they can bear. */
#ifndef MYTRACKS_FCGI_PHONE_H
#define MYTRACKS_FCGI_PHONE_H

#include "request.h"

/* X-Limit-U or X-Limit-D, or a User-Agent that begins with "Owntracks". */
bool phone_asks(const struct request *r);
/* Device by X-Limit-D, else ?d=; STR_NULL when neither says one. iOS sends the words "user" and
   "device" when nothing is set. */
struct str phone_device(struct request *r);
/* User by X-Limit-U, else ?u=: only for those who have not signed in. */
struct str phone_user(struct request *r);
/* A JSON array: [] with 200 (taken), 401 (credentials) or 503 (come again). Returns 0. */
int phone_reply(struct request *r, int status);
/* 200 with what a device of the signed-in user has to hear: friends whose card or position has
   changed, and commands that wait (phone_answer.c). repeated: the report came before, so the answer
   to it may have been lost. key: the passphrase of a phone that encrypts, else STR_NULL. Returns 0.
 */
int phone_answer(struct request *r, const struct device *d, bool repeated, struct str key);
/* phone_reply for any status of ours. */
int phone_error(struct request *r, int status);

#endif
