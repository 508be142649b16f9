-- Claims of benefits that have a quota. What was promised is read in the version of the rules and the tier of the claim.

create table benefit_claims (
  id blob primary key,
  member_no integer not null references members (no),
  -- the benefit's key, which is what a quota counts by
  benefit text not null,
  rules integer not null,
  tier integer not null,
  code text not null unique,
  -- 0 claimed, 1 used, 2 withdrawn; what is still claimed at valid_until has expired from then on
  state integer not null check (state between 0 and 2),
  claimed_at integer not null,
  valid_until integer not null,
  -- when and by whom it was used or withdrawn, an actor as in audit
  ended_at integer,
  ended_by_kind integer check (ended_by_kind between 1 and 5),
  ended_by blob,
  idempotency_key text not null,
  unique (member_no, idempotency_key),
  check ((state = 0) = (ended_at is null) and (ended_at is null) = (ended_by_kind is null))
) strict, without rowid;
create index benefit_claims_of_member on benefit_claims (member_no, benefit, claimed_at);
create index benefit_claims_used on benefit_claims (ended_at) where state = 1;
