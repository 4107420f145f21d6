"""A provider of single sign-on as a process of its own: ``python -m tests.web.provider PORT '[{"sub": …}]'``.

oidc-provider-mock is a whole provider, except that it tells nobody when somebody signs out. ``POST /signed`` gives what
it would send then: the claims of the request, signed with its own key.
"""

import json
import os
import sys

import flask
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import app as provider
from oidc_provider_mock._storage import User


def main(port: int, people: list[dict]) -> None:
    """Serve until the process is ended."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    users = [User(sub=one["sub"], claims={key: value for key, value in one.items() if key != "sub"}) for one in people]
    app = provider(require_nonce=True, user_claims=users)

    @app.post("/signed")
    def signed() -> str:
        key = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
        return jwt.encode({"alg": "RS256", "kid": key.kid}, flask.request.get_json(), key)

    uvicorn.run(app, interface="wsgi", port=port, log_config=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
