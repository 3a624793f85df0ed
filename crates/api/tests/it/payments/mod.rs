mod disputes;
mod files;
mod payment_methods;
mod refunds;
pub mod seed;
pub mod upload;
