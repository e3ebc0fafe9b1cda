/*
 * options.c
 *		What the command line and the environment ask for.
 *
 * Whatever may hold a secret can come from a file or the environment, because
 * everybody on the machine can read a command line.
 */
#include "relay/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay/mail.h"

#define MAX_BATCH		10000
#define MAX_POLL		3600
#define MAX_TIMEOUT		300
#define MAX_SECRET_FILE 65536

static const char help[] =
"quickbook-relay passes on what happens in a quickbook database.\n"
"\n"
"  quickbook-relay --database CONNINFO --amqp amqp://USER:PASSWORD@HOST:PORT/VHOST\n"
"  quickbook-relay --database CONNINFO --webhook URL --webhook-secret-file FILE\n"
"  quickbook-relay --database CONNINFO --smtp smtp://HOST:PORT --mail-from ADDRESS\n"
"\n"
"Events go to RabbitMQ or to a webhook, at least once and those of one\n"
"appointment in order: an event is acknowledged in the database when the other\n"
"side has confirmed it. Notifications of channel email go out as mail. Of several\n"
"relays with one consumer name one works, and the others are ready to follow it.\n"
"\n"
"Options:\n"
"  --database CONNINFO        libpq connection string or URI (default: libpq's environment)\n"
"  --amqp URL                 publish events to RabbitMQ (amqp:// or amqps://)\n"
"  --exchange NAME            durable topic exchange, declared if missing (default: quickbook);\n"
"                             the routing key is the event's type\n"
"  --webhook URL              post events as CloudEvents, signed as Standard Webhooks are\n"
"  --webhook-secret-file FILE a secret a line (each signs, so that secrets can be changed);\n"
"                             whsec_ and base64, or any other text as it is\n"
"  --webhook-timeout SECONDS  a request without an answer is tried again after so long (default: 15)\n"
"  --smtp URL                 send mail (smtp:// or smtps://)\n"
"  --mail-from ADDRESS        the sender\n"
"  --smtp-tls WHAT            auto: STARTTLS where offered, always and verified with a password;\n"
"                             require: always and verified; none: never (default: auto)\n"
"  --password-file FILE       the password for --amqp or --smtp, instead of one in the URL\n"
"  --ca-file FILE             certificates that the other side's is verified with\n"
"  --consumer NAME            whose position in the event log it is (default: amqp or webhook);\n"
"                             made if there is none\n"
"  --from start|now           where a new consumer begins (default: start)\n"
"  --batch N                  events or mails at a time (default: 100)\n"
"  --poll SECONDS             look again after so long when nothing was notified (default: 5)\n"
"  --once                     pass on what is there, then exit; status 1 if something failed\n"
"  --help, --version\n"
"\n"
"Environment: QUICKBOOK_RELAY_DATABASE, QUICKBOOK_RELAY_AMQP, QUICKBOOK_RELAY_SMTP,\n"
"QUICKBOOK_RELAY_WEBHOOK stand for the options; QUICKBOOK_RELAY_PASSWORD and\n"
"QUICKBOOK_RELAY_WEBHOOK_SECRET for what the files hold; and libpq's PGHOST,\n"
"PGPASSWORD, PGPASSFILE, ...\n"
"\n"
"SIGTERM and SIGINT stop it: what was confirmed is acknowledged, the rest comes again.\n";

enum
{
	OPT_DATABASE = 1, OPT_AMQP, OPT_SMTP, OPT_WEBHOOK, OPT_EXCHANGE, OPT_CONSUMER, OPT_FROM,
	OPT_MAIL_FROM, OPT_SMTP_TLS, OPT_PASSWORD_FILE, OPT_SECRET_FILE, OPT_TIMEOUT, OPT_CA_FILE, OPT_BATCH,
	OPT_POLL, OPT_ONCE, OPT_HELP, OPT_VERSION
};

static const struct option long_options[] = {
	{"database", required_argument, NULL, OPT_DATABASE},
	{"amqp", required_argument, NULL, OPT_AMQP},
	{"smtp", required_argument, NULL, OPT_SMTP},
	{"webhook", required_argument, NULL, OPT_WEBHOOK},
	{"exchange", required_argument, NULL, OPT_EXCHANGE},
	{"consumer", required_argument, NULL, OPT_CONSUMER},
	{"from", required_argument, NULL, OPT_FROM},
	{"mail-from", required_argument, NULL, OPT_MAIL_FROM},
	{"smtp-tls", required_argument, NULL, OPT_SMTP_TLS},
	{"password-file", required_argument, NULL, OPT_PASSWORD_FILE},
	{"webhook-secret-file", required_argument, NULL, OPT_SECRET_FILE},
	{"webhook-timeout", required_argument, NULL, OPT_TIMEOUT},
	{"ca-file", required_argument, NULL, OPT_CA_FILE},
	{"batch", required_argument, NULL, OPT_BATCH},
	{"poll", required_argument, NULL, OPT_POLL},
	{"once", no_argument, NULL, OPT_ONCE},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0}
};

void
options_refuse(const char *format,...)
{
	va_list		args;

	fputs("quickbook-relay: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\nTry quickbook-relay --help.\n", stderr);
	exit(2);
}

/* All of a small file, without the line ends after it. */
static char *
read_file(const char *option, const char *path)
{
	char	   *text = calloc(1, MAX_SECRET_FILE);
	FILE	   *file = fopen(path, "re");
	size_t		length;

	if (file == NULL || text == NULL)
		options_refuse("%s: cannot read %s: %m", option, path);
	length = fread(text, 1, MAX_SECRET_FILE - 1, file);
	if (ferror(file))
		options_refuse("%s: cannot read %s: %m", option, path);
	fclose(file);
	while (length > 0 && strchr("\r\n", text[length - 1]) != NULL)
		text[--length] = '\0';
	if (length == 0 || strlen(text) != length)
		options_refuse("%s: there is no text in %s", option, path);
	return text;
}

static double
read_number(const char *option, const char *text, double low, double high)
{
	char	   *end;
	double		number = strtod(text, &end);

	if (end == text || *end != '\0' || !(number >= low && number <= high))
		options_refuse("%s: %s is not a number from %g to %g", option, text, low, high);
	return number;
}

static void
set_target(Options *options, TargetKind target, const char *url)
{
	if (options->target != TARGET_NONE)
		options_refuse("one relay serves one of --amqp, --smtp and --webhook: start one for each");
	options->target = target;
	options->url = url;
}

static SmtpTls
read_tls(const char *text)
{
	if (strcmp(text, "auto") == 0)
		return SMTP_TLS_AUTO;
	if (strcmp(text, "require") == 0)
		return SMTP_TLS_REQUIRE;
	if (strcmp(text, "none") == 0)
		return SMTP_TLS_NONE;
	options_refuse("--smtp-tls is auto, require or none, not %s", text);
}

static bool
read_from(const char *text)
{
	if (strcmp(text, "start") != 0 && strcmp(text, "now") != 0)
		options_refuse("--from is start or now, not %s", text);
	return strcmp(text, "now") == 0;
}

/* Options that end the program: a question answered, or none of ours. */
static void
leave(int option)
{
	if (option == OPT_HELP)
		fputs(help, stdout);
	else if (option == OPT_VERSION)
		puts("quickbook-relay " QB_VERSION);
	else
	{
		/* getopt has said what is wrong */
		fputs("Try quickbook-relay --help.\n", stderr);
		exit(2);
	}
	exit(0);
}

/* One option of the command line, with its value. */
static void
read_option(Options *options, int option, const char *value)
{
	switch (option)
	{
		case OPT_DATABASE:
			options->database = value;
			break;
		case OPT_AMQP:
			set_target(options, TARGET_AMQP, value);
			break;
		case OPT_SMTP:
			set_target(options, TARGET_SMTP, value);
			break;
		case OPT_WEBHOOK:
			set_target(options, TARGET_WEBHOOK, value);
			break;
		case OPT_EXCHANGE:
			options->exchange = value;
			break;
		case OPT_CONSUMER:
			options->consumer = value;
			break;
		case OPT_FROM:
			options->from_now = read_from(value);
			break;
		case OPT_MAIL_FROM:
			options->mail_from = value;
			break;
		case OPT_SMTP_TLS:
			options->smtp_tls = read_tls(value);
			break;
		case OPT_PASSWORD_FILE:
			options->password = read_file("--password-file", value);
			break;
		case OPT_SECRET_FILE:
			options->webhook_secrets = read_file("--webhook-secret-file", value);
			break;
		case OPT_TIMEOUT:
			options->webhook_timeout_ms = (int) (read_number("--webhook-timeout", value, 0.1, MAX_TIMEOUT) * 1000);
			break;
		case OPT_CA_FILE:
			options->ca_file = value;
			break;
		case OPT_BATCH:
			options->batch = (int) read_number("--batch", value, 1, MAX_BATCH);
			break;
		case OPT_POLL:
			options->poll_ms = (int) (read_number("--poll", value, 0.01, MAX_POLL) * 1000);
			break;
		case OPT_ONCE:
			options->once = true;
			break;
		default:
			leave(option);
	}
}

/* What the command line left open. */
static void
read_environment(Options *options)
{
	static const struct
	{
		const char *name;
		TargetKind	target;
	}			targets[] = {
		{"QUICKBOOK_RELAY_AMQP", TARGET_AMQP},
		{"QUICKBOOK_RELAY_SMTP", TARGET_SMTP},
		{"QUICKBOOK_RELAY_WEBHOOK", TARGET_WEBHOOK},
	};
	const char *secret = getenv("QUICKBOOK_RELAY_WEBHOOK_SECRET");
	bool		chosen = options->target != TARGET_NONE;

	for (size_t i = 0; !chosen && i < sizeof(targets) / sizeof(targets[0]); i++)
	{
		if (getenv(targets[i].name) != NULL)
			set_target(options, targets[i].target, getenv(targets[i].name));
	}
	if (options->database == NULL)
		options->database = getenv("QUICKBOOK_RELAY_DATABASE");
	if (options->password == NULL && options->target != TARGET_WEBHOOK)
		options->password = getenv("QUICKBOOK_RELAY_PASSWORD");
	if (options->webhook_secrets == NULL && options->target == TARGET_WEBHOOK && secret != NULL)
		options->webhook_secrets = strdup(secret);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* None of these messages repeats a URL: it may hold a password. */
static void
check(const Options *options)
{
	const char *url = options->url;

	if (options->target == TARGET_NONE)
		options_refuse("where to? Say --amqp, --smtp or --webhook");
	if (options->target == TARGET_AMQP && !begins(url, "amqp://") && !begins(url, "amqps://"))
		options_refuse("--amqp wants a URL that begins with amqp:// or amqps://");
	if (options->target == TARGET_SMTP && !begins(url, "smtp://") && !begins(url, "smtps://"))
		options_refuse("--smtp wants a URL that begins with smtp:// or smtps://");
	if (options->target == TARGET_WEBHOOK && !begins(url, "http://") && !begins(url, "https://"))
		options_refuse("--webhook wants a URL that begins with http:// or https://");

	if (options->target == TARGET_SMTP && options->mail_from == NULL)
		options_refuse("--smtp needs --mail-from");
	if (options->target == TARGET_SMTP && options->password != NULL && strchr(url, '@') == NULL)
		options_refuse("a password for --smtp needs a user in its URL: smtp://USER@HOST:PORT");
	if (options->mail_from != NULL && !mail_address_is_plain(options->mail_from))
		options_refuse("--mail-from wants a plain address like desk@example.org");
	if (options->target == TARGET_WEBHOOK && options->webhook_secrets == NULL)
		options_refuse("--webhook needs --webhook-secret-file or QUICKBOOK_RELAY_WEBHOOK_SECRET");
	if (options->target == TARGET_WEBHOOK && options->password != NULL)
		options_refuse("--password-file is for --amqp and --smtp");
}

void
options_read(Options *options, int argc, char **argv)
{
	int			option;

	*options = (Options)
	{
		.exchange = "quickbook", .batch = 100, .poll_ms = 5000, .webhook_timeout_ms = 15000
	};
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		read_option(options, option, optarg);
	if (optind < argc)
		options_refuse("there is an argument too much, the %dth", optind);
	read_environment(options);
	check(options);
	if (options->database == NULL)
		options->database = "";
	if (options->consumer == NULL)
		options->consumer = options->target == TARGET_AMQP ? "amqp" : "webhook";
}
