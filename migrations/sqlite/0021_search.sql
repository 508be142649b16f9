-- Members are found by any part of their names: by groups of three characters that stand side by side in them.
-- Each name ends in two separators, so that every part of one or two characters begins such a group, too.

create virtual table member_search using fts5 (text, tokenize = 'trigram', detail = 'none');

-- what is deleted is gone, as erasing a member asks for
insert into member_search (member_search, rank) values ('secure-delete', 1);

create virtual table member_search_groups using fts5vocab (member_search, 'instance');

insert into member_search (rowid, text)
select no, replace(replace(coalesce(name, ''), ' ', ''), '　', '') || char(31, 31) || coalesce(email, '') || char(31, 31)
    || coalesce(phone, '') || char(31, 31) || coalesce(external_id, '') || char(31, 31)
from members;

create trigger member_search_adds after insert on members
begin
    insert into member_search (rowid, text) values (
        new.no,
        replace(replace(coalesce(new.name, ''), ' ', ''), '　', '') || char(31, 31) || coalesce(new.email, '') || char(31, 31)
            || coalesce(new.phone, '') || char(31, 31) || coalesce(new.external_id, '') || char(31, 31)
    );
end;

create trigger member_search_follows after update of name, email, phone, external_id on members
begin
    delete from member_search where rowid = old.no;
    insert into member_search (rowid, text) values (
        new.no,
        replace(replace(coalesce(new.name, ''), ' ', ''), '　', '') || char(31, 31) || coalesce(new.email, '') || char(31, 31)
            || coalesce(new.phone, '') || char(31, 31) || coalesce(new.external_id, '') || char(31, 31)
    );
end;
