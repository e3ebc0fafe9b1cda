#!/usr/bin/env bash
# Expected: libcurl with IDN sends the domain of anna@bücher.example to an SMTP server as punycode, or reports an error.
# Happens:  unless the program has called setlocale(), it sends the UTF-8 as raw bytes, also to a server without SMTPUTF8, and reports success.
# Matters:  servers refuse such an address or mangle it, and the curl program, which does call setlocale(), does not show it.
set -euo pipefail
version=7.88.1-10+deb12u15
work=$(mktemp -d)
trap 'kill "${sink:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

# libcurl and the libraries that it needs, in this folder only
needed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances libcurl4 |
  grep -E '^lib' | grep -vE '^(libc6|libgcc-s1|libcrypt1|libcurl4)(:|$)' | sort -u)
# shellcheck disable=SC2086
apt-get -qq download "libcurl4=$version" "libcurl4-openssl-dev=$version" $needed 2>/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" root; done
libs=$(dirname "$(find root -name libcurl.so.4)")

cat >sink.py <<'PY'
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    peer = server.accept()[0]
    lines = peer.makefile("rwb", buffering=0)
    lines.write(b"220 sink\r\n")
    data = False
    for line in lines:
        if data:
            data = line != b".\r\n"
            lines.write(b"" if data else b"250 taken\r\n")
        elif line.startswith(b"DATA"):
            data = True
            lines.write(b"354 go on\r\n")
        else:
            if line.startswith(b"RCPT"):
                print(line.strip(), flush=True)
            lines.write(b"250 yes\r\n")       # EHLO is answered without SMTPUTF8
PY
cat >send.c <<'C'
#include <curl/curl.h>
#include <locale.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	CURL	   *curl = curl_easy_init();
	curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	FILE	   *text = tmpfile();

	if (argc > 2)
		setlocale(LC_CTYPE, argv[2]);
	curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "desk@clinic.example");
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, curl_slist_append(NULL, "anna@b\303\274cher.example"));
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READDATA, text);
	printf("libcurl %s, IDN %s: %s\n", info->version, info->features & CURL_VERSION_IDN ? "yes" : "no",
		   curl_easy_strerror(curl_easy_perform(curl)));
	return 0;
}
C
include=$(dirname "$(dirname "$(find root -name curl.h)")")
cc -o send send.c -I"$include" -L"$libs" -l:libcurl.so.4 -Wl,--allow-shlib-undefined
python3 sink.py >heard &
sink=$!
for _ in $(seq 50); do [[ -s heard ]] && break; sleep 0.1; done
url=smtp://127.0.0.1:$(head -n 1 heard)
export LD_LIBRARY_PATH=$work/$libs
env -u LC_ALL LANG=C.UTF-8 ./send "$url" | tee said
env -u LC_ALL LANG=C.UTF-8 ./send "$url" C.UTF-8 | tee -a said
tail -n +2 heard

[[ $(cat said) == "libcurl 7.88.1, IDN yes: No error
libcurl 7.88.1, IDN yes: No error" ]]
[[ $(tail -n +2 heard) == "b'RCPT TO:<anna@b\\xc3\\xbccher.example>'
b'RCPT TO:<anna@xn--bcher-kva.example>'" ]]
