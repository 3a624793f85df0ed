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
