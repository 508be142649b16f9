-- How the programme looks: an accent colour (rrggbb) and a logo. Nothing chosen is Laurel's own.

alter table programme add column accent text;
alter table programme add column logo blob references pictures (id);
