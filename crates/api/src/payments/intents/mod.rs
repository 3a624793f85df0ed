//! What Setup Intents and Payment Intents have in common.
