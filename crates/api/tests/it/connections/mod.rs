mod accounts;
mod flow;
mod owners;
mod refresh;
mod sessions;
mod transactions;
