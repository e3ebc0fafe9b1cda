/*
 * transfer.h
 *		What all uses of libcurl have in common.
 */
#ifndef RELAY_TRANSFER_H
#define RELAY_TRANSFER_H

#include <curl/curl.h>

#include "relay/options.h"

/*
 * A handle that notices when we are to stop, gives up in time, speaks only the
 * protocols named ("http,https"), verifies certificates, and writes what goes
 * wrong into error, of CURL_ERROR_SIZE.  Exits if there is no memory.
 */
extern CURL *transfer_handle(const Options *options, const char *protocols, char *error);

#endif							/* RELAY_TRANSFER_H */
