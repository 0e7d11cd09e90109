"""An insurer's program on Authlib: finds the server, proves itself by private_key_jwt, reads, gives back.

usage: authlib_client.py BASE CLIENT_ID PRIVATE_KEY_FILE KID ALG NOW

NOW is the server's time in seconds since 1970: under test it stands still.

Prints one JSON object of what it was answered; judging it is the caller's.
"""

import json
import sys

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from joserfc.jwk import import_key


class ForThisServer(PrivateKeyJWT):
    """As Authlib does it, but for the issuer and for a minute: its own habit is the endpoint and an hour."""

    def __init__(self, issuer, kid, alg, now):
        super().__init__(alg=alg)
        self.issuer = issuer
        self.kid = kid
        self.now = now
        self.last = None

    def sign(self, auth, token_endpoint):
        # New claims each time: Authlib writes its jti into the dictionary it is given.
        self.last = private_key_jwt_sign(
            auth.client_secret,
            client_id=auth.client_id,
            token_endpoint=self.issuer,
            claims={"iat": self.now, "exp": self.now + 60},
            header={"kid": self.kid},
            alg=self.alg,
        )
        return self.last


def refusal(session, endpoint):
    try:
        session.fetch_token(endpoint, grant_type="client_credentials")
    except OAuthError as error:
        return {"error": error.error, "description": error.description}
    return None


def main(base, client_id, key_file, kid, alg, now):
    about = requests.get(f"{base}/.well-known/oauth-authorization-server", timeout=10).json()
    with open(key_file, encoding="ascii") as file:
        key = import_key(file.read(), {"RS256": "RSA", "PS256": "RSA", "EdDSA": "OKP"}.get(alg, "EC"))

    def session(method):
        opened = OAuth2Session(
            client_id,
            key,
            token_endpoint_auth_method="private_key_jwt",
            revocation_endpoint_auth_method="private_key_jwt",
        )
        opened.register_client_auth_method(method)
        return opened

    ours = ForThisServer(about["issuer"], kid, alg, int(now))
    insurer = session(ours)
    token = insurer.fetch_token(about["token_endpoint"], grant_type="client_credentials", scope="settlements:read")
    read = insurer.get(f"{base}/api/v1/settlements", timeout=10)
    replayed = requests.post(
        about["token_endpoint"],
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": ours.last,
        },
        timeout=10,
    )
    revoked = insurer.revoke_token(about["revocation_endpoint"], token=token["access_token"])
    after = requests.get(
        f"{base}/api/v1/settlements",
        headers={"Authorization": f"Bearer {token['access_token']}"},
        timeout=10,
    )
    stock = session(PrivateKeyJWT(alg=alg, headers={"kid": kid}))
    print(
        json.dumps(
            {
                "methods": about["token_endpoint_auth_methods_supported"],
                "token": {"type": token["token_type"], "scope": token["scope"], "expires_in": token["expires_in"]},
                "read": read.status_code,
                "limit": read.headers.get("RateLimit-Limit"),
                "replayed": replayed.json(),
                "revoked": revoked.status_code,
                "after": after.status_code,
                "stock": refusal(stock, about["token_endpoint"]),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
