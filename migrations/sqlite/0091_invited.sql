-- For PostgreSQL only: here a payer's row is at hand when it is asked who invited them, and a foreign key is a look into the page at hand.
select 1;
