/* Encrypted messages of the OwnTracks apps (booklet "Encrypting payloads",
   owntracks-protocol.md 3.8): {"_type": "encrypted", "data": DATA}, DATA = base64(nonce of 24
   bytes, NaCl's secretbox of the JSON). The key is the passphrase itself, filled up with zero bytes
   to 32: no derivation, so its strength is that of what people type. */
#ifndef MYTRACKS_SECRETBOX_H
#define MYTRACKS_SECRETBOX_H

#include "arena.h"

#define SECRETBOX_PASSPHRASE_MAX 32

/* 1 to 32 visible ASCII characters or spaces: the apps cut longer ones and differ in others. */
bool secretbox_passphrase_ok(struct str passphrase);
/* The text inside data, without the NUL bytes at the end that some apps put there, in the arena.
   STR_NULL: no base64, too short, changed, or made with another key. */
struct str secretbox_open(struct arena *a, struct str passphrase, struct str data);
/* The whole message as JSON text, in the arena. */
struct str secretbox_message(struct arena *a, struct str passphrase, struct str plain);
/* The same with a passphrase that is sealed (Fernet under SECRET_KEY). STR_NULL: sealed under
 * another. */
struct str secretbox_message_sealed(struct arena *a, struct str secret_key, struct str sealed,
                                    struct str plain);

#endif
