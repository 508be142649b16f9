-- Who may come in: members and staff, what they know, what they hold, and what staff did.
-- Secrets are hashes: Argon2id for passwords, SHA-256 for what is random anyway. Times are microseconds.

create table credentials (
  member integer primary key references members (no),
  sign_in_name text not null unique,
  password_hash text not null,
  changed_at integer not null
) strict;

create table staff (
  id blob primary key,
  email text not null unique,
  name text not null,
  role integer not null check (role between 1 and 4),
  locale text not null,
  password_hash text,
  created_at integer not null,
  last_sign_in_at integer,
  disabled_at integer
) strict, without rowid;

create table sessions (
  token_hash blob primary key,
  id blob not null unique,
  member integer references members (no),
  staff blob references staff (id),
  device text not null,
  created_at integer not null,
  last_seen_at integer not null,
  check ((member is null) <> (staff is null))
) strict, without rowid;
create index sessions_of_member on sessions (member) where member is not null;
create index sessions_of_staff on sessions (staff) where staff is not null;

-- purpose: 1 activate, 2 reset, 3 link, 4 first staff account (which has no owner)
create table one_time_codes (
  code_hash blob primary key,
  purpose integer not null check (purpose between 1 and 4),
  member integer references members (no),
  staff blob references staff (id),
  expires_at integer not null,
  used_at integer,
  check (member is null or staff is null)
) strict, without rowid;
create index one_time_codes_of_member on one_time_codes (member) where member is not null;
create index one_time_codes_of_staff on one_time_codes (staff) where staff is not null;

create table api_keys (
  id blob primary key,
  token_hash blob not null unique,
  hint text not null,
  name text not null,
  scopes text not null,
  source text not null,
  created_at integer not null,
  last_used_at integer,
  revoked_at integer
) strict, without rowid;

create table idempotency (
  owner text not null,
  key text not null,
  request_hash blob not null,
  status integer,
  body text,
  created_at integer not null,
  primary key (owner, key)
) strict, without rowid;
create index idempotency_by_age on idempotency (created_at);

-- actor_kind: 1 staff, 2 member, 3 API key, 4 command line, 5 Laurel itself; ids begin with the time
create table audit (
  id blob primary key,
  at integer not null,
  actor_kind integer not null check (actor_kind between 1 and 5),
  actor blob,
  action text not null,
  subject text not null,
  before text,
  after text
) strict, without rowid;
create index audit_of_subject on audit (subject, id);

create trigger audit_is_never_changed before update on audit
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_is_never_deleted before delete on audit
begin select raise(abort, 'the audit trail is append-only'); end;
