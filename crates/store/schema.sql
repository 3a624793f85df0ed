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
