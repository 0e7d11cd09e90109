"""Who fuzzes: an insurer's program with real credentials, which takes a new token before the old one ends.

Only what such a program can reach is asked: its own routes, and those that are for everybody. Signing in by code or
password is left out (a few tries a minute are allowed, which is no place for thousands), and so are other people's
routes: they would all be 401.
"""

import os

import requests
import schemathesis

BASE = os.environ["KUAICHU_BASE"]
CLIENT = (os.environ["KUAICHU_CLIENT"], os.environ["KUAICHU_SECRET"])
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
# Sign-in, demonstrations, and the upload protocol.
ELSEWHERE = {"who", "guests", "demo", "uploads", "clerks"}


def reachable(operation):
    schemes = [name for way in operation.get("security", []) for name in way]
    if schemes:
        return "insurer" in schemes
    return not ELSEWHERE.intersection(operation.get("tags", []))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path, item in list(raw_schema["paths"].items()):
        for method in METHODS.intersection(item):
            if not reachable(item[method]):
                del item[method]
        if not METHODS.intersection(item):
            del raw_schema["paths"][path]


@schemathesis.auth(refresh_interval=240).apply_to(path_regex="^/api/v1/")
class Insurer:
    def get(self, case, context):
        form = {"grant_type": "client_credentials"}
        answer = requests.post(f"{BASE}/oauth/token", data=form, auth=CLIENT, timeout=30)
        answer.raise_for_status()
        return answer.json()["access_token"]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
