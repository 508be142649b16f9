-- Estimates that were kept as the sums of their sample: what they say of all members cannot be told from them. Exact runs stay.
delete from lab_runs where one_in is not null;
