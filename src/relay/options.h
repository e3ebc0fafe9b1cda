/*
 * options.h
 *		What the command line and the environment ask for.
 */
#ifndef RELAY_OPTIONS_H
#define RELAY_OPTIONS_H

#include <stdbool.h>

typedef enum TargetKind
{
	TARGET_NONE,
	TARGET_AMQP,
	TARGET_SMTP,
	TARGET_WEBHOOK
} TargetKind;

typedef enum SmtpTls
{
	SMTP_TLS_AUTO,				/* verified with a password, else as mail servers do among themselves */
	SMTP_TLS_REQUIRE,
	SMTP_TLS_NONE
} SmtpTls;

typedef struct Options
{
	const char *database;		/* connection string; "" leaves all to libpq's environment */
	TargetKind	target;
	const char *url;			/* of the target */
	const char *consumer;
	bool		from_now;		/* a new consumer begins with what happens next */
	const char *exchange;
	const char *mail_from;
	SmtpTls		smtp_tls;
	const char *password;		/* instead of the one in the URL, or NULL */
	char	   *webhook_secrets;	/* one a line */
	int			webhook_timeout_ms;
	const char *ca_file;
	int			batch;
	int			poll_ms;
	bool		once;
} Options;

/* Exits with a message and status 2 if they make no sense, and with 0 after --help and --version. */
extern void options_read(Options *options, int argc, char **argv);

/* Says what is wrong with the options and exits. */
extern void options_refuse(const char *format,...) __attribute__((format(printf, 1, 2), noreturn));

#endif							/* RELAY_OPTIONS_H */
