//! Which account a number belongs to.

use super::books::made_account;
use super::told;
use crate::shelf::ShelfError;
use crate::site::Bank;
use crate::stated::StatedWorld;
use crate::values::{self, ROUTING_NUMBER};
use crate::world::{self, StatedAccount};

/// What a routing number and an account number lead to.
#[derive(Debug, Default)]
pub struct Place<'a> {
    /// The name under which entries are posted; none if no account of the world has the number.
    pub account: Option<String>,
    /// The account, if a test stated it.
    pub stated: Option<&'a StatedAccount>,
    /// The number stood in for another one and does so no longer.
    pub deactivated: bool,
}

/// The account of a world behind a number, at a moment of that world.
pub async fn find<'a>(
    bank: &Bank,
    world: &str,
    stated: &'a StatedWorld,
    (routing, number): (&str, &str),
    now: i64,
) -> Result<Place<'a>, ShelfError> {
    if let Some(account) = stated.account_numbered(routing, number) {
        return Ok(Place { account: Some(account.id.clone()), stated: Some(account), deactivated: false });
    }
    if routing != ROUTING_NUMBER {
        return Ok(Place::default());
    }
    if world::is_token_number(number)
        && let Some((own, lasts)) = told::find(bank, world, number, now).await?
    {
        return Ok(Place { account: Some(made_account(&own)), stated: None, deactivated: !lasts });
    }
    let made = values::find(routing, number).is_some() || world::is_account_number(number);
    Ok(Place { account: made.then(|| made_account(number)), ..Place::default() })
}
