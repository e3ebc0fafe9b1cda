/*
 * sizes.h
 *		How long what people write may be.  Longer rows that exist stay, and may
 *		be read and otherwise changed.
 */
#ifndef QB_BASE_SIZES_H
#define QB_BASE_SIZES_H

#include "base/settings.h"

/* Characters of a name, in which there are no control characters either. */
#define QB_LONGEST_NAME 200

/* Characters of notes and reasons, and of any text that nothing else is said about. */
#define QB_LONGEST_TEXT 10000

/* Bytes of an idempotency key, and of a consumer's name. */
#define QB_LONGEST_KEY 255

/* Bytes of the details as text. */
#define QB_LONGEST_DETAILS (64 * 1024)

/*
 * Raise invalid_argument for a value that is longer, before it is read into
 * memory where it can be.  argument is its name.  A plain text has no control
 * characters, nor has a name.
 */
extern void qb_check_text_size(const char *argument, Datum text, int characters);
extern void qb_check_key_size(const char *argument, Datum text);
extern void qb_check_name(const char *argument, const char *name);
extern void qb_check_plain(const char *argument, const char *text);
extern void qb_check_details_size(const char *argument, Datum details);

#endif							/* QB_BASE_SIZES_H */
