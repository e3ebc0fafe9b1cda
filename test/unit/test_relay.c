/*
 * test_relay.c
 *		The parts of quickbook-relay that need nobody on the other side: mails,
 *		waits between attempts, and what the log shows of a URL.
 */
#include "relay/backoff.c"
#include "relay/log.c"
#include "relay/mail.c"

static int	tests;
static int	failures;

static void
ok(bool passed, const char *name)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tests, name);
	if (!passed)
		failures++;
}

static void
is(const char *have, const char *want, const char *name)
{
	ok(strcmp(have, want) == 0, name);
	if (strcmp(have, want) != 0)
		printf("# have: %s\n# want: %s\n", have, want);
}

static char *
compose(const char *subject, const char *body)
{
	Mail		mail = {"0190-id", "desk@clinic.example", "ann@example.org", subject, body, 1898604000};
	size_t		length;
	char	   *text = mail_compose(&mail, &length);

	ok(text != NULL && strlen(text) == length, "a mail is composed");
	return text;
}

static void
test_whole_mail(void)
{
	char	   *text = compose("Your visit", "Hello,\nsee you.\n");

	is(text,
	   "Date: Fri, 01 Mar 2030 14:00:00 +0000\r\n"
	   "From: <desk@clinic.example>\r\n"
	   "To: <ann@example.org>\r\n"
	   "Message-ID: <0190-id@clinic.example>\r\n"
	   "Subject: Your visit\r\n"
	   "Auto-Submitted: auto-generated\r\n"
	   "MIME-Version: 1.0\r\n"
	   "Content-Type: text/plain; charset=utf-8\r\n"
	   "Content-Transfer-Encoding: quoted-printable\r\n"
	   "\r\n"
	   "Hello,\r\nsee you.\r\n", "a simple mail, whole");
	free(text);
}

/* The header of that name, unfolded, or what follows the headers for "". */
static void
part(const char *text, const char *name, char *value)
{
	const char *from = strstr(text, name[0] != '\0' ? name : "\r\n\r\n");

	*value = '\0';
	if (from == NULL)
		return;
	from += name[0] != '\0' ? strlen(name) : 4;
	while (*from != '\0' && (name[0] == '\0' || from[0] != '\r' || from[2] == ' '))
	{
		if (name[0] == '\0' || (*from != '\r' && *from != '\n'))
			*value++ = *from;
		from++;
	}
	*value = '\0';
}

static void
subject_is(const char *subject, const char *want, const char *name)
{
	char	   *text = compose(subject, "");
	char		value[4096];

	part(text, "\r\nSubject: ", value);
	is(value, want, name);
	free(text);
}

static void
body_is(const char *body, const char *want, const char *name)
{
	char	   *text = compose("x", body);
	char		value[4096];

	part(text, "", value);
	is(value, want, name);
	free(text);
}

static void
test_subjects(void)
{
	subject_is("", "", "an empty subject");
	subject_is("\"O'Neil\", <Ann>", "\"O'Neil\", <Ann>", "quotes, commas and brackets mean nothing in a subject");
	subject_is("Müller", "=?UTF-8?B?TcO8bGxlcg==?=", "letters outside ASCII are encoded");
	subject_is("a\r\nBcc: b@example.org", "=?UTF-8?B?YSAgQmNjOiBiQGV4YW1wbGUub3Jn?=",
			   "a line break becomes blanks, and no header");
	subject_is("=?UTF-8?Q?x?=", "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=", "what looks encoded is encoded");
	subject_is(" x", "=?UTF-8?B?IHg=?=", "a blank at the beginning survives");
	subject_is("ääääääääääääääääääääääää",
			   "=?UTF-8?B?w6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOk?= =?UTF-8?B?w6TDpMOk?=",
			   "a long one takes several words, none of which breaks a letter");
	subject_is("\x80\x80\xff", "=?UTF-8?B?gID/?=", "what is no UTF-8 does no harm");
}

static void
test_bodies(void)
{
	char		blanks[201];

	body_is("", "", "an empty body");
	body_is("a\rb\r\nc\n\nd", "a\r\nb\r\nc\r\n\r\nd\r\n", "line ends become CRLF");
	body_is("grün = 1", "gr=C3=BCn =3D 1\r\n", "quoted-printable");
	body_is("a \nb\t", "a=20\r\nb=09\r\n", "blanks at the end of a line are kept");
	body_is("a\x01\x7f", "a=01=7F\r\n", "control characters are quoted");
	memset(blanks, 'x', 200);
	blanks[200] = '\0';
	memset(blanks + 72, '=', 3);
	body_is(blanks,
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=3D=\r\n"
			"=3D=3Dxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\r\n"
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n", "long lines are broken, and no quoted byte");
}

/* Whatever the texts are: CRLF only, short lines, ASCII, and the headers that we wrote. */
static bool
is_sound(const char *text)
{
	const char *body = strstr(text, "\r\n\r\n");
	int			headers = 0;
	int			column = 0;

	for (const char *c = text; *c != '\0'; c++)
	{
		if (c[0] == '\r' && c[1] == '\n')
		{
			headers += body != NULL && c <= body && c[2] != ' ';
			column = -1;
			c++;
		}
		else if (((unsigned char) *c < ' ' && *c != '\t') || (unsigned char) *c > '~')
			return false;
		if (++column > 78)
			return false;
	}
	return headers == 9 && column == 0;
}

static void
test_random_texts(void)
{
	static const char *const pieces[] = {"\r", "\n", "\r\n", "Bcc: x@y", " ", "\t", "=", ".", "é", "€", "𝄞", "\xc3",
	"=?UTF-8?B?", "?=", "\x01", "\x7f", "long long text of many letters ", ":", "\"", "<", ">"};
	int			bad = 0;

	srand(1);
	for (int round = 0; round < 20000; round++)
	{
		Mail		mail = {"id", "a@b", "c@d", "", "", round * 7919L};
		char		text[2][512] = {"", ""};
		size_t		length;
		char	   *composed;

		for (int i = 0; i < 2; i++)
		{
			for (int n = rand() % 16; n > 0; n--)
				strcat(text[i], pieces[(size_t) rand() % (sizeof(pieces) / sizeof(pieces[0]))]);
		}
		mail.subject = text[0];
		mail.body = text[1];
		composed = mail_compose(&mail, &length);
		if (!is_sound(composed) && bad++ == 0)
			printf("# %s\n", composed);
		free(composed);
	}
	ok(bad == 0, "20000 mails of odd pieces: lines are short, ASCII, end in CRLF, and no header is foreign");
}

static void
test_addresses(void)
{
	static const char *const good[] = {"a@b", "o'neil+x@example.org", "jürgen@exämple.org"};
	static const char *const bad[] = {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a@b,c@d",
	"\"a\"@b", "a@b>", "a@[1.2.3.4]", "-x@b", "a@b;c", "a@b\x7f"};
	char		longest[300];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ok(mail_address_is_plain(good[i]), good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!mail_address_is_plain(bad[i]), "not an address that is used as it is");
	memset(longest, 'a', sizeof(longest));
	longest[1] = '@';
	longest[299] = '\0';
	ok(!mail_address_is_plain(longest), "an address can be too long");
}

static void
test_backoff(void)
{
	Backoff		backoff = {0};
	int			want = BACKOFF_FIRST_MS;
	bool		good = true;

	for (int i = 0; i < 1000; i++)
	{
		int			wait = backoff_next(&backoff);

		good = good && wait <= want && wait >= want / 2;
		want = want * 2 < BACKOFF_MAX_MS ? want * 2 : BACKOFF_MAX_MS;
	}
	ok(good, "waits double up to 30 s, less a random part");
	backoff_reset(&backoff);
	ok(backoff_next(&backoff) <= BACKOFF_FIRST_MS, "and begin again after a success");
}

static void
shown_is(const char *url, const char *want)
{
	char		buffer[128];

	is(log_url(url, buffer, sizeof(buffer)), want, "a URL without its secrets");
}

static void
test_urls(void)
{
	shown_is("amqp://u:secret@h:5/v", "amqp://h:5");
	shown_is("amqp://u:sec@ret@h", "amqp://h");
	shown_is("https://h/hook/secret?token=secret#secret", "https://h");
	shown_is("https://u:secret@h?x=a@b", "https://h");
	shown_is("h", "h");
}

int
main(void)
{
	test_whole_mail();
	test_subjects();
	test_bodies();
	test_random_texts();
	test_addresses();
	test_backoff();
	test_urls();
	printf("1..%d\n", tests);
	return failures > 0;
}
