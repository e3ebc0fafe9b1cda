#!/usr/bin/env python3
"""An HTTPS receiver on loopback for the test of quickbook-relay.

relay_tls.py PORTFILE OUTPUT CERTIFICATE KEY

Answers every POST with 204; the webhook-id of each is a line of OUTPUT.
"""
import http.server
import os
import ssl
import sys

port_file, output, certificate, key = sys.argv[1:]


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        with open(output, "a") as out:
            print(self.headers["webhook-id"], file=out)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.HTTPServer):
    def handle_error(self, request, client_address):
        """Says nothing when a client breaks off because of the certificate."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


server = Server(("127.0.0.1", 0), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port_file + ".new", "w") as port:
    port.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
