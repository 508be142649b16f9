-- What each API key may send, and keys of requests that nobody else's can be mistaken for.

-- events, or requests of other kinds, a second; null has the default of the key's scopes
alter table api_keys add column rate integer check (rate between 1 and 1000000);

-- A form of the portal sends a key, too, and could send one of the API's, which all begin with `api:`. From now on each is
-- kept with where it came from.
update redemptions set idempotency_key = 'form:' || idempotency_key where idempotency_key not like 'api:%';
update benefit_claims set idempotency_key = 'form:' || idempotency_key where idempotency_key not like 'api:%';
