-- Pictures of rewards and the programme's logo, as they are served: made anew from what was uploaded, in several sizes.

create table pictures (
    -- of its content: the same picture uploaded twice is one, and what an address shows never changes
    id uuid primary key,
    -- 0 of a reward, JPEG; 1 logo, PNG
    kind smallint not null check (kind between 0 and 1),
    -- when it was uploaded last: one that nothing shows any more is kept for a while
    made_at bigint not null
);

create table picture_sizes (
    picture uuid not null references pictures (id) on delete cascade,
    -- the width that it was made for, in pixels
    width integer not null,
    body bytea not null,
    primary key (picture, width)
);

alter table rewards add column picture uuid references pictures (id);
create index rewards_picture on rewards (picture) where picture is not null;
create index pictures_made on pictures (made_at);
