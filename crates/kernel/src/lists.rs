use form::{Params, Range};
use store::Value;

use crate::ids::time_prefix;
use crate::{ApiError, ApiResult, Cx, Resource};

/// The parameters that every list takes.
#[derive(Debug, Clone, Default, Params)]
pub struct ListParams {
    /// 1 to 100; 10 if not given.
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    /// Show what is older than this id.
    pub starting_after: Option<String>,
    /// Show what is newer than this id.
    pub ending_before: Option<String>,
}

impl ListParams {
    /// How many to show.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    /// The cursor, if any: the id, whether it asks for newer ones, and the parameter's name.
    ///
    /// # Errors
    /// `parameters_exclusive` if both are given.
    pub fn cursor(&self) -> ApiResult<Option<(&str, bool, &'static str)>> {
        match (&self.starting_after, &self.ending_before) {
            (Some(_), Some(_)) => {
                let message = "You may only specify one of these parameters: starting_after, ending_before.";
                Err(ApiError::coded("parameters_exclusive", message).with_param("starting_after").before_work())
            }
            (Some(id), None) => Ok(Some((id, false, "starting_after"))),
            (None, Some(id)) => Ok(Some((id, true, "ending_before"))),
            (None, None) => Ok(None),
        }
    }
}

/// One of the four columns of a document that lists filter on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// First.
    F1,
    /// Second.
    F2,
    /// Third.
    F3,
    /// Fourth.
    F4,
}

impl Slot {
    fn column(self) -> &'static str {
        match self {
            Slot::F1 => "f1",
            Slot::F2 => "f2",
            Slot::F3 => "f3",
            Slot::F4 => "f4",
        }
    }
}

/// What a list leaves in.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    equals: Vec<(Slot, String)>,
    empty: Option<Slot>,
    created: Option<Range>,
}

impl Filter {
    /// Only documents whose column has this value.
    #[must_use]
    pub fn with(mut self, slot: Slot, value: Option<&str>) -> Self {
        self.equals.extend(value.map(|value| (slot, value.to_owned())));
        self
    }

    /// Only documents whose column has no value.
    #[must_use]
    pub fn without(mut self, slot: Option<Slot>) -> Self {
        self.empty = slot;
        self
    }

    /// Only documents created within the range.
    #[must_use]
    pub fn created(mut self, range: Option<Range>) -> Self {
        self.created = range;
        self
    }
}

/// A page of rows, by default of documents' texts, newest first.
#[derive(Debug, Clone, Default)]
pub struct Page<T = String> {
    /// The rows.
    pub rows: Vec<T>,
    /// True if the list goes on in the direction that was asked for.
    pub has_more: bool,
}

/// The id texts between which objects of a `created` range lie: `(at least, less than)`, without the prefix.
#[must_use]
pub fn created_bounds(range: &Range) -> (Option<String>, Option<String>) {
    let start = |seconds: i64| time_prefix(seconds.clamp(0, 10_000_000_000).saturating_mul(1_000_000));
    match range {
        Range::Exact(at) => (Some(start(*at)), Some(start(at.saturating_add(1)))),
        Range::Between { gt, gte, lt, lte } => {
            let from = [gt.map(|at| at.saturating_add(1)), *gte].into_iter().flatten().max();
            let to = [*lt, lte.map(|at| at.saturating_add(1))].into_iter().flatten().min();
            (from.map(start), to.map(start))
        }
    }
}

impl Cx<'_> {
    /// A page of a resource's documents, newest first, keyset by id.
    ///
    /// # Errors
    /// `resource_missing` for a cursor that is not there, and those of the database.
    pub async fn list<R: Resource>(&mut self, prefix: &str, filter: &Filter, params: &ListParams) -> ApiResult<Page> {
        let cursor = params.cursor()?;
        if let Some((id, _, param)) = cursor
            && self.raw(R::KIND, id).await?.is_none()
        {
            let shown: String = id.chars().take(100).collect();
            let message = format!("No such {}: '{shown}'", R::NOUN);
            return Err(ApiError::coded("resource_missing", message).with_param(param));
        }
        let mut sql = String::from("select doc from objects where tenant = $1 and kind = $2 and deleted = 0");
        let mut values = vec![Value::from(R::KIND)];
        for (slot, value) in &filter.equals {
            values.push(Value::from(value.as_str()));
            sql.push_str(&format!(" and {} = ${}", slot.column(), values.len() + 1));
        }
        if let Some(slot) = filter.empty {
            sql.push_str(&format!(" and {} is null", slot.column()));
        }
        let (from, to) = filter.created.as_ref().map_or((None, None), created_bounds);
        for (bound, sign) in [(from, ">="), (to, "<")] {
            if let Some(bound) = bound {
                values.push(Value::from(format!("{prefix}{bound}")));
                sql.push_str(&format!(" and id {sign} ${}", values.len() + 1));
            }
        }
        let newer = cursor.is_some_and(|(_, newer, _)| newer);
        if let Some((id, newer, _)) = cursor {
            values.push(Value::from(id));
            sql.push_str(&format!(" and id {} ${}", if newer { ">" } else { "<" }, values.len() + 1));
        }
        values.push(Value::from(params.limit() + 1));
        let order = if newer { "asc" } else { "desc" };
        sql.push_str(&format!(" order by id {order} limit ${}", values.len() + 1));
        let rows = self.rows(&sql, &values).await?;
        let docs = rows.into_iter().map(|mut row| row.take_text(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(cut(docs, params.limit(), newer))
    }
}

/// Cuts the one document too many that says whether there is more, and puts the page newest first.
#[must_use]
pub fn cut<T>(mut rows: Vec<T>, limit: i64, ascending: bool) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    if ascending {
        rows.reverse();
    }
    Page { rows, has_more }
}
