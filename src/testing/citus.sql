-- A stand-in for Citus on one machine: it notes which table is distributed how, and refuses what Citus 13 refuses of tables (triggers,
-- keys without the column, pointers across, identity columns that are not bigint). Rows stay where they are.

create table pg_dist_partition (logicalrelid regclass primary key, partkey text, beside text);

create function refuse_what_cannot_be_distributed(rel regclass, partkey name) returns void language plpgsql as $$
declare
    found text;
begin
    select tgname into found from pg_trigger where tgrelid = rel and not tgisinternal limit 1;
    if found is not null then
        raise exception 'triggers are not supported on distributed tables: % on %', found, rel;
    end if;
    select attname into found from pg_attribute where attrelid = rel and attidentity <> '' and atttypid <> 'bigint'::regtype limit 1;
    if found is not null then
        raise exception 'cannot complete operation on % with smallint or int identity column %', rel, found;
    end if;
    select i.indexrelid::regclass::text into found from pg_index i where i.indrelid = rel and i.indisunique and partkey is not null
        and not exists (select from pg_attribute a where a.attrelid = rel and a.attname = partkey and a.attnum = any (i.indkey)) limit 1;
    if found is not null then
        raise exception 'cannot create constraint on %: % lacks the distribution column %', rel, found, partkey;
    end if;
    -- a row may point to a reference table that is one by now, and from one that stays here to such a table
    select k.conname into found from pg_constraint k where k.contype = 'f' and k.conrelid = rel and k.confrelid <> rel
        and not exists (select from pg_dist_partition d where d.logicalrelid = k.confrelid and d.partkey is null) limit 1;
    if found is null and partkey is not null then
        select k.conname into found from pg_constraint k where k.contype = 'f' and k.confrelid = rel limit 1;
    end if;
    if found is not null then
        raise exception 'cannot create foreign key constraint % of %', found, rel;
    end if;
end
$$;

create function create_reference_table(table_name regclass) returns void language plpgsql as $$
begin
    perform refuse_what_cannot_be_distributed(table_name, null);
    insert into pg_dist_partition values (table_name, null, null);
end
$$;

create function create_distributed_table(table_name regclass, distribution_column text, colocate_with text) returns void
language plpgsql as $$
begin
    if colocate_with <> 'none' and not exists (select from pg_dist_partition where logicalrelid = colocate_with::regclass) then
        raise exception 'relation % is not distributed', colocate_with;
    end if;
    perform refuse_what_cannot_be_distributed(table_name, distribution_column::name);
    insert into pg_dist_partition values (table_name, distribution_column, colocate_with);
end
$$;

create function create_distributed_function(function_name regprocedure) returns void language sql as $$ $$;

create function get_shard_id_for_distribution_column(table_name regclass, distribution_value bigint) returns bigint language sql as
$$ select 102008 + (hashint8(distribution_value) & 7)::bigint $$;
