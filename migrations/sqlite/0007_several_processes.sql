-- What several processes on one database need: totals that the database itself holds to, and jobs that look only where there is
-- something to do.

-- However a refund got here, no more than the payment is given back.
create trigger refunds_begin_within_payment before insert on refunded_payments
when new.refunded < 0 or new.refunded > (select amount from entries where member_no = new.member_no and seq = new.payment)
begin
    select raise(abort, 'more refunded than was paid');
end;

create trigger refunds_stay_within_payment before update on refunded_payments
when new.refunded < 0 or new.refunded > (select amount from entries where member_no = new.member_no and seq = new.payment)
begin
    select raise(abort, 'more refunded than was paid');
end;

-- The latest instant that anything was posted with, kept by each writer for itself: a version of the rules starts after all of them.
create table last_instants (
    writer integer primary key,
    instant integer not null
);

insert into last_instants (writer, instant) select -1, max(last_instant) from members having max(last_instant) is not null;

create index sessions_of_members_seen on sessions (last_seen_at) where member is not null;
create index sessions_of_members_age on sessions (created_at) where member is not null;
create index one_time_codes_end on one_time_codes (expires_at);
