-- Who may come in: members and staff, what they know, what they hold, and what staff did.
-- Secrets are hashes: Argon2id for passwords, SHA-256 for what is random anyway. Times are microseconds.

create table credentials (
  member bigint primary key references members (no),
  sign_in_name text not null unique,
  password_hash text not null,
  changed_at bigint not null
);

create table staff (
  id uuid primary key,
  email text not null unique,
  name text not null,
  role smallint not null check (role between 1 and 4),
  locale text not null,
  password_hash text,
  created_at bigint not null,
  last_sign_in_at bigint,
  disabled_at bigint
);

create table sessions (
  token_hash bytea primary key,
  id uuid not null unique,
  member bigint references members (no),
  staff uuid references staff (id),
  device text not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  check ((member is null) <> (staff is null))
);
create index sessions_of_member on sessions (member) where member is not null;
create index sessions_of_staff on sessions (staff) where staff is not null;

-- purpose: 1 activate, 2 reset, 3 link, 4 first staff account (which has no owner)
create table one_time_codes (
  code_hash bytea primary key,
  purpose smallint not null check (purpose between 1 and 4),
  member bigint references members (no),
  staff uuid references staff (id),
  expires_at bigint not null,
  used_at bigint,
  check (member is null or staff is null)
);
create index one_time_codes_of_member on one_time_codes (member) where member is not null;
create index one_time_codes_of_staff on one_time_codes (staff) where staff is not null;

create table api_keys (
  id uuid primary key,
  token_hash bytea not null unique,
  hint text not null,
  name text not null,
  scopes text not null,
  source text not null,
  created_at bigint not null,
  last_used_at bigint,
  revoked_at bigint
);

create table idempotency (
  owner text not null,
  key text not null,
  request_hash bytea not null,
  status smallint,
  body text,
  created_at bigint not null,
  primary key (owner, key)
);
create index idempotency_by_age on idempotency (created_at);

-- actor_kind: 1 staff, 2 member, 3 API key, 4 command line, 5 Laurel itself; ids begin with the time
create table audit (
  id uuid primary key,
  at bigint not null,
  actor_kind smallint not null check (actor_kind between 1 and 5),
  actor uuid,
  action text not null,
  subject text not null,
  before text,
  after text
);
create index audit_of_subject on audit (subject, id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end
$$;
create trigger audit_is_never_changed before update or delete or truncate on audit
  for each statement execute function refuse_audit_change();
