-- What the variant group of an experiment is told when it begins. Not in rule_sets: an older binary tells everybody what stands there.
alter table experiments add column notice_zh text;
alter table experiments add column notice_en text;
