-- What several processes on one database need: totals that the database itself holds to, and jobs that look only where there is
-- something to do.

-- However a refund got here, no more than the payment is given back.
create function refuse_refund_beyond_payment() returns trigger language plpgsql as $$
begin
    if new.refunded < 0 or new.refunded > (select amount from entries where member_no = new.member_no and seq = new.payment) then
        raise exception 'more refunded than was paid' using errcode = 'check_violation';
    end if;
    return new;
end
$$;

create trigger refunds_stay_within_payment before insert or update on refunded_payments
for each row execute function refuse_refund_beyond_payment();

-- The latest instant that anything was posted with, kept by each writer for itself: a version of the rules starts after all of them.
create table last_instants (
    writer integer primary key,
    instant bigint not null
);

insert into last_instants (writer, instant) select -1, max(last_instant) from members having max(last_instant) is not null;

create index sessions_of_members_seen on sessions (last_seen_at) where member is not null;
create index sessions_of_members_age on sessions (created_at) where member is not null;
create index one_time_codes_end on one_time_codes (expires_at);
