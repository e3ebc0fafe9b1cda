/*
 * mail.c
 *		A notification as a mail.
 *
 * The texts are the users': they may hold anything that a database holds.  In
 * headers, line breaks and other control characters become blanks before
 * anything else, and what is not plain ASCII is encoded by RFC 2047; the body
 * is quoted-printable.  So nothing in them is ever a header line.
 */
#include "relay/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ADDRESS		254		/* RFC 5321, 4.5.3.1.3 */
#define MAX_PLAIN_SUBJECT 68	/* with "Subject: " still within 78 */
#define MAX_WORD_BYTES	42		/* 56 characters of base64: an encoded word of at most 75 */
#define MAX_QP_LINE		75		/* and the "=" of a soft line break */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
mail_address_is_plain(const char *address)
{
	const char *at = strchr(address, '@');

	if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
		strlen(address) > MAX_ADDRESS || address[0] == '-')
		return false;
	for (const char *c = address; *c != '\0'; c++)
	{
		if ((unsigned char) *c <= ' ' || *c == 0x7f || strchr("()<>[]:;,\\\"", *c) != NULL)
			return false;
	}
	return true;
}

static bool
is_control(char c)
{
	return (unsigned char) c < ' ' || c == 0x7f;
}

/* The bytes of the character that begins here. */
static size_t
character_length(const char *text)
{
	size_t		length = 1;

	while (((unsigned char) text[length] & 0xC0) == 0x80)
		length++;
	return length;
}

/* May a header hold it as it is? */
static bool
is_plain_header(const char *text)
{
	if (strlen(text) > MAX_PLAIN_SUBJECT || strstr(text, "=?") != NULL)
		return false;
	/* blanks at either end would not arrive */
	if (text[0] == ' ' || (text[0] != '\0' && text[strlen(text) - 1] == ' '))
		return false;
	for (const char *c = text; *c != '\0'; c++)
	{
		if (is_control(*c) || (unsigned char) *c > 0x7f)
			return false;
	}
	return true;
}

static void
put_base64(FILE *out, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i += 3)
	{
		unsigned	group = (unsigned) bytes[i] << 16;

		if (i + 1 < length)
			group |= (unsigned) bytes[i + 1] << 8;
		if (i + 2 < length)
			group |= bytes[i + 2];
		fputc(base64_digits[group >> 18], out);
		fputc(base64_digits[group >> 12 & 63], out);
		fputc(i + 1 < length ? base64_digits[group >> 6 & 63] : '=', out);
		fputc(i + 2 < length ? base64_digits[group & 63] : '=', out);
	}
}

/* Encoded words, a line each, none of which breaks a character. */
static void
put_encoded_header(FILE *out, const char *text)
{
	while (*text != '\0')
	{
		unsigned char word[MAX_WORD_BYTES];
		size_t		used = 0;

		while (*text != '\0')
		{
			size_t		length = character_length(text);

			/* what is no UTF-8 may be longer than any character */
			if (length > MAX_WORD_BYTES)
				length = 1;
			if (used + length > MAX_WORD_BYTES)
				break;
			memcpy(word + used, text, length);
			if (is_control(*text))
				word[used] = ' ';
			used += length;
			text += length;
		}
		fputs("=?UTF-8?B?", out);
		put_base64(out, word, used);
		fputs(*text != '\0' ? "?=\r\n " : "?=", out);
	}
}

static void
put_subject(FILE *out, const char *subject)
{
	fputs("Subject: ", out);
	if (is_plain_header(subject))
		fputs(subject, out);
	else
		put_encoded_header(out, subject);
	fputs("\r\n", out);
}

/* Where a line ends: at CR LF, LF or CR. */
static size_t
line_break(const char *text)
{
	if (text[0] == '\r')
		return text[1] == '\n' ? 2 : 1;
	return text[0] == '\n' ? 1 : 0;
}

static bool
quotes(const char *text)
{
	unsigned char c = (unsigned char) text[0];

	/* blanks at the end of a line are lost on the way */
	if (c == ' ' || c == '\t')
		return text[1] == '\0' || line_break(text + 1) > 0;
	return c < ' ' || c > '~' || c == '=';
}

/* RFC 2045, 6.7.  Leading dots are the SMTP client's business. */
static void
put_quoted_printable(FILE *out, const char *text)
{
	int			column = 0;

	while (*text != '\0')
	{
		size_t		ends = line_break(text);
		int			width = quotes(text) ? 3 : 1;

		if (ends > 0)
		{
			fputs("\r\n", out);
			column = 0;
			text += ends;
			continue;
		}
		if (column + width > MAX_QP_LINE)
		{
			fputs("=\r\n", out);
			column = 0;
		}
		if (width == 3)
			fprintf(out, "=%02X", (unsigned char) *text);
		else
			fputc(*text, out);
		column += width;
		text++;
	}
	if (column > 0)
		fputs("\r\n", out);
}

static void
put_date(FILE *out, time_t date)
{
	struct tm	utc;
	char		text[64];

	/* names of days and months are English: LC_TIME stays that of C */
	gmtime_r(&date, &utc);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &utc);
	fprintf(out, "Date: %s\r\n", text);
}

char *
mail_compose(const Mail *mail, size_t *length)
{
	char	   *text = NULL;
	FILE	   *out = open_memstream(&text, length);

	if (out == NULL)
		return NULL;
	put_date(out, mail->date);
	fprintf(out, "From: <%s>\r\nTo: <%s>\r\n", mail->from, mail->to);
	fprintf(out, "Message-ID: <%s@%s>\r\n", mail->id, strchr(mail->from, '@') + 1);
	put_subject(out, mail->subject);
	/* so that no holiday responder answers */
	fputs("Auto-Submitted: auto-generated\r\n"
		  "MIME-Version: 1.0\r\n"
		  "Content-Type: text/plain; charset=utf-8\r\n"
		  "Content-Transfer-Encoding: quoted-printable\r\n"
		  "\r\n", out);
	put_quoted_printable(out, mail->body);
	if (fclose(out) != 0)
	{
		free(text);
		return NULL;
	}
	return text;
}
