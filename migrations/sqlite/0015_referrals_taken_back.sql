-- An award for an invitation can be taken back when the payment that completed it is refunded.

-- the referee's entry of that payment; null where a refund of it changes nothing
alter table referrals add column payment integer;
-- the referrer's entry that took the award back; null while the award stands
alter table referrals add column taken_back integer;
-- how many awards there have been for this referee; this row is about the last
alter table referrals add column times integer not null default 1;

-- causes of entries: 12 referral taken back
