pub(crate) mod ach;
