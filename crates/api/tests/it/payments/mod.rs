mod confirmation_tokens;
mod customer_sessions;
mod ephemeral_keys;
mod payment_method_configurations;
mod payment_methods;
mod sources;
mod tokens;
