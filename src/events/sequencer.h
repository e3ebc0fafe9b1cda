/*
 * sequencer.h
 *		The events' positions.
 */
#ifndef QB_EVENTS_SEQUENCER_H
#define QB_EVENTS_SEQUENCER_H

#include "store/store.h"

/* So many events get their positions at once, to keep the transaction short. */
#define QB_MAX_NUMBERED 10000

/*
 * What a worker remembers from one transaction to the next, so as not to look
 * again through all the entries of the index that are dead, but that somebody's
 * old snapshot keeps.  All zeros to begin with.
 */
typedef struct QbSequencer
{
	int64		floor;			/* what was inserted before this has its position, or never will */
	int64		next_floor;		/* the same, once this transaction has committed; the worker sets both */
	int64		seen;			/* what was inserted up to here, ... */
	TransactionId before;		/* ... was by transactions before this one; 0: nothing seen */
	TimestampTz looked_at;		/* at all, without a floor */
} QbSequencer;

/*
 * Give positions to events that have committed since; how many.  Takes the
 * sequencer's lock without waiting, 0 when somebody else has it, and keeps it
 * until the transaction ends if there were any.  Tells listeners about those
 * that their own transactions did not announce.  sequencer: the worker's, else
 * NULL.  Between qb_store_begin() and qb_store_end(), as the next two.
 */
extern int64 qb_number_events(QbStore *store, QbSequencer *sequencer);

/*
 * See to it that what has committed has its positions: by the worker, where
 * one runs, so that no lock is held until the end of this transaction.
 */
extern void qb_have_events_numbered(QbStore *store);

/* Lock out who numbers events, until the end of this transaction; waits for who is at it. */
extern void qb_stop_numbering(void);

#endif							/* QB_EVENTS_SEQUENCER_H */
