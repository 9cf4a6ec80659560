/*
 * secrets.h: command lines hold passwords; what looks like one is starred.
 *
 * A guess by names and shapes, so that it misses what has neither (mysql -pWORD).  Pure.
 */
#pragma once

/*
 * A copy of the NULL-terminated @argv; the array and its words are the caller's.  "***"
 * stands for the value in --password=X, "--token X", DB_SECRET=X, "Authorization: X" and
 * scheme://user:X@host, inside longer words ("sh -c '…'") too, and for tokens with the
 * prefixes of well-known services.
 */
char **segen_secrets_starred(char *const *argv);
