"""A mail server for tests: keeps what it takes as files, and can go away after a number of letters.

usage: server.py FOLDER [--port N] [--certificate FILE --key FILE] [--user NAME --password WORD] [--until N]
Says "PORT N" once it listens.
"""

import argparse
import asyncio
import os
import ssl

from aiosmtpd.smtp import AuthResult, SMTP

options = argparse.ArgumentParser()
options.add_argument("folder")
options.add_argument("--port", type=int, default=0)
options.add_argument("--certificate")
options.add_argument("--key")
options.add_argument("--user")
options.add_argument("--password")
options.add_argument("--until", type=int)
given = options.parse_args()


class Keeper:
    """Keeps each letter in a file that is named after how many there were before."""

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        # Away between two letters: what was taken has been answered.
        if given.until is not None and given.until <= len(os.listdir(given.folder)):
            os._exit(0)
        envelope.mail_from = address
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):
        if len(envelope.rcpt_tos) != 1:
            return "554 one envelope, one recipient"
        number = len(os.listdir(given.folder))
        with open(os.path.join(given.folder, f"{number:04}"), "xb") as file:
            file.write(envelope.rcpt_tos[0].encode() + b"\n" + envelope.content)
        return "250 kept"


def admit(server, session, envelope, mechanism, login):
    right = (given.user.encode(), given.password.encode())
    fine = (login.login, login.password) == right
    return AuthResult(success=fine, handled=fine)


def session():
    context = None
    if given.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.certificate, given.key)
    secret = given.user is not None
    return SMTP(
        Keeper(),
        hostname="mail.example",
        tls_context=context,
        require_starttls=context is not None,
        auth_required=secret,
        authenticator=admit if secret else None,
    )


async def main():
    # The session needs the running loop.
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", given.port)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
