-- What the programme calls its points, in Chinese, and one and many of them in English; nothing is 积分, point, points.
alter table programme add column unit_zh text;
alter table programme add column unit_one text;
alter table programme add column unit_many text;
