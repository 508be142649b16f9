-- What the staff works with: notes about members, lists they come back to, and the few who owe points.

create table member_notes (
    id blob primary key,
    member_no integer not null references members (no),
    -- 0 a note, 1 why they were suspended, 2 why they were let go on
    kind integer not null check (kind between 0 and 2),
    text text not null,
    made_at integer not null,
    -- null: at the command line
    made_by blob references staff (id)
);

create index member_notes_of on member_notes (member_no, id);

create table saved_views (
    id blob primary key,
    staff blob not null references staff (id),
    -- which list: its path below /admin
    list text not null,
    name text not null,
    -- what its address asks for
    query text not null,
    unique (staff, list, name)
);

create index members_in_debt on members (no) where debt > 0;
