-- Events without a copy of their object, for event destinations that take thin payloads.
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

-- Set where a key holds longer than the usual day, as keys of /v2 do.
alter table idempotency_keys add column expires_real bigint;
