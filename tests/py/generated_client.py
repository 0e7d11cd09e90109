"""A client that openapi-generator wrote from our description reads a settlement, and an error, as its own types.

usage: generated_client.py BASE TOKEN
"""

import importlib
import json
import pkgutil
import sys

import kuaichu_client
from kuaichu_client import ApiClient, Configuration, InsurersApi
from kuaichu_client.exceptions import NotFoundException

modules = [module.name for module in pkgutil.walk_packages(kuaichu_client.__path__, "kuaichu_client.")]
for name in modules:
    importlib.import_module(name)

base, token = sys.argv[1:]
api = InsurersApi(ApiClient(Configuration(host=base, access_token=token)))
page = api.get_settlements(limit=10)
record = page.items[0]
one = api.get_settlements_record(record=record.id)
orders = api.get_payment_orders()
try:
    api.get_settlements_record(record="00000000-0000-0000-0000-000000000000")
    refused = None
except NotFoundException as error:
    refused = {"status": error.status, "code": error.data.code}
print(json.dumps({
    "modules": len(modules),
    "finding": one.finding_number,
    "settled": one.settled_at.isoformat(),
    "paid_fen": sum(payment.amount_fen for payment in record.payments if payment.own),
    "orders_fen": sum(order.amount_fen for order in orders.items if order.own),
    "refused": refused,
}))
