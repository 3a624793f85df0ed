-- The whole schema as the migrations leave it, for reading. A test compares the two; the product never runs this file.

-- Types are text, bigint and bytea only, so that one text serves SQLite and PostgreSQL. Times are unix seconds, or
-- milliseconds where the column says so. "tenant" is the account id and its mode, e.g. acct_1Abc:test; every key begins
-- with it. Ids begin with their time, so that "order by id" is "order by created, id".

create table accounts (
  id text not null,
  version bigint not null,
  doc text not null,
  primary key (id)
);

create table sandbox_clocks (
  tenant text not null,
  offset_ms bigint not null,
  version bigint not null,
  primary key (tenant)
);

-- The two tables that lead to a tenant, and so cannot begin with one. Both hold hashes of secrets, never secrets.
create table api_keys (
  hash bytea not null,
  id text not null,
  tenant text not null,
  kind text not null,
  name text,
  last4 text not null,
  permissions text,
  created bigint not null,
  expires_at bigint,
  sealed bytea,
  primary key (hash)
);
create index api_keys_by_tenant on api_keys (tenant, id);
create index api_keys_kept on api_keys (created) where sealed is not null;

create table doors (
  hash bytea not null,
  tenant text not null,
  kind text not null,
  target text not null,
  expires_at bigint not null,
  primary key (hash)
);
create index doors_by_expiry on doors (expires_at);

-- Resources: one document each, and up to four columns that lists filter on; which ones is said by the resource.
create table objects (
  tenant text not null,
  kind text not null,
  id text not null,
  version bigint not null,
  deleted bigint not null,
  f1 text,
  f2 text,
  f3 text,
  f4 text,
  doc text not null,
  primary key (tenant, kind, id)
);
create index objects_by_f1 on objects (tenant, kind, f1, id) where f1 is not null;
create index objects_by_f2 on objects (tenant, kind, f2, id) where f2 is not null;
create index objects_by_f3 on objects (tenant, kind, f3, id) where f3 is not null;
create index objects_by_f4 on objects (tenant, kind, f4, id) where f4 is not null;

create table events (
  tenant text not null,
  id text not null,
  created bigint not null,
  type text not null,
  api_version text not null,
  object text not null,
  previous text,
  request_id text,
  idempotency_key text,
  primary key (tenant, id)
);
create index events_by_type on events (tenant, type, id);

-- Events without a copy of their object, for event destinations that take thin payloads. "event" of the two tables
-- below is an id of either kind of event, "endpoint" one of a webhook endpoint or an event destination.
create table thin_events (
  tenant text not null,
  id text not null,
  created_ms bigint not null,
  type text not null,
  object_type text not null,
  object_id text,
  snapshot_event text,
  request_id text,
  idempotency_key text,
  primary key (tenant, id)
);
create index thin_events_by_type on thin_events (tenant, type, id);
create index thin_events_by_object on thin_events (tenant, object_id, id) where object_id is not null;

create table deliveries (
  tenant text not null,
  event text not null,
  endpoint text not null,
  state text not null,
  attempts bigint not null,
  next_attempt_at bigint,
  primary key (tenant, event, endpoint)
);
create index deliveries_by_endpoint on deliveries (tenant, endpoint) where state = 'pending';

create table delivery_attempts (
  tenant text not null,
  event text not null,
  endpoint text not null,
  attempt bigint not null,
  attempted_at bigint not null,
  status bigint,
  error text,
  excerpt text not null,
  duration_ms bigint not null,
  primary key (tenant, event, endpoint, attempt)
);

create table idempotency_keys (
  tenant text not null,
  key text not null,
  created_real bigint not null,
  fingerprint bytea not null,
  request_id text not null,
  status bigint not null,
  body bytea not null,
  -- Set where a key holds longer than the usual day, as keys of /v2 do.
  expires_real bigint,
  primary key (tenant, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_real);

create table request_log (
  tenant text not null,
  id text not null,
  created_real bigint not null,
  key_id text not null,
  method text not null,
  path text not null,
  status bigint not null,
  api_version text not null,
  idempotency_key text,
  params text not null,
  error text,
  primary key (tenant, id)
);
create index request_log_by_age on request_log (created_real);

-- run_at_ms is on the tenant's clock, due_at_ms on the real one; moving a sandbox's clock moves due_at_ms.
create table jobs (
  tenant text not null,
  kind text not null,
  key text not null,
  lane text not null,
  run_at_ms bigint not null,
  due_at_ms bigint not null,
  attempts bigint not null,
  lease_owner text,
  lease_until_ms bigint not null,
  payload text not null,
  primary key (tenant, kind, key)
);
-- The lane and the kind, so that a look passes over those that are full without reading the rows.
create index jobs_by_due on jobs (due_at_ms, lane, kind);
create index jobs_by_lane on jobs (lane, due_at_ms);
create index jobs_by_run on jobs (tenant, run_at_ms);

-- Sealed bytes: bank grants, client registrations, account numbers, webhook secrets.
create table vault (
  tenant text not null,
  name text not null,
  version bigint not null,
  sealed bytea not null,
  primary key (tenant, name)
);

create table bank_transactions (
  tenant text not null,
  account text not null,
  id text not null,
  bank_key text not null,
  transacted_at bigint not null,
  amount bigint not null,
  currency text not null,
  description text not null,
  status text not null,
  posted_at bigint,
  void_at bigint,
  refresh text not null,
  refresh_number bigint not null,
  updated bigint not null,
  missed bigint not null,
  primary key (tenant, id)
);
create unique index bank_transactions_by_key on bank_transactions (tenant, account, bank_key);
create index bank_transactions_by_time on bank_transactions (tenant, account, transacted_at, id);
create index bank_transactions_by_refresh on bank_transactions (tenant, account, refresh_number);

create table transaction_refreshes (
  tenant text not null,
  id text not null,
  account text not null,
  number bigint not null,
  primary key (tenant, id)
);

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

-- The book: every movement of money is an entry whose postings sum to zero, and every balance is a sum of postings.
create table ledger_entries (
  tenant text not null,
  id text not null,
  created bigint not null,
  kind text not null,
  source text not null,
  primary key (tenant, id)
);
create index ledger_entries_by_source on ledger_entries (tenant, source);

-- "available_on" is set for the holder's account alone: from then on what was posted counts as available.
create table ledger_postings (
  tenant text not null,
  entry text not null,
  account text not null check (account in ('holder', 'network', 'bank', 'fees', 'disputes', 'transfers')),
  currency text not null,
  amount bigint not null check (amount <> 0),
  available_on bigint,
  primary key (tenant, entry, account, currency),
  foreign key (tenant, entry) references ledger_entries (tenant, id),
  check ((account = 'holder') = (available_on is not null))
);
create index ledger_postings_of_holder on ledger_postings (tenant, currency, available_on) where account = 'holder';

-- The lines of the holder's statement: each explains what its entry posted to the holder, which is "net".
create table balance_transactions (
  tenant text not null,
  id text not null,
  entry text not null,
  created bigint not null,
  available_on bigint not null,
  type text not null,
  reporting_category text not null,
  source text not null,
  description text,
  currency text not null,
  amount bigint not null,
  fee bigint not null,
  net bigint not null,
  primary key (tenant, id),
  foreign key (tenant, entry) references ledger_entries (tenant, id),
  check (net = amount - fee)
);
create unique index balance_transactions_by_entry on balance_transactions (tenant, entry);
-- One payment, one refund, one failure of each: nothing is booked twice.
create unique index balance_transactions_by_source on balance_transactions (tenant, source, type, reporting_category);
create index balance_transactions_by_type on balance_transactions (tenant, type, id);

-- The contents of files, sealed; what is said of them is a document among the objects.
create table file_contents (
  tenant text not null,
  file text not null,
  sealed bytea not null,
  primary key (tenant, file)
);

-- What the built-in test bank keeps; the product never reads it.
create table bank_shelf (
  name text not null,
  value bytea not null,
  expires_at bigint,
  primary key (name)
);

create table server_settings (
  name text not null,
  value text not null,
  primary key (name)
);
