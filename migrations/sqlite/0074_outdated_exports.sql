-- A file that could name somebody whose personal data was erased since is deleted: when that was, so that whoever asked for it is
-- told. Its state is 4 from then on, so that what does not know this column sees nothing of it.
alter table exports add column outdated_at integer;
