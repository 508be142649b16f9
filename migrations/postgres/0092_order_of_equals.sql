-- Whoever is looked for in the order of their numbers, too, is found by an index that has them: on the night on which everybody's points
-- lapse, all of them are due at one moment, and each chunk of the job put all who were left in order.
drop index members_due;
create index members_due on members (due_at, no) where due_at is not null;

drop index members_invited;
create index members_invited on members (invited_by, no) where invited_by is not null;

drop index referrals_referrer;
create index referrals_referrer on referrals (referrer_no, referee_no);
