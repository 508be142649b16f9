"""The same model as an ordinary Django application: a member's row locked by select_for_update, an entry written, the sums saved.

    python app.py make MEMBERS      makes the tables and so many members
    gunicorn app:application        answers POST /events with one event in JSON

BENCH_DATABASE is `sqlite:FILE` or `postgres:SOCKET:DATABASE`. Durable as Laurel is: synchronous=FULL, and PostgreSQL as it comes.
"""

import hmac
import json
import os
import sys
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

kind, _, place = os.environ["BENCH_DATABASE"].partition(":")
if kind == "sqlite":
    pragmas = "PRAGMA journal_mode=wal; PRAGMA synchronous=full; PRAGMA cache_size=-65536"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": pragmas}
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": place, "OPTIONS": options}
else:
    socket, _, name = place.partition(":")
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": name, "USER": "postgres", "HOST": socket}

settings.configure(
    DATABASES={"default": database | {"CONN_MAX_AGE": None}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
)
django.setup()

from django.db import IntegrityError, connection, models, transaction  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

TIERS = [(Decimal(1000), 4), (Decimal(500), 3), (Decimal(100), 2)]
KEY = "bench"


class Member(models.Model):
    external_id = models.CharField(max_length=64, unique=True)
    points = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    earned = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    spent = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    tier = models.SmallIntegerField(default=1)
    seq = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bench"


class Entry(models.Model):
    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    seq = models.BigIntegerField()
    event_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    scene = models.CharField(max_length=16)
    points = models.DecimalField(max_digits=18, decimal_places=2)
    balance = models.DecimalField(max_digits=18, decimal_places=2)
    tier = models.SmallIntegerField()
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        constraints = [models.UniqueConstraint(fields=["member", "seq"], name="entry_of_member")]


def post(event):
    amount = Decimal(event["amount"])
    with transaction.atomic():
        member = Member.objects.select_for_update().get(external_id=event["member"])
        known = Entry.objects.filter(event_id=event["id"]).first()
        if known:
            return known, 200
        points = amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        member.points += points
        member.earned += points
        member.spent += amount
        member.tier = next((tier for least, tier in TIERS if member.earned >= least), 1)
        member.seq += 1
        entry = Entry.objects.create(
            member=member, seq=member.seq, event_id=event["id"], kind=event["kind"], amount=amount, scene=event["scene"],
            points=points, balance=member.points, tier=member.tier, occurred_at=datetime.fromisoformat(event["occurred_at"]),
        )
        member.save(update_fields=["points", "earned", "spent", "tier", "seq"])
    return entry, 201


def events(request):
    if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {KEY}"):
        return JsonResponse({"code": "not_authenticated"}, status=401)
    try:
        entry, status = post(json.loads(request.body))
    except (IntegrityError, Member.DoesNotExist) as error:
        return JsonResponse({"code": str(error)}, status=422)
    told = {"id": entry.event_id, "points": str(entry.points), "balance": str(entry.balance), "tier": entry.tier}
    return JsonResponse(told, status=status)


urlpatterns = [path("events", events)]
application = get_wsgi_application()

if __name__ == "__main__" and sys.argv[1] == "make":
    with connection.schema_editor() as editor:
        editor.create_model(Member)
        editor.create_model(Entry)
    people = (Member(external_id=f"demo-{n}") for n in range(1, int(sys.argv[2]) + 1))
    Member.objects.bulk_create(people, batch_size=5000)
