-- For PostgreSQL only: here each index has a row's number behind its columns.
select 1;
