-- The codes of a reward that are held or were given out, in the order of the console's list.
drop index reward_codes_held;
drop index reward_codes_given;
create index reward_codes_held on reward_codes (reward_id, code) where redemption_id is not null and revealed_at is null;
create index reward_codes_given on reward_codes (reward_id, code) where revealed_at is not null;
