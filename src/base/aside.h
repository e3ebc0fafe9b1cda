/*
 * aside.h
 *		Rules that staff may set aside: the words of the argument override.
 */
#ifndef QB_BASE_ASIDE_H
#define QB_BASE_ASIDE_H

typedef enum QbOverrideFlag
{
	QB_ASIDE_GRID = 1 << 0,
	QB_ASIDE_NOTICE = 1 << 1,
	QB_ASIDE_HOURS = 1 << 2,
	QB_ASIDE_HORIZON = 1 << 3,
	QB_ASIDE_LIMIT = 1 << 4,
	QB_ASIDE_POLICY = 1 << 5
} QbOverrideFlag;

/* The word of a flag, a constant, NULL beyond the last; the flag of a word, 0 for none. */
extern const char *qb_aside_name(int flag);
extern int	qb_aside_by_name(const char *name);

#endif							/* QB_BASE_ASIDE_H */
