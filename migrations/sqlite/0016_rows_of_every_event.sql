-- For PostgreSQL only, where a foreign key costs a look into another table for each row: here it is a look into the page at hand.
select 1;
