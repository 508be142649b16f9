-- PostgreSQL has a directory of members' ids and codes from here on, so that their rows can be divided. A file is not divided: its unique keys stay.
select 1;
