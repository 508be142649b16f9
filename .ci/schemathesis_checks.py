"""What Schemathesis holds the REST API to beside its own checks, and the texts that it sends.

The description's formats (`identity`, `line`, `amount`, …) say in words what no pattern can: here are values of each.
"""

import unicodedata

import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure

LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="\u115f\u1160\u3164\uffa0\u2800")
WORD = st.text(LETTERS, min_size=1, max_size=24).map(lambda text: unicodedata.normalize("NFC", text))
FORMATS = {
    "identity": WORD,
    "line": WORD,
    "amount": st.integers(1, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
    "points": st.integers(1, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
    "currency": st.sampled_from(["CNY", "USD", "EUR"]),
    "email-or-empty": st.from_regex(r"[a-z]{1,12}@example\.(com|org)", fullmatch=True),
    "phone": st.from_regex(r"\+86139[0-9]{8}", fullmatch=True),
    "cursor": st.sampled_from(["ZW50cmllczox", "ZW50cmllczoxNw"]),
}
for name, values in FORMATS.items():
    schemathesis.openapi.format(name, values)

# a request that fits the description is never told that it does not
MALFORMED = {"invalid", "malformed_json", "not_json", "idempotency_key_missing", "idempotency_key_invalid", "too_large"}


def code(response):
    return response.json().get("code") if "json" in response.headers.get("content-type", [""])[0] else None


def is_negative(case):
    return case.meta is not None and case.meta.generation.mode.is_negative


@schemathesis.check
def what_fits_is_not_called_malformed(ctx, response, case):
    """What the ledger refuses (an unknown member, too few points) is 422 as well; its code says which of the two it is."""
    if case.meta is None or is_negative(case) or response.status_code < 400:
        return
    if code(response) in MALFORMED:
        raise Failure(operation=case.operation.label, title="A valid request was called malformed", message=response.text)


@schemathesis.check
def what_does_not_fit_is_refused(ctx, response, case):
    """In a batch each event is answered on its own: refused there is refused."""
    if case.operation.label == "POST /events" and response.status_code == 200:
        if any(result["status"] == "refused" for result in response.json().get("results", [])):
            return None
    return CHECKS.get_one("negative_data_rejection")(ctx, response, case)


@schemathesis.check
def every_problem_is_one_that_the_operation_names(ctx, response, case):
    """`x-problems` of the operation, or what any operation may answer."""
    if response.status_code < 400 or "x-problems" not in case.operation.definition.raw:
        return
    anywhere = MALFORMED | {"not_authenticated", "missing_scope", "not_found", "wrong_method", "rate_limited", "unavailable",
                            "idempotency_key_reused", "idempotency_key_running"}
    if code(response) not in anywhere | set(case.operation.definition.raw["x-problems"]):
        raise Failure(operation=case.operation.label, title="A problem that is not described", message=response.text)
