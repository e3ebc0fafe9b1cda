/*
 * test_interval_set.c
 *		Sets of intervals: cases that say what is meant, then each operation
 *		against brute force over a small range of integers.
 *
 * QB_SEED repeats a run of the second part; QB_ROUNDS makes it longer.
 */
#define QB_STANDALONE
#include "time/interval_set.c"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int	tests;
static int	failures;

static void
ok(bool passed, const char *name)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tests, name);
	if (!passed)
		failures++;
}

/* A normalized set of n intervals, given as pairs. */
static QbIntervalSet
set_of(int n,...)
{
	QbIntervalSet set;
	va_list		args;

	qb_set_init(&set);
	va_start(args, n);
	for (int i = 0; i < n; i++)
	{
		int64		start = va_arg(args, int64);

		qb_set_add(&set, start, va_arg(args, int64));
	}
	va_end(args);
	qb_set_normalize(&set);
	return set;
}

#define SET1(a, b) set_of(1, (int64) (a), (int64) (b))
#define SET2(a, b, c, d) set_of(2, (int64) (a), (int64) (b), (int64) (c), (int64) (d))
#define SET3(a, b, c, d, e, f) \
	set_of(3, (int64) (a), (int64) (b), (int64) (c), (int64) (d), (int64) (e), (int64) (f))

static void
print_set(const char *label, const QbIntervalSet *set)
{
	printf("# %s:", label);
	for (int i = 0; i < set->count; i++)
		printf(" [%" PRId64 ",%" PRId64 ")", set->items[i].start, set->items[i].end);
	printf("\n");
}

static bool
same(const QbIntervalSet *a, const QbIntervalSet *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		if (a->items[i].start != b->items[i].start || a->items[i].end != b->items[i].end)
			return false;
	}
	return true;
}

static void
is(QbIntervalSet got, QbIntervalSet expected, const char *name)
{
	bool		passed = same(&got, &expected);

	ok(passed, name);
	if (!passed)
	{
		print_set("got", &got);
		print_set("expected", &expected);
	}
	pfree(got.items);
	pfree(expected.items);
}

static QbIntervalSet
none(void)
{
	return set_of(0);
}

/* ----------
 * Cases
 * ----------
 */

static void
test_building(void)
{
	QbIntervalSet set;

	is(SET1(3, 3), none(), "an empty interval adds nothing");
	is(SET1(4, 3), none(), "nor does one that ends before it starts");
	is(SET2(0, 5, 5, 9), SET1(0, 9), "intervals that touch become one");
	is(SET2(0, 5, 6, 9), SET2(6, 9, 0, 5), "one instant keeps them apart, and order does not matter");
	is(SET3(0, 10, 2, 3, 4, 12), SET1(0, 12), "contained and overlapping ones are swallowed");
	is(SET2(INT64_MIN, 0, 0, INT64_MAX), SET1(INT64_MIN, INT64_MAX), "all time");

	/* growing beyond the first allocation */
	qb_set_init(&set);
	for (int64 i = 999; i >= 0; i--)
		qb_set_add(&set, i * 10, i * 10 + 5);
	qb_set_normalize(&set);
	ok(set.count == 1000 && set.items[0].start == 0 && set.items[999].end == 9995, "a thousand intervals");
	pfree(set.items);
}

static void
test_algebra(void)
{
	QbIntervalSet a = SET2(0, 10, 20, 30);
	QbIntervalSet b = SET3(5, 8, 10, 20, 25, 40);
	QbIntervalSet empty = none();

	is(qb_set_union(&a, &b), SET1(0, 40), "union");
	is(qb_set_union(&a, &empty), SET2(0, 10, 20, 30), "union with nothing");
	is(qb_set_union(&empty, &b), SET3(5, 8, 10, 20, 25, 40), "union of nothing");
	is(qb_set_intersect(&a, &b), SET2(5, 8, 25, 30), "intersection: touching is not overlapping");
	is(qb_set_intersect(&a, &empty), none(), "intersection with nothing");
	is(qb_set_subtract(&a, &b), SET3(0, 5, 8, 10, 20, 25), "difference");
	is(qb_set_subtract(&b, &a), SET2(10, 20, 30, 40), "difference the other way");
	is(qb_set_subtract(&a, &a), none(), "difference with itself");
	is(qb_set_subtract(&a, &empty), SET2(0, 10, 20, 30), "difference with nothing");
	pfree(a.items);
	pfree(b.items);
}

static void
test_starts_and_meets(void)
{
	QbIntervalSet open = SET2(0, 30, 40, 50);
	QbIntervalSet taken = SET1(100, 130);
	QbIntervalSet forever = SET1(INT64_MIN, INT64_MAX);

	is(qb_set_starts(&open, 30), SET1(0, 1), "exactly one start fits");
	is(qb_set_starts(&open, 31), none(), "none fits");
	is(qb_set_starts(&open, 10), SET2(0, 21, 40, 41), "the last start ends with the window");
	is(qb_set_starts(&open, 1), SET2(0, 30, 40, 50), "an instant fits everywhere");
	is(qb_set_starts(&forever, 10), SET1(INT64_MIN, INT64_MAX - 9), "starts at the end of time");

	is(qb_set_meets(&taken, 0, 30), SET1(71, 130), "meets: touching on either side does not");
	is(qb_set_meets(&taken, 10, 30), SET1(71, 140), "meets: the buffer before reaches back");
	is(qb_set_meets(&taken, 10, 35), SET1(66, 140), "meets: the buffer after reaches on");
	is(qb_set_meets(&open, 0, 11), SET1(-10, 50), "meets: gaps that are too short close");
	is(qb_set_meets(&open, 0, 10), SET2(-9, 30, 31, 50), "meets: one start is left in a gap that is just long enough");
	is(qb_set_meets(&forever, 10, 10), SET1(INT64_MIN, INT64_MAX), "meets at the end of time");
	pfree(open.items);
	pfree(taken.items);
	pfree(forever.items);
}

static void
test_depth(void)
{
	QbInterval	chain[] = {{0, 10}, {5, 15}, {10, 20}, {12, 14}};

	is(qb_set_depth(chain, 4, 1), SET1(0, 20), "depth 1 is the union");
	is(qb_set_depth(chain, 4, 2), SET1(5, 15), "depth 2: where one ends and the next starts, two run on");
	is(qb_set_depth(chain, 4, 3), SET1(12, 14), "depth 3");
	is(qb_set_depth(chain, 4, 4), none(), "depth 4");
	is(qb_set_depth(NULL, 0, 1), none(), "depth of nothing");
}

static void
test_finding(void)
{
	QbIntervalSet set = SET2(0, 10, 20, 30);

	ok(qb_set_find(&set, -1) == -1 && qb_set_find(&set, 0) == 0 && qb_set_find(&set, 9) == 0 &&
	   qb_set_find(&set, 10) == -1 && qb_set_find(&set, 20) == 1 && qb_set_find(&set, 30) == -1, "find");
	ok(qb_set_first_after(&set, -1) == 0 && qb_set_first_after(&set, 9) == 0 && qb_set_first_after(&set, 10) == 1 &&
	   qb_set_first_after(&set, 29) == 1 && qb_set_first_after(&set, 30) == 2, "first_after");
	pfree(set.items);
	ok(qb_plus(INT64_MAX, 1) == INT64_MAX && qb_plus(INT64_MIN, -1) == INT64_MIN &&
	   qb_plus(INT64_MAX, -1) == INT64_MAX - 1 && qb_plus(2, 3) == 5, "sums stay in range");
}

/* ----------
 * Brute force: a set is a bool for each of these values
 * ----------
 */

#define LOW (-40)
#define HIGH 40
#define SPAN (HIGH - LOW)
#define MAX_PIECES 8

typedef struct Bits
{
	int			depth[SPAN];
} Bits;

/* Where the random intervals lie, so that results stay within LOW to HIGH. */
#define FIRST (-12)
#define LAST 12

static uint64_t state;

static uint64_t
next_random(void)
{
	/* splitmix64 */
	uint64_t	z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* From low to high, both included. */
static int
pick(int low, int high)
{
	return low + (int) (next_random() % (uint64_t) (high - low + 1));
}

static int
random_pieces(QbInterval *pieces, bool may_be_empty)
{
	int			n = pick(0, MAX_PIECES);

	for (int i = 0; i < n; i++)
	{
		pieces[i].start = pick(FIRST, LAST);
		pieces[i].end = pieces[i].start + pick(may_be_empty ? -1 : 1, pick(0, 3) == 0 ? 12 : 3);
	}
	return n;
}

static Bits
bits_of(const QbInterval *pieces, int n)
{
	Bits		bits = {{0}};

	for (int i = 0; i < n; i++)
	{
		for (int64 x = pieces[i].start; x < pieces[i].end; x++)
			bits.depth[x - LOW]++;
	}
	return bits;
}

static QbIntervalSet
random_set(Bits *bits)
{
	QbInterval	pieces[MAX_PIECES];
	int			n = random_pieces(pieces, true);
	QbIntervalSet set;

	*bits = bits_of(pieces, n);
	qb_set_init(&set);
	for (int i = 0; i < n; i++)
		qb_set_add(&set, pieces[i].start, pieces[i].end);
	qb_set_normalize(&set);
	return set;
}

/* Is the set normal, and does it hold exactly the values that are true? */
static bool
agrees(const QbIntervalSet *set, const bool *expected)
{
	for (int i = 0; i < set->count; i++)
	{
		if (set->items[i].start >= set->items[i].end ||
			(i > 0 && set->items[i - 1].end >= set->items[i].start))
			return false;
	}
	for (int x = LOW; x < HIGH; x++)
	{
		bool		inside = false;
		int			first = set->count;

		for (int i = set->count - 1; i >= 0; i--)
		{
			inside |= set->items[i].start <= x && x < set->items[i].end;
			if (set->items[i].end > x)
				first = i;
		}
		if (inside != expected[x - LOW] || qb_set_contains(set, x) != inside || qb_set_first_after(set, x) != first)
			return false;
	}
	return true;
}

typedef enum Operation
{
	NORMALIZE, UNION, INTERSECT, SUBTRACT, STARTS, MEETS, DEPTH, NOPERATIONS
} Operation;

static const char *const operation_names[] = {
	"normalize", "union", "intersect", "subtract", "starts", "meets", "depth"
};

/* What the operation should give at x. */
static bool
expected_at(Operation op, int x, const Bits *a, const Bits *b, int p, int q)
{
	bool		in_a = a->depth[x - LOW] > 0;
	bool		in_b = b->depth[x - LOW] > 0;
	bool		all = true;
	bool		any = false;

	switch (op)
	{
		case NORMALIZE:
			return in_a;
		case UNION:
			return in_a || in_b;
		case INTERSECT:
			return in_a && in_b;
		case SUBTRACT:
			return in_a && !in_b;
		case STARTS:
			for (int y = x; y < x + p; y++)
				all &= y < HIGH && a->depth[y - LOW] > 0;
			return all;
		case MEETS:
			for (int y = x - p; y < x + q; y++)
				any |= y >= LOW && y < HIGH && a->depth[y - LOW] > 0;
			return any;
		case DEPTH:
			return a->depth[x - LOW] >= p;
		default:
			return false;
	}
}

static bool
try_once(Operation op)
{
	Bits		bits_a;
	Bits		bits_b;
	QbIntervalSet a = random_set(&bits_a);
	QbIntervalSet b = random_set(&bits_b);
	QbIntervalSet result = {NULL, 0, 0};
	QbInterval	pieces[MAX_PIECES];
	int			p = pick(op == MEETS ? 0 : 1, 6);
	int			q = pick(1, 6);
	bool		expected[SPAN];
	bool		passed;

	switch (op)
	{
		case NORMALIZE:
			result = a;
			break;
		case UNION:
			result = qb_set_union(&a, &b);
			break;
		case INTERSECT:
			result = qb_set_intersect(&a, &b);
			break;
		case SUBTRACT:
			result = qb_set_subtract(&a, &b);
			break;
		case STARTS:
			result = qb_set_starts(&a, p);
			break;
		case MEETS:
			result = qb_set_meets(&a, p, q);
			break;
		case DEPTH:
			{
				int			n = random_pieces(pieces, false);

				bits_a = bits_of(pieces, n);
				result = qb_set_depth(pieces, n, p);
				break;
			}
		default:
			break;
	}
	for (int x = LOW; x < HIGH; x++)
		expected[x - LOW] = expected_at(op, x, &bits_a, &bits_b, p, q);
	passed = agrees(&result, expected);
	if (!passed)
	{
		printf("# %s, p %d, q %d\n", operation_names[op], p, q);
		print_set("a", &a);
		print_set("b", &b);
		print_set("result", &result);
	}
	if (op != NORMALIZE)
		pfree(result.items);
	pfree(a.items);
	pfree(b.items);
	return passed;
}

int
main(void)
{
	const char *seed = getenv("QB_SEED");
	const char *rounds_text = getenv("QB_ROUNDS");
	int			rounds = rounds_text ? atoi(rounds_text) : 20000;

	test_building();
	test_algebra();
	test_starts_and_meets();
	test_depth();
	test_finding();

	state = seed ? strtoull(seed, NULL, 0) : (uint64_t) time(NULL) * 1000003 + (uint64_t) getpid();
	printf("# QB_SEED=%" PRIu64 "\n", state);
	for (int op = 0; op < NOPERATIONS; op++)
	{
		int			done = 0;

		while (done < rounds && try_once(op))
			done++;
		ok(done == rounds, operation_names[op]);
	}
	printf("1..%d\n", tests);
	return failures > 0;
}
