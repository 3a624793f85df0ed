-- Files of the ACH network, both ways. What they say is in the vault, under "ach/" and the id.
create table ach_files (
  tenant text not null,
  id text not null,
  direction text not null check (direction in ('out', 'in')),
  -- Out: also what the bank knows it by, the same however often it is sent.
  name text not null,
  state text not null check (state in ('cut', 'sending', 'sent', 'refused', 'dry_run', 'received', 'applied', 'unreadable', 'duplicate')),
  pace text not null check (pace in ('instant', 'banking_days')),
  digest bytea not null,
  created bigint not null,
  effective_date text,
  batches bigint not null check (batches >= 0),
  entries bigint not null check (entries >= 0),
  debit bigint not null check (debit >= 0),
  credit bigint not null check (credit >= 0),
  -- Out: when the bank had it. In: when what brought it was told that it is kept.
  handed_at bigint,
  error text,
  findings text,
  -- In: the file that said the same before.
  original text,
  -- In: whether an application handed it in, instead of the bank's transport.
  by_hand bigint not null check (by_hand in (0, 1)),
  primary key (tenant, id),
  check ((direction = 'out') = (state in ('cut', 'sending', 'sent', 'refused', 'dry_run'))),
  check ((state = 'duplicate') = (original is not null))
);
create unique index ach_files_by_name on ach_files (tenant, name) where direction = 'out';
-- A file counts once, however often it comes.
create unique index ach_files_by_digest on ach_files (tenant, digest) where direction = 'in' and original is null;
create index ach_files_by_direction on ach_files (tenant, direction, id);

-- One payment, refund or small deposit on its way to a bank.
create table ach_entries (
  tenant text not null,
  id text not null,
  state text not null check (state in ('held', 'queued', 'withdrawn', 'cut', 'sent', 'settled', 'returned', 'refused')),
  purpose text not null check (purpose in ('charge', 'refund', 'microdeposit')),
  object text not null,
  numbers text not null,
  direction text not null check (direction in ('debit', 'credit')),
  amount bigint not null check (amount > 0),
  class text not null,
  account_type text not null check (account_type in ('checking', 'savings')),
  description text not null,
  name text not null,
  descriptor text not null,
  not_before bigint,
  created bigint not null,
  file text,
  trace text,
  effective_date text,
  settles_at bigint,
  settled_at bigint,
  return_code text,
  return_information text,
  returned_at bigint,
  primary key (tenant, id),
  foreign key (tenant, file) references ach_files (tenant, id),
  check ((file is null) = (trace is null)),
  check ((file is null) = (effective_date is null)),
  check ((file is not null) = (state in ('cut', 'sent', 'settled', 'returned')) or state = 'refused'),
  check ((state = 'returned') = (returned_at is not null) or state = 'refused')
);
-- A trace number is used once.
create unique index ach_entries_by_trace on ach_entries (tenant, trace) where trace is not null;
create index ach_entries_by_object on ach_entries (tenant, object, id);
create index ach_entries_by_file on ach_entries (tenant, file, id) where file is not null;
create index ach_entries_waiting on ach_entries (tenant, id) where state = 'queued';
create index ach_entries_by_settlement on ach_entries (tenant, settles_at) where settles_at is not null;

-- The next trace number of each originating bank; numbers are never given twice.
create table ach_traces (
  tenant text not null,
  odfi text not null,
  next bigint not null,
  primary key (tenant, odfi)
);

-- What files that came in say, entry by entry, and what became of it.
create table ach_items (
  tenant text not null,
  id text not null,
  file text not null,
  position bigint not null,
  kind text not null check (kind in ('return', 'change', 'dishonored', 'contested', 'refused_change', 'payment', 'unknown')),
  code text,
  trace text not null,
  original_trace text,
  amount bigint not null check (amount >= 0),
  information text,
  entry text,
  outcome text not null check (outcome in ('applied', 'duplicate', 'unknown', 'recorded', 'refused')),
  primary key (tenant, id),
  foreign key (tenant, file) references ach_files (tenant, id),
  foreign key (tenant, entry) references ach_entries (tenant, id)
);
create unique index ach_items_by_position on ach_items (tenant, file, position);
create index ach_items_by_entry on ach_items (tenant, entry, id) where entry is not null;
