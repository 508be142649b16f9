-- What was typed into forms that could not be taken: shown again to the browser that sent it, and deleted after some hours.
create table kept_forms (
    -- SHA-256 of the browser's secret and the form's id
    key bytea primary key,
    -- null: sent by nobody who was signed in
    owner text,
    body text not null,
    kept_at bigint not null
);

create index kept_forms_owner on kept_forms (owner, kept_at);

-- A version that was withdrawn before it came into force keeps its row: its number is never given again.
alter table rule_sets add column withdrawn_at bigint;
alter table rule_sets add column withdrawn_by text;
