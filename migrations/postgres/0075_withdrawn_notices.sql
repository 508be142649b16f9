-- When what members are told of a version was taken back, while the version itself stands. Its text stays, as checkpoints bind it.
alter table rule_sets add column notice_withdrawn_at bigint;
